"""What is recorded of a person: insurance and employment by employer, chances by year. In words.

Rows are texts; all records that are one person's are taken together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jineng import policy
from jineng.people.models import (
    EmploymentSpell,
    Entitlement,
    EntitlementUse,
    InsuranceSpell,
    Person,
)
from jineng.people.queries.persons import records
from jineng.people.records.headings import kinds_text, month_text
from jineng.policy.entitlement import MONTHS, ONCE, TRAINING, TRAININGS, Places, key_words
from jineng.policy.facts import LEVELS, OPEN_ENDED, SCHEME_NAMES

State = EntitlementUse.State


def insurance_rows(person: Person) -> list[tuple[str, ...]]:
    """Employer, first and last month, insurances: an employer's months one after the other.

    Months that follow one another are one row, whatever number of files told of them.
    """
    spells = (
        InsuranceSpell.objects.filter(person__in=records(person), superseded_by=None)
        .order_by("employer", "kinds", "first_month")
        .values_list("employer", "employer__name", "kinds", "first_month", "last_month")
    )
    joined: list[list[int]] = []
    names = {}
    for employer, name, kinds, first, last in spells:
        names[employer] = name
        if joined and joined[-1][:2] == [employer, kinds] and first <= joined[-1][3] + 1:
            joined[-1][3] = max(joined[-1][3], last)
        else:
            joined.append([employer, kinds, first, last])
    begins: dict[int, int] = {}
    for employer, _kinds, first, _last in joined:
        begins[employer] = min(first, begins.get(employer, first))
    joined.sort(key=lambda one: (begins[one[0]], one[0], one[2]))
    return [
        (names[employer], month_text(first), month_text(last), kinds_text(kinds))
        for employer, kinds, first, last in joined
    ]


def employment_rows(person: Person) -> list[tuple[str, ...]]:
    """Employer, first and last day, the contract's day and term."""
    rows = (
        EmploymentSpell.objects.filter(person__in=records(person), superseded_by=None)
        .select_related("employer")
        .order_by("started_on", "pk")
    )
    return [
        (
            row.employer.name,
            row.started_on.isoformat(),
            _day(row.ended_on),
            _day(row.contract_signed_on),
            _term(row.contract_months),
        )
        for row in rows
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _term(months: int | None) -> str:
    if months is None:
        return ""
    if months == OPEN_ENDED:
        return _("无固定期限")
    return _("%(months)s 个月") % {"months": months}


@dataclass(frozen=True)
class Chances:
    """What somebody has taken up under one key: how many things are used, and reserved alone."""

    key: tuple[str, ...]
    period: int
    things: tuple[str, ...]
    used: int
    reserved: int
    allowed: int | None

    @property
    def left(self) -> int | None:
        """How many are left; None where nothing is counted."""
        return None if self.allowed is None else max(0, self.allowed - self.used - self.reserved)


#: Where somebody's year is counted: the first of these that is known.
HOMES_WORK_FIRST = ("working_region", "living_region", "household_region")


def chances_of(person: Person, *, on: date) -> list[Chances]:
    """A person's chances, years first, the latest before; then what was had once and for all.

    The year of `on` is among them, whether or not anything is taken.
    """
    held = records(person)
    taken = list(places_taken(held).values())
    uses = list(last_uses(held).values()) if taken else []
    regions = (getattr(person, home) for home in HOMES_WORK_FIRST)
    region = next((region.code for region in regions if region), "")
    return chances_told(region, taken, uses, on=on)


def places_taken(held: Iterable[int] | QuerySet[Person]) -> QuerySet[Entitlement]:
    """What was taken up by these records of a person."""
    return Entitlement.objects.filter(person__in=held, taken__gt=0)


def last_uses(held: Iterable[int] | QuerySet[Person]) -> QuerySet[EntitlementUse]:
    """How each reference stands for which these records of a person took something up."""
    uses = EntitlementUse.objects.filter(person__in=held)
    return uses.order_by("reference", "-id").distinct("reference")


def chances_told(
    region: str, taken: Iterable[Any], uses: Iterable[Any], *, on: date
) -> list[Chances]:
    """The same of what `places_taken` and `last_uses` hold; ``region``: the code of where the
    person works, or else lives."""
    used = _used(uses)
    found: dict[tuple[str, int], tuple[set[str], int | None]] = {}
    for row in taken:
        place = row["key"], row["period"]
        things, allowed = found.get(place, (set(), None))
        limits = [limit for limit in (allowed, row["allowed"]) if limit is not None]
        found[place] = things | set(row["things"]), max(limits, default=None)
    chances = []
    for (key, period), (things, allowed) in found.items():
        done = {thing for thing in things if (key, period, thing) in used}
        chances.append(
            Chances(
                key=key_words(key),
                period=period,
                things=tuple(sorted(things)),
                used=len(done),
                reserved=len(things) - len(done),
                allowed=allowed,
            )
        )
    if ((TRAININGS,), on.year) not in {(one.key, one.period) for one in chances}:
        chances.append(Chances((TRAININGS,), on.year, (), 0, 0, _most_trainings(region, on)))
    return sorted(chances, key=lambda one: (-one.period, one.key))


@cache
def policy_places() -> Places:
    """The places that the pack of the settings knows."""
    return Places(policy.load(settings.POLICY_PACK).schemes.values())


def _most_trainings(region: str, on: date) -> int | None:
    """How many trainings a year the policy allows somebody there."""
    return policy_places().most_trainings({"applied_on": on, "region": region})


def _used(uses: Iterable[Any]) -> set[tuple[str, int, str]]:
    """Things of which a reference says that they were used."""
    return {
        place
        for use in uses
        if use["state"] == State.USED
        for place in zip(use["keys"], use["periods"], use["things"], strict=True)
    }


def chances_rows(person: Person, *, on: date) -> list[tuple[str, ...]]:
    """What it is, the year, used, reserved, left."""
    return [
        (
            _title(one),
            str(one.period or ""),
            str(one.used),
            str(one.reserved),
            "" if one.left is None else str(one.left),
        )
        for one in chances_of(person, on=on)
        # Under which scheme a training is paid, the chance that it took says already.
        if one.key[0] != TRAINING
    ]


def _title(one: Chances) -> str:
    if one.key[0] == MONTHS:
        return _("以工代训月数：%(employer)s") % {"employer": one.key[1]}
    if one.key[0] == ONCE:
        mark = _("、")
        schemes = mark.join(_(SCHEME_NAMES.get(thing, thing)) for thing in one.things)
        return _("：").join((schemes, mark.join(_of(one.key))))
    return _("享受补贴的培训")


def _of(key: tuple[str, ...]) -> Iterator[str]:
    """What a key that is had once is about: 电工 高级工, 2020-08."""
    family, words = key[1], key[2:]
    if family == "occupation":
        occupation, level = words
        yield f"{occupation} {_(LEVELS.get(level, level))}"
    elif family == "APPR":
        yield _("第 %(year)s 学徒年度") % {"year": words[0]}
    else:
        yield from words
