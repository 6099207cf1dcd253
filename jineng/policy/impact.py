"""What two ways of deciding the same claims come to: counts and money by scheme, region, month."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.facts import FUNDS, GROUPS, NO_GROUP
from jineng.policy.judge import ELIGIBLE
from jineng.policy.parameters import DIRECT
from jineng.policy.schemes import Scheme
from jineng.policy.verdict import yuan

#: What may become of a claim. The first four move money.
CHANGES = {
    "new": "新符合",
    "dropped": "不再符合",
    "more": "金额增加",
    "less": "金额减少",
    "undecided": "结论改变，均不发放",
    "reasons": "结论不变，原因改变",
}
NEW, DROPPED, MORE, LESS, UNDECIDED, REASONS = range(1, len(CHANGES) + 1)
_MONEY = (NEW, DROPPED, MORE, LESS)

#: By what claims are counted, and how that is headed.
BREAKDOWNS = {
    "scheme": "补贴项目",
    "fund": "资金来源",
    "city": "市州",
    "region": "审核地区",
    "group": "人员类别",
    "month": "受理月份",
}
#: Those who are in none of the groups, and those of whom it is not known.
OTHER_GROUPS = ("不属于任何群体", "人员类别未知")
EVERY_FUND = "全部资金"
_DIGITS = 18
_AMOUNT = re.compile(r"([0-9][0-9,]*(?:\.[0-9]{1,6})?)\s*(万|亿)?\s*元?")
_TIMES = {None: 1, "万": 10_000, "亿": 100_000_000}
_MOST_FEN = 10**17


@dataclass(frozen=True)
class Outcomes:
    """Each claim both ways, a column each, in one order of lines; money in 分, 0 unless eligible.

    ``change``: 0, or the place in ``CHANGES`` counted from 1.
    """

    eligible_before: np.ndarray
    eligible_after: np.ndarray
    paid_before: np.ndarray
    paid_after: np.ndarray
    change: np.ndarray


def changes(
    outcome: tuple[np.ndarray, np.ndarray], paid: tuple[np.ndarray, np.ndarray], other: np.ndarray
) -> Outcomes:
    """What becomes of each claim. ``outcome``, ``paid``: before and after; ``other``: the reasons
    for what is not paid are others."""
    before, after = outcome[0] == ELIGIBLE, outcome[1] == ELIGIBLE
    change = np.where(other & ~after, REASONS, 0).astype(np.int8)
    change[outcome[0] != outcome[1]] = UNDECIDED
    change[~before & after] = NEW
    change[before & ~after] = DROPPED
    both = before & after
    change[both & (paid[1] > paid[0])] = MORE
    change[both & (paid[1] < paid[0])] = LESS
    return Outcomes(before, after, *paid, change)


@dataclass(frozen=True)
class Counted:
    """What claims are counted by: each claim's place among keys; -1 is not known.

    ``belongs``: for each place its keys, where a claim counts under several.
    """

    keys: list[str]
    labels: list[str]
    place: np.ndarray
    belongs: list[list[int]] | None = None


def by_scheme(schemes: Sequence[Scheme], place: np.ndarray) -> Counted:
    """By scheme; ``place``: each claim's."""
    return Counted([s.code for s in schemes], [s.name for s in schemes], place)


def by_fund(schemes: Sequence[Scheme], place: np.ndarray) -> Counted:
    """By the fund that pays; ``place``: each claim's scheme."""
    funds = list(FUNDS)
    fund = np.array([funds.index(s.fund) for s in schemes])
    return Counted(funds, list(FUNDS.values()), fund[place])


def by_region(column: pa.ChunkedArray) -> Counted:
    """By the region that decides."""
    place, regions = _coded(column)
    order = np.argsort(np.array(regions))
    rank = np.argsort(order)
    ordered = [regions[number] for number in order.tolist()]
    return Counted(ordered, ordered, rank[place] if len(regions) else place)


def by_city(column: pa.ChunkedArray) -> Counted:
    """By the city in which the region lies, or the county that the province governs directly."""
    regions = by_region(column)
    city = [r if r.startswith(DIRECT) else f"{r[:4]}00" for r in regions.keys]
    cities = sorted(set(city))
    place = np.array([cities.index(one) for one in city], dtype=np.int64)
    return Counted(cities, cities, place[regions.place] if len(place) else regions.place)


