"""From bits to words: outcome, amount, failed conditions, missing facts and clauses of every claim.

Few combinations of bits occur; each is put into words once and the columns refer to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.facts import FUNDS, OUTCOMES, PAYEES
from jineng.policy.judge import (
    BITS,
    ELIGIBLE,
    INELIGIBLE,
    NEEDS_EVIDENCE,
    Judge,
    Verdicts,
    missing_words,
)
from jineng.policy.parameters import Parameter, Value
from jineng.policy.schemes import Condition, Scheme
from jineng.policy.standing import STOPS


@dataclass(frozen=True)
class Wording:
    """How a pack's bits read."""

    schemes: tuple[Scheme, ...]
    judge: Judge
    values: dict[int, tuple[Parameter, Value]]

    @cached_property
    def stop_bits(self) -> np.ndarray:
        """For each scheme and stop (1 …) the condition's bit; 0 where the scheme has none."""
        bits = np.zeros((len(self.schemes), len(STOPS) + 1), dtype=np.int64)
        for row, scheme in enumerate(self.schemes):
            for column, stop in enumerate(STOPS, start=1):
                condition = stop_condition(scheme, stop)
                if condition:
                    bits[row, column] = 1 << self._bit(scheme, condition)
        return bits

    def stop(self, verdicts: Verdicts, rows: np.ndarray, stopped: np.ndarray) -> None:
        """Write into verdicts which lines other claims stop, and by which test (see ``stops``)."""
        rows, stopped = rows[stopped != 0], stopped[stopped != 0]
        verdicts.failed[rows] |= self.stop_bits[verdicts.scheme[rows], stopped]
        verdicts.outcome[rows] = INELIGIBLE

    def table(
        self, verdicts: Verdicts, claim_ids: pa.Array, release: str, threads: int | None = None
    ) -> pa.Table:
        """The columns that come out, in the order of the lines."""
        v = verdicts
        payee = np.array([list(PAYEES).index(s.payee) for s in self.schemes], dtype=np.int8)
        fund = np.array([list(FUNDS).index(s.fund) for s in self.schemes], dtype=np.int8)
        columns: dict[str, Callable[[], pa.Array]] = {
            "claim_id": lambda: claim_ids,
            "outcome": lambda: _words(v.outcome, list(OUTCOMES)),
            "amount_yuan": lambda: yuan(np.where(v.outcome == ELIGIBLE, v.amount, 0)),
            "payee": lambda: _words(payee[v.scheme], list(PAYEES)),
            "fund": lambda: _words(fund[v.scheme], list(FUNDS)),
            "failed": lambda: _worded(self._failed_keys(v), self._failed_words),
            "missing": lambda: _worded(
                np.where(v.outcome == NEEDS_EVIDENCE, v.missing, 0), missing_words
            ),
            "basis": lambda: _worded(self._basis_keys(v), self._basis_words),
            "release": lambda: _words(np.zeros(len(v.scheme), dtype=np.int8), [release]),
        }
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            made = list(pool.map(lambda column: column(), columns.values()))
        return pa.table(dict(zip(columns, made, strict=True)))

    def places(self, scheme: int, bits: np.ndarray) -> np.ndarray:
        """Bits as places in the scheme's own conditions, alike in packs of other figures."""
        mask = np.zeros(len(bits), dtype=np.int64)
        for place, condition in enumerate(self.schemes[scheme].conditions):
            mask |= (bits >> self._bit(self.schemes[scheme], condition) & 1) << place
        return mask

    def _failed_keys(self, v: Verdicts) -> np.ndarray:
        """Scheme and failed conditions as one number; 0 where none failed."""
        key = (v.scheme.astype(np.int64) << BITS) | v.failed
        return np.where(v.outcome == INELIGIBLE, key, 0)

    def _basis_keys(self, v: Verdicts) -> np.ndarray:
        """Scheme, outcome, and what tells its clauses, as one number."""
        bits = np.choose(v.outcome, (v.value_number, v.failed, v.undetermined))
        kind = v.outcome + ((v.outcome == NEEDS_EVIDENCE) & v.amount_unknown)
        return (v.scheme.astype(np.int64) << (BITS + 2)) | (kind.astype(np.int64) << BITS) | bits

    def failed_conditions(self, scheme: Scheme, bits: int) -> list[Condition]:
        """The scheme's conditions whose bits are set, in its order."""
        return [c for c in scheme.conditions if bits >> self._bit(scheme, c) & 1]

    def basis(
        self, scheme: Scheme, outcome: int, bits: int, value: int, unknown: bool
    ) -> list[str]:
        """The clauses that an outcome rests on, each once, in the order of the conditions.

        ``bits``: failed conditions of an ineligible claim, undetermined ones of one that needs
        evidence; ``value``: number of the standard that was picked; ``unknown``: no amount known.
        """
        due = scheme.amount_due
        assert due is not None
        if outcome == ELIGIBLE:
            cited = [c for condition in scheme.conditions for c in condition.cites]
            cited += [*due.cites, *(self.values[value][1].cites if value in self.values else ())]
        else:
            cited = [
                c for condition in self.failed_conditions(scheme, bits) for c in condition.cites
            ]
            cited += due.cites if unknown and outcome == NEEDS_EVIDENCE else ()
        return list(dict.fromkeys(cited))

    def _bit(self, scheme: Scheme, condition: Condition) -> int:
        return self.judge.conditions[scheme.code, condition.code].bit

    def _failed_words(self, key: int) -> str:
        if key == 0:
            return ""
        failed = self.failed_conditions(self.schemes[key >> BITS], key & (1 << BITS) - 1)
        return ";".join(condition.code for condition in failed)

    def _basis_words(self, key: int) -> str:
        scheme = self.schemes[key >> (BITS + 2)]
        kind = key >> BITS & 3
        bits = key & (1 << BITS) - 1
        outcome = min(kind, NEEDS_EVIDENCE)
        return ";".join(self.basis(scheme, outcome, bits, bits, kind > NEEDS_EVIDENCE))


def stop_condition(scheme: Scheme, stop: tuple[type, str | None]) -> Condition | None:
    """The scheme's condition that a stop across claims belongs to, or None."""
    kind, what = stop
    for condition in scheme.conditions:
        if isinstance(condition.across, kind) and getattr(condition.across, "what", None) == what:
            return condition
    return None


def _words(places: np.ndarray, words: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(words))


def _worded(keys: np.ndarray, word: Callable[[int], str]) -> pa.Array:
    """A text for each key, put together once for each distinct one."""
    encoded = pc.dictionary_encode(pa.array(keys))
    texts = [word(key) for key in encoded.dictionary.to_pylist()]
    # equal texts share one entry, so that the bytes don't depend on how the bits were spread
    distinct = sorted(set(texts))
    place = {text: number for number, text in enumerate(distinct)}
    places = np.array([place[text] for text in texts], dtype=np.int32)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    return _words(places[indices] if len(places) else indices, distinct)


def yuan(fen: np.ndarray, digits: int = 12) -> pa.Array:
    """分 as decimals with two places, from the same bits (a decimal is a 128-bit whole number)."""
    wide = np.empty((len(fen), 2), dtype=np.int64)
    wide[:, 0] = fen
    wide[:, 1] = wide[:, 0] >> 63  # below zero all bits are set
    return pa.Array.from_buffers(
        pa.decimal128(digits, 2), len(fen), [None, pa.py_buffer(wide.tobytes())]
    )
