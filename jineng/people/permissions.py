"""Who reaches what: organisations whom they have to do with, departments their region and line.

To fetch and to authorise is one call, `person_for(user, pk, "see", on=...)`, so that no view can
forget: out of reach is 404, within reach but not allowed is 403. `on` is the business date.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet, PermissionDenied
from django.db import connection
from django.db.models import BooleanField, Exists, F, Lookup, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler
from django.http import Http404

from jineng.people.models import (
    Delegation,
    EmploymentSpell,
    GroupMembership,
    InsuranceSpell,
    Membership,
    Organisation,
    Person,
    Region,
    Role,
    User,
)
from jineng.people.roles import DEPARTMENTS, RIGHTS, Kind, Rights

Anybody = User | AnonymousUser
#: Keys of persons, as the database finds them.
Keys = QuerySet[Any, Any]

#: No row; Django leaves it out of an OR, so that what stands beside it can be found by an index.
NOBODY = Q(pk__in=[])


class Among(Lookup):
    """Whether a column is one of some keys, given as one: so a statement is the same for all."""

    lookup_name = "among"
    output_field = BooleanField()
    prepare_rhs = False

    template = "{column} = ANY(%s)"

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """`column = ANY(keys)`."""
        if not self.rhs:
            raise EmptyResultSet
        left, words = self.process_lhs(compiler, connection)
        return self.template.format(column=left), (*words, list(self.rhs))


class Widely(Among):
    """The same, of keys that a good part of all rows has: asked of each row that is found by
    something else, and by no index, which a sum has not."""

    lookup_name = "widely"
    template = "{column} + 0 = ANY(%s)"


class AnyOf(Lookup):
    """Whether a column is one of the keys that a statement gathers first, however many."""

    lookup_name = "any_of"
    output_field = BooleanField()

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """`column = ANY(array)`."""
        left, words = self.process_lhs(compiler, connection)
        right, more = compiler.compile(self.rhs)
        return f"{left} = ANY({right})", (*words, *more)


class Probed(Exists):
    """Asked of each row by an index (OFFSET 0 has the database do so), where a row before it in the
    statement's own order settles most; it never gathers a province's rows first, to ask a few."""

    template = "EXISTS(%(subquery)s OFFSET 0)"


@dataclass(frozen=True)
class Holding:
    """A role that a user holds on a day: by a membership, or in place of its holder on leave."""

    membership_id: int
    role: str
    organisation_id: int | None
    kinds: frozenset[str]
    region_code: str | None
    #: The user on leave.
    stands_in_for: int | None = None
    organisation_name: str = ""

    @property
    def rights(self) -> Rights:
        """What the role may do."""
        return RIGHTS[self.role]


@dataclass(frozen=True)
class Access:
    """All that a user holds on a day."""

    person_id: int | None = None
    holdings: tuple[Holding, ...] = ()
    _within: dict[str | None, list[int]] = field(default_factory=dict, compare=False, repr=False)
    _everywhere: dict[str | None, bool] = field(default_factory=dict, compare=False, repr=False)

    def within(self, code: str | None) -> list[int]:
        """`regions_within`, asked of the database once."""
        if code not in self._within:
            self._within[code] = regions_within(code)
        return self._within[code]

    def everywhere(self, code: str | None) -> bool:
        """Whether that is all there is, so that no list of regions need be gone through."""
        if code not in self._everywhere:
            self._everywhere[code] = len(self.within(code)) == Region.objects.count()
        return self._everywhere[code]

    def by(self, action: str) -> tuple[Holding, ...]:
        """The holdings that allow an action, `thing:verb`."""
        return tuple(one for one in self.holdings if action in one.rights.may)

    def may(self, action: str) -> bool:
        """Whether any of them allows it, somewhere."""
        return bool(self.by(action))

    @property
    def official(self) -> bool:
        """Whether any of them is an official's."""
        return any(one.rights.official for one in self.holdings)


