"""Every claim by itself: the conditions and the amount, as one statement over the table of claims.

A claim whose conditions all hold is done with one look. At the others a second one looks closer:
which conditions failed or are undetermined, and which facts are empty, told as bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jineng.policy.compiled import CompiledAmount, CompiledRules
from jineng.policy.facts import FACT, PLACE
from jineng.policy.schemes import Scheme
from jineng.policy.standing import CLAIMS

#: Conditions that differ, at most: their bits share a 64-bit key with the scheme (verdict.py).
BITS = 57
_FEW = 3  # schemes for which it is cheaper to look at the scheme first

#: Empty counts as no; there is nothing to ask for.
EMPTY_IS_NO = ("blacklisted", "cap_exempt")


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

    def every_claim(self) -> str:
        """SQL that gives one row a claim, schemes mixed.

        line; scheme_place; person_hash; holds (all conditions: yes, no, null for undetermined);
        amount in 分, amount_open, value_number.
        """
        schemes = list(self.schemes)
        amounts = [self.amounts[code] for code in schemes]
        return f"""
            SELECT line, scheme_place, hash(person_id) AS person_hash,
                {_by_scheme(self._holds(code) for code in schemes)} AS holds,
                {_by_scheme(amount.value for amount in amounts)} AS amount,
                {_by_scheme(amount.open for amount in amounts)} AS amount_open,
                {_by_scheme(amount.value_number for amount in amounts)} AS value_number
            FROM {self._claims()} AS t0
        """

    def not_held(self, lines: str) -> str:
        """SQL that looks closer at the claims whose lines stand in the table ``lines``.

        line; ``c<bit>``: whether the condition holds (where it isn't the scheme's, anything);
        ``e<place>``: whether the fact is filled.
        """
        users: dict[tuple[int, str], list[int]] = {}
        for place, code in enumerate(self.schemes):
            for test in self.tests(code):
                users.setdefault(test, []).append(place)
        columns = ["line"]
        for (bit, sql), places in users.items():
            if len(places) <= _FEW:
                listed = ", ".join(map(str, places))
                sql = f"CASE WHEN scheme_place IN ({listed}) THEN {sql} END"
            columns.append(f"{sql} AS c{bit}")
        read = sorted({name for code in self.schemes for name in self.facts(code)})
        columns += [f'"{name}" IS NOT NULL AS e{PLACE[name]}' for name in read]
        claims = f"(SELECT * FROM {self._claims()} SEMI JOIN {lines} USING (line))"
        return f"SELECT {', '.join(columns)} FROM {claims} AS t0"

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

    def _claims(self) -> str:
        """The claims with the place of their scheme, which is quicker to compare than its code."""
        places = " ".join(f"WHEN '{code}' THEN {n}" for n, code in enumerate(self.schemes))
        place = f"CAST(CASE scheme {places} END AS UTINYINT)"
        return f"(SELECT *, {place} AS scheme_place FROM {CLAIMS})"

    def _holds(self, code: str) -> str:
        return " AND ".join(f"({sql})" for _, sql in self.tests(code))


def _by_scheme(expressions: Iterable[str]) -> str:
    """One expression a scheme, each reckoned on its own lines alone."""
    places_of: dict[str, list[int]] = {}
    for place, expression in enumerate(expressions):
        places_of.setdefault(expression, []).append(place)
    # what most schemes share comes last, so that few need to be told apart for it
    shared = max(places_of, key=lambda expression: len(places_of[expression]))
    branches = [
        f"WHEN scheme_place IN ({', '.join(map(str, places))}) THEN {expression}"
        for expression, places in places_of.items()
        if expression != shared
    ]
    return f"CASE {' '.join(branches)} ELSE {shared} END" if branches else f"({shared})"


def packed(found: pa.Table, prefix: str) -> tuple[np.ndarray, np.ndarray]:
    """Boolean columns ``<prefix><bit>`` as bits of one whole number a line.

    Returns (where the column says no, where it says nothing).
    """
    bits = {int(n[1:]): n for n in found.column_names if n[0] == prefix and n[1:].isdigit()}
    no, nothing = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for batch in found.select(list(bits.values())).to_batches():
        flags = np.zeros((2, 64, batch.num_rows), dtype=np.uint8)
        for bit, column in zip(bits, batch.columns, strict=True):
            valid = _unpacked(column, 0)
            flags[0, bit] = valid & (_unpacked(column, 1) ^ 1)
            flags[1, bit] = valid ^ 1
        for numbers, part in zip((no, nothing), flags, strict=True):
            eight_bytes = np.packbits(part, axis=0, bitorder="little").T.copy()
            numbers.append(eight_bytes.view(np.int64)[:, 0])
    return np.concatenate(no), np.concatenate(nothing)


def _unpacked(column: pa.BooleanArray, buffer: int) -> np.ndarray:
    """A boolean array's validity (0) or values (1), a byte each."""
    bitmap = column.buffers()[buffer]
    if bitmap is None:
        return np.ones(len(column), dtype=np.uint8)
    flat = np.unpackbits(np.frombuffer(bitmap, dtype=np.uint8), bitorder="little")
    return flat[column.offset : column.offset + len(column)]
