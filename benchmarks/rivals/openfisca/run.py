"""Decide claims with OpenFisca: Parquet in, Parquet out.

python benchmarks/rivals/openfisca/run.py IN.parquet OUT.parquet
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from conditions import variable_of
from facts import (
    CODED,
    DATES,
    EVER,
    NO,
    NUMBERS,
    OPEN_CONTRACT,
    UNKNOWN,
    WHOLE,
    YES,
    YES_NO,
    index,
)
from openfisca_core.simulations import Simulation, SimulationBuilder
from system import NEEDS_FACT, build
from vocabulary import AMOUNT_FACTS, CONDITIONS, GROUPS, PROJECTS, SCHEMES, Stop, asked, reads

PAYEES = {"SKIL": "person", "LIVE": "person"} | dict.fromkeys(PROJECTS.split(), "institution")
FUNDS = {
    "SKIL": "unemployment_insurance",
    "LIVE": "employment_subsidy",
    "STUD": "education",
    "VETE": "veterans",
}
NOT_SET = "standard-not-set"


def _dictionary(column: pa.Array) -> tuple[Any, pa.Array]:
    """The codes of a column, -1 where empty, and what they stand for."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return column.indices.fill_null(-1).to_numpy(zero_copy_only=False), column.dictionary


def _translated(column: pa.Array, meaning: dict[str, int], empty: int) -> Any:
    codes, texts = _dictionary(column)
    return np.array([*(meaning[text] for text in texts.to_pylist()), empty])[codes]


def _groups(cell: str) -> int:
    return sum(GROUPS[name] for name in cell.split(";") if name != "none")


def _array(name: str, column: pa.Array) -> Any:
    """A column of the claims file as OpenFisca's input."""
    if name in YES_NO:
        return np.where(
            column.is_null().to_numpy(zero_copy_only=False),
            UNKNOWN,
            column.fill_null(False).to_numpy(zero_copy_only=False) * YES,
        )
    if name in DATES:
        return column.to_numpy(zero_copy_only=False)
    if name in NUMBERS:
        return pc.cast(column, pa.float32()).to_numpy(zero_copy_only=False)
    if name in CODED:
        meaning = {member.value: member.index for member in CODED[name]}
        return _translated(column, meaning, 0)
    if name == "person_groups":
        codes, texts = _dictionary(column)
        return np.array([*(_groups(cell) for cell in texts.to_pylist()), -1])[codes]
    if name == "contract_months":
        codes, texts = _dictionary(column)
        terms = [OPEN_CONTRACT if term == "open" else int(term) for term in texts.to_pylist()]
        return np.array([*terms, -1])[codes]
    if name == "fee_yuan":
        fen = pc.cast(pc.multiply(column, pa.scalar(100, pa.int32())), pa.int64())
        return fen.fill_null(-1).to_numpy()
    if name == "certificate_no":
        return column.is_valid().to_numpy(zero_copy_only=False).astype(np.int32) - 1
    if pa.types.is_integer(column.type):
        return column.fill_null(-1).to_numpy()
    return _dictionary(column)[0]


def simulate(table: pa.Table) -> Simulation:
    """A simulation of a claims file's lines."""
    system = build()
    simulation = SimulationBuilder().build_default_simulation(system, len(table))
    for name in [*YES_NO, *DATES, *NUMBERS, *CODED, *WHOLE]:
        array = _array(name, table[name].chunk(0))
        if np.issubdtype(array.dtype, np.integer) and name in (*YES_NO, *CODED):
            array = array.astype(np.int16)
        simulation.set_input(name, EVER, array)
    simulation.claim_ids = table["claim_id"].chunk(0)
    return simulation


def _spelled(bits: Any, names: list[str]) -> pa.Array:
    """Names for the bits that are set, joined by semicolons."""
    codes, values = _dictionary(pa.array(bits))
    texts = [
        ";".join(name for place, name in enumerate(names) if value >> place & 1)
        for value in values.to_pylist()
    ]
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(texts, pa.string()))


