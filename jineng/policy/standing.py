"""Looking across claims: who stands where, one at a time by application date and claim id.

A claim that stands takes places: its key once per person, its training under one scheme, its month,
its training of the year. A later claim that finds its place taken is stopped, and takes none.

Persons don't concern each other. So "one at a time" is done for all persons side by side: first
everybody's first claim, then everybody's second, and so on, each turn a few operations on columns.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.canonical import ARROW_TYPES
from jineng.policy.facts import FACT
from jineng.policy.hashing import hashes
from jineng.policy.parameters import Parameter
from jineng.policy.schemes import AtMost, Once, OneScheme, Scheme
from jineng.policy.vector import Facts, Program

#: Why a claim was stopped, in the order in which it is tested.
STOPS: tuple[tuple[type, str | None], ...] = (
    (Once, None),
    (OneScheme, None),
    (AtMost, "months"),
    (AtMost, "trainings"),
)
_BY_KEY, _BY_TRAINING, _BY_MONTHS, _BY_TRAININGS = range(1, 5)

_NO_LIMIT = np.iinfo(np.int64).max
#: What looking across claims needs of them, besides claim_id and person_id.
ACROSS_FACTS = [
    "scheme",
    "applied_on",
    "region",
    "employer_id",
    "training_id",
    "occupation",
    "level",
    "service_month",
    "competition_id",
    "apprenticeship_year",
    "cap_exempt",
]


@dataclass(frozen=True)
class Across:
    """What a pack's schemes look at across claims, as numbers by the scheme's place."""

    schemes: tuple[Scheme, ...]

    def bit(self, code: str) -> int:
        """The scheme's bit in a mask of schemes."""
        return 1 << next(i for i, s in enumerate(self.schemes) if s.code == code)

    def mask(self, codes: tuple[str, ...]) -> int:
        """The schemes as a mask."""
        return sum(self.bit(code) for code in codes)

    def once_stops(self, scheme: Scheme) -> int:
        """Schemes whose place on the same key stops this one."""
        once = scheme.across(Once)
        return self.mask(once.stopped_by or (scheme.code,)) if once else 0

    def one_stops(self, scheme: Scheme) -> int:
        """Schemes whose payment for the same training stops this one."""
        one = scheme.across(OneScheme)
        if one is None:
            return 0
        others = [s.code for s in self.schemes if s.across(OneScheme)]
        return self.mask(tuple(c for c in others if c not in (scheme.code, *one.beside)))

    def limit(self, what: str) -> Parameter:
        """The parameter that limits months or trainings."""
        for scheme in self.schemes:
            for condition in scheme.conditions:
                if isinstance(condition.across, AtMost) and condition.across.what == what:
                    return scheme.parameters[condition.across.limit]
        raise AssertionError(f"no scheme counts {what}")

    def counts(self, scheme: Scheme, what: str) -> bool:
        """Whether the scheme's claims count against months or trainings."""
        return any(
            isinstance(c.across, AtMost) and c.across.what == what for c in scheme.conditions
        )


@dataclass(frozen=True)
class _Contested:
    """Claims that might stop one another: those of persons who have two or more that may stand.

    Persons are told apart by a hash at first: now and then somebody's only claim is among them.

    ``facts``: what looking across needs; ``claim_id``; ``person``: a number; ``fixed``: it is an
    earlier decision; ``number``: its place among the live claims where it is not.
    """

    facts: pa.RecordBatch
    claim_id: pa.Array
    person: np.ndarray
    fixed: np.ndarray
    number: np.ndarray


def stops(
    across: Across,
    claims: pa.Table,
    live: np.ndarray,
    past: pa.Table | None,
    limits: dict[str, Any],
    threads: int | None = None,
) -> np.ndarray:
    """Which test stops each live claim: 0 none, else the place in ``STOPS`` counted from 1.

    ``claims``: typed facts; ``live``: lines whose own conditions hold; ``past``: earlier decisions,
    of which the eligible ones stand beforehand; ``limits``: the trees of the limits of months and
    trainings.
    """
    answer = np.zeros(len(live), dtype=np.int8)
    contested = _contested(claims, live, past)
    if len(contested.person):
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            turns = pool.submit(_turns, contested)
            places = _places(across, contested, limits, pool)
            stopped = _walked(places, *turns.result())
        mine = ~contested.fixed
        answer[contested.number[mine]] = stopped[mine]
    return answer


