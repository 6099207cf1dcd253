"""Every claim by itself: the conditions and the amount.

The answers travel as bits: which conditions failed or are undetermined, which facts are empty.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.policy.compiled import CLAIMS, CompiledAmount, CompiledRules
from jineng.policy.facts import FACT, FACTS, PLACE, STANDARD_NOT_SET
from jineng.policy.schemes import Scheme
from jineng.policy.vector import Facts, Program

#: Conditions that differ, at most: their bits share a 64-bit key with the scheme (verdict.py).
BITS = 57
_PIECE = 131_072  # lines that are judged at a time: what a processor keeps at hand

#: Empty counts as no; there is nothing to ask for.
EMPTY_IS_NO = ("blacklisted", "cap_exempt")


ELIGIBLE, INELIGIBLE, NEEDS_EVIDENCE = range(3)
_NOT_SET = 1 << len(FACTS)


@dataclass(frozen=True)
class Verdicts:
    """What claims come to, a numpy column each, in one order of lines.

    ``scheme``: its place; ``failed``, ``undetermined``: bits of the scheme's own conditions;
    ``missing``: places of the facts that are lacking, where more evidence is needed; ``amount``:
    分, where it is known; ``value_number``: the standard that was picked.
    """

    scheme: np.ndarray
    outcome: np.ndarray
    failed: np.ndarray
    undetermined: np.ndarray
    missing: np.ndarray
    amount: np.ndarray
    amount_unknown: np.ndarray
    value_number: np.ndarray

    @classmethod
    def of(cls, lines: int) -> Verdicts:
        """Columns for so many lines, to be filled."""
        kinds = (np.int8, np.int8, np.int64, np.int64, np.int64, np.int64, np.bool_, np.int32)
        return cls(*(np.zeros(lines, dtype=kind) for kind in kinds))

    def part(self, begin: int, end: int) -> Verdicts:
        """Some of the lines; what is written there is written here."""
        return Verdicts(*(column[begin:end] for column in vars(self).values()))

    def some(self, rows: np.ndarray) -> Verdicts:
        """A copy of some of the lines."""
        return Verdicts(*(column[rows] for column in vars(self).values()))


@dataclass(frozen=True)
class Judged:
    """One condition of one scheme: its bit, and what it reads.

    Conditions that read alike in several schemes share a bit. ``sql`` is None where other claims
    alone can fail the condition.
    """

    bit: int
    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    sql: str | None


class Judge:
    """The rules of all schemes over one table of claims."""

    def __init__(self, schemes: dict[str, Scheme], rules: CompiledRules) -> None:
        self.schemes = schemes
        self.amounts: dict[str, CompiledAmount] = rules.amounts
        self.conditions: dict[tuple[str, str], Judged] = {}
        bits: dict[str, int] = {}
        for scheme in schemes.values():
            for condition in scheme.conditions:
                made = rules.conditions[scheme.code][condition.code]
                bit = bits.setdefault(made.sql or condition.code, len(bits))
                self.conditions[scheme.code, condition.code] = Judged(
                    bit, tuple(made.facts), tuple(made.parameters), made.sql
                )
        if len(bits) > BITS:
            raise AssertionError(f"more than {BITS} different conditions")
        self._programs = {
            code: Program(
                [*(tree for _, tree in self._trees(rules, code)), *rules.amounts[code].trees]
            )
            for code in schemes
        }
        self._bits = {code: [bit for bit, _ in self._trees(rules, code)] for code in schemes}

    def _trees(self, rules: CompiledRules, code: str) -> list[tuple[int, Any]]:
        """Bit and tree of the conditions that the claim itself decides."""
        return [
            (self.conditions[code, name].bit, made.tree)
            for name, made in rules.conditions[code].items()
            if made.tree is not None
        ]

    def tests(self, code: str) -> list[tuple[int, str]]:
        """Bit and SQL of the conditions that the claim itself decides."""
        judged = [self.conditions[code, c.code] for c in self.schemes[code].conditions]
        return [(j.bit, j.sql) for j in judged if j.sql is not None]

    def facts(self, code: str) -> list[str]:
        """The columns that the scheme reads and that may be empty, in the contract's order."""
        read = set(self.amounts[code].facts)
        for condition in self.schemes[code].conditions:
            read.update(self.conditions[code, condition.code].facts)
        emptiable = [n for n in read if n not in EMPTY_IS_NO and not FACT[n].required]
        return sorted(emptiable, key=PLACE.__getitem__)

    def judged(
        self,
        table: pa.Table,
        threads: int | None = None,
        only: Collection[str] | None = None,
        done: Callable[[int], None] | None = None,
    ) -> Verdicts:
        """Every claim of a table of typed facts, schemes mixed, in the order of the lines.

        Other claims are not looked at. ``only``: judge those of these schemes and leave the others'
        lines empty but for their scheme. ``done``: told up to which line it has come; what it
        raises breaks it off.
        """
        verdicts = Verdicts.of(table.num_rows)
        batches = table.to_batches(max_chunksize=_PIECE)
        ends = np.cumsum([len(batch) for batch in batches]).tolist()
        parts = [verdicts.part(end - len(b), end) for b, end in zip(batches, ends, strict=True)]
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            judging = pool.map(lambda b, v: self._judge(b, v, only), batches, parts)
            for end, _ in zip(ends, judging, strict=True):
                if done is not None:
                    done(end)
        return verdicts

    def _judge(
        self, batch: pa.RecordBatch, v: Verdicts, only: Collection[str] | None = None
    ) -> None:
        """Fill in the verdicts of some lines, scheme after scheme."""
        facts = Facts(batch)
        codes, words = facts.codes("scheme")
        places = {code: place for place, code in enumerate(self.schemes)}
        v.scheme[:] = np.array([places[word] for word in words], dtype=np.int8)[codes]
        for place in np.flatnonzero(np.bincount(v.scheme, minlength=1)).tolist():
            code = list(self.schemes)[place]
            if only is None or code in only:
                rows = np.flatnonzero(v.scheme == place)
                self._judge_scheme(code, facts.some(rows), rows, v)

    def answered(self, batch: pa.RecordBatch) -> Verdicts:
        """The verdicts of claims whose conditions were reckoned elsewhere, as SQL.

        ``batch``: scheme and the columns of ``answers``. Other claims are not looked at.
        """
        v = Verdicts.of(batch.num_rows)
        facts = Facts(batch)
        codes, words = facts.codes("scheme")
        places = {code: place for place, code in enumerate(self.schemes)}
        v.scheme[:] = np.array([places[word] for word in words], dtype=np.int8)[codes]
        for place, code in enumerate(self.schemes):
            rows = np.flatnonzero(v.scheme == place)
            mine = facts.some(rows)
            names = [f"c{bit}" for bit in self._bits[code]]
            found = [mine.column(name) for name in (*names, "amount", "amount_open", "number")]
            self._put(code, found, mine.column("empty")[0].__getitem__, rows, v)
        return v

    def _judge_scheme(self, code: str, facts: Facts, rows: np.ndarray, v: Verdicts) -> None:
        """Fill in the verdicts of the lines of one scheme."""

        def empty(some: np.ndarray) -> np.ndarray:
            chosen, mask = facts.some(some), np.zeros(len(some), dtype=np.int64)
            for name in self.facts(code):
                mask |= np.where(chosen.column(name)[1], 0, 1 << PLACE[name])
            return mask

        self._put(code, self._programs[code].run(facts), empty, rows, v)

    def _put(
        self,
        code: str,
        found: list[tuple[Any, Any]],
        empty: Callable[[np.ndarray], np.ndarray],
        rows: np.ndarray,
        v: Verdicts,
    ) -> None:
        """Verdicts of the lines of one scheme from what its expressions gave.

        ``found``: conditions, amount, where facts are lacking, the standard's number, each a value
        and where it is known. ``empty``: facts that are empty on some of the lines, as bits.
        """
        *tests, (due, due_known), (lacking, _), (standard, _) = found
        failed = np.zeros(len(rows), dtype=np.int64)
        undetermined = np.zeros(len(rows), dtype=np.int64)
        for bit, (yes, known) in zip(self._bits[code], tests, strict=True):
            # an unknown yes or no is kept as no
            failed |= np.where(known ^ yes, 1 << bit, 0)
            undetermined |= np.where(known, 0, 1 << bit)
        unknown = np.broadcast_to(~due_known | lacking, len(rows))
        lacking = np.broadcast_to(lacking, len(rows))
        needs = ((undetermined != 0) | unknown) & (failed == 0)
        outcome = np.where(needs, NEEDS_EVIDENCE, ELIGIBLE)
        outcome[failed != 0] = INELIGIBLE
        missing = np.zeros(len(rows), dtype=np.int64)
        some = np.flatnonzero(needs)
        found_missing = self._wanted(code, undetermined[some], lacking[some]) & empty(some)
        missing[some] = not_set_where_nothing_else(found_missing, unknown[some])
        v.outcome[rows] = outcome
        v.failed[rows] = failed
        v.undetermined[rows] = undetermined
        v.missing[rows] = missing
        v.amount[rows] = np.where(due_known, due, 0)
        v.amount_unknown[rows] = unknown
        v.value_number[rows] = standard

    def _wanted(self, code: str, undetermined: np.ndarray, lacking: np.ndarray) -> np.ndarray:
        """Facts that matter where they are empty: of undetermined conditions, of an open amount."""
        wanted = np.where(lacking, _mask(self.amounts[code].facts), 0)
        for condition in self.schemes[code].conditions:
            judged = self.conditions[code, condition.code]
            wanted |= np.where(undetermined & (1 << judged.bit), _mask(judged.facts), 0)
        emptiable = _mask(self.facts(code))
        return wanted & emptiable

    def one_scheme(self, code: str) -> str:
        """SQL that gives a scheme's conditions as columns c0 …, and its amount."""
        amount = self.amounts[code]
        columns = [
            f"{amount.value} AS amount",
            f"{amount.open} AS amount_open",
            f"{amount.value_number} AS value_number",
            *(f"{sql} AS c{bit}" for bit, sql in self.tests(code)),
        ]
        return f"SELECT {', '.join(columns)} FROM {CLAIMS} AS t0"


def missing_words(mask: int) -> str:
    """Missing facts by name, in the order of the columns."""
    if mask == _NOT_SET:
        return STANDARD_NOT_SET
    return ";".join(fact.name for place, fact in enumerate(FACTS) if mask >> place & 1)


def not_set_where_nothing_else(missing: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """``standard-not-set`` is named only where nothing else is missing."""
    return np.where(unknown & (missing == 0), _NOT_SET, missing)


def _mask(facts: Iterable[str]) -> int:
    return sum(1 << PLACE[name] for name in facts)
