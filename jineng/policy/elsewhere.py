"""Deciding where the claims are: conditions and amounts reckoned by a database, the rest here.

The one selection that the rules make (``expressions.answers``) runs as SQL, on DuckDB in this
process or on a Spark cluster (``spark``). What it gives goes through the same code as a file: who
stands across claims, and the words. So no rule is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.compiled import CompiledRules
from jineng.policy.facts import FUNDS, HISTORY_OUTCOME, OUT, OUTCOMES, PAYEES
from jineng.policy.intake import SQL_COLUMNS, Intake
from jineng.policy.judge import ELIGIBLE, Judge
from jineng.policy.pack import Pack, clean_intake, refuse_decided_twice
from jineng.policy.parameters import Parameter, Value
from jineng.policy.schemes import Scheme
from jineng.policy.standing import ACROSS_FACTS, Across, stops
from jineng.policy.verdict import Wording

_ARROW = {
    "BIGINT": pa.int64(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
}
#: A claim's facts as a database holds them, by column; ``line`` tells them apart.
COLUMNS = {name: _ARROW[kind] for name, kind in SQL_COLUMNS.items()}
CLAIM_COLUMNS = {name: kind for name, kind in COLUMNS.items() if name != HISTORY_OUTCOME.name}
#: What is needed of an earlier decision.
HISTORY_COLUMNS = ("claim_id", "person_id", *ACROSS_FACTS, HISTORY_OUTCOME.name)
#: What comes out, texts plain.
DECIDED = {
    "line": pa.int64(),
    **{out.name: pa.decimal128(12, 2) if out.name == "amount_yuan" else pa.string() for out in OUT},
}


@dataclass(frozen=True)
class Conclusion:
    """What follows on the answers to the rules. Plain data, so that it can be sent to others."""

    release: str
    schemes: dict[str, Scheme]
    rules: CompiledRules
    values: Mapping[int, tuple[Parameter, Value]]

    @classmethod
    def of(cls, pack: Pack) -> Conclusion:
        """That of a pack; its schemes without their functions, which are done with."""
        bare = {}
        for code, scheme in pack.schemes.items():
            conditions = [replace(condition, test=None) for condition in scheme.conditions]
            due = scheme.amount_due
            amount = due and replace(due, value=_gone, lacking=None, standard=None)
            bare[code] = replace(scheme, conditions=conditions, amount_due=amount)
        return cls(pack.release, bare, pack.rules, pack.values)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is made on first use."""
        return {name: self.__dict__[name] for name in ("release", "schemes", "rules", "values")}

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.schemes, self.rules)

    @cached_property
    def _across(self) -> Across:
        return Across(tuple(self.schemes.values()))

    @cached_property
    def _wording(self) -> Wording:
        return Wording(tuple(self.schemes.values()), self._judge, dict(self.values))

    def decide(self, answers: pa.Table, history: pa.Table | None, threads: int = 1) -> pa.Table:
        """The decisions on claims, all of a person's among them, by the answers to the rules.

        ``answers``: the columns of ``expressions.answers``; ``history``: ``HISTORY_COLUMNS``.
        Returns the columns of ``DECIDED`` in the order of ``answers``.
        """
        whole = answers.combine_chunks()
        batches = whole.to_batches()
        batch = batches[0] if batches else pa.RecordBatch.from_pylist([], schema=whole.schema)
        verdicts = self._judge.answered(batch)
        live = np.flatnonzero(verdicts.outcome == ELIGIBLE)
        limits = self.rules.limits
        stopped = stops(self._across, whole, live, history, limits, threads)
        self._wording.stop(verdicts, live, stopped)
        made = self._wording.table(verdicts, batch["claim_id"], self.release, threads)
        columns = [batch["line"], *(made[out.name].cast(DECIDED[out.name]) for out in OUT)]
        return pa.table(columns, names=list(DECIDED))


def _gone(claim: Any, p: Any) -> Any:
    raise AssertionError("the amount is reckoned by then")


def answers_sql(pack: Pack, dialect: str) -> str:
    """The rules as one SELECT from the table ``claims`` (``CLAIM_COLUMNS``).

    ``dialect``: duckdb or spark.
    """
    from jineng.policy.expressions import answers, sql_of

    bits = {place: judged.bit for place, judged in pack.judge.conditions.items()}
    return sql_of(answers(pack.schemes, bits), dialect)


def claims_table(facts: pa.Table) -> pa.Table:
    """Canonical facts as a database takes them: every column, texts plain, lines numbered."""
    columns = {"line": pa.array(np.arange(facts.num_rows))}
    for name, kind in CLAIM_COLUMNS.items():
        if name in facts.column_names:
            columns[name] = facts[name].cast(kind)
        elif name != "line":
            columns[name] = pa.nulls(facts.num_rows, kind)
    return pa.table(columns)


def history_table(facts: pa.Table) -> pa.Table:
    """Earlier decisions, likewise."""
    columns = [
        facts[name].cast(COLUMNS[name])
        if name in facts.column_names
        else pa.nulls(facts.num_rows, COLUMNS[name])
        for name in HISTORY_COLUMNS
    ]
    return pa.table(columns, names=list(HISTORY_COLUMNS))


def as_decided(decided: pa.Table, release: str) -> pa.Table:
    """Decisions from anywhere as ``Pack.decide`` gives them, byte by byte: in the order of their
    lines, texts as numbers into the same dictionaries."""
    ordered = decided.take(pc.array_sort_indices(decided["line"].combine_chunks()))
    fixed = {
        "outcome": list(OUTCOMES),
        "payee": list(PAYEES),
        "fund": list(FUNDS),
        "release": [release],
    }
    columns: dict[str, Any] = {}
    for out in OUT:
        column = ordered[out.name].combine_chunks()
        if out.name not in ("claim_id", "amount_yuan"):
            words = fixed.get(out.name) or sorted(pc.unique(column).to_pylist())
            dictionary = pa.array(words, pa.string())
            indices = pc.index_in(column, dictionary)
            column = pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), dictionary)
        columns[out.name] = column
    return pa.table(columns)


def both_intakes(table: Any, history: Any) -> tuple[Intake, Intake | None]:
    """Claims and earlier decisions, read. Errors: FactsError."""
    intake = clean_intake(table)
    earlier = clean_intake(history, history=True) if history is not None else None
    if earlier is not None:
        refuse_decided_twice(intake, earlier)
    return intake, earlier


def decide_in_duckdb(
    pack: Pack, table: Any, *, history: Any = None, threads: int | None = None
) -> pa.Table:
    """What ``Pack.decide`` gives, the conditions reckoned by DuckDB."""
    import duckdb

    intake, earlier = both_intakes(table, history)
    with duckdb.connect(config={"threads": threads} if threads else {}) as connection:
        connection.register("claims", claims_table(intake.table))
        answers = connection.sql(answers_sql(pack, "duckdb")).to_arrow_table()
    past = history_table(earlier.table) if earlier else None
    decided = Conclusion.of(pack).decide(answers, past, threads or 1)
    return as_decided(decided, pack.release)
