"""Puts an explanation together from a person's claims: conditions, facts, figures and clauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from jineng.policy.explanation import (
    AmountShown,
    Cited,
    ConditionShown,
    Explanation,
    FactShown,
    ParameterShown,
)
from jineng.policy.facts import FACT, FUNDS, OUTCOMES, PAYEES, PLACE, outcome_word
from jineng.policy.identity import masked
from jineng.policy.judge import (
    ELIGIBLE,
    EMPTY_IS_NO,
    INELIGIBLE,
    NEEDS_EVIDENCE,
    missing_words,
    not_set_where_nothing_else,
)
from jineng.policy.parameters import Parameter, Value
from jineng.policy.schemes import AtMost, Condition, Once, OneScheme, Scheme
from jineng.policy.single import JudgedClaim
from jineng.policy.standing import STOPS
from jineng.policy.verdict import stop_condition

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

Line = Mapping[str, Any]


def explain_line(
    pack: Pack,
    lines: list[dict[str, Any]],
    past: list[dict[str, Any]],
    claim_id: str,
    outcomes: list[int] | None,
) -> Explanation:
    """The explanation of one of a person's lines.

    ``lines``, ``past``: the person's claims and earlier decisions; ``outcomes``: the lines'
    outcomes where there is more than the one line, since others can stop it then.
    """
    place = next(i for i, line in enumerate(lines) if line["claim_id"] == claim_id)
    line = lines[place]
    scheme = pack.schemes[line["scheme"]]
    judged = pack.single.judge(line)
    outcome = own_outcome(judged)
    stopped: Condition | None = None
    blockers: tuple[str, ...] = ()
    if outcome == ELIGIBLE and outcomes is not None and outcomes[place] != ELIGIBLE:
        earlier = [
            other
            for i, other in enumerate(lines)
            if outcomes[i] == ELIGIBLE and _order(other) < _order(line)
        ]
        standing = [other for other in past if other["outcome"] == "eligible"] + sorted(
            earlier, key=_order
        )
        stopped, blockers = _stopped(pack, scheme, line, standing)
        outcome = INELIGIBLE
    conditions = tuple(
        _condition(pack, scheme, c, line, judged, own_outcome(judged), stopped, blockers)
        for c in scheme.conditions
    )
    return _explanation(pack, scheme, line, judged, outcome, conditions)


def explain_alone(pack: Pack, line: Line, judged: JudgedClaim) -> Explanation:
    """The explanation of a claim that was judged already, whatever others there are."""
    scheme = pack.schemes[line["scheme"]]
    outcome = own_outcome(judged)
    conditions = tuple(
        _condition(pack, scheme, c, line, judged, outcome, None, ()) for c in scheme.conditions
    )
    return _explanation(pack, scheme, line, judged, outcome, conditions)


def _order(line: Line) -> tuple[date, str]:
    return line["applied_on"], line["claim_id"]


def own_outcome(judged: JudgedClaim) -> int:
    """The outcome by the claim's own conditions and amount."""
    if False in judged.holds.values():
        return INELIGIBLE
    unknown = judged.amount is None or judged.amount_open
    return NEEDS_EVIDENCE if None in judged.holds.values() or unknown else ELIGIBLE


def _stopped(
    pack: Pack, scheme: Scheme, line: Line, standing: list[dict[str, Any]]
) -> tuple[Condition, tuple[str, ...]]:
    """The first condition by which standing claims stop this one, and which claims they are."""
    for stop in STOPS:
        condition = stop_condition(scheme, stop)
        if condition is not None:
            blockers = _blockers(pack, scheme, condition, line, standing)
            if blockers:
                return condition, tuple(str(other["claim_id"]) for other in blockers)
    raise AssertionError(f"{line['claim_id']}: stopped by nobody")


