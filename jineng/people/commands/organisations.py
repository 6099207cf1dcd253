"""Organisations: registered, changed; what they are, hold and stand still, from day to day."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.people import values
from jineng.people.errors import Refused, require_days, require_new_days, told
from jineng.people.models import (
    Organisation,
    OrganisationKind,
    PillarStatus,
    Qualification,
    Region,
    Suspension,
    User,
)
from jineng.people.names import organisation_key, organisation_tokens
from jineng.people.permissions import (
    access_of,
    organisation_for,
    organisations_in_reach,
    regions_within,
    require,
)
from jineng.people.queries.organisations import organisation_of_code
from jineng.people.roles import DEPARTMENTS

#: What an organisation may change of itself; the rest decides what it is paid, and is officials'.
ITS_OWN = frozenset({"bank_name", "bank_account"})


class Details(TypedDict, total=False):
    """What of an organisation may be changed."""

    name: str
    region: Region | None
    size: str
    industry: str
    bank_name: str
    bank_account: str | None


class Held(TypedDict, total=False):
    """A qualification as its document says."""

    kind: str
    number: str
    issuer: str
    scope: str
    region: Region | None
    starts_on: date
    ends_on: date | None


def register_organisation(
    *,
    credit_code: str,
    kinds: Iterable[str] = (),
    by: User | None,
    on: date,
    why: str = "",
    **details: Unpack[Details],
) -> Organisation:
    """Makes the record of an organisation that is, from today on, of these kinds.

    ``by``: None is the command line. Raises PermissionDenied, and Refused for values that can't be,
    a code that is known, and a region beyond `by`'s.
    """
    if by is not None:
        require(by, "organisation:register", on=on)
    organisation = Organisation()
    with told():
        organisation.credit_code = values.credit_code(credit_code)
    if organisation_of_code(organisation.credit_code):
        raise _known()
    _put(organisation, details)
    with acting(by=by, why=why), _one_of_a_code():
        organisation.save(force_insert=True)
        for kind in kinds:
            _require_kind(kind, by, on)
            OrganisationKind.objects.create(organisation=organisation, kind=kind, starts_on=on)
        _require_reach(organisation, "organisation:register", by, on)
    return organisation


def change_organisation(
    organisation: Organisation, *, by: User | None, on: date, why: str, **details: Unpack[Details]
) -> Organisation:
    """Changes the record; one's own organisation, its bank account alone.

    Raises Http404 and PermissionDenied as `organisation_for` does, and Refused.
    """
    with acting(by=by, why=why):
        organisation = _locked(organisation, "edit", by, on)
        if not set(details) <= ITS_OWN:
            _require_official(organisation, "organisation:edit", by, on)
        _put(organisation, details)
        organisation.save()
        if "region" in details:
            _require_reach(organisation, "organisation:edit", by, on)
    return organisation


def correct_code(
    organisation: Organisation, *, credit_code: str, by: User | None, on: date, why: str
) -> Organisation:
    """Puts a wrong credit code right. Raises as `change_organisation` does."""
    if not why.strip():
        raise Refused(_("请写明更正的依据。"))
    with told():
        code = values.credit_code(credit_code)
    with acting(by=by, why=why), _one_of_a_code():
        organisation = _locked(organisation, "edit", by, on)
        _require_official(organisation, "organisation:edit", by, on)
        organisation.credit_code = code
        organisation.save(update_fields=["credit_code"])
    return organisation


def begin_kind(
    organisation: Organisation,
    *,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    on: date,
    why: str = "",
) -> OrganisationKind:
    """Says what else an organisation is. Raises as `change_organisation` does."""
    require_new_days(starts_on, ends_on)
    with acting(by=by, why=why):
        organisation = _locked(organisation, "edit", by, on)
        _require_official(organisation, "organisation:edit", by, on)
        _require_kind(kind, by, on)
        same = OrganisationKind.objects.filter(organisation=organisation, kind=kind)
        if same.within(starts_on, ends_on or date.max).exists():
            raise Refused(_("这段时间已经登记为这个类别。"))
        return OrganisationKind.objects.create(
            organisation=organisation, kind=kind, starts_on=starts_on, ends_on=ends_on
        )


def set_pillar_status(
    organisation: Organisation,
    *,
    year: int,
    kinds: Iterable[str],
    source: str,
    by: User | None,
    on: date,
    why: str = "",
) -> None:
    """Says as which an enterprise counts in a year, in place of what was said before.

    Raises as `change_organisation` does.
    """
    wanted = set(kinds)
    if wanted and not source.strip():
        raise Refused(_("请写明名单或文件。"))
    with acting(by=by, why=why):
        organisation = _locked(organisation, "edit", by, on)
        _require_official(organisation, "organisation:edit", by, on)
        held = PillarStatus.objects.filter(organisation=organisation, year=year)
        held.exclude(kind__in=wanted).delete()
        for kind in wanted:
            PillarStatus.objects.update_or_create(
                organisation=organisation, year=year, kind=kind, defaults={"source": source.strip()}
            )


def begin_suspension(
    organisation: Organisation,
    *,
    reason: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    on: date,
    why: str = "",
) -> Suspension:
    """Says that an enterprise stands still (停工停产). Raises as `change_organisation` does."""
    if not reason.strip():
        raise Refused(_("请写明停工停产的原因。"))
    require_new_days(starts_on, ends_on)
    with acting(by=by, why=why):
        organisation = _locked(organisation, "edit", by, on)
        _require_official(organisation, "organisation:edit", by, on)
        same = Suspension.objects.filter(organisation=organisation)
        if same.within(starts_on, ends_on or date.max).exists():
            raise Refused(_("这段时间已经登记为停工停产。"))
        return Suspension.objects.create(
            organisation=organisation, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on
        )


def hold_qualification(
    organisation: Organisation, *, by: User | None, on: date, why: str = "", **held: Unpack[Held]
) -> Qualification:
    """Says that an organisation holds a qualification. Raises as `change_organisation` does."""
    qualification = Qualification(organisation=organisation, **held)
    _require_whole(qualification)
    with acting(by=by, why=why):
        organisation = _locked(organisation, "qualification:edit", by, on)
        _require_official(organisation, "qualification:edit", by, on)
        _require_new(qualification)
        qualification.save(force_insert=True)
    return qualification


def change_qualification(
    qualification: Qualification, *, by: User | None, on: date, why: str, **held: Unpack[Held]
) -> Qualification:
    """Changes what was said of a qualification, such as its last day. Raises as above."""
    if not why.strip():
        raise Refused(_("请写明变更的依据。"))
    with acting(by=by, why=why):
        organisation = _locked(qualification.organisation, "qualification:edit", by, on)
        _require_official(organisation, "qualification:edit", by, on)
        qualification = Qualification.objects.select_for_update().get(pk=qualification.pk)
        for field, value in held.items():
            setattr(qualification, field, value)
        _require_whole(qualification)
        _require_new(qualification)
        qualification.save()
    return qualification


def end_on(
    row: OrganisationKind | Suspension, *, last_day: date, by: User | None, on: date, why: str
) -> None:
    """Says on which day a kind or a standstill ends. Raises as `change_organisation` does."""
    with acting(by=by, why=why):
        organisation = _locked(row.organisation, "edit", by, on)
        _require_official(organisation, "organisation:edit", by, on)
        if isinstance(row, OrganisationKind):
            _require_kind(row.kind, by, on)
        require_days(row.starts_on, last_day)
        row.ends_on = last_day
        row.save(update_fields=["ends_on"])


def _locked(organisation: Organisation, verb: str, by: User | None, on: date) -> Organisation:
    """The record as it is now, held until the transaction ends."""
    if by is not None:
        organisation = organisation_for(by, organisation.pk, verb, on=on)
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def is_official(organisation: Organisation, action: str, by: User | None, on: date) -> bool:
    """Whether `by` may do this as an official, and not as one of the organisation's own."""
    if by is None:
        return True
    return any(
        one.rights.official
        and (
            one.organisation_id is None or organisation.region_id in regions_within(one.region_code)
        )
        for one in access_of(by, on=on).by(action)
    )


