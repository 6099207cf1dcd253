"""Every claim by itself: the conditions and the amount.

The answers travel as bits: which conditions failed or are undetermined, which facts are empty.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jineng.policy.compiled import CLAIMS, CompiledAmount, CompiledRules
from jineng.policy.facts import FACT, PLACE
from jineng.policy.schemes import Scheme
from jineng.policy.vector import Facts, Program

#: Conditions that differ, at most: their bits share a 64-bit key with the scheme (verdict.py).
BITS = 57
_PIECE = 65_536  # lines that are judged at a time: what a processor keeps at hand
_NO_AMOUNT = -1

#: Empty counts as no; there is nothing to ask for.
EMPTY_IS_NO = ("blacklisted", "cap_exempt")


@dataclass(frozen=True)
class Verdict:
    """What claims come to by themselves, a column each.

    The scheme's place; bits of failed and of undetermined conditions and of empty facts; the amount
    in 分 (``_NO_AMOUNT`` where there is none), whether facts for it are lacking, and the number
    of its standard.
    """

    scheme: np.ndarray
    failed: np.ndarray
    undetermined: np.ndarray
    empty: np.ndarray
    amount: np.ndarray
    amount_open: np.ndarray
    value_number: np.ndarray

    @property
    def amount_unknown(self) -> np.ndarray:
        """Where no amount is known, for lack of facts or of a standard."""
        return (self.amount_open != 0) | (self.amount == _NO_AMOUNT)


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

    def judged(self, table: pa.Table, threads: int | None = None) -> Verdict:
        """Every claim of a table of typed facts, schemes mixed, in the order of the lines."""
        batches = table.to_batches(max_chunksize=_PIECE)
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            found = list(pool.map(self._piece, batches))
        return Verdict(*np.concatenate([np.empty((7, 0), dtype=np.int64), *found], axis=1))

    def _piece(self, batch: pa.RecordBatch) -> np.ndarray:
        """scheme, failed, undetermined, empty, amount, amount_open, value_number of some lines."""
        facts = Facts(batch)
        codes, words = facts.codes("scheme")
        scheme = np.array([list(self.schemes).index(word) for word in words], dtype=np.int64)[codes]
        found = self._program.run(facts)
        tests = dict(zip((bit for bit, _ in self._tests), found, strict=False))
        own = self._own_bits[scheme]
        empty = {PLACE[name]: ~facts.column(name)[1] for name in self._read}
        answer = np.zeros((7, len(scheme)), dtype=np.int64)
        answer[0] = scheme
        answer[1] = own & _packed({b: known & ~yes for b, (yes, known) in tests.items()}, scheme)
        answer[2] = own & _packed({b: ~known for b, (_, known) in tests.items()}, scheme)
        answer[3] = _packed(empty, scheme)
        amounts = found[len(self._tests) :]
        for number in np.unique(scheme).tolist():
            mine = scheme == number
            (due, known), (lacking, _), (standard, _) = amounts[3 * number : 3 * number + 3]
            for row, values in ((4, np.where(known, due, _NO_AMOUNT)), (5, lacking), (6, standard)):
                answer[row, mine] = values[mine] if np.ndim(values) else values
        return answer

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


def _packed(flags: dict[int, np.ndarray], like: np.ndarray) -> np.ndarray:
    """Yes and no by bit as one whole number a line, as many as ``like`` has."""
    packed = np.zeros((len(like), 8), dtype=np.uint8)
    for byte in range(8):
        total = np.zeros(len(like), dtype=np.uint8)
        for bit in range(8):
            flag = flags.get(8 * byte + bit)
            if flag is not None:
                total |= np.asarray(flag).view(np.uint8) << bit
        packed[:, byte] = total
    return packed.view(np.int64)[:, 0]
