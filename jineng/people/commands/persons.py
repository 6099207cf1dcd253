"""Persons: added, changed, their numbers corrected, their groups begun and ended."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.core.sealed import lookup_hash, lookup_key_id
from jineng.people import values
from jineng.people.errors import Refused, require_days, require_new_days, told
from jineng.people.models import GroupMembership, Person, PersonKey, Region, User
from jineng.people.models.persons import KeyKind
from jineng.people.names import person_key, person_tokens
from jineng.people.permissions import person_for, persons_in_reach, require
from jineng.people.queries.persons import GROUP_NAMES, GROUPS, hashed_as, keys_of, person_of_number


class Details(TypedDict, total=False):
    """What of a person may be changed like anything else."""

    name: str
    sex: str
    phone: str | None
    household_region: Region | None
    living_region: Region | None
    working_region: Region | None
    education: str
    bank_name: str
    bank_account: str | None


class Group(TypedDict):
    """That somebody belongs to a group, as it is told."""

    group: str
    proof: str
    source: str
    starts_on: date
    ends_on: date | None


def add_person(
    *,
    identity_number: str,
    groups: Sequence[Group] = (),
    by: User | None,
    on: date,
    why: str = "",
    **details: Unpack[Details],
) -> Person:
    """Makes the record of a person, with the groups that are known. ``by``: None is the command
    line.

    Raises PermissionDenied, and Refused for values that can't be, a number that is known, and a
    person whom `by` would not reach.
    """
    if by is not None:
        require(by, "person:edit", on=on)
    with told():
        number = values.identity_number(identity_number, on=on)
    if keys_of(KeyKind.IDENTITY, number).exists():
        raise _known()
    person = Person(identity_number=number, birth_date=values.birth_date(number))
    person.sex = values.sex_in(number)
    _put(person, details)
    with acting(by=by, why=why), _one_of_a_number():
        person.save(force_insert=True)
        write_keys(person)
        for group in groups:
            _begin(person, **group)
        _require_reach(person, by, on)
    return person


def change_person(
    person: Person, *, by: User | None, on: date, why: str, **details: Unpack[Details]
) -> Person:
    """Changes a person's record, but for the identity number.

    Raises Http404 and PermissionDenied as `person_for` does, and Refused.
    """
    with acting(by=by, why=why):
        person = _locked(person, by, on)
        _put(person, details)
        person.save()
        write_keys(person)
        _require_reach(person, by, on)
    return person


def correct_number(
    person: Person, *, identity_number: str, by: User | None, on: date, why: str
) -> Person:
    """Puts a wrong identity number right; birth date and sex follow, and the old number leads here.

    Raises Http404, PermissionDenied, and Refused for a number that can't be or is another's.
    """
    if not why.strip():
        raise Refused(_("请写明更正的依据。"))
    with told():
        number = values.identity_number(identity_number, on=on)
    holder = person_of_number(number)
    if holder is not None and holder.pk != person.pk:
        raise _known()
    with acting(by=by, why=why), _one_of_a_number():
        person = _locked(person, by, on)
        if number == person.identity_number:
            raise Refused(_("与现有号码相同，不需要更正。"))
        _leave_former(person)
        person.identity_number = number
        person.birth_date = values.birth_date(number)
        person.sex = values.sex_in(number) or person.sex
        person.save()
        write_keys(person)
    return person


def _leave_former(person: Person) -> None:
    """The number so far leads to the person still, without being the person's any more."""
    found = keys_of(KeyKind.IDENTITY, str(person.identity_number)).filter(person=person)
    found.update(kind=KeyKind.FORMER)


def write_keys(person: Person) -> None:
    """Brings the look-up keys of a person up to what the record holds."""
    for kind, value in (
        (KeyKind.IDENTITY, person.identity_number),
        (KeyKind.PHONE, person.phone),
    ):
        held = PersonKey.objects.filter(person=person, kind=kind)
        if kind == KeyKind.PHONE:
            found = keys_of(kind, value) if value else PersonKey.objects.none()
            held.exclude(pk__in=found).delete()
        if value and not keys_of(kind, value).filter(person=person).exists():
            PersonKey.objects.create(
                person=person,
                kind=kind,
                hash=lookup_hash(hashed_as(kind), value),
                key_id=lookup_key_id(),
            )


def begin_group(
    person: Person, *, by: User | None, on: date, why: str = "", **told: Unpack[Group]
) -> GroupMembership:
    """Says that a person belongs to a group from a day on. Raises as `change_person` does."""
    with acting(by=by, why=why):
        return _begin(_locked(person, by, on), **told)


def _begin(person: Person, **told: Unpack[Group]) -> GroupMembership:
    group, first, last = told["group"], told["starts_on"], told["ends_on"]
    if group not in GROUPS:
        raise Refused(_("没有“%(group)s”这个人员类别。") % {"group": group})
    if not told["proof"].strip() or not told["source"].strip():
        raise Refused(_("请写明凭据和来源。"))
    require_new_days(first, last)
    same = GroupMembership.objects.filter(person=person, group=group)
    if same.within(first, last or date.max).exists():
        raise Refused(_("这段时间已经登记为“%(group)s”。") % {"group": GROUP_NAMES[group]})
    return GroupMembership.objects.create(person=person, **told)


def end_group(
    membership: GroupMembership, *, last_day: date, by: User | None, on: date, why: str
) -> None:
    """Says when a person belongs to a group no more. Raises as `change_person` does."""
    with acting(by=by, why=why):
        _locked(membership.person, by, on)
        membership = GroupMembership.objects.select_for_update().get(pk=membership.pk)
        require_days(membership.starts_on, last_day)
        membership.ends_on = last_day
        membership.save(update_fields=["ends_on"])


def _locked(person: Person, by: User | None, on: date) -> Person:
    """The record as it is now, held until the transaction ends."""
    if by is not None:
        person = person_for(by, person.pk, "edit", on=on)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.merged_into_id is not None:
        raise Refused(_("这份档案已并入另一份，请在那一份上办理。"))
    return person


def _put(person: Person, details: Details) -> None:
    """Sets what is given, in the form that is kept. Raises Refused."""
    with told():
        for field, value in details.items():
            if field == "name":
                value = values.person_name(str(value))
            elif field in ("phone", "bank_account"):
                parse = values.phone if field == "phone" else values.bank_account
                value = parse(str(value)) if value else None
                if value == getattr(person, field):
                    # The bytes that seal it stay as they are.
                    continue
            setattr(person, field, value)
        in_number = values.sex_in(str(person.identity_number))
        if in_number and person.sex != in_number:
            raise ValueError(_("性别与身份证号不符，请核对"))
    person.name_key = person_key(person.name)
    person.name_tokens = person_tokens(person.name)


def _require_reach(person: Person, by: User | None, on: date) -> None:
    if by is not None:
        reached = persons_in_reach(by, on=on, action="person:edit")
        if not reached.filter(pk=person.pk).exists():
            raise Refused(_("户籍地、居住地、工作地至少一处须在您的辖区内，并属于您的业务条线。"))


def _known() -> Refused:
    return Refused(_("这个身份证号已有档案。请先查询；若两份档案是同一人，请合并。"))


@contextmanager
def _one_of_a_number() -> Iterator[None]:
    """Of two who register one number at once, the later is told."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        if "one_person_of_a_number" not in str(refused):
            raise
        raise _known() from None
