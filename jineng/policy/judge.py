"""Every claim by itself: the conditions and the amount, as one expression over the claims table.

The answers travel as bits: which conditions failed, which are undetermined, which facts are empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.operations as ops
from ibis.expr import types as ir

from jineng.policy.facts import FACT, FACTS, PLACE
from jineng.policy.parameters import Lookup
from jineng.policy.schemes import AtMost, Condition, Scheme

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

#: Where the bits of undetermined conditions begin; those of failed ones are below.
UNDETERMINED = 24

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
    """One condition of one scheme: what it reads, and its expression.

    ``expression`` is None where other claims alone can fail the condition.
    """

    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    expression: ir.BooleanValue | None


@dataclass(frozen=True)
class AmountJudged:
    """A scheme's amount: in 分, where facts are lacking, and which value of a parameter it rests on."""

    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    value: ir.Value
    open: ir.BooleanValue
    value_number: ir.Value


class Judge:
    """The expressions of all schemes over one table of claims.

    A condition's bit is its place among the scheme's conditions.
    """

    def __init__(self, schemes: dict[str, Scheme]) -> None:
        self.schemes = schemes
        self.claim = ibis.table(SCHEMA, name=CLAIMS)
        self.conditions: dict[tuple[str, str], Judged] = {}
        self.amounts: dict[str, AmountJudged] = {}
        for scheme in schemes.values():
            if len(scheme.conditions) > UNDETERMINED:
                raise AssertionError(f"{scheme.code}: more than {UNDETERMINED} conditions")
            for condition in scheme.conditions:
                self.conditions[scheme.code, condition.code] = self._condition(scheme, condition)
            self.amounts[scheme.code] = self._amount(scheme)

    def _condition(self, scheme: Scheme, condition: Condition) -> Judged:
        if condition.test is None:
            limit = (condition.across.limit,) if isinstance(condition.across, AtMost) else ()
            return Judged((), limit, None)
        lookup = Lookup(self.claim, scheme.parameters)
        expression = condition.test(self.claim, lookup)
        return Judged(facts_read(expression), tuple(lookup.used), expression)

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

    def _tests(self, scheme: Scheme) -> list[tuple[int, Judged, ir.BooleanValue]]:
        """The scheme's conditions that the claim itself decides, with their bits."""
        judged = [self.conditions[scheme.code, c.code] for c in scheme.conditions]
        return [(bit, j, j.expression) for bit, j in enumerate(judged) if j.expression is not None]

    def every_claim(self) -> ir.Table:
        """One row a claim, schemes mixed.

        line; scheme_place; failed and undetermined conditions as bits of ``verdict`` (the latter
        from bit ``UNDETERMINED`` on); ``empty``: bits of the empty facts among those that the
        scheme reads, where something is undetermined; amount in 分, amount_open, value_number.
        """
        claim, scheme = self.claim, self.claim.scheme
        verdicts, empties, places = [], [], []
        for place, one in enumerate(self.schemes.values()):
            tests = self._tests(one)
            facts = {f for _, judged, _ in tests for f in judged.facts} | set(self.amounts[one.code].facts)
            facts = {f for f in facts if f not in EMPTY_IS_NO and not FACT[f].required}
            verdicts.append((scheme == one.code, _total([_verdict(bit, test) for bit, _, test in tests])))
            bits = [(PLACE[name], claim[name].isnull()) for name in sorted(facts, key=PLACE.__getitem__)]
            empties.append((scheme == one.code, _total([_bit(bit, null) for bit, null in bits])))
            places.append((scheme == one.code, ibis.literal(place, "int64")))
        amounts = self.amounts.items()
        return claim.select(
            claim.line,
            scheme_place=ibis.cases(*places),
            verdict=ibis.cases(*verdicts),
            empty=ibis.cases(*empties),
            amount=ibis.cases(*((scheme == code, a.value) for code, a in amounts)),
            amount_open=ibis.cases(*((scheme == code, a.open) for code, a in amounts)),
            value_number=ibis.cases(*((scheme == code, a.value_number) for code, a in amounts)),
        )

    def one_scheme(self, code: str) -> ir.Table:
        """The conditions of one scheme as boolean columns c0 …, and its amount."""
        amount = self.amounts[code]
        return self.claim.select(
            self.claim.line,
            amount=amount.value,
            amount_open=amount.open,
            value_number=amount.value_number,
            **{f"c{bit}": test for bit, _, test in self._tests(self.schemes[code])},
        )


def _bit(place: int, condition: ir.BooleanValue) -> ir.IntegerValue:
    return ibis.ifelse(condition, ibis.literal(1 << place, "int64"), ibis.literal(0, "int64"))


def _verdict(bit: int, test: ir.BooleanValue) -> ir.IntegerValue:
    """Nothing where the condition holds, its bit where it fails, its upper bit where nobody knows."""
    zero, failed = ibis.literal(0, "int64"), ibis.literal(1 << bit, "int64")
    return ibis.cases((test, zero), (~test, failed), else_=ibis.literal(1 << bit + UNDETERMINED, "int64"))


def _total(parts: list[ir.IntegerValue]) -> ir.IntegerValue:
    total: ir.IntegerValue = ibis.literal(0, "int64")
    for part in parts:
        total = total + part
    return total
