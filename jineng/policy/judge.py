"""Every claim by itself: the conditions and the amount.

The answers travel as bits: which conditions failed or are undetermined, which facts are empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jineng.policy.compiled import CLAIMS, CompiledAmount, CompiledRules
from jineng.policy.facts import FACT, FACTS, PLACE, STANDARD_NOT_SET
from jineng.policy.schemes import Scheme
from jineng.policy.vector import Facts, Pair, Program

#: Conditions that differ, at most: their bits share a 64-bit key with the scheme (verdict.py).
BITS = 57
_PIECE = 65_536  # lines that are judged at a time: what a processor keeps at hand

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
        return cls(*(np.empty(lines, dtype=kind) for kind in kinds))

    def part(self, begin: int, end: int) -> Verdicts:
        """Some of the lines; what is written there is written here."""
        return Verdicts(*(column[begin:end] for column in vars(self).values()))


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
        trees = {
            self.conditions[code, name].bit: made.tree
            for code, conditions in rules.conditions.items()
            for name, made in conditions.items()
            if made.tree is not None
        }
        self._tests = list(trees.items())
        amounts = [tree for code in schemes for tree in self.amounts[code].trees]
        self._program = Program([*trees.values(), *amounts])
        self._read = sorted({name for code in schemes for name in self.facts(code)})
        self._own_bits = np.array(
            [
                sum({1 << self.conditions[s.code, c.code].bit for c in s.conditions})
                for s in schemes.values()
            ]
        )

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

    def judged(self, table: pa.Table, threads: int | None = None) -> Verdicts:
        """Every claim of a table of typed facts, schemes mixed, in the order of the lines.

        Other claims are not looked at.
        """
        verdicts = Verdicts.of(table.num_rows)
        batches = table.to_batches(max_chunksize=_PIECE)
        ends = np.cumsum([len(batch) for batch in batches]).tolist()
        parts = [verdicts.part(end - len(b), end) for b, end in zip(batches, ends, strict=True)]
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            list(pool.map(self._judge, batches, parts))
        return verdicts

    def _judge(self, batch: pa.RecordBatch, v: Verdicts) -> None:
        """Fill in the verdicts of some lines."""
        facts = Facts(batch)
        codes, words = facts.codes("scheme")
        scheme = np.array([list(self.schemes).index(word) for word in words], dtype=np.int8)[codes]
        v.scheme[:] = scheme
        found = self._program.run(facts)
        tests = dict(zip((bit for bit, _ in self._tests), found, strict=False))
        own = self._own_bits[scheme]
        # an unknown yes or no is kept as no
        no = {bit: known ^ yes for bit, (yes, known) in tests.items()}
        v.failed[:] = own & _packed(no, len(batch))
        open_ = {bit: ~known for bit, (_, known) in tests.items()}
        v.undetermined[:] = own & _packed(open_, len(batch))
        lacking = self._amounts(found[len(self._tests) :], v)
        needs = ((v.undetermined != 0) | v.amount_unknown) & (v.failed == 0)
        v.outcome[:] = np.where(needs, NEEDS_EVIDENCE, ELIGIBLE)
        v.outcome[v.failed != 0] = INELIGIBLE
        v.missing[:] = 0
        rows = np.flatnonzero(needs)
        v.missing[rows] = self._missing(facts, v, rows, lacking[rows])

    def _amounts(self, found: list[Pair], v: Verdicts) -> np.ndarray:
        """Fill in the amounts; returns where facts for them are lacking."""
        lacking = np.zeros(len(v.scheme), dtype=bool)
        v.amount_unknown[:] = True
        for number in np.flatnonzero(np.bincount(v.scheme, minlength=1)).tolist():
            rows = np.flatnonzero(v.scheme == number)
            (due, known), (open_, _), (standard, _) = (
                _some(pair, rows) for pair in found[3 * number : 3 * number + 3]
            )
            v.amount[rows] = np.where(known, due, 0)
            v.amount_unknown[rows] = ~known | open_
            v.value_number[rows] = standard
            lacking[rows] = open_
        return lacking

    def _missing(
        self, facts: Facts, v: Verdicts, rows: np.ndarray, lacking: np.ndarray
    ) -> np.ndarray:
        """Which empty facts matter: those of undetermined conditions and of an open amount."""
        scheme, undetermined = v.scheme[rows], v.undetermined[rows]
        wanted = np.zeros(len(rows), dtype=np.int64)
        for number, code in enumerate(self.schemes):
            mine = np.flatnonzero(scheme == number)
            bits = undetermined[mine]
            asked = np.where(lacking[mine], _mask(self.amounts[code].facts), 0)
            for condition in self.schemes[code].conditions:
                judged = self.conditions[code, condition.code]
                asked |= np.where(bits & (1 << judged.bit), _mask(judged.facts), 0)
            wanted[mine] = asked
        empty = {PLACE[name]: ~_some(facts.column(name), rows)[1] for name in self._read}
        found = wanted & _packed(empty, len(rows))
        return not_set_where_nothing_else(found, v.amount_unknown[rows])

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


def _some(pair: Pair, rows: np.ndarray) -> Pair:
    """A pair of columns, or of single values, on some lines."""
    value, known = pair
    return value[rows] if np.ndim(value) else value, known[rows] if np.ndim(known) else known


def _packed(flags: dict[int, np.ndarray], lines: int) -> np.ndarray:
    """Yes and no by bit as one whole number a line."""
    packed = np.zeros((lines, 8), dtype=np.uint8)
    for byte in range(8):
        total = np.zeros(lines, dtype=np.uint8)
        for bit in range(8):
            flag = flags.get(8 * byte + bit)
            if flag is not None:
                total |= np.asarray(flag).view(np.uint8) << bit
        packed[:, byte] = total
    return packed.view(np.int64)[:, 0]