def by_month(column: pa.ChunkedArray) -> Counted:
    """By the calendar month of the application."""
    days = column.cast(pa.int32()).to_numpy().astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)
    if not len(months):
        return Counted([], [], months)
    first = int(months.min())
    words = [
        f"{1970 + month // 12}-{month % 12 + 1:02}" for month in range(first, int(months.max()) + 1)
    ]
    return Counted(words, words, months - first)


def by_group(column: pa.ChunkedArray | None, lines: int) -> Counted:
    """By the groups that a person belongs to; a claim counts under each of them."""
    keys = [*GROUPS, NO_GROUP, "unknown"]
    labels = [*GROUPS.values(), *OTHER_GROUPS]
    place = np.full(lines, -1, dtype=np.int64)
    masks: list[int] = []
    if column is not None:
        place, masks = _coded(column)
    belongs = [
        [bit for bit in range(len(GROUPS)) if mask >> bit & 1] or [len(GROUPS)] for mask in masks
    ]
    belongs.append([len(GROUPS) + 1])  # -1 is the last
    return Counted(keys, labels, np.where(place < 0, len(masks), place), belongs)


def breakdown(counted: Counted, outcomes: Outcomes, person: np.ndarray) -> pa.Table:
    """Counts and money both ways by key, keys without a claim left out.

    ``person``: a number for the person of each claim whose money changes, in their order.
    Columns: key, label, claims, persons (of those claims), eligible_before, eligible_after, one for
    each of ``CHANGES``, before_yuan, after_yuan, difference_yuan (decimals).
    """
    places = len(counted.belongs) if counted.belongs is not None else len(counted.keys)
    moved = np.flatnonzero(np.isin(outcomes.change, _MONEY))
    counts = {
        "claims": _counts(counted.place, places),
        "eligible_before": _counts(counted.place[outcomes.eligible_before], places),
        "eligible_after": _counts(counted.place[outcomes.eligible_after], places),
    }
    for number, name in enumerate(CHANGES, start=1):
        counts[name] = _counts(counted.place[outcomes.change == number], places)
    counts["before"] = _sums(counted.place, outcomes.paid_before, places)
    gained = outcomes.paid_after[moved] - outcomes.paid_before[moved]
    counts["difference"] = _sums(counted.place[moved], gained, places)
    of_key: list[list[int]] = [[number] for number in range(places)]
    if counted.belongs is not None:
        of_key = [[] for _ in counted.keys]
        for place, keys in enumerate(counted.belongs):
            for key in keys:
                of_key[key].append(place)
        counts = {
            name: np.array([column[places_].sum() for places_ in of_key], dtype=np.int64)
            for name, column in counts.items()
        }
    persons = _persons(counted.place[moved], person, of_key)
    return _table(counted, counts, persons)


def _table(counted: Counted, counts: Mapping[str, np.ndarray], persons: np.ndarray) -> pa.Table:
    kept = np.flatnonzero(counts["claims"])
    before, difference = counts["before"][kept], counts["difference"][kept]
    columns: dict[str, Any] = {
        "key": [counted.keys[number] for number in kept.tolist()],
        "label": [counted.labels[number] for number in kept.tolist()],
        "claims": counts["claims"][kept],
        "persons": persons[kept],
    }
    names = ("eligible_before", "eligible_after", *CHANGES)
    columns |= {name: counts[name][kept] for name in names}
    columns |= {
        "before_yuan": yuan(before, _DIGITS),
        "after_yuan": yuan(before + difference, _DIGITS),
        "difference_yuan": yuan(difference, _DIGITS),
    }
    return pa.table(columns)


def _counts(place: np.ndarray, places: int) -> np.ndarray:
    return np.bincount(place, minlength=places).astype(np.int64)


def _sums(place: np.ndarray, fen: np.ndarray, places: int) -> np.ndarray:
    """Whole numbers added up as such."""
    sums = np.zeros(places, dtype=np.int64)
    np.add.at(sums, place, fen)
    return sums