def _contested(claims: pa.Table, live: np.ndarray, past: pa.Table | None) -> _Contested:
    eligible = np.empty(0, dtype=np.int64)
    number = hashes(claims["person_id"])[live]
    if past is not None:
        eligible = np.flatnonzero(pc.equal(past["outcome"], "eligible").to_numpy())
        number = np.append(number, hashes(past["person_id"])[eligible])
    rows = _alike(number)
    mine, theirs = rows[rows < len(live)], rows[rows >= len(live)] - len(live)
    facts = _columns(claims, live[mine])
    if past is not None:
        facts = pa.concat_tables(_typed_alike(facts, _columns(past, eligible[theirs])))
    batch = facts.combine_chunks().to_batches()[0] if len(rows) else None
    empty = pa.RecordBatch.from_pylist([], schema=facts.schema)
    batch = batch if batch is not None else empty
    person = _numbered(batch["person_id"])
    return _Contested(
        batch.select(ACROSS_FACTS), batch["claim_id"], person, rows >= len(live), rows
    )


def _alike(numbers: np.ndarray) -> np.ndarray:
    """The places, ascending, of numbers that occur more than once."""
    if not len(numbers):
        return np.empty(0, dtype=np.int64)
    order = np.argsort(numbers)
    same = np.diff(numbers[order]) == 0
    return np.sort(order[np.append(same, False) | np.append(False, same)])


def _columns(facts: pa.Table, rows: np.ndarray) -> pa.Table:
    """What looking across claims needs of some lines; columns not given are empty."""
    chosen = pa.array(rows)
    names = ["claim_id", "person_id", *ACROSS_FACTS]
    return pa.Table.from_arrays(
        [
            facts[name].take(chosen)
            if name in facts.column_names
            else pa.nulls(len(rows), ARROW_TYPES[FACT[name].kind])
            for name in names
        ],
        names=names,
    )


def _typed_alike(*tables: pa.Table) -> list[pa.Table]:
    """The tables with texts plain in the columns that one has as numbers into a dictionary."""
    names = tables[0].column_names
    unlike = [name for name in names if len({table[name].type for table in tables}) > 1]
    for name in unlike:
        place, kind = names.index(name), ARROW_TYPES[FACT[name].kind]
        tables = tuple(t.set_column(place, name, t[name].cast(kind)) for t in tables)
    return list(tables)


def _turns(contested: _Contested) -> tuple[np.ndarray, list[int]]:
    """The claims by turn: everybody's first, everybody's second …; and where each turn begins.

    Earlier decisions come first, then application date, then claim id.
    """
    day = contested.facts["applied_on"].cast(pa.int32()).to_numpy(zero_copy_only=False)
    day = day.astype(np.int64) - int(day.min())
    when = (contested.person * 2 + ~contested.fixed) * (int(day.max()) + 1) + day
    order = np.argsort(when)
    tied = np.diff(when[order]) == 0
    if tied.any():
        among = np.flatnonzero(np.append(tied, False) | np.append(False, tied))
        rows = order[among]
        ranks = pc.rank(contested.claim_id.take(pa.array(rows)), tiebreaker="dense").to_numpy()
        order[among] = rows[np.lexsort((ranks, when[rows]))]
    begins = np.flatnonzero(np.diff(contested.person[order], prepend=-1))
    sizes = np.diff(begins, append=len(order))
    turn = np.arange(len(order)) - np.repeat(begins, sizes)
    by_turn = np.argsort(turn.astype(np.min_scalar_type(turn.max())), kind="stable")
    ends = np.cumsum(np.bincount(turn))
    return order[by_turn], [0, *ends.tolist()]


