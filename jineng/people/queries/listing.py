"""Lists of persons and organisations: filtered, sorted, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from jineng.core.addresses import unsealed_search
from jineng.people.models import (
    GroupMembership,
    Organisation,
    OrganisationKind,
    Person,
    Qualification,
    User,
)
from jineng.people.permissions import (
    organisations_in_reach,
    persons_in_reach,
    regions_within,
)
from jineng.people.queries.organisations import organisations_found
from jineng.people.queries.persons import GROUPS, blacklisted_on, persons_found

ROWS_ON_A_PAGE = 50
#: More rows than this are not counted, nor paged through: whoever looks on narrows the list.
MOST_COUNTED = 10_000

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """A page of a list. ``more``: there are more rows than `count`, where counting ends."""

    rows: list[M]
    number: int
    pages: int
    count: int
    more: bool


def page_of(rows: QuerySet[M], wanted: str | None) -> Page[M]:
    """The page of this number, or the nearest that there is."""
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    more, count = count > MOST_COUNTED, min(count, MOST_COUNTED)
    pages = max(1, -(-count // ROWS_ON_A_PAGE))
    text = wanted or "1"
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
    number = max(1, min(number, pages))
    start = (number - 1) * ROWS_ON_A_PAGE
    return Page(list(rows[start : start + ROWS_ON_A_PAGE]), number, pages, count, more)


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to and sorted by, as the address says. Unknown values count as none.

    ``search``: sealed. ``blacklisted``: "1" for those on the blacklist today.
    """

    search: str = ""
    region: str = ""
    sort: str = ""
    blacklisted: str = ""
    group: str = ""
    kind: str = ""
    qualification: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Wanted":
        """Of an address."""
        return cls(**{one.name: str(given.get(one.name, ""))[:400] for one in fields(cls)})

    @property
    def text(self) -> str:
        """What is searched for."""
        return unsealed_search(self.search)

    def query(self, **changed: str) -> str:
        """The same as part of an address."""
        every = {one.name: getattr(self, one.name) for one in fields(self)} | changed
        return urlencode({name: value for name, value in every.items() if value})

    @property
    def kept(self) -> dict[str, str]:
        """What a form of filters carries along without showing it."""
        return {"search": self.search} if self.search else {}


PERSONS_BY = {
    "": ("name_key", "pk"),
    "-name": ("-name_key", "-pk"),
    "birth": ("birth_date", "pk"),
    "-birth": ("-birth_date", "-pk"),
    "new": ("-pk",),
}
ORGANISATIONS_BY = {
    "": ("name_key", "pk"),
    "-name": ("-name_key", "-pk"),
    "code": ("credit_code",),
    "new": ("-pk",),
}


def persons_listed(user: User, wanted: Wanted, *, on: date) -> QuerySet[Person]:
    """The persons in the user's reach that are wanted; those merged away are not among them."""
    persons = persons_in_reach(user, on=on).filter(merged_into=None)
    if wanted.search:
        persons = persons_found(persons, wanted.text, on=on)
    if wanted.region:
        within = regions_within(wanted.region)
        persons = persons.filter(
            Q(household_region__in=within)
            | Q(living_region__in=within)
            | Q(working_region__in=within)
        )
    held = GroupMembership.objects.on(on).filter(person=OuterRef("pk"))
    if wanted.group in GROUPS:
        persons = persons.filter(Exists(held.filter(group=wanted.group)))
    if wanted.blacklisted:
        persons = persons.filter(Exists(blacklisted_on(on).filter(person=OuterRef("pk"))))
    groups = Prefetch(
        "group_memberships", GroupMembership.objects.on(on).order_by("pk"), to_attr="groups_today"
    )
    return (
        persons.order_by(*PERSONS_BY.get(wanted.sort, PERSONS_BY[""]))
        .select_related("household_region__parent", "living_region__parent")
        .prefetch_related(groups)
    )


def organisations_listed(user: User, wanted: Wanted, *, on: date) -> QuerySet[Organisation]:
    """The organisations in the user's reach that are wanted."""
    organisations = organisations_in_reach(user, on=on)
    if wanted.search:
        organisations = organisations_found(organisations, wanted.text)
    if wanted.region:
        organisations = organisations.filter(region__in=regions_within(wanted.region))
    if wanted.kind in OrganisationKind.Kind.values:
        kinds = OrganisationKind.objects.on(on).filter(organisation=OuterRef("pk"))
        organisations = organisations.filter(Exists(kinds.filter(kind=wanted.kind)))
    if wanted.blacklisted:
        listed = blacklisted_on(on).filter(organisation=OuterRef("pk"))
        organisations = organisations.filter(Exists(listed))
    kinds_today = Prefetch(
        "kinds", OrganisationKind.objects.on(on).order_by("pk"), to_attr="kinds_today"
    )
    return (
        organisations.order_by(*ORGANISATIONS_BY.get(wanted.sort, ORGANISATIONS_BY[""]))
        .select_related("region__parent")
        .prefetch_related(kinds_today)
    )


def qualifications_listed(user: User, wanted: Wanted, *, on: date) -> QuerySet[Qualification]:
    """Qualifications of the organisations in the user's reach, those that end first before."""
    found: QuerySet[Qualification, Any] = Qualification.objects.filter(
        organisation__in=organisations_in_reach(user, on=on)
    )
    if wanted.search:
        organisations = organisations_found(Organisation.objects.all(), wanted.text)
        number = Q(number=wanted.text)
        found = found.filter(number | Q(organisation__in=organisations))
    if wanted.qualification in Qualification.Kind.values:
        found = found.filter(kind=wanted.qualification)
    if wanted.region:
        found = found.filter(organisation__region__in=regions_within(wanted.region))
    return found.select_related("organisation", "region__parent").order_by("ends_on", "pk")