def _persons(place: np.ndarray, person: np.ndarray, of_key: list[list[int]]) -> np.ndarray:
    """How many different persons there are under each key."""
    width = int(person.max(initial=0)) + 1
    pairs = np.unique(place * width + person)
    if all(len(places) == 1 for places in of_key):
        return np.bincount(pairs // width, minlength=len(of_key)).astype(np.int64)
    where, who = pairs // width, pairs % width
    return np.array([len(np.unique(who[np.isin(where, places)])) for places in of_key])


def _coded(column: pa.ChunkedArray) -> tuple[np.ndarray, list[Any]]:
    """Places among the distinct values, -1 where it is not known, and the values."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # of no lines
        return np.empty(0, dtype=np.int64), []
    values = array.dictionary.to_pylist()
    place = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return place, values


def fen_of(text: str) -> int | None:
    """分 of a budget as officials write it: 5000000, 500万, 1.2亿; None where it is none."""
    found = _AMOUNT.fullmatch(text.strip())
    fen = Decimal(found[1].replace(",", "")) * _TIMES[found[2]] * 100 if found else Decimal(0)
    return int(fen) if fen == int(fen) and 0 < fen < _MOST_FEN else None


@dataclass(frozen=True)
class Spending:
    """What one way of deciding spends: all of it, the day on which the budget is used up (None
    where it isn't), and how far it is passed. 分."""

    total_fen: int
    spent_on: date | None
    passed_fen: int


@dataclass(frozen=True)
class BudgetLine:
    """A budget, in 分, of a fund (its code) or of all together (``fund`` None), both ways."""

    fund: str | None
    label: str
    budget_fen: int
    before: Spending
    after: Spending


def budget_line(
    fund: str | None, budget_fen: int, applied_on: pa.ChunkedArray, rows: Any, outcomes: Outcomes
) -> BudgetLine:
    """How a budget lasts when claims are paid in the order of application dates.

    ``rows``: the claims that the fund pays, as an index.
    """
    days = applied_on.cast(pa.int32()).to_numpy()[rows].astype(np.int64)
    before, after = (
        _spending(days, paid[rows], budget_fen)
        for paid in (outcomes.paid_before, outcomes.paid_after)
    )
    return BudgetLine(fund, FUNDS[fund] if fund else EVERY_FUND, budget_fen, before, after)


def _spending(days: np.ndarray, fen: np.ndarray, budget_fen: int) -> Spending:
    total = int(fen.sum())
    spent_on = None
    if total >= budget_fen and len(days):
        first = int(days.min())
        running = np.cumsum(_sums(days - first, fen, int(days.max()) - first + 1))
        used_up = first + int(np.searchsorted(running, budget_fen))
        spent_on = date(1970, 1, 1) + timedelta(days=used_up)
    return Spending(total, spent_on, max(0, total - budget_fen))


def spending_by_month(month: Counted, fund: Counted, outcomes: Outcomes) -> pa.Table:
    """What each fund spends in each month both ways, for a curve; months without any left out.

    Columns: fund, label, month, before_yuan, after_yuan.
    """
    months = max(1, len(month.keys))
    both = fund.place * months + month.place
    sums = [
        _sums(both, paid, months * len(fund.keys))
        for paid in (outcomes.paid_before, outcomes.paid_after)
    ]
    kept = np.flatnonzero(sums[0] + sums[1])
    return pa.table(
        {
            "fund": [fund.keys[number // months] for number in kept.tolist()],
            "label": [fund.labels[number // months] for number in kept.tolist()],
            "month": [month.keys[number % months] for number in kept.tolist()],
            "before_yuan": yuan(sums[0][kept], _DIGITS),
            "after_yuan": yuan(sums[1][kept], _DIGITS),
        }
    )


def persons_of(column: pa.ChunkedArray, rows: np.ndarray) -> np.ndarray:
    """A number for the person of each of these lines."""
    place, _ = _coded(pa.chunked_array([column.take(pa.array(rows)).combine_chunks()]))
    return place


def worded(change: np.ndarray) -> pa.Array:
    """The codes of changes."""
    indices = pc.subtract(pa.array(change.astype(np.int32)), 1)
    return pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), pa.array(list(CHANGES)))