def access_of(user: Anybody, *, on: date) -> Access:
    """What the user holds on this day; asked of the database once for each user object."""
    if not isinstance(user, User) or not user.is_active:
        return Access()
    known: dict[date, Access] = user.__dict__.setdefault("_access", {})
    if on not in known:
        lent = Delegation.objects.on(on).filter(to_user=user, revoked_at=None)
        held = (
            Membership.objects.on(on)
            .filter(Q(user=user) | Q(pk__in=lent.values("membership")))
            .select_related("organisation__region")
            .prefetch_related("organisation__kinds")
            .order_by("pk")
        )
        known[on] = Access(user.person_id, tuple(_holdings(held, user, on)))
    return known[on]


def kinds_of(organisation: Organisation, *, on: date) -> frozenset[str]:
    """What an organisation is on this day."""
    return frozenset(
        row.kind
        for row in organisation.kinds.all()
        if row.starts_on <= on and (row.ends_on is None or row.ends_on >= on)
    )


def _holdings(held: QuerySet[Membership], user: User, on: date) -> Iterator[Holding]:
    own = {one.organisation_id for one in held if one.user_id == user.pk}
    for one in held:
        if one.user_id != user.pk and one.organisation_id not in own:
            # A colleague stands in; who has left is none any more.
            continue
        of, kinds = one.organisation, frozenset[str]()
        if of is not None:
            kinds = kinds_of(of, on=on)
            if not kinds & RIGHTS[one.role].kinds:
                # The organisation is no longer what the role belongs to.
                continue
        yield Holding(
            membership_id=one.pk,
            role=one.role,
            organisation_id=one.organisation_id,
            kinds=kinds,
            region_code=of.region.code if of is not None and of.region else None,
            stands_in_for=None if one.user_id == user.pk else one.user_id,
            organisation_name=of.name if of is not None else "",
        )


def require(user: Anybody, action: str, *, on: date) -> Access:
    """What the user holds. Raises PermissionDenied where no role of theirs allows the action."""
    access = access_of(user, on=on)
    if not access.may(action):
        raise PermissionDenied
    return access


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _registered(on: date) -> QuerySet[EmploymentSpell]:
    return EmploymentSpell.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=on), superseded_by=None, started_on__lte=on
    )


def _insured(on: date) -> QuerySet[InsuranceSpell]:
    return InsuranceSpell.objects.filter(
        superseded_by=None, first_month__lte=_month(on), last_month__gte=_month(on) - 1
    )


def _employed(on: date) -> Q:
    """Persons at work on this day: registered so, or insured this month or the last.

    Insurance is told a month late; who was paid for last month is still an employee. What a record
    merged away was insured for stays with it, and is its person's.
    """
    here, insured = OuterRef("pk"), _insured(on)
    return (
        Q(Probed(_registered(on).filter(person=here)))
        | Q(Probed(insured.filter(person=here, person__merged_into=None)))
        | Q(Probed(insured.filter(person__merged_into=here)))
    )


def _employed_by(employers: list[int], on: date) -> list[Keys]:
    """The same of those who work for these. One employer's people are few: they are found first,
    and not each person asked."""
    of = Among(F("employer"), employers)
    whose = _insured(on).filter(of).annotate(whose=Coalesce("person__merged_into", "person"))
    return [_registered(on).filter(of).values("person"), whose.values("whose")]


#: How roles outside departments know persons: the ids of their organisations and the day give
#: keys of persons. Contexts downstream add theirs, such as those whom a teacher teaches.
TIES: dict[str, list[Callable[[list[int], date], list[Keys]]]] = {
    Role.ENTERPRISE_HR: [_employed_by]
}


