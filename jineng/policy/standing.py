"""Looking across claims: who stands where, one at a time by application date and claim id.

A claim that stands takes places: its key once per person, its training under one scheme, its month,
its training of the year. A later claim that finds its place taken is stopped, and takes none.
"One at a time" is computed as a fixed point: assume that all stand, let every claim look at the
standing ones before it, and repeat for those persons where something changed. The first claim of a
person is right after one round, the second after two at the latest, and so on; mostly three do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.canonical import ARROW_TYPES
from jineng.policy.facts import FACT
from jineng.policy.parameters import Parameter
from jineng.policy.schemes import AtMost, Once, OneScheme, Scheme

#: Why a claim was stopped, in the order in which it is tested.
STOPS: tuple[tuple[type, str | None], ...] = (
    (Once, None),
    (OneScheme, None),
    (AtMost, "months"),
    (AtMost, "trainings"),
)

_SIEVED = frozenset(
    {"person", "scheme_bit", "once_stops", "one_stops", "counts_months", "counts_trainings"}
)
CLAIMS, PLACES = "claims", "places"
#: What looking across claims needs of them.
_FACTS = [
    "claim_id",
    "scheme",
    "applied_on",
    "region",
    "person_id",
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

    def lowest(self, what: str) -> int:
        """The lowest that the limit is anywhere at any time."""
        return min(value.value for value in self.limit(what).values)

    def counts(self, scheme: Scheme, what: str) -> bool:
        """Whether the scheme's claims count against months or trainings."""
        return any(
            isinstance(c.across, AtMost) and c.across.what == what for c in scheme.conditions
        )


def stops(
    across: Across,
    claims: pa.Table,
    live: np.ndarray,
    past: pa.Table | None,
    round_sql: str,
    threads: int | None = None,
) -> np.ndarray:
    """Which test stops each live claim: 0 none, else the place in ``STOPS`` counted from 1.

    ``claims``: typed facts; ``live``: lines whose own conditions hold; ``past``: earlier decisions,
    of which the eligible ones stand beforehand.
    """
    answer = np.zeros(len(live), dtype=np.int64)
    contested = _contested(claims, live, past)
    if contested.num_rows == 0:
        return answer
    places = _places(across, contested)
    doubtful = _doubtful(across, places)
    if len(doubtful):
        stopped = _settled(places, doubtful, round_sql, threads)
        mine = ~places["fixed"].to_numpy()
        answer[contested["number"].to_numpy()[mine]] = stopped[mine]
    return answer


def _settled(
    places: pa.Table, doubtful: np.ndarray, round_sql: str, threads: int | None
) -> np.ndarray:
    """Rounds until nothing changes, each for the persons only in whom something did."""
    persons = places["person"].to_numpy()
    fixed = places["fixed"].to_numpy()
    stands = np.ones(places.num_rows, dtype=bool)
    stopped = np.zeros(places.num_rows, dtype=np.int64)
    active = doubtful
    config: dict[str, Any] = {"temp_directory": ""}  # facts never spill to the disk
    if threads:
        config["threads"] = threads
    with duckdb.connect(config=config) as connection:
        while len(active):
            part = places.take(pa.array(active)).append_column("stands", pa.array(stands[active]))
            connection.register(PLACES, part)
            found = connection.execute(round_sql).to_arrow_table()
            connection.unregister(PLACES)
            rows = found["row"].to_numpy()
            stopped[rows] = found["stopped"].to_numpy()
            now = (stopped == 0) | fixed
            changed = np.unique(persons[rows[now[rows] != stands[rows]]])
            stands = now
            active = np.flatnonzero(np.isin(persons, changed)) if len(changed) else changed
    return stopped


def _contested(claims: pa.Table, live: np.ndarray, past: pa.Table | None) -> pa.Table:
    """The live claims of persons with two or more of them, and those persons' earlier decisions.

    ``number``: a live claim's place among ``live``; ``fixed``: it is an earlier decision.
    """
    eligible = np.empty(0, dtype=np.int64)
    persons = [claims["person_id"].take(pa.array(live))]
    if past is not None:
        eligible = np.flatnonzero(pc.equal(past["outcome"], "eligible").to_numpy())
        persons.append(past["person_id"].take(pa.array(eligible)))
    person = _numbered(pa.chunked_array([piece for column in persons for piece in column.chunks]))
    rows = np.flatnonzero(np.bincount(person, minlength=1)[person] > 1)
    mine, theirs = rows[rows < len(live)], rows[rows >= len(live)] - len(live)
    both = _columns(claims, live[mine])
    if past is not None:
        both = pa.concat_tables([both, _columns(past, eligible[theirs])])
    return (
        both.append_column("number", pa.array(rows))
        .append_column("fixed", pa.array(rows >= len(live)))
        .append_column("person", pa.array(person[rows]))
    )


def _columns(facts: pa.Table, rows: np.ndarray) -> pa.Table:
    """What looking across claims needs of some lines; columns not given are empty."""
    chosen = pa.array(rows)
    return pa.Table.from_arrays(
        [
            facts[name].take(chosen).combine_chunks()
            if name in facts.column_names
            else pa.nulls(len(rows), ARROW_TYPES[FACT[name].kind])
            for name in _FACTS
        ],
        names=_FACTS,
    )


