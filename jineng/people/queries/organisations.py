"""Organisations: found by code or name; what they hold and are, on a day and throughout a time."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from jineng.people import values
from jineng.people.models import (
    Membership,
    Organisation,
    OrganisationKind,
    PillarStatus,
    Qualification,
    Region,
    SignUp,
    Suspension,
    User,
)
from jineng.people.names import named
from jineng.people.permissions import Among, access_of
from jineng.people.queries.persons import blacklisted_on
from jineng.people.roles import DEPARTMENTS

#: What a platform must hold all of, on every day of the training (A3 二).
PLATFORM_LICENCES = (
    Qualification.Kind.PROJECT_LISTING,
    Qualification.Kind.LEVEL_EVALUATION,
    Qualification.Kind.SKILLS_TRAINING,
)


def organisation_of_code(code: str) -> Organisation | None:
    """The organisation with this credit code in canonical form."""
    return Organisation.objects.filter(credit_code=code).first()


def organisations_found(
    organisations: QuerySet[Organisation], search: str
) -> QuerySet[Organisation]:
    """Those of the organisations whom a search means: a credit code, or part of a name."""
    try:
        return organisations.filter(credit_code=values.credit_code(search))
    except ValueError:
        return named(organisations, search)


def kinds_on(organisation: Organisation, day: date) -> list[str]:
    """What the organisation is on this day."""
    held = set(
        OrganisationKind.objects.on(day)
        .filter(organisation=organisation)
        .values_list("kind", flat=True)
    )
    return [kind for kind in OrganisationKind.Kind.values if kind in held]


def is_department(organisation: Organisation, day: date) -> bool:
    """Whether it is a department and nothing else on this day."""
    kinds = set(kinds_on(organisation, day))
    return bool(kinds) and kinds <= DEPARTMENTS


def is_pillar_or_key(organisation: Organisation, year: int) -> bool:
    """Whether the enterprise counts as pillar or key in this year (支柱产业、重点企业)."""
    return PillarStatus.objects.filter(organisation=organisation, year=year).exists()


def is_suspended(organisation: Organisation, day: date) -> bool:
    """Whether the enterprise stands still on this day (停工停产)."""
    return Suspension.objects.on(day).filter(organisation=organisation).exists()


def is_blacklisted(organisation: Organisation, day: date) -> bool:
    """Whether the organisation is on the blacklist on this day."""
    return blacklisted_on(day).filter(organisation=organisation).exists()


#: The days from first to last on which no row of the kind holds, as ranges. A qualification without
#: a region holds everywhere, one with a region there and below.
_GAPS = """
    WITH RECURSIVE around AS (
        SELECT id, code, parent_id, successor_id FROM people_region WHERE id = %(region)s
        UNION
        SELECT region.id, region.code, region.parent_id, region.successor_id
        FROM people_region region JOIN around
            ON region.id IN (around.parent_id, around.successor_id) OR region.code = around.code
    )
    SELECT unnest(
        datemultirange(daterange(%(first)s, %(last)s, '[]'))
        - coalesce(range_agg(daterange(starts_on, ends_on, '[]')), '{}')
    )
    FROM people_qualification
    WHERE organisation_id = %(organisation)s AND kind = %(kind)s
        AND (region_id IS NULL OR region_id IN (SELECT id FROM around))
"""


def days_without(
    organisation: Organisation, kind: str, first: date, last: date, *, region: Region | None = None
) -> list[tuple[date, date]]:
    """The days from first to last, as first and last days, on which the qualification is not held.

    ``region``: where it must hold; None asks for one that holds everywhere.
    """
    given: dict[str, Any] = {
        "organisation": organisation.pk,
        "kind": kind,
        "first": first,
        "last": last,
        "region": region.pk if region else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, given)
        gaps = [one for (one,) in cursor.fetchall()]
    return [(gap.lower, gap.upper - timedelta(days=1)) for gap in gaps]


def held_throughout(
    organisation: Organisation,
    kinds: Iterable[str],
    first: date,
    last: date,
    *,
    region: Region | None = None,
) -> bool:
    """Whether all of these qualifications are held on every day from first to last."""
    return not any(days_without(organisation, kind, first, last, region=region) for kind in kinds)


def platform_licensed(platform: Organisation, first: date, last: date, *, region: Region) -> bool:
    """Whether a platform holds its three licences on every day of a training (A3 二)."""
    return held_throughout(platform, PLATFORM_LICENCES, first, last, region=region)


def platform_accredited(platform: Organisation, first: date, last: date, *, region: Region) -> bool:
    """Whether a platform is accredited where the worker is, on every day (D6 二(二))."""
    kinds = [Qualification.Kind.REGIONAL_ACCREDITATION]
    return held_throughout(platform, kinds, first, last, region=region)


def institution_listed(institution: Organisation, day: date, *, region: Region) -> bool:
    """Whether an institution is in the directory on the first day of a training (D7 三(三))."""
    kinds = [Qualification.Kind.INSTITUTION_LISTING]
    return held_throughout(institution, kinds, day, day, region=region)


def sign_ups_in_reach(user: User, *, on: date) -> QuerySet[SignUp]:
    """Enterprises' applications that the user may take on, in the order in which they came
    (D1 三(一)).
    """
    entries = SignUp.objects.select_related("region", "organisation")
    reached: set[int] = set()
    access = access_of(user, on=on)
    for one in access.by("organisation:register"):
        if one.organisation_id is None:
            break
        reached.update(access.within(one.region_code))
    else:
        entries = entries.filter(Among(F("region"), sorted(reached)))
    return entries.order_by("signed_up_at", "pk")


def same_enterprise(entry: SignUp, user: User, *, on: date) -> QuerySet[SignUp]:
    """Others within the user's reach that wait with the same credit code: whose it is, who serves
    one must find out.
    """
    return sign_ups_waiting(user, on=on).filter(credit_code=entry.credit_code).exclude(pk=entry.pk)


def is_sent_by_member(entry: SignUp, *, on: date) -> bool:
    """Whether whoever sent it in holds a role in the enterprise with this code."""
    held = Membership.objects.on(on).filter(organisation__credit_code=entry.credit_code)
    return entry.by_id is not None and held.filter(user=entry.by_id).exists()


def sign_ups_waiting(user: User, *, on: date) -> QuerySet[SignUp]:
    """Those of them that wait."""
    return sign_ups_in_reach(user, on=on).filter(served_at=None, withdrawn_at=None)
