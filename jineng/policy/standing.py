"""Looking across claims: who stands where, one at a time by application date and claim id.

A claim that stands takes places: its key once per person, its training under one scheme, its month,
its training of the year. A later claim that finds its place taken is stopped, and takes none.
"One at a time" is computed as a fixed point: assume that all stand, let every claim look at the
standing ones before it, and repeat for those persons where something changed. The first claim of a
person is right after one round, the second after two at the latest, and so on; mostly three do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr import types as ir

from jineng.policy.parameters import Lookup, Parameter
from jineng.policy.schemes import AtMost, Once, OneScheme, Scheme

#: Why a claim was stopped, in the order in which it is tested.
STOPS: tuple[tuple[type, str | None], ...] = (
    (Once, None),
    (OneScheme, None),
    (AtMost, "months"),
    (AtMost, "trainings"),
)

CLAIMS, PAST, PLACES = "claims", "past", "places"
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
_SCHEMA = {
    "row": "int64",
    "fixed": "boolean",  # an earlier decision: it stands whatever comes
    "stands": "boolean",
    "exempt": "boolean",
    "person": "int64",
    "place_key": "int64",
    "training": "int64",
    "month": "int64",
    "year": "int64",
    "scheme_bit": "int64",
    "once_stops": "int64",
    "one_stops": "int64",
    "counts_months": "boolean",
    "counts_trainings": "boolean",
    "applied_on": "date",
    "claim_id": "string",
    "region": "string",
}


def one_round(places: ir.Table, months_limit: Parameter, trainings_limit: Parameter) -> ir.Table:
    """For each claim which test stops it (0: none), given which claims stand now."""
    p = places
    order = [p.fixed.desc(), p.applied_on, p.claim_id]

    def before(*by: ir.Value) -> ir.WindowingMixin:
        return ibis.window(group_by=[p.person, *by], order_by=order, preceding=(None, 1))

    def flag(condition: ir.BooleanValue) -> ir.IntegerValue:
        return ibis.ifelse(condition, ibis.literal(1, "int64"), ibis.literal(0, "int64"))

    none = ibis.literal(0, "int64")
    keyed = ibis.ifelse(p.stands & p.place_key.notnull(), p.scheme_bit, none)
    trained = ibis.ifelse(p.stands & p.training.notnull(), p.scheme_bit, none)
    month_taken = flag(p.stands & p.counts_months & p.month.notnull() & p.training.notnull())
    year_taken = flag(p.stands & p.counts_trainings & p.training.notnull())
    seen = p.mutate(
        key_holders=keyed.bit_or().over(before(p.place_key)).fill_null(0),
        training_holders=trained.bit_or().over(before(p.training)).fill_null(0),
        month_seen=month_taken.sum().over(before(p.training, p.month)).fill_null(0),
        year_seen=year_taken.sum().over(before(p.year, p.training)).fill_null(0),
        new_month=month_taken,
        new_training=year_taken,
    )
    seen = seen.mutate(
        new_month=ibis.ifelse(seen.month_seen == 0, seen.new_month, none),
        new_training=ibis.ifelse(seen.year_seen == 0, seen.new_training, none),
    )
    p = seen
    order = [p.fixed.desc(), p.applied_on, p.claim_id]
    counted = seen.mutate(
        months=seen.new_month.sum().over(before(p.training)).fill_null(0),
        trainings=seen.new_training.sum().over(before(p.year)).fill_null(0),
    )
    months_allowed = Lookup(counted, {"limit": months_limit})["limit"]
    trainings_allowed = Lookup(counted, {"limit": trainings_limit})["limit"]
    too_many_months = counted.counts_months & (counted.month_seen == 0)
    too_many_trainings = counted.counts_trainings & ~counted.exempt & (counted.year_seen == 0)
    stopped = ibis.cases(
        (counted.fixed, 0),
        ((counted.key_holders & counted.once_stops) != 0, 1),
        ((counted.training_holders & counted.one_stops) != 0, 2),
        (too_many_months & (counted.months >= months_allowed), 3),
        (too_many_trainings & (counted.trainings >= trainings_allowed), 4),
        else_=0,
    )
    return counted.select(counted.row, stopped=stopped.cast("int64"))


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

    @cached_property
    def round_sql(self) -> str:
        """One round as DuckDB SQL over a table called "places"."""
        places = ibis.table(_SCHEMA, name=PLACES)
        return str(
            ibis.to_sql(
                one_round(places, self.limit("months"), self.limit("trainings")), dialect="duckdb"
            )
        )

    def counts(self, scheme: Scheme, what: str) -> bool:
        """Whether the scheme's claims count against months or trainings."""
        return any(
            isinstance(c.across, AtMost) and c.across.what == what for c in scheme.conditions
        )


