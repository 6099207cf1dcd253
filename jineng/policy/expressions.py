"""Rules as Ibis expressions: what ``claim`` and ``p`` are in a rule, and what becomes of the rules.

Only this module knows Ibis. What it makes of a pack's rules is kept (``compiled``), so that a
program that decides claims need not load Ibis at all.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from datetime import date
from typing import Any

import ibis
import ibis.expr.operations as ops
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.duckdb import compiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.expr import types as ir

from jineng.policy.compiled import CLAIMS, CompiledAmount, CompiledCondition, CompiledRules
from jineng.policy.facts import FACT, FACTS, PLACE
from jineng.policy.parameters import DIRECT, Parameter, Value
from jineng.policy.schemes import AtMost, Condition, Scheme
from jineng.policy.standing import ACROSS_FACTS

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

#: What of a claim is needed once its conditions are reckoned: to name it, and to look across.
PASSED_ON = ("line", "claim_id", "person_id", *ACROSS_FACTS)

#: Conditions that differ, at most: their bits share a 64-bit key with the scheme (verdict.py).
BITS = 57
_FEW = 6  # schemes for which it is cheaper to look at the scheme first


class Chosen:
    """A parameter that is no single figure (a period, a span, a list), ready for a condition."""

    def __init__(self, choose: Callable[[Callable[[Any], Any]], Any]) -> None:
        self._choose = choose

    def covers(self, day: ir.DateValue) -> ir.BooleanValue:
        """The day lies within the period, first and last day included."""

        def within(period: tuple[date, date | None]) -> ir.BooleanValue:
            first, last = period
            begun = day >= ibis.literal(first)
            return begun if last is None else begun & (day <= ibis.literal(last))

        return self._choose(within)

    def begun_by(self, day: ir.DateValue) -> ir.BooleanValue:
        """The period has begun on that day."""
        return self._choose(lambda period: day >= ibis.literal(period[0]))

    def lasts_to(self, day: ir.DateValue) -> ir.BooleanValue:
        """The period is not over on that day; it must have an end."""
        return self._choose(lambda period: day <= ibis.literal(period[1]))

    def before(self, day: ir.DateValue) -> ir.DateValue:
        """The same day so many months earlier (29 February: 28 February)."""
        return self._choose(lambda months: (day - ibis.interval(months=months)).cast("date"))

    def after(self, day: ir.DateValue) -> ir.DateValue:
        """The same day so many months later (29 February: 28 February)."""
        return self._choose(lambda months: (day + ibis.interval(months=months)).cast("date"))

    def holds(self, fact: ir.Value) -> ir.BooleanValue:
        """The fact is one of the list; not known where the fact is not known."""
        return self._choose(fact.isin)


class Lookup:
    """``p`` in a rule: a parameter by its key, as an expression over the claims table.

    ``used`` gathers the keys that a rule has asked for.
    """

    def __init__(self, claim: ir.Table, parameters: dict[str, Parameter]) -> None:
        self._claim = claim
        self._parameters = parameters
        self.used: list[str] = []

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __getitem__(self, key: str) -> Any:
        if key not in self._parameters:
            raise KeyError(f"没有参数 {key}")
        if key not in self.used:
            self.used.append(key)
        parameter = self._parameters[key]
        if parameter.kind in ("period", "months", "list"):
            return Chosen(lambda build: self.choose(parameter, lambda v: build(v.value)))
        return self.choose(parameter, lambda v: self._figure(parameter, v.value))

    def number(self, key: str) -> ir.IntegerValue:
        """The number of the value that date and region pick; 0 where there is none."""
        chosen = self.choose(self._parameters[key], lambda v: ibis.literal(v.number, "int64"))
        return chosen.fill_null(0)

    def _figure(self, parameter: Parameter, value: Any) -> ir.Value:
        """One figure, or the figure that a fact picks from a table; null where it has none."""
        if not parameter.by:
            return ibis.literal(value, "int64")
        fact = self._claim[parameter.by]
        return ibis.cases(*((fact == code, ibis.literal(v, "int64")) for code, v in value.items()))

    def choose(self, parameter: Parameter, build: Callable[[Value], Any]) -> Any:
        """``build`` of the value that the application date and the region pick (see ``pick``)."""
        day, region = self._claim.applied_on, self._claim.region
        own = parameter.own
        if own:
            later = [(day >= ibis.literal(v.start), build(v)) for v in reversed(own[1:])]
            chosen = ibis.cases(*later, else_=build(own[0])) if later else build(own[0])
        else:
            chosen = ibis.null("int64")
        regional = [v for v in parameter.values if v.region]
        if not regional:
            return chosen
        branches = []
        for value in regional:
            place = str(value.region)
            whole = place.endswith("00") and not place.startswith(DIRECT)
            here = region.substr(0, 4) == place[:4] if whole else region == place
            begun = ibis.literal(True) if value.start is None else day >= ibis.literal(value.start)
            going = ibis.literal(True) if value.end is None else day <= ibis.literal(value.end)
            named = ibis.literal(True)
            if parameter.by:
                named = self._claim[parameter.by].isin(list(value.value))
            branches.append((here & begun & going & named, build(value)))
        return ibis.cases(*branches, else_=chosen)


def facts_read(expression: ir.Value) -> tuple[str, ...]:
    """The columns that an expression reads, in the order of the contract."""
    names = {node.name for node in expression.op().find(ops.Field)}
    return tuple(sorted((n for n in names if n in FACT), key=PLACE.__getitem__))


_COMPARED = {
    ops.Equals: "==",
    ops.NotEquals: "!=",
    ops.Less: "<",
    ops.LessEqual: "<=",
    ops.Greater: ">",
    ops.GreaterEqual: ">=",
}
_PLAIN = {
    ops.And: "and",
    ops.Or: "or",
    ops.Not: "not",
    ops.IsNull: "null",
    ops.NotNull: "filled",
    ops.NullIf: "nullif",
    ops.Multiply: "*",
    ops.BitwiseAnd: "&",
}


def tree(node: ops.Node) -> list[Any]:
    """An expression as nested lists of operations, as ``vector`` runs them.

    Errors: TypeError for an operation that rules don't use; it has to be added there first.
    """
    if isinstance(node, ops.Field):
        return ["field", node.name]
    if isinstance(node, ops.Literal):
        value = node.value.isoformat() if isinstance(node.value, date) else node.value
        return ["literal", value, str(node.dtype)]
    if type(node) in _COMPARED:
        return _compared(node)
    if type(node) in _PLAIN:
        return [_PLAIN[type(node)], *(tree(part) for part in node.__args__)]
    if isinstance(node, ops.InValues):
        texts = [option.value for option in node.options]
        if isinstance(node.value, ops.Field) and node.value.dtype.is_string():
            return ["among", node.value.name, texts]
    if isinstance(node, ops.Coalesce):
        return ["coalesce", *(tree(part) for part in node.arg)]
    if isinstance(node, ops.IfElse):
        return ["case", *(tree(part) for part in node.__args__)]
    if isinstance(node, ops.SearchedCase):
        pairs = zip(node.cases, node.results, strict=True)
        branches = [tree(part) for pair in pairs for part in pair]
        return ["case", *branches, tree(node.default)]
    if isinstance(node, ops.DateAdd | ops.DateSub) and isinstance(node.right, ops.Literal):
        sign = 1 if isinstance(node, ops.DateAdd) else -1
        return ["months", tree(node.left), sign * node.right.value]
    if isinstance(node, ops.Cast):
        return tree(node.arg)
    raise TypeError(f"rules don't use {type(node).__name__}")


def _compared(node: Any) -> list[Any]:
    left, right = node.left, node.right
    if not left.dtype.is_string():
        return [_COMPARED[type(node)], tree(left), tree(right)]
    if isinstance(left, ops.Field):
        same = ["equals", left.name, right.value]
    elif isinstance(left, ops.Substring) and left.start.value == 0:
        same = ["prefixed", left.arg.name, right.value]
    else:
        raise TypeError(f"rules don't compare texts by {type(left).__name__}")
    if isinstance(node, ops.Equals):
        return same
    if isinstance(node, ops.NotEquals):
        return ["not", same]
    raise TypeError(f"rules don't compare texts by {type(node).__name__}")


def _may_be_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({n for n in names if not FACT[n].required}, key=PLACE.__getitem__))


def compiled_rules(
    schemes: dict[str, Scheme], months: Parameter, trainings: Parameter
) -> CompiledRules:
    """Every rule of the schemes as SQL over the table of claims, with what it reads.

    ``months``, ``trainings``: the parameters that limit what is looked at across claims.
    """
    claim = ibis.table(SCHEMA, name=CLAIMS)
    columns: dict[str, ir.Value] = {}
    rules = CompiledRules()
    for scheme in schemes.values():
        for place, condition in enumerate(scheme.conditions):
            name = f"{scheme.code}_{place}"
            made, expression = _condition(claim, scheme, condition)
            rules.conditions.setdefault(scheme.code, {})[condition.code] = made
            if expression is not None:
                columns[name] = expression
        rules.amounts[scheme.code] = _amount(claim, scheme, columns)
    sql = _each(claim.select(**columns))
    for scheme in schemes.values():
        for place, condition in enumerate(scheme.conditions):
            made = rules.conditions[scheme.code][condition.code]
            name = f"{scheme.code}_{place}"
            made.sql = sql.get(name)
            made.tree = tree(columns[name].op()) if name in columns else None
        amount = rules.amounts[scheme.code]
        amount.value = sql[f"{scheme.code}_value"]
        amount.open = sql[f"{scheme.code}_open"]
        amount.value_number = sql[f"{scheme.code}_number"]
        amount.trees = [
            tree(columns[f"{scheme.code}_{n}"].op()) for n in ("value", "open", "number")
        ]
    for what, limit in (("months", months), ("trainings", trainings)):
        rules.limits[what] = tree(Lookup(claim, {limit.key: limit})[limit.key].op())
    return rules


def _each(table: ir.Table) -> dict[str, str]:
    """The SQL of each column of a selection from the claims (there called t0)."""
    selection = compiler.to_sqlglot(table)
    return {
        column.alias: column.unalias().sql(dialect="duckdb") for column in selection.expressions
    }


def answers(schemes: dict[str, Scheme], bits: dict[tuple[str, str], int]) -> ir.Table:
    """What the rules give for each claim of a table, as one selection for any database.

    The facts in ``PASSED_ON``; c0, c1 … a yes or no for each condition by its bit (null where it is
    not known, or not the scheme's); amount in 分, amount_open, number of the standard; empty: the
    facts that are empty, as bits. ``bits``: by scheme and condition.
    """
    claim = ibis.table(SCHEMA, name=CLAIMS)
    tests: dict[int, ir.BooleanValue] = {}
    users: dict[int, list[str]] = {}
    amounts: dict[str, ir.Value] = {}
    for scheme in schemes.values():
        for condition in scheme.conditions:
            bit = bits[scheme.code, condition.code]
            _, expression = _condition(claim, scheme, condition)
            if expression is not None:
                tests.setdefault(bit, expression)
                users.setdefault(bit, []).append(scheme.code)
        _amount(claim, scheme, amounts)
    columns: dict[str, ir.Value] = {name: claim[name] for name in PASSED_ON}
    for bit, test in sorted(tests.items()):
        columns[f"c{bit}"] = ibis.cases((claim.scheme.isin(users[bit]), test))
    for name, part in (("amount", "value"), ("amount_open", "open"), ("number", "number")):
        of_scheme = [(claim.scheme == code, amounts[f"{code}_{part}"]) for code in schemes]
        columns[name] = ibis.cases(*of_scheme)
    bits_of = [claim[f.name].isnull().ifelse(1 << PLACE[f.name], 0).cast("int64") for f in FACTS]
    columns["empty"] = functools.reduce(operator.add, bits_of)
    return claim.select(**columns)


def sql_of(table: ir.Table, dialect: str) -> str:
    """A selection as SQL of DuckDB or Spark."""
    if dialect == "duckdb":
        return str(compiler.to_sqlglot(table).sql(dialect="duckdb"))
    return str(_SparkCompiler().to_sqlglot(table).sql(dialect="spark"))


class _SparkCompiler(PySparkCompiler):
    """Ibis's own, without an option that is only there where Ibis runs Spark itself."""

    def visit_Field(self, op: ops.Field, *, rel: Any, name: str) -> Any:  # noqa: N802
        """A column as it is: no fact is a not-a-number."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)


def _condition(
    claim: ir.Table, scheme: Scheme, condition: Condition
) -> tuple[CompiledCondition, ir.BooleanValue | None]:
    if condition.test is None:  # other claims alone can fail it
        limit = [condition.across.limit] if isinstance(condition.across, AtMost) else []
        return CompiledCondition([], limit), None
    lookup = Lookup(claim, scheme.parameters)
    expression = condition.test(claim, lookup)
    return CompiledCondition(list(facts_read(expression)), lookup.used), expression


def _amount(claim: ir.Table, scheme: Scheme, columns: dict[str, ir.Value]) -> CompiledAmount:
    due = scheme.amount_due
    assert due is not None, f"{scheme.code} has no amount"
    lookup = Lookup(claim, scheme.parameters)
    value = due.value(claim, lookup)
    facts = _may_be_empty(facts_read(value))
    lacking: ir.BooleanValue = ibis.literal(False)
    if due.lacking is not None:
        lacking = due.lacking(claim, lookup).fill_null(True)
        facts = _may_be_empty((*facts, *facts_read(lacking)))
    else:
        for name in facts:
            lacking = lacking | claim[name].isnull()
    number: ir.Value = ibis.literal(0, "int64")
    if isinstance(due.standard, str):
        number = lookup.number(due.standard)
    elif due.standard is not None:
        number = due.standard(claim, lookup)
    columns[f"{scheme.code}_value"] = value
    columns[f"{scheme.code}_open"] = lacking
    columns[f"{scheme.code}_number"] = number
    return CompiledAmount(list(facts), lookup.used)