@dataclass(frozen=True)
class _Places:
    """The places that claims would take, as numbers of their own for each person; 0 is none.

    ``bit``, ``once_stops``, ``one_stops``: masks of schemes; ``months``, ``trainings``: whether the
    claim counts; ``months_limit``, ``trainings_limit``: how many its person may have.
    """

    key: np.ndarray
    training: np.ndarray
    month: np.ndarray
    year: np.ndarray
    training_of_year: np.ndarray
    bit: np.ndarray
    once_stops: np.ndarray
    one_stops: np.ndarray
    months: np.ndarray
    trainings: np.ndarray
    exempt: np.ndarray
    fixed: np.ndarray
    months_limit: np.ndarray
    trainings_limit: np.ndarray

    def ordered(self, order: np.ndarray) -> _Places:
        """The same in another order."""
        return _Places(*(column[order] for column in vars(self).values()))


def _walked(places: _Places, order: np.ndarray, begins: list[int]) -> np.ndarray:
    """Which test stops each claim, turn after turn; within a turn each person has one claim."""
    p = places.ordered(order)
    key_holders = np.zeros(int(p.key.max()) + 1, dtype=p.bit.dtype)
    training_holders = np.zeros(int(p.training.max()) + 1, dtype=p.bit.dtype)
    months_of = np.zeros(int(p.training.max()) + 1, dtype=np.int64)
    month_seen = np.zeros(int(p.month.max()) + 1, dtype=bool)
    trainings_of = np.zeros(int(p.year.max()) + 1, dtype=np.int64)
    training_seen = np.zeros(int(p.training_of_year.max()) + 1, dtype=bool)
    stopped = np.zeros(len(order), dtype=np.int8)
    for begin, end in pairwise(begins):
        now = slice(begin, end)
        key, training, year = p.key[now], p.training[now], p.year[now]
        month, of_year = p.month[now], p.training_of_year[now]
        holders, others = key_holders[key], training_holders[training]
        months, trainings = months_of[training], trainings_of[year]
        new_month = p.months[now] & ~month_seen[month]
        new_training = p.trainings[now] & ~training_seen[of_year]
        stop = stopped[now]
        too_many = new_training & ~p.exempt[now] & (trainings >= p.trainings_limit[now])
        stop[too_many] = _BY_TRAININGS
        stop[new_month & (months >= p.months_limit[now])] = _BY_MONTHS
        stop[(others & p.one_stops[now]) != 0] = _BY_TRAINING
        stop[(holders & p.once_stops[now]) != 0] = _BY_KEY
        stop[p.fixed[now]] = 0
        stands = stop == 0
        bit = np.where(stands, p.bit[now], 0)
        # 0 is nobody's place: nothing is kept there
        key_holders[key] = np.where(key > 0, holders | bit, 0)
        training_holders[training] = np.where(training > 0, others | bit, 0)
        new_month &= stands & (month > 0)
        months_of[training] = months + new_month
        month_seen[month] |= new_month
        new_training &= stands & (of_year > 0)
        trainings_of[year] = trainings + new_training
        training_seen[of_year] |= new_training
    answer = np.empty_like(stopped)
    answer[order] = stopped
    return answer


def _places(
    across: Across, contested: _Contested, limits: dict[str, Any], pool: ThreadPoolExecutor
) -> _Places:
    facts = Facts(contested.facts)
    codes, words = facts.codes("scheme")
    number_of = {scheme.code: number for number, scheme in enumerate(across.schemes)}
    scheme = np.array([number_of[word] for word in words], dtype=np.int64)[codes]

    def by_scheme(made: list[int] | list[bool]) -> np.ndarray:
        return np.array(made)[scheme]

    schemes = across.schemes
    person = contested.person
    key = pool.submit(lambda: _own(person, _keys(schemes, facts, scheme)))
    months = by_scheme([across.counts(s, "months") for s in schemes])
    trainings = by_scheme([across.counts(s, "trainings") for s in schemes])
    training = _own(person, _trainings(schemes, facts, scheme))
    year = _numbered(pc.year(contested.facts["applied_on"]))
    years = int(year.max(initial=0)) + 1
    month, words = facts.codes("service_month")
    of_month = training * max(1, len(words)) + month
    exempt, known = facts.column("cap_exempt")
    return _Places(
        key=key.result(),
        training=training,
        month=np.where(months & (training > 0) & (month >= 0), of_month, 0),
        year=person * years + year + 1,
        training_of_year=np.where(trainings & (training > 0), training * years + year, 0),
        bit=by_scheme([across.bit(s.code) for s in schemes]),
        once_stops=by_scheme([across.once_stops(s) for s in schemes]),
        one_stops=by_scheme([across.one_stops(s) for s in schemes]),
        months=months,
        trainings=trainings,
        exempt=exempt & known,
        fixed=contested.fixed,
        months_limit=_limit(facts, limits["months"]),
        trainings_limit=_limit(facts, limits["trainings"]),
    )


