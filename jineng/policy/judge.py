"""Every claim by itself: the conditions and the amount, as one expression over the claims table.

The answers travel on as bits: which conditions failed, which are undetermined, which facts are
empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.operations as ops
import numpy as np
import pyarrow as pa
from ibis.expr import types as ir

from jineng.policy.facts import FACT, FACTS, PLACE
from jineng.policy.parameters import Lookup
from jineng.policy.schemes import AtMost, Condition, Scheme
from jineng.policy.standing import CLAIMS

_IBIS_TYPES = {
    "groups": "int64",
    "date": "date",
    "number": "float64",
    "whole": "int64",
    "months_or_open": "int64",
    "yesno": "boolean",
    "yuan": "int64",
}

#: The facts as the rules see them: one row a claim, canonical values.
SCHEMA = {"line": "int64"} | {fact.name: _IBIS_TYPES.get(fact.kind, "string") for fact in FACTS}

#: Conditions that differ, at most: their bits share a 64-bit key with the scheme (verdict.py).
BITS = 57
_FEW = 6  # schemes for which it is cheaper to look at the scheme first

#: Empty counts as no; there is nothing to ask for.
EMPTY_IS_NO = ("blacklisted", "cap_exempt")


def facts_read(expression: ir.Value) -> tuple[str, ...]:
    """The columns that an expression reads, in the order of the contract."""
    names = {node.name for node in expression.op().find(ops.Field)}
    return tuple(sorted((n for n in names if n in FACT), key=PLACE.__getitem__))


def _may_be_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({n for n in names if not FACT[n].required}, key=PLACE.__getitem__))


@dataclass(frozen=True)
class Judged:
    """One condition of one scheme: its bit, and what it reads.

    Conditions that read alike in several schemes are one expression and share a bit.
    """

    bit: int
    facts: tuple[str, ...]
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class AmountJudged:
    """A scheme's amount in 分, where facts for it are lacking, and the number of its standard."""

    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    value: ir.Value
    open: ir.BooleanValue | None
    value_number: ir.Value


