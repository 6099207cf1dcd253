"""Decide claims with OpenFisca: Parquet in, Parquet out.

python benchmarks/rivals/openfisca/run.py IN.parquet OUT.parquet RELEASE
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from clauses import AMOUNT, GROUNDS, basis
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
from vocabulary import AMOUNT_FACTS, GROUPS, PROJECTS, SCHEMES, Stop, asked, reads

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


def _worded(keys: Any, word: Callable[[int], str]) -> pa.Array:
    """A text for each key, put together once for each that occurs; equal texts are one."""
    codes, values = _dictionary(pa.array(keys))
    texts = [word(value) for value in values.to_pylist()]
    place = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    codes = np.array([place[text] for text in texts], np.int32)[codes]
    return pa.DictionaryArray.from_arrays(codes, pa.array(place, pa.string()))


def _named(bits: int, names: list[str]) -> list[str]:
    """The names whose bits are set."""
    return [name for place, name in enumerate(names) if bits >> place & 1]


def _grounds(simulation: Simulation, scheme: Any, holds: Any, amount: Any, stop: Any) -> Any:
    """Bits of what a claim fails by or is undetermined by; none where it is eligible."""
    bits = np.zeros(len(holds), np.int64)
    for code, title in enumerate(SCHEMES):
        those = np.flatnonzero((scheme == code) & (holds != YES))
        for name in asked(title):
            answers = index(simulation.calculate(variable_of(name), EVER))[those]
            bits[those] |= (answers == holds[those]).astype(np.int64) << GROUNDS.index(name)
    bits |= ((holds != NO) & (amount < 0)).astype(np.int64) << GROUNDS.index(AMOUNT)
    stopped = np.array([0, *(1 << GROUNDS.index(s.value) for s in list(Stop)[1:])])
    return bits | stopped[stop]


def _missing(table: pa.Table, scheme: Any, needs: Any, grounds: Any, amount: Any) -> pa.Array:
    names = [*table.column_names, NOT_SET]
    bits = np.zeros(len(scheme), np.int64)
    for code, title in enumerate(SCHEMES):
        those = np.flatnonzero((scheme == code) & needs)
        rows, mine = pa.array(those), grounds[those]
        found = np.zeros(len(those), np.int64)

        def name_empty(facts: list[str], where: Any, found: Any = found, rows: Any = rows) -> None:
            for fact in facts if where.any() else []:
                empty = pc.is_null(table[fact].chunk(0).take(rows)).to_numpy(zero_copy_only=False)
                found |= (where & empty).astype(np.int64) << names.index(fact)

        for name in asked(title):
            name_empty(reads(name, title), (mine >> GROUNDS.index(name) & 1).astype(bool))
        name_empty(AMOUNT_FACTS.get(title, "").split(), amount[those] == NEEDS_FACT)
        bits[those] = np.where(found, found, 1 << names.index(NOT_SET))
    return _worded(bits, lambda mask: ";".join(_named(mask, names)))


def _basis(scheme: Any, grounds: Any) -> pa.Array:
    def word(key: int) -> str:
        code, bits = key % len(SCHEMES), key // len(SCHEMES)
        return basis(SCHEMES[code], _named(bits, GROUNDS) or GROUNDS)

    return _worded(grounds * len(SCHEMES) + scheme, word)


def decide(table: pa.Table, release: str) -> pa.Table:
    """The decisions of a claims file's lines, in their order."""
    simulation = simulate(table)
    scheme = index(simulation.calculate("scheme", EVER))
    amount = simulation.calculate("amount", EVER)
    holds = index(simulation.calculate("own_conditions_hold", EVER))
    stop = index(simulation.calculate("stop", EVER))
    grounds = _grounds(simulation, scheme, holds, amount, stop)
    eligible = grounds == 0
    ineligible = (holds == NO) | (stop != Stop.NONE.index)
    needs = ~(eligible | ineligible)
    outcome = np.select([eligible, ineligible], [0, 1], 2).astype(np.int8)
    fen = pc.cast(pa.array(np.where(eligible, amount, 0)), pa.decimal128(12, 0))
    cent = pa.scalar("0.01").cast(pa.decimal128(3, 2))

    def by_scheme(named: dict[str, str], usual: str) -> pa.Array:
        return _worded(scheme, lambda code: named.get(SCHEMES[code], usual))

    return pa.table(
        {
            "claim_id": table["claim_id"],
            "outcome": pa.DictionaryArray.from_arrays(
                outcome, pa.array(["eligible", "ineligible", "needs_evidence"])
            ),
            "amount_yuan": pc.cast(pc.multiply(fen, cent), pa.decimal128(12, 2)),
            "payee": by_scheme(PAYEES, "enterprise"),
            "fund": by_scheme(FUNDS, "special_account"),
            "failed": _worded(
                np.where(ineligible, grounds, 0), lambda bits: ";".join(_named(bits, GROUNDS))
            ),
            "missing": _missing(table, scheme, needs, grounds, amount),
            "basis": _basis(scheme, grounds),
            "release": _worded(np.zeros(len(scheme), np.int8), lambda _: release),
        }
    )


def main(source: str, target: str, release: str) -> None:
    """Decide the claims of `source` into `target`, with the seconds of each step on stderr."""
    began = time.perf_counter()
    # Few different texts in most columns: their codes are read as they are stored.
    coded = [*CODED, "occupation", "person_groups", "service_month", "contract_months"]
    columns = ["claim_id", *YES_NO, *DATES, *NUMBERS, *CODED, *WHOLE]
    columns.sort(key=pq.read_schema(source).names.index)
    table = pq.read_table(source, columns=columns, read_dictionary=coded)
    table = table.unify_dictionaries().combine_chunks()
    print(f"read {time.perf_counter() - began:.2f} s", file=sys.stderr)
    decisions = decide(table, release)
    print(f"decided {time.perf_counter() - began:.2f} s", file=sys.stderr)
    pq.write_table(decisions, target, use_dictionary=decisions.column_names[1:])
    print(f"written {time.perf_counter() - began:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