def _limit(facts: Facts, tree: Any) -> np.ndarray:
    """How many each claim's person may have, by the claim's date and region."""
    value, known = Program([tree]).run(facts)[0]
    return np.broadcast_to(np.where(known, value, _NO_LIMIT), facts.table.num_rows)


def _numbered(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """A whole number for each distinct value; -1 where it is not known."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.array([], column.type)
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    indices = encoded.indices
    return indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def _own(person: np.ndarray, thing: np.ndarray) -> np.ndarray:
    """A number from 1 for each person's own thing; 0 where it is not known."""
    both = person * (int(thing.max(initial=0)) + 1) + thing
    return _numbered(pa.array(both, mask=thing < 0)) + 1


def _keys(schemes: tuple[Scheme, ...], facts: Facts, scheme: np.ndarray) -> np.ndarray:
    """A number for the key that a claim may take once, different between families."""
    families: dict[str, tuple[list[int], tuple[str, ...]]] = {}
    for number, one in enumerate(schemes):
        once = one.across(Once)
        if once:
            families.setdefault(once.family or one.code, ([], once.by))[0].append(number)
    keys = np.full(len(scheme), -1, dtype=np.int64)
    for family, (members, by) in enumerate(families.values()):
        rows = np.flatnonzero(_member(len(schemes), members)[scheme])
        if len(rows):
            things = [_thing(facts, name, rows) for name in by]
            keys[rows] = _combined(things, family, len(families))
    return keys


def _trainings(schemes: tuple[Scheme, ...], facts: Facts, scheme: np.ndarray) -> np.ndarray:
    """A number for the training, different between kinds of training key."""
    kinds = sorted({one.training for one in schemes})
    trainings = np.full(len(scheme), -1, dtype=np.int64)
    for kind, fact in enumerate(kinds):
        members = [number for number, one in enumerate(schemes) if one.training == fact]
        rows = np.flatnonzero(_member(len(schemes), members)[scheme])
        if len(rows):
            trainings[rows] = _combined([_thing(facts, fact, rows)], kind, len(kinds))
    return trainings


def _member(count: int, members: list[int]) -> np.ndarray:
    chosen = np.zeros(count, dtype=bool)
    chosen[members] = True
    return chosen


def _thing(facts: Facts, name: str, rows: np.ndarray) -> np.ndarray:
    """A fact of some claims as whole numbers; -1 where it is not known."""
    if FACT[name].kind in ("whole", "date"):
        value, known = facts.some(rows).column(name)
        return np.where(known, value, -1)
    if name not in facts.table.schema.names:
        return np.full(len(rows), -1, dtype=np.int64)
    return _numbered(facts.table[name].take(pa.array(rows)))


def _combined(things: list[np.ndarray], space: int, spaces: int) -> np.ndarray:
    """One number for a row of things in one of several spaces; -1 where a thing is not known."""
    total = np.zeros(len(things[0]), dtype=np.int64)
    lacking = np.zeros(len(total), dtype=bool)
    for thing in things:
        lacking |= thing < 0
        total = total * (int(thing.max(initial=0)) + 1) + thing
    return np.where(lacking, -1, total * spaces + space)