def stops(
    across: Across, live: np.ndarray, person: np.ndarray, connection: duckdb.DuckDBPyConnection
) -> np.ndarray:
    """Which test stops each live claim: 0 none, else the place in ``STOPS`` counted from 1.

    ``live``: lines of the view of claims whose own conditions hold; ``person``: a hash of the
    person for every line. Eligible lines of the view ``PAST`` stand beforehand.
    """
    answer = np.zeros(len(live), dtype=np.int64)
    claims = _contested(live, person, connection)
    if claims.num_rows == 0:
        return answer
    places = _places(across, claims)
    answer_of = np.full(int(live.max()) + 1, -1, dtype=np.int64)
    answer_of[live] = np.arange(len(live))
    stopped = _settled(across, places, connection)
    mine = ~places["fixed"].to_numpy()
    answer[answer_of[claims["line"].to_numpy()[mine]]] = stopped[mine]
    return answer


def _settled(across: Across, places: pa.Table, connection: duckdb.DuckDBPyConnection) -> np.ndarray:
    """Rounds until nothing changes, each for the persons only in whom something did."""
    persons = places["person"].to_numpy()
    fixed = places["fixed"].to_numpy()
    stands = np.ones(places.num_rows, dtype=bool)
    stopped = np.zeros(places.num_rows, dtype=np.int64)
    active = np.arange(places.num_rows)
    while len(active):
        part = places.take(pa.array(active)).append_column("stands", pa.array(stands[active]))
        connection.register(PLACES, part)
        found = connection.execute(across.round_sql).to_arrow_table()
        connection.unregister(PLACES)
        rows = found["row"].to_numpy()
        stopped[rows] = found["stopped"].to_numpy()
        now = (stopped == 0) | fixed
        changed = np.unique(persons[rows[now[rows] != stands[rows]]])
        stands = now
        active = np.flatnonzero(np.isin(persons, changed)) if len(changed) else changed
    return stopped


def _contested(
    live: np.ndarray, person: np.ndarray, connection: duckdb.DuckDBPyConnection
) -> pa.Table:
    """The live claims of persons with two or more of them, and those persons' earlier decisions.

    Persons are told apart by a hash here; two of one hash only bring in claims that stand anyway.
    """
    facts = ", ".join(_FACTS)
    query = f"SELECT line, hash(person_id) AS person_hash FROM {PAST} WHERE outcome = 'eligible'"
    past = connection.execute(query).to_arrow_table()
    # the rules' own hashes are signed; unlike kinds of whole numbers would meet as floats
    past_person = past["person_hash"].to_numpy().view(np.int64)
    everyone = np.concatenate([person[live], past_person])
    _, group, count = np.unique(everyone, return_inverse=True, return_counts=True)
    several = count[group] > 1
    mine, theirs = several[: len(live)], several[len(live) :]
    parts = []
    for view, lines in ((CLAIMS, live[mine]), (PAST, past["line"].to_numpy()[theirs])):
        connection.register("contested", pa.table({"line": lines}))
        query = f"SELECT line, {facts} FROM {view} SEMI JOIN contested USING (line)"
        found = connection.execute(query).to_arrow_table()
        connection.unregister("contested")
        parts.append(found.append_column("fixed", pa.array(np.full(len(lines), view == PAST))))
    return pa.concat_tables(parts)


def _numbered(column: pa.ChunkedArray) -> np.ndarray:
    """A whole number for each distinct value; -1 where it is not known."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    return encoded.indices.fill_null(-1).cast(pa.int64()).to_numpy(zero_copy_only=False)


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
    columns["person"] = pa.array(_numbered(claims["person_id"]))
    columns["exempt"] = pc.fill_null(claims["cap_exempt"], False)
    columns["year"] = pc.year(claims["applied_on"])
    columns["month"] = _nullable(_numbered(claims["service_month"]))
    columns["place_key"] = _nullable(_keys(schemes, claims, place))
    columns["training"] = _nullable(_trainings(schemes, claims, place))
    return pa.table(columns)


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