class Judge:
    """The expressions of all schemes over one table of claims."""

    def __init__(self, schemes: dict[str, Scheme]) -> None:
        self.schemes = schemes
        self.claim = ibis.table(SCHEMA, name=CLAIMS)
        self.columns: dict[int, ir.BooleanValue] = {}
        self.conditions: dict[tuple[str, str], Judged] = {}
        self.amounts: dict[str, AmountJudged] = {}
        self._bits: dict[object, int] = {}
        for scheme in schemes.values():
            for condition in scheme.conditions:
                self.conditions[scheme.code, condition.code] = self._condition(scheme, condition)
            self.amounts[scheme.code] = self._amount(scheme)
        if len(self._bits) > BITS:
            raise AssertionError(f"more than {BITS} different conditions")

    def _condition(self, scheme: Scheme, condition: Condition) -> Judged:
        if condition.test is None:  # other claims alone can fail it: a bit, no column
            limit = (condition.across.limit,) if isinstance(condition.across, AtMost) else ()
            return Judged(self._bits.setdefault(condition.code, len(self._bits)), (), limit)
        lookup = Lookup(self.claim, scheme.parameters)
        expression = condition.test(self.claim, lookup)
        bit = self._bits.setdefault(expression.op(), len(self._bits))
        self.columns[bit] = expression
        return Judged(bit, facts_read(expression), tuple(lookup.used))

    def _amount(self, scheme: Scheme) -> AmountJudged:
        due = scheme.amount_due
        assert due is not None, f"{scheme.code} has no amount"
        lookup = Lookup(self.claim, scheme.parameters)
        value = due.value(self.claim, lookup)
        facts = _may_be_empty(facts_read(value))
        lacking: ir.BooleanValue | None = None
        if due.lacking is not None:
            lacking = due.lacking(self.claim, lookup).fill_null(True)
            facts = _may_be_empty((*facts, *facts_read(lacking)))
        else:
            for name in facts:
                null = self.claim[name].isnull()
                lacking = null if lacking is None else lacking | null
        number: ir.Value = ibis.literal(0, "int64")
        if isinstance(due.standard, str):
            number = lookup.number(due.standard)
        elif due.standard is not None:
            number = due.standard(self.claim, lookup)
        return AmountJudged(facts, tuple(lookup.used), value, lacking, number)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every column that may be empty and that some condition or amount reads."""
        read = {name for judged in self.conditions.values() for name in judged.facts}
        read |= {name for amount in self.amounts.values() for name in amount.facts}
        return tuple(n for n in _may_be_empty(tuple(read)) if n not in EMPTY_IS_NO)

    def every_claim(self) -> ir.Table:
        """One row a claim, schemes mixed.

        line; scheme_place; person_hash; ``c<bit>``: whether the condition holds, null where nobody
        knows or where it isn't the scheme's; ``e<place>``: whether the fact is empty; amount in 分,
        amount_open, value_number.
        """
        claim, scheme = self.claim, self.claim.scheme
        codes = list(self.schemes)
        places = [(scheme == code, ibis.literal(n, "int64")) for n, code in enumerate(codes)]
        amounts = self.amounts.items()
        open_amounts = [(scheme == code, a.open) for code, a in amounts if a.open is not None]
        return claim.select(
            claim.line,
            scheme_place=ibis.cases(*places),
            person_hash=claim.person_id.hash(),
            amount=ibis.cases(*((scheme == code, a.value) for code, a in amounts)),
            amount_open=ibis.cases(*open_amounts, else_=False),
            value_number=ibis.cases(*((scheme == code, a.value_number) for code, a in amounts)),
            **{f"c{bit}": self._guarded(bit) for bit in self.columns},
            **{f"e{PLACE[name]}": claim[name].isnull() for name in self.facts},
        )

    def _guarded(self, bit: int) -> ir.BooleanValue:
        """A condition of few schemes is reckoned on their lines alone."""
        users = [scheme for (scheme, _), judged in self.conditions.items() if judged.bit == bit]
        if len(users) > _FEW:
            return self.columns[bit]
        scheme = self.claim.scheme
        theirs = scheme == users[0] if len(users) == 1 else scheme.isin(users)
        return ibis.ifelse(theirs, self.columns[bit], ibis.null("boolean"))

    def one_scheme(self, code: str) -> ir.Table:
        """The conditions of one scheme as boolean columns ``c<bit>``, and its amount."""
        amount = self.amounts[code]
        bits = sorted({j.bit for (scheme, _), j in self.conditions.items() if scheme == code})
        return self.claim.select(
            self.claim.line,
            amount=amount.value,
            amount_open=ibis.literal(False) if amount.open is None else amount.open,
            value_number=amount.value_number,
            **{f"c{bit}": self.columns[bit] for bit in bits if bit in self.columns},
        )


def packed(found: pa.Table, prefix: str, *, holds: bool) -> tuple[np.ndarray, np.ndarray]:
    """Boolean columns ``<prefix><bit>`` as bits of one whole number a line.

    Returns (lines on which the column is ``holds``, lines on which it is not known).
    """
    bits = {int(n[1:]): n for n in found.column_names if n[0] == prefix and n[1:].isdigit()}
    said: list[np.ndarray] = []
    unknown: list[np.ndarray] = []
    for batch in found.select(list(bits.values())).to_batches():
        columns = zip(bits, batch.columns, strict=True)
        flags = np.zeros((2, 64, batch.num_rows), dtype=np.uint8)
        for bit, column in columns:
            valid = _unpacked(column, 0)
            flags[0, bit] = (_unpacked(column, 1) == holds) & valid
            flags[1, bit] = valid ^ 1
        for numbers, part in zip((said, unknown), flags, strict=True):
            numbers.append(
                np.packbits(part, axis=0, bitorder="little").T.copy().view(np.int64)[:, 0]
            )
    none = np.empty(0, dtype=np.int64)
    return np.concatenate(said or [none]), np.concatenate(unknown or [none])


def _unpacked(column: pa.BooleanArray, buffer: int) -> np.ndarray:
    """A boolean array's validity (0) or values (1), a byte each."""
    bitmap = column.buffers()[buffer]
    if bitmap is None:
        return np.ones(len(column), dtype=np.uint8)
    flat = np.unpackbits(np.frombuffer(bitmap, dtype=np.uint8), bitorder="little")
    return flat[column.offset : column.offset + len(column)]
