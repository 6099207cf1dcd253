"""Persons: found by number, phone or name; what they are on a day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from jineng.core.sealed import lookup_hashes
from jineng.people import values
from jineng.people.models import BlacklistEntry, GroupMembership, Person, PersonKey
from jineng.people.models.persons import KeyKind
from jineng.people.names import named
from jineng.policy.facts import FACT

#: Codes of the groups that somebody may belong to (人员类别), with their names.
GROUPS = {code: label for code, label in FACT["person_groups"].codes.items() if code != "none"}
#: The same names, in the language of whoever reads them.
GROUP_NAMES = {code: gettext_lazy(label) for code, label in GROUPS.items()}


def keys_of(kind: str, value: str) -> QuerySet[PersonKey]:
    """The keys that a value in canonical form is found by."""
    return PersonKey.objects.filter(kind=kind, hash__in=lookup_hashes(hashed_as(kind), value))


def hashed_as(kind: str) -> str:
    """A former number is hashed as a number is."""
    return KeyKind.IDENTITY if kind == KeyKind.FORMER else kind


def person_of_number(number: str) -> Person | None:
    """The person with this identity number in canonical form; after a merge, the survivor."""
    key = keys_of(KeyKind.IDENTITY, number).select_related("person").first()
    return key.person if key else None


def records(person: Person) -> list[int]:
    """The keys of all records of the person: the one in use, and those merged into it."""
    merged = Person.objects.filter(merged_into=person).order_by("pk")
    return [person.pk, *merged.values_list("pk", flat=True)]


def persons_found(persons: QuerySet[Person], search: str, *, on: date) -> QuerySet[Person]:
    """Those of the persons whom a search means: an identity number, a phone, or part of a name."""
    try:
        number = values.identity_number(search, on=on)
    except ValueError:
        pass
    else:
        found = keys_of(KeyKind.IDENTITY, number) | keys_of(KeyKind.FORMER, number)
        return persons.filter(pk__in=found.values("person"))
    try:
        phone = values.phone(search)
    except ValueError:
        return named(persons, search)
    return persons.filter(pk__in=keys_of(KeyKind.PHONE, phone).values("person"))


def groups_on(person: Person, day: date) -> list[str]:
    """Codes of the groups that the person belongs to on this day, in the policy's order."""
    held = set(
        GroupMembership.objects.on(day).filter(person=person).values_list("group", flat=True)
    )
    return [code for code in GROUPS if code in held]


def blacklisted_on(day: date) -> QuerySet[BlacklistEntry]:
    """The entries that count on this day: those that an appeal has not overturned."""
    return BlacklistEntry.objects.on(day).exclude(appeal=BlacklistEntry.Appeal.OVERTURNED)


@dataclass(frozen=True)
class PersonStatus:
    """What somebody is on a day, as the policy asks for it."""

    groups: tuple[str, ...]
    blacklisted: bool


def status_on(person: Person, day: date) -> PersonStatus:
    """Groups and blacklist of a person on a day."""
    return PersonStatus(
        groups=tuple(groups_on(person, day)),
        blacklisted=blacklisted_on(day).filter(person=person).exists(),
    )
