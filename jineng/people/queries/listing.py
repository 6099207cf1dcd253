"""Lists of persons and organisations, narrowed to what is wanted; ``wanted``: words by filter."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from jineng.people.models import (
    GroupMembership,
    Organisation,
    OrganisationKind,
    Person,
    Qualification,
    SignUp,
    User,
)
from jineng.people.permissions import (
    FEW_REGIONS,
    HOMES,
    Among,
    AnyOf,
    access_of,
    organisations_in_reach,
    persons_in_reach,
    regions_in_reach,
    regions_within,
)
from jineng.people.queries.organisations import organisations_found, sign_ups_in_reach
from jineng.people.queries.persons import GROUPS, blacklisted_on, persons_found
from jineng.people.roles import Kind


def persons_listed(user: User, wanted: Mapping[str, str], *, on: date) -> QuerySet[Person]:
    """The persons in the user's reach that are wanted; those merged away are not among them."""
    among = _among(user, wanted, on)
    search = wanted.get("search")
    persons = persons_in_reach(user, on=on, among=among, sought=bool(search))
    persons = persons.filter(merged_into=None)
    if search:
        persons = persons_found(persons, search, on=on)
    held_by_anybody = GroupMembership.objects.on(on)
    if (group := wanted.get("group")) in GROUPS:
        near = regions_in_reach(user, on=on)
        held = held_by_anybody.filter(group=group)
        if near == []:
            persons = persons.filter(Exists(held.filter(person=OuterRef("pk"))))
        else:
            persons = persons.filter(_of(held, near if among is None else among, user))
    if wanted.get("blacklisted"):
        persons = persons.filter(Exists(blacklisted_on(on).filter(person=OuterRef("pk"))))
    groups = Prefetch(
        "group_memberships", GroupMembership.objects.on(on).order_by("pk"), to_attr="groups_today"
    )
    regions = ("household_region__parent", "living_region__parent")
    return persons.select_related(*regions).prefetch_related(groups)


def so_many(user: User, wanted: Mapping[str, str], *, on: date) -> bool:
    """Whether the persons wanted are a good part of all: of a large place, almost everybody."""
    held = access_of(user, on=on).by("person:see")
    if any(wanted.get(name) for name in ("search", "group", "blacklisted")) or not any(
        one.rights.sees_all or Kind.HUMAN_RESOURCES in one.kinds for one in held
    ):
        return False
    looked_at = regions_in_reach(user, on=on), _among(user, wanted, on)
    return all(each is None or len(each) > FEW_REGIONS for each in looked_at)


def _among(user: User, wanted: Mapping[str, str], on: date) -> list[int] | None:
    region = wanted.get("region")
    return access_of(user, on=on).within(region) if region else None


def _of(held: QuerySet[GroupMembership], regions: list[int] | None, user: User) -> Q:
    """Persons of a group: where few regions are looked at, found by where they live.

    Their keys are gathered first. Left to choose, the database asks each of a province's members
    where they live, or walks through all persons until it meets those who joined last.
    """
    keys: QuerySet[Any, Any] = held.values("person")
    if regions is not None and len(regions) <= FEW_REGIONS:
        living = [
            Person.objects.filter(Among(F(home), regions), pk__in=keys).values("pk")
            for home in HOMES
        ]
        # Oneself is in reach wherever one lives.
        keys = held.filter(person=user.person_id).values("person").union(*living, all=True)
    return Q(AnyOf(F("pk"), ArraySubquery(keys)))


def organisations_listed(
    user: User, wanted: Mapping[str, str], *, on: date
) -> QuerySet[Organisation]:
    """The organisations in the user's reach that are wanted."""
    organisations = organisations_in_reach(user, on=on)
    if search := wanted.get("search"):
        organisations = organisations_found(organisations, search)
    if region := wanted.get("region"):
        organisations = organisations.filter(region__in=regions_within(region))
    if wanted.get("kind") in OrganisationKind.Kind.values:
        kinds = OrganisationKind.objects.on(on).filter(organisation=OuterRef("pk"))
        organisations = organisations.filter(Exists(kinds.filter(kind=wanted.get("kind"))))
    if wanted.get("blacklisted"):
        listed = blacklisted_on(on).filter(organisation=OuterRef("pk"))
        organisations = organisations.filter(Exists(listed))
    kinds_today = Prefetch(
        "kinds", OrganisationKind.objects.on(on).order_by("pk"), to_attr="kinds_today"
    )
    return organisations.select_related("region__parent").prefetch_related(kinds_today)


def qualifications_listed(
    user: User, wanted: Mapping[str, str], *, on: date
) -> QuerySet[Qualification]:
    """Qualifications of the organisations in the user's reach that are wanted."""
    found: QuerySet[Qualification, Any] = Qualification.objects.filter(
        organisation__in=organisations_in_reach(user, on=on)
    )
    if search := wanted.get("search"):
        organisations = organisations_found(Organisation.objects.all(), search)
        number = Q(number=search)
        found = found.filter(number | Q(organisation__in=organisations))
    if wanted.get("qualification") in Qualification.Kind.values:
        found = found.filter(kind=wanted.get("qualification"))
    if region := wanted.get("region"):
        found = found.filter(organisation__region__in=regions_within(region))
    return found.select_related("organisation", "region__parent")


def sign_ups_listed(user: User, wanted: Mapping[str, str], *, on: date) -> QuerySet[SignUp]:
    """Enterprises' applications that the user may take on: those that wait, or those settled.

    ``has_others``: others wait with the same credit code.
    """
    entries = sign_ups_in_reach(user, on=on)
    if region := wanted.get("region"):
        entries = entries.filter(region__in=regions_within(region))
    if wanted.get("state") == "served":
        entries = entries.exclude(served_at=None)
    elif wanted.get("state") == "withdrawn":
        entries = entries.exclude(withdrawn_at=None)
    else:
        entries = entries.filter(served_at=None, withdrawn_at=None)
    same = SignUp.objects.filter(
        credit_code=OuterRef("credit_code"), served_at=None, withdrawn_at=None
    )
    others = Exists(same.exclude(pk=OuterRef("pk")))
    return entries.select_related("region__parent").annotate(has_others=others)