def _numbered(column: pa.ChunkedArray) -> np.ndarray:
    """A whole number for each distinct value; -1 where it is not known."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks().chunk(0)
    return encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)


def _places(across: Across, claims: pa.Table) -> pa.Table:
    """The columns of one round, but for ``stands``."""
    schemes = across.schemes
    codes = pa.array([scheme.code for scheme in schemes])
    place = pc.index_in(claims["scheme"], codes).to_numpy()
    by_scheme = {
        "scheme_bit": np.array([across.bit(s.code) for s in schemes]),
        "once_stops": np.array([across.once_stops(s) for s in schemes]),
        "one_stops": np.array([across.one_stops(s) for s in schemes]),
        "counts_months": np.array([across.counts(s, "months") for s in schemes]),
        "counts_trainings": np.array([across.counts(s, "trainings") for s in schemes]),
    }
    columns = {name: pa.array(values[place]) for name, values in by_scheme.items()}
    columns |= {name: claims[name] for name in ("fixed", "applied_on", "claim_id", "region")}
    columns["row"] = pa.array(np.arange(claims.num_rows))
    columns["person"] = claims["person"]
    columns["exempt"] = pc.fill_null(claims["cap_exempt"], False)
    columns["year"] = pc.year(claims["applied_on"])
    columns["month"] = _nullable(_numbered(claims["service_month"]))
    columns["place_key"] = _nullable(_keys(schemes, claims, place))
    columns["training"] = _nullable(_trainings(schemes, claims, place))
    return pa.table(columns)


def _doubtful(across: Across, places: pa.Table) -> np.ndarray:
    """The rows of persons of whom somebody may be stopped at all, without asking in which order.

    A key or a training that comes twice, by schemes of which one may stop the other; or more months
    or trainings than the lowest limit.
    """
    column = {name: places[name].to_numpy() for name in places.column_names if name in _SIEVED}
    column |= {n: places[n].fill_null(-1).to_numpy() for n in ("place_key", "training", "year")}
    person = column["person"]
    doubted = np.zeros(int(person.max()) + 1, dtype=bool)

    def sieve(thing: str, counts: np.ndarray, stops: np.ndarray | None, allowed: int) -> None:
        rows = np.flatnonzero(counts & (column[thing] >= 0))
        if not len(rows):
            return
        _, number = np.unique(column[thing][rows], return_inverse=True)
        pairs = person[rows] * (int(number.max()) + 1) + number
        rows = rows[np.argsort(pairs, kind="stable")]
        pairs = np.sort(pairs, kind="stable")
        begin = np.flatnonzero(np.diff(pairs, prepend=-1))
        size = np.diff(begin, append=len(pairs))
        many = np.repeat(size > allowed, size)
        if stops is not None:
            holders = np.bitwise_or.reduceat(column["scheme_bit"][rows], begin)
            many &= (np.repeat(holders, size) & stops[rows]) != 0
        doubted[person[rows[many]]] = True

    everyone = np.ones(len(person), dtype=bool)
    sieve("place_key", everyone, column["once_stops"], 1)
    sieve("training", everyone, column["one_stops"], 1)
    sieve("training", column["counts_months"], None, across.lowest("months"))
    sieve("year", column["counts_trainings"], None, across.lowest("trainings"))
    return np.flatnonzero(doubted[person])


def _nullable(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers, mask=numbers < 0)


def _keys(schemes: tuple[Scheme, ...], claims: pa.Table, place: np.ndarray) -> np.ndarray:
    """A number for the key that a claim may take once, different between families."""
    families: dict[str, tuple[list[int], tuple[str, ...]]] = {}
    for number, scheme in enumerate(schemes):
        once = scheme.across(Once)
        if once:
            families.setdefault(once.family or scheme.code, ([], once.by))[0].append(number)
    keys = np.full(claims.num_rows, -1, dtype=np.int64)
    for family, (members, by) in enumerate(families.values()):
        rows = np.flatnonzero(np.isin(place, members))
        if len(rows):
            keys[rows] = _combined(
                [claims[name].take(pa.array(rows)) for name in by], family, len(families)
            )
    return keys


def _trainings(schemes: tuple[Scheme, ...], claims: pa.Table, place: np.ndarray) -> np.ndarray:
    """A number for the training, different between kinds of training key."""
    kinds = sorted({scheme.training for scheme in schemes})
    trainings = np.full(claims.num_rows, -1, dtype=np.int64)
    for kind, fact in enumerate(kinds):
        members = [number for number, scheme in enumerate(schemes) if scheme.training == fact]
        rows = np.flatnonzero(np.isin(place, members))
        if len(rows):
            trainings[rows] = _combined([claims[fact].take(pa.array(rows))], kind, len(kinds))
    return trainings


def _combined(columns: list[pa.ChunkedArray], space: int, spaces: int) -> np.ndarray:
    """One number for a row of keys in one of several spaces; -1 where a key is not known."""
    total = np.zeros(len(columns[0]), dtype=np.int64)
    lacking = np.zeros(len(total), dtype=bool)
    for column in columns:
        numbers = _numbered(column)
        lacking |= numbers < 0
        total = total * (int(numbers.max(initial=0)) + 1) + numbers
    return np.where(lacking, -1, total * spaces + space)