def _in_line(kinds: frozenset[str], on: date) -> Q:
    """Persons in a department's line (D8 四1).

    Students are education's; veterans are veterans' affairs' and human resources'; employees are
    human resources' and the union's; all other social groups are human resources'.
    """
    groups = GroupMembership.objects.on(on).filter(person=OuterRef("pk"))
    students = groups.filter(group="student")
    lines = {
        Kind.EDUCATION: Q(Exists(students)),
        Kind.VETERANS: Q(Exists(groups.filter(group="veteran"))),
        Kind.UNION: _employed(on),
        # Almost everybody is no student, and nothing more is asked of them.
        Kind.HUMAN_RESOURCES: ~Q(Probed(students))
        | Q(Probed(groups.exclude(group="student")))
        | _employed(on),
    }
    reached = NOBODY
    for kind in kinds & set(lines):
        reached |= lines[Kind(kind)]
    return reached


def regions_within(code: str | None) -> list[int]:
    """The rows of a region and of all below it, and of what has become one of them since."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHIN, [code])
        return [pk for (pk,) in cursor.fetchall()]


_WITHIN = """
    WITH RECURSIVE within AS (
        SELECT id, code FROM people_region WHERE code = %s
        UNION
        SELECT region.id, region.code FROM people_region region JOIN within
            ON within.id = COALESCE(region.successor_id, region.parent_id)
                OR within.code = region.code
    )
    SELECT id FROM within
"""


HOMES = ("household_region", "living_region", "working_region")
#: So many regions are a county, or a small prefecture; in more lives a good part of a province.
FEW_REGIONS = 8


def _at_home(access: Access, code: str | None, among: list[int] | None, *, sought: bool) -> Q:
    """Persons of a region, and of some others at once: where one holds the other, of the smaller
    alone, so that the database goes through one list and not through both."""
    everywhere, within = access.everywhere(code), access.within(code)
    if among is None or set(within) <= set(among):
        return living_in(None if everywhere else within, known=True, sought=sought)
    if everywhere or set(among) <= set(within):
        return living_in(among, known=True, sought=sought)
    # Of two that overlap, those of the one with fewer regions are asked for the other's.
    fewer = len(within) <= len(among)
    there = living_in(among, sought=sought or fewer)
    return living_in(within, known=True, sought=sought or not fewer) & there


def living_in(regions: list[int] | None, *, known: bool = False, sought: bool = False) -> Q:
    """Persons whose household, living or working region is one of these; none: one that there is.

    ``known``: false, not null, where no region is known: else what stands beside it, and may be
    dear, is asked though it can change nothing. ``sought``: as for `persons_in_reach`.
    """
    found = NOBODY
    for home in HOMES:
        here = Q(**{f"{home}__isnull": False}) if known or regions is None else Q()
        if regions is not None:
            among = Widely if sought and len(regions) > FEW_REGIONS else Among
            here = Q(among(F(home), regions)) & here
        found |= here
    return found


def persons_in_reach(
    user: Anybody,
    *,
    on: date,
    action: str = "person:see",
    among: list[int] | None = None,
    sought: bool = False,
) -> "QuerySet[Person]":
    """The persons at whom the user may do this on this day; to see, oneself among them.

    ``among``: those of these regions alone. ``sought``: they are found by something of their own,
    such as a name, and where so many live as in a large city isn't gone through.
    """
    access = access_of(user, on=on)
    here = Q() if among is None else living_in(among, sought=sought)
    reached = NOBODY
    if action == "person:see" and access.person_id:
        reached = Q(pk=access.person_id) & here
    tied: list[Keys] = []
    held_in: dict[str, list[int]] = {}
    for one in access.by(action):
        if one.rights.sees_all:
            return Person.objects.filter(here)
        if one.rights.official:
            home = _at_home(access, one.region_code, among, sought=sought)
            reached |= home & _in_line(one.kinds & DEPARTMENTS, on)
        elif one.organisation_id is not None:
            held_in.setdefault(one.role, []).append(one.organisation_id)
    for role, organisations in held_in.items():
        for keys_of in TIES.get(role, ()):
            tied += keys_of(organisations, on)
    if tied:
        # One with the others, so that all are found by their keys.
        own = Person.objects.filter(reached).values("pk")
        reached = Q(pk__in=own.union(*tied)) & here
    return Person.objects.filter(reached)


def serves_students(access: Access) -> bool:
    """Whether the user's roles are for students too, who are education's (D8 四1),
    and in another department's line only for what else they are."""
    return any(
        one.rights.sees_all or not one.rights.official or Kind.EDUCATION in one.kinds
        for one in access.by("person:see")
    )