def _require_official(organisation: Organisation, action: str, by: User | None, on: date) -> None:
    if not is_official(organisation, action, by, on):
        raise PermissionDenied


def _require_kind(kind: str, by: User | None, on: date) -> None:
    """What a department is, is said by whoever runs the platform: rights follow from it."""
    if kind not in OrganisationKind.Kind.values:
        raise Refused(_("没有“%(kind)s”这个单位类别。") % {"kind": kind})
    if kind in DEPARTMENTS and by is not None:
        running = access_of(by, on=on).by("organisation:register")
        if all(one.organisation_id is not None for one in running):
            raise Refused(_("部门由平台管理员登记。"))


def _require_reach(organisation: Organisation, action: str, by: User | None, on: date) -> None:
    if by is not None:
        reached = organisations_in_reach(by, on=on, action=action)
        if not reached.filter(pk=organisation.pk).exists():
            raise Refused(_("单位所在地须在您的辖区内。"))


def _require_whole(qualification: Qualification) -> None:
    if qualification.kind not in Qualification.Kind.values:
        raise Refused(_("没有“%(kind)s”这种资质。") % {"kind": qualification.kind})
    if not qualification.number.strip() or not qualification.issuer.strip():
        raise Refused(_("请写明证书编号和发证机关。"))
    require_new_days(qualification.starts_on, qualification.ends_on)
    if (
        qualification.kind == Qualification.Kind.REGIONAL_ACCREDITATION
        and qualification.region_id is None
    ):
        raise Refused(_("当地人社部门认定须写明认定的地区。"))


def _require_new(qualification: Qualification) -> None:
    same = Qualification.objects.filter(
        organisation=qualification.organisation_id,
        kind=qualification.kind,
        number=qualification.number,
        region=qualification.region_id,
        starts_on=qualification.starts_on,
    )
    if same.exclude(pk=qualification.pk).exists():
        raise Refused(_("这份资质已经登记。"))


def _put(organisation: Organisation, details: Details) -> None:
    """Sets what is given, in the form that is kept. Raises Refused."""
    with told():
        for field, value in details.items():
            if field == "name":
                value = values.organisation_name(str(value))
            elif field == "industry":
                value = values.industry(str(value)) if value else ""
            elif field == "bank_account":
                value = values.bank_account(str(value)) if value else None
                if value == organisation.bank_account:
                    # The bytes that seal it stay as they are.
                    continue
            setattr(organisation, field, value)
    organisation.name_key = organisation_key(organisation.name)
    organisation.name_tokens = organisation_tokens(organisation.name)


def _known() -> Refused:
    return Refused(_("这个统一社会信用代码已经登记。"))


@contextmanager
def _one_of_a_code() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        if "credit_code" not in str(refused):
            raise
        raise _known() from None
