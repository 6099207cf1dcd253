"""Every claim by itself: the conditions and the amount, as one expression over the claims table.

Conditions that read alike in several schemes are one column of it. The answers travel as bits:
which conditions failed, which are undetermined, which facts are empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import ibis
import ibis.expr.operations as ops
from ibis.expr import types as ir

from jineng.policy.facts import FACT, FACTS, PLACE
from jineng.policy.parameters import Lookup
from jineng.policy.schemes import AtMost, Scheme

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
CLAIMS = "claims"

#: Conditions that differ, at most: their bits share a 64-bit key with the scheme (verdict.py).
BITS = 57

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
    """One condition of one scheme made into an expression: where its bit is, what it reads."""

    bit: int
    facts: tuple[str, ...]
    parameters: tuple[str, ...]


@dataclass
class AmountJudged:
    """A scheme's amount made into expressions."""

    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    value: ir.Value
    open: ir.BooleanValue
    value_number: ir.Value


@dataclass
class Judge:
    """The expressions of all schemes over one table of claims."""

    schemes: dict[str, Scheme]
    columns: dict[int, ir.BooleanValue] = field(default_factory=dict)
    conditions: dict[tuple[str, str], Judged] = field(default_factory=dict)
    amounts: dict[str, AmountJudged] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.claim = ibis.table(SCHEMA, name=CLAIMS)
        bits: dict[ops.Node | str, int] = {}
        for scheme in self.schemes.values():
            for condition in scheme.conditions:
                lookup = Lookup(self.claim, scheme.parameters)
                if condition.test is None:  # other claims alone can fail it: a bit, no column
                    bit = bits.setdefault(condition.code, len(bits))
                    used: tuple[str, ...] = (condition.across.limit,) if isinstance(condition.across, AtMost) else ()
                    self.conditions[scheme.code, condition.code] = Judged(bit, (), used)
                    continue
                expression = condition.test(self.claim, lookup)
                bit = bits.setdefault(expression.op(), len(bits))
                self.columns[bit] = expression
                self.conditions[scheme.code, condition.code] = Judged(
                    bit, facts_read(expression), tuple(lookup.used)
                )
            self.amounts[scheme.code] = self._amount(scheme)
        if len(bits) > BITS:
            raise AssertionError(f"more than {BITS} different conditions")

    def _amount(self, scheme: Scheme) -> AmountJudged:
        due = scheme.amount_due
        assert due is not None, f"{scheme.code} has no amount"
        lookup = Lookup(self.claim, scheme.parameters)
        value = due.value(self.claim, lookup)
        facts = _may_be_empty(facts_read(value))
        lacking: ir.BooleanValue = ibis.literal(False)
        if due.open is not None:
            lacking = due.open(self.claim, lookup)
            facts = _may_be_empty((*facts, *facts_read(lacking)))
        else:
            for name in facts:
                lacking = lacking | self.claim[name].isnull()
        number: ir.Value = ibis.literal(0, "int64")
        if isinstance(due.standard, str):
            number = lookup.number(due.standard)
        elif due.standard is not None:
            number = due.standard(self.claim, lookup)
        return AmountJudged(facts, tuple(lookup.used), value, lacking, number)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every column that some condition or amount reads, in the order of the contract."""
        read = {name for judged in self.conditions.values() for name in judged.facts}
        read |= {name for amount in self.amounts.values() for name in amount.facts}
        return tuple(sorted(read, key=PLACE.__getitem__))

    @cached_property
    def every_claim(self) -> ir.Table:
        """One row a claim: line, failed, undetermined, empty (bits), amount, amount_open, value_number."""
        claim = self.claim
        scheme = claim.scheme
        amounts = self.amounts.items()
        columns = {f"c{bit}": column for bit, column in self.columns.items()}
        judged = claim.select(
            claim.line,
            *(claim[name] for name in self.facts if name not in ("scheme", *EMPTY_IS_NO)),
            amount=ibis.cases(*((scheme == code, a.value) for code, a in amounts)),
            amount_open=ibis.cases(*((scheme == code, a.open) for code, a in amounts)),
            value_number=ibis.cases(*((scheme == code, a.value_number) for code, a in amounts)),
            **columns,
        )
        emptiable = [n for n in self.facts if n not in EMPTY_IS_NO and not FACT[n].required]
        return judged.select(
            judged.line,
            failed=_bits([(bit, ~judged[f"c{bit}"]) for bit in self.columns]),
            undetermined=_bits([(bit, judged[f"c{bit}"].isnull()) for bit in self.columns]),
            empty=_bits([(PLACE[name], judged[name].isnull()) for name in emptiable]),
            amount=judged.amount,
            amount_open=judged.amount_open,
            value_number=judged.value_number,
        )

    def one_scheme(self, code: str) -> ir.Table:
        """The conditions of one scheme as boolean columns, and its amount."""
        amount = self.amounts[code]
        own = sorted({j.bit for (scheme, _), j in self.conditions.items() if scheme == code})
        return self.claim.select(
            self.claim.line,
            amount=amount.value,
            amount_open=amount.open,
            value_number=amount.value_number,
            **{f"c{bit}": self.columns[bit] for bit in own if bit in self.columns},
        )


def _bits(parts: list[tuple[int, ir.BooleanValue]]) -> ir.IntegerValue:
    """A whole number with a bit for each part that is true."""
    total: ir.IntegerValue = ibis.literal(0, "int64")
    for place, part in parts:
        total = total + ibis.ifelse(part, ibis.literal(1 << place, "int64"), ibis.literal(0, "int64"))
    return total