def _blockers(
    pack: Pack, scheme: Scheme, condition: Condition, line: Line, standing: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    across = condition.across
    if isinstance(across, Once):
        stoppers = across.stopped_by or (scheme.code,)
        family = across.family or scheme.code
        return [
            other
            for other in standing
            if other["scheme"] in stoppers
            and _family(pack, other) == family
            and all(other[fact] is not None and other[fact] == line[fact] for fact in across.by)
        ]
    if isinstance(across, OneScheme):
        return [
            other
            for other in standing
            if other["scheme"] not in (scheme.code, *across.beside)
            and pack.schemes[other["scheme"]].across(OneScheme)
            and _training(pack, other) == _training(pack, line) is not None
        ]
    assert isinstance(across, AtMost)
    return _over_limit(pack, scheme, across, line, standing)


def _over_limit(
    pack: Pack, scheme: Scheme, across: AtMost, line: Line, standing: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The claims that fill the limit, one for each distinct month or training."""
    if across.what == "trainings" and line["cap_exempt"]:
        return []
    counted: dict[Any, dict[str, Any]] = {}
    for other in standing:
        other_scheme = pack.schemes[other["scheme"]]
        training = _training(pack, other)
        if training is None or not pack.across.counts(other_scheme, across.what):
            continue
        if across.what == "months":
            if training == _training(pack, line) and other["service_month"] is not None:
                counted.setdefault(other["service_month"], other)
        elif other["applied_on"].year == line["applied_on"].year:
            counted.setdefault(training, other)
    own = line["service_month"] if across.what == "months" else _training(pack, line)
    limit = scheme.parameters[across.limit].pick(line["applied_on"], line["region"])
    if own in counted or limit is None or len(counted) < limit.value:
        return []
    return list(counted.values())


def _family(pack: Pack, line: Line) -> str | None:
    once = pack.schemes[line["scheme"]].across(Once)
    return (once.family or line["scheme"]) if once else None


def _training(pack: Pack, line: Line) -> tuple[str, Any] | None:
    fact = pack.schemes[line["scheme"]].training
    return (fact, line[fact]) if line[fact] is not None else None


def _condition(
    pack: Pack,
    scheme: Scheme,
    condition: Condition,
    line: Line,
    judged: JudgedClaim,
    own_outcome: int,
    stopped: Condition | None,
    blockers: tuple[str, ...],
) -> ConditionShown:
    read = pack.judge.conditions[scheme.code, condition.code]
    holds = judged.holds.get(read.bit, True)
    status = "undetermined" if holds is None else "holds" if holds else "fails"
    if condition is stopped:
        status = "fails"
    elif condition.across and status == "holds" and own_outcome != ELIGIBLE:
        status = "not_tested"  # others are looked at only where the claim's own conditions hold
    elif condition.across and stopped and _rank(condition) > _rank(stopped):
        status = "not_tested"  # the first that stops a claim is its one reason
    return ConditionShown(
        code=condition.code,
        title=condition.title,
        status=status,
        facts=_facts(read.facts, line),
        parameters=_parameters(scheme, read.parameters, line),
        cites=cited(pack, condition.cites),
        assumed=condition.assumed,
        readings=condition.readings,
        note=condition.note,
        stopped_by=blockers if condition is stopped else (),
    )


def _rank(condition: Condition) -> int:
    across = condition.across
    return STOPS.index((type(across), getattr(across, "what", None)))


def _facts(names: Iterable[str], line: Line) -> tuple[FactShown, ...]:
    shown = []
    for name in names:
        fact, value = FACT[name], line[name]
        if fact.kind == "person":
            value = masked(str(value))
        plain = None if value is None else str(value)
        label = "未填，视为否" if value is None and name in EMPTY_IS_NO else fact.label(value)
        shown.append(FactShown(name, fact.heading, plain, label))
    return tuple(shown)


def _parameters(scheme: Scheme, keys: Iterable[str], line: Line) -> tuple[ParameterShown, ...]:
    return tuple(_shown(scheme.parameters[key], line) for key in keys)


def _shown(parameter: Parameter, line: Line) -> ParameterShown:
    code = line[parameter.by] if parameter.by else None
    value: Value | None = parameter.pick(line["applied_on"], line["region"], code)
    if value is None:
        return ParameterShown(
            parameter.key,
            parameter.label,
            "尚未规定",
            None,
            None,
            None,
            parameter.cites,
            parameter.assumed,
            parameter.readings,
        )
    return ParameterShown(
        key=parameter.key,
        label=parameter.label,
        text=parameter.text(value.value),
        start=value.start.isoformat() if value.start else None,
        end=value.end.isoformat() if value.end else None,
        region=value.region,
        cites=value.cites,
        assumed=value.assumed or parameter.assumed,
        readings=value.readings or parameter.readings,
    )


def cited(pack: Pack, cites: tuple[str, ...]) -> tuple[Cited, ...]:
    """Citations with what their paragraphs say."""
    shown = []
    for citation in cites:
        document, clause, text = pack.clause(citation)
        shown.append(
            Cited(citation, document.number, document.title, clause, text, document.external)
        )
    return tuple(shown)


def _explanation(
    pack: Pack,
    scheme: Scheme,
    line: Line,
    judged: JudgedClaim,
    outcome: int,
    conditions: tuple[ConditionShown, ...],
) -> Explanation:
    codes = {"fails": INELIGIBLE, "undetermined": NEEDS_EVIDENCE}
    grounds = [c.code for c in conditions if codes.get(c.status) == outcome]
    bits = sum({1 << pack.judge.conditions[scheme.code, code].bit for code in grounds})
    unknown = judged.amount is None or judged.amount_open
    missing: tuple[str, ...] = ()
    if outcome == NEEDS_EVIDENCE:
        missing = _missing(pack, scheme, line, conditions, judged.amount_open, unknown)
    name = list(OUTCOMES)[outcome]
    failed = tuple(c.code for c in conditions if c.status == "fails")
    labels = {
        "outcome": outcome_word(name, ";".join(missing)),
        "payee": PAYEES[scheme.payee],
        "fund": FUNDS[scheme.fund],
    }
    labels |= {
        f"missing:{m}": FACT[m].heading if m in FACT else "该地区尚未规定补贴标准" for m in missing
    }
    return Explanation(
        claim_id=line["claim_id"],
        scheme=scheme.code,
        scheme_name=scheme.name,
        applied_on=line["applied_on"],
        region=line["region"],
        person=masked(line["person_id"]),
        outcome=name,
        amount_fen=int(judged.amount or 0) if outcome == ELIGIBLE else 0,
        payee=scheme.payee,
        payee_assumed=scheme.payee_assumed,
        fund=scheme.fund,
        fund_assumed=scheme.fund_assumed,
        failed=failed,
        missing=missing,
        basis=tuple(pack.wording.basis(scheme, outcome, bits, judged.value_number, unknown)),
        conditions=conditions,
        amount=_amount(pack, scheme, line, judged),
        release=pack.release,
        labels=labels,
    )


def _missing(
    pack: Pack,
    scheme: Scheme,
    line: Line,
    conditions: tuple[ConditionShown, ...],
    amount_open: bool,
    unknown: bool,
) -> tuple[str, ...]:
    """As ``Judge.judged`` reckons it, for one line."""
    asked = {f.name for c in conditions if c.status == "undetermined" for f in c.facts}
    if amount_open:
        asked |= set(pack.judge.amounts[scheme.code].facts)
    mask = sum(1 << PLACE[name] for name in asked if line[name] is None)
    found = not_set_where_nothing_else(np.array([mask]), np.array([unknown]))
    return tuple(missing_words(int(found[0])).split(";"))


def _amount(pack: Pack, scheme: Scheme, line: Line, judged: JudgedClaim) -> AmountShown:
    due = scheme.amount_due
    assert due is not None
    read = pack.judge.amounts[scheme.code]
    standard, value = pack.values.get(judged.value_number, (None, None))
    cites = tuple(dict.fromkeys([*due.cites, *(value.cites if value else ())]))
    bound = None
    if standard and standard.bound and value and not value.region:
        word = "上限" if standard.bound == "cap" else "下限"
        bound = f"本地区未另行规定标准，按文件{word}执行（假定）"
    return AmountShown(
        title=due.title,
        due_fen=None if judged.amount_open else judged.amount,
        facts=_facts(read.facts, line),
        parameters=_parameters(scheme, read.parameters, line),
        cites=cited(pack, cites),
        bound=bound,
        assumed=due.assumed,
        readings=due.readings,
    )