def regions_in_reach(user: Anybody, *, on: date, action: str = "person:see") -> list[int] | None:
    """The regions whose people are all the persons in the user's reach, but for the user.

    None where they are everybody; no region where others are too, as those whom an enterprise
    employs, who are few.
    """
    access, regions = access_of(user, on=on), list[int]()
    for one in access.by(action):
        if one.rights.sees_all or (one.rights.official and access.everywhere(one.region_code)):
            return None
        if not one.rights.official:
            return []
        regions += access.within(one.region_code)
    return list(dict.fromkeys(regions))


def organisations_in_reach(
    user: Anybody, *, on: date, action: str = "organisation:see"
) -> QuerySet[Organisation]:
    """The organisations with which the user may do this on this day.

    One's own; a department's, those of its region and below; all, for who runs the platform.
    """
    access, reached = access_of(user, on=on), NOBODY
    for one in access.by(action):
        if one.rights.sees_all or one.organisation_id is None:
            return Organisation.objects.all()
        reached |= Q(pk=one.organisation_id)
        if one.rights.official:
            everywhere = access.everywhere(one.region_code)
            regions = access.within(one.region_code)
            reached |= Q(region__isnull=False) if everywhere else Q(Among(F("region"), regions))
    return Organisation.objects.filter(reached)


def person_for(user: Anybody, pk: int, verb: str, *, on: date) -> Person:
    """A person for whom the user may do this: a verb of `person`, or a whole action.

    Raises Http404 out of reach; PermissionDenied within reach, where no role allows it, and for
    oneself, but to see: nobody handles their own record.
    """
    found = persons_in_reach(user, on=on).filter(pk=pk).first()
    if found is None:
        raise Http404
    if verb != "see":
        reached = persons_in_reach(user, on=on, action=_action("person", verb))
        if pk == access_of(user, on=on).person_id or not reached.filter(pk=pk).exists():
            raise PermissionDenied
    return found


def organisation_for(user: Anybody, pk: int, verb: str, *, on: date) -> Organisation:
    """An organisation with which the user may do this: a verb of `organisation`, or an action.

    Raises Http404 out of reach, PermissionDenied within reach where no role allows it.
    """
    found = organisations_in_reach(user, on=on).filter(pk=pk).first()
    if found is None:
        raise Http404
    if verb != "see":
        reached = organisations_in_reach(user, on=on, action=_action("organisation", verb))
        if not reached.filter(pk=pk).exists():
            raise PermissionDenied
    return found


def _action(thing: str, verb: str) -> str:
    return verb if ":" in verb else f"{thing}:{verb}"


def may_manage_members(
    user: Anybody, organisation: Organisation | None, role: str, *, on: date
) -> bool:
    """Whether the user gives and ends this role here.

    Officials' roles, and the platform's own, are given by who runs the platform alone: also where
    a department is an employer and has somebody for its personnel.
    """
    for one in access_of(user, on=on).by("members:manage"):
        if one.organisation_id is None:
            return True
        if organisation is not None and one.organisation_id == organisation.pk:
            return not RIGHTS[role].official
    return False


def appoints(user: Anybody, *, on: date) -> bool:
    """Whether the user runs the platform, and so gives roles without asking those who get them."""
    return any(one.organisation_id is None for one in access_of(user, on=on).by("members:manage"))


def may_manage_user(user: Anybody, member: User, *, on: date) -> bool:
    """Whether the user manages everything that this member holds, and the member holds anything.

    Of an account with an archive, and of one without any role, disposes who runs the platform
    alone.
    """
    if appoints(user, on=on):
        return True
    if member.person_id is not None:
        return False
    held = list(Membership.objects.on(on).filter(user=member).select_related("organisation"))
    return bool(held) and all(
        may_manage_members(user, one.organisation, one.role, on=on) for one in held
    )