def _failed(simulation: Simulation, scheme: Any, holds: Any, stop: Any) -> pa.Array:
    names = list(CONDITIONS)
    bits = np.zeros(len(holds), np.int64)
    for code, title in enumerate(SCHEMES):
        those = np.flatnonzero((scheme == code) & (holds == NO))
        for name in asked(title):
            answers = index(simulation.calculate(variable_of(name), EVER))[those]
            bits[those] |= (answers == NO).astype(np.int64) << names.index(name)
    stopped = np.array([0, *(1 << names.index(s.value) for s in list(Stop)[1:])])
    return _spelled(bits | stopped[stop], names)


def _missing(
    simulation: Simulation, table: pa.Table, scheme: Any, holds: Any, amount: Any
) -> pa.Array:
    names = [*table.column_names, NOT_SET]
    bits = np.zeros(len(holds), np.int64)
    needs = (holds == UNKNOWN) | ((holds == YES) & (amount < 0))
    for code, title in enumerate(SCHEMES):
        those = np.flatnonzero((scheme == code) & needs)
        rows = pa.array(those)
        found = np.zeros(len(those), np.int64)

        def name_empty(facts: list[str], where: Any, found: Any = found, rows: Any = rows) -> None:
            for fact in facts if where.any() else []:
                empty = pc.is_null(table[fact].chunk(0).take(rows)).to_numpy(zero_copy_only=False)
                found |= (where & empty).astype(np.int64) << names.index(fact)

        for name in asked(title):
            answers = index(simulation.calculate(variable_of(name), EVER))[those]
            name_empty(reads(name, title), answers == UNKNOWN)
        name_empty(AMOUNT_FACTS.get(title, "").split(), amount[those] == NEEDS_FACT)
        bits[those] = np.where(found, found, 1 << names.index(NOT_SET))
    return _spelled(bits, names)


def decide(table: pa.Table) -> pa.Table:
    """The decisions of a claims file's lines, in their order."""
    simulation = simulate(table)
    scheme = index(simulation.calculate("scheme", EVER))
    amount = simulation.calculate("amount", EVER)
    holds = index(simulation.calculate("own_conditions_hold", EVER))
    live = simulation.calculate("live", EVER)
    stop = index(simulation.calculate("stop", EVER))
    eligible = live & (stop == Stop.NONE.index)
    outcome = np.where(eligible, 0, np.where(live | (holds == NO), 1, 2)).astype(np.int8)
    fen = pc.cast(pa.array(np.where(eligible, amount, 0)), pa.decimal128(12, 0))
    cent = pa.scalar("0.01").cast(pa.decimal128(3, 2))
    schemes = pa.array(scheme.astype(np.int8))

    def by_scheme(named: dict[str, str], usual: str) -> pa.Array:
        return pa.array([named.get(s, usual) for s in SCHEMES]).take(schemes)

    return pa.table(
        {
            "claim_id": table["claim_id"],
            "outcome": pa.DictionaryArray.from_arrays(
                outcome, pa.array(["eligible", "ineligible", "needs_evidence"])
            ),
            "amount_yuan": pc.cast(pc.multiply(fen, cent), pa.decimal128(12, 2)),
            "payee": by_scheme(PAYEES, "enterprise"),
            "fund": by_scheme(FUNDS, "special_account"),
            "failed": _failed(simulation, scheme, holds, stop),
            "missing": _missing(simulation, table, scheme, holds, amount),
        }
    )


def main(source: str, target: str) -> None:
    """Decide the claims of `source` into `target`, with the seconds of each step on stderr."""
    began = time.perf_counter()
    # Few different texts in most columns: their codes are read as they are stored.
    coded = [*CODED, "occupation", "person_groups", "service_month", "contract_months"]
    columns = ["claim_id", *YES_NO, *DATES, *NUMBERS, *CODED, *WHOLE]
    columns.sort(key=pq.read_schema(source).names.index)
    table = pq.read_table(source, columns=columns, read_dictionary=coded)
    table = table.unify_dictionaries().combine_chunks()
    print(f"read {time.perf_counter() - began:.2f} s", file=sys.stderr)
    decisions = decide(table)
    print(f"decided {time.perf_counter() - began:.2f} s", file=sys.stderr)
    pq.write_table(decisions, target)
    print(f"written {time.perf_counter() - began:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
