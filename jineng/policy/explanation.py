"""Why a claim is decided as it is: condition by condition, with facts, figures, dates and clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from jineng.policy.facts import FACT, FUNDS, OUTCOMES, PAYEES, PLACE, yuan_text
from jineng.policy.identity import masked
from jineng.policy.judge import EMPTY_IS_NO
from jineng.policy.parameters import Parameter, Value
from jineng.policy.schemes import AtMost, Condition, Once, OneScheme, Scheme
from jineng.policy.single import JudgedClaim
from jineng.policy.standing import STOPS
from jineng.policy.verdict import (
    ELIGIBLE,
    INELIGIBLE,
    NEEDS_EVIDENCE,
    missing_words,
    not_set_where_nothing_else,
    stop_condition,
)

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

Line = Mapping[str, Any]

STATUSES = {
    "holds": "满足",
    "fails": "不满足",
    "undetermined": "暂无法判断",
    "not_tested": "未检验",
}


@dataclass(frozen=True)
class FactShown:
    """A fact as the claim gives it: value as text, and as an official reads it."""

    name: str
    heading: str
    value: str | None
    label: str


@dataclass(frozen=True)
class ParameterShown:
    """A figure of the policy as it holds for this claim's date and region."""

    key: str
    label: str
    text: str
    start: str | None
    end: str | None
    region: str | None
    cites: tuple[str, ...]
    assumed: str | None
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Cited:
    """A clause: document, place in it, and what it says in our own words."""

    citation: str
    number: str
    title: str
    clause: str
    text: str
    external: bool


@dataclass(frozen=True)
class ConditionShown:
    """One condition, how it came out, and on what it rests."""

    code: str
    title: str
    status: str
    facts: tuple[FactShown, ...]
    parameters: tuple[ParameterShown, ...]
    cites: tuple[Cited, ...]
    assumed: str | None
    readings: tuple[str, ...]
    note: str | None
    stopped_by: tuple[str, ...]

    @property
    def status_label(self) -> str:
        """The status in Chinese."""
        return STATUSES[self.status]


@dataclass(frozen=True)
class AmountShown:
    """How much, how it is reckoned, and on what it rests; ``due_fen`` None where not known."""

    title: str
    due_fen: int | None
    facts: tuple[FactShown, ...]
    parameters: tuple[ParameterShown, ...]
    cites: tuple[Cited, ...]
    bound: str | None
    assumed: str | None
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """A decision and its grounds. ``amount_fen`` in 分, 0 unless eligible."""

    claim_id: str
    scheme: str
    scheme_name: str
    applied_on: date
    region: str
    person: str
    outcome: str
    amount_fen: int
    payee: str
    payee_assumed: str | None
    fund: str
    fund_assumed: str | None
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    basis: tuple[str, ...]
    conditions: tuple[ConditionShown, ...]
    amount: AmountShown
    release: str
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def amount_yuan(self) -> str:
        """The amount in yuan with two decimals."""
        return yuan_text(self.amount_fen)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; amounts in yuan as text, dates ISO."""
        data = asdict(self)
        data["applied_on"] = self.applied_on.isoformat()
        data["amount_yuan"] = self.amount_yuan
        del data["amount_fen"]
        due = data["amount"].pop("due_fen")
        data["amount"]["due_yuan"] = None if due is None else yuan_text(due)
        return data

    def text(self) -> str:
        """The whole explanation in Chinese, for a terminal or a letter."""
        lines = [
            f"申请 {self.claim_id}　{self.scheme_name}（{self.scheme}）",
            f"受理日期 {self.applied_on}　审核地区 {self.region}　人员 {self.person}",
            f"结论：{self.labels['outcome']}　金额：{self.amount_yuan} 元",
            f"发放对象：{self.labels['payee']}　资金来源：{self.labels['fund']}",
        ]
        if self.missing:
            lines.append("还缺少：" + "、".join(self.labels[f"missing:{m}"] for m in self.missing))
        for number, shown in enumerate(self.conditions, start=1):
            lines += _condition_lines(number, shown)
        lines += _amount_lines(self.amount, self.outcome)
        lines.append(f"依据：{'；'.join(self.basis)}")
        lines.append(f"政策版本：{self.release}")
        return "\n".join(lines)


def _condition_lines(number: int, shown: ConditionShown) -> list[str]:
    lines = [f"{number:>2}. 【{shown.status_label}】{shown.title}（{shown.code}）"]
    if shown.facts:
        lines.append("    事实：" + "；".join(f"{f.heading} {f.label}" for f in shown.facts))
    if shown.stopped_by:
        lines.append("    已被占用：" + "、".join(shown.stopped_by))
    lines += [f"    标准：{_figure(p)}" for p in shown.parameters]
    lines += [f"    依据：{_clause(cited)}" for cited in shown.cites]
    lines += _assumption_lines(shown.assumed, shown.readings)
    if shown.note and shown.status in ("fails", "undetermined"):
        lines.append(f"    说明：{shown.note}")
    return lines


def _amount_lines(amount: AmountShown, outcome: str) -> list[str]:
    due = "尚不能确定" if amount.due_fen is None else f"{yuan_text(amount.due_fen)} 元"
    if outcome == "ineligible":
        due = "0.00 元（不符合，不予补贴）"
    elif outcome == "needs_evidence" and amount.due_fen is not None:
        due = f"补齐材料并符合条件的，{due}"
    lines = [f"金额：{due}。{amount.title}"]
    if amount.facts:
        lines.append("    事实：" + "；".join(f"{f.heading} {f.label}" for f in amount.facts))
    lines += [f"    标准：{_figure(p)}" for p in amount.parameters]
    if amount.bound:
        lines.append(f"    {amount.bound}")
    lines += [f"    依据：{_clause(cited)}" for cited in amount.cites]
    return lines + _assumption_lines(amount.assumed, amount.readings)


def _figure(shown: ParameterShown) -> str:
    dates = f"{shown.start or '…'} 起" + (f"至 {shown.end}" if shown.end else "")
    place = f"，{shown.region} 规定" if shown.region else ""
    assumed = "（假定：" + shown.assumed + "）" if shown.assumed else ""
    readings = f"（另一种理解：{'；'.join(shown.readings)}）" if shown.readings else ""
    return f"{shown.label} {shown.text}（{dates}{place}）{assumed}{readings}"


def _clause(cited: Cited) -> str:
    outside = "（所列文件以外）" if cited.external else ""
    text = f"：{cited.text}" if cited.text else ""
    return f"{cited.number} {cited.clause}{outside}{text}"


def _assumption_lines(assumed: str | None, readings: tuple[str, ...]) -> list[str]:
    if not assumed:
        return []
    other = f"；另一种理解：{'；'.join(readings)}" if readings else ""
    return [f"    假定：{assumed}{other}"]


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
    outcome = _own_outcome(pack, scheme, judged)
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
        _condition(
            pack, scheme, c, line, judged, _own_outcome(pack, scheme, judged), stopped, blockers
        )
        for c in scheme.conditions
    )
    return _explanation(pack, scheme, line, judged, outcome, conditions)


def _order(line: Line) -> tuple[date, str]:
    return line["applied_on"], line["claim_id"]


def _own_outcome(pack: Pack, scheme: Scheme, judged: JudgedClaim) -> int:
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
        cites=_cited(pack, condition.cites),
        assumed=condition.assumed,
        readings=condition.readings,
        note=condition.note,
        stopped_by=blockers if condition is stopped else (),
    )


def _rank(condition: Condition) -> int:
    across = condition.across
    return STOPS.index((type(across), getattr(across, "what", None)))


def _facts(names: tuple[str, ...], line: Line) -> tuple[FactShown, ...]:
    shown = []
    for name in names:
        fact, value = FACT[name], line[name]
        if fact.kind == "person":
            value = masked(str(value))
        plain = None if value is None else str(value)
        label = "未填，视为否" if value is None and name in EMPTY_IS_NO else fact.label(value)
        shown.append(FactShown(name, fact.heading, plain, label))
    return tuple(shown)


def _parameters(scheme: Scheme, keys: tuple[str, ...], line: Line) -> tuple[ParameterShown, ...]:
    return tuple(_shown(scheme.parameters[key], line) for key in keys)


def _shown(parameter: Parameter, line: Line) -> ParameterShown:
    value: Value | None = parameter.pick(line["applied_on"], line["region"])
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


def _cited(pack: Pack, cites: tuple[str, ...]) -> tuple[Cited, ...]:
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
    labels = {"outcome": OUTCOMES[name], "payee": PAYEES[scheme.payee], "fund": FUNDS[scheme.fund]}
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
    """As ``Wording.missing_facts`` reckons it, for one line."""
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
        cites=_cited(pack, cites),
        bound=bound,
        assumed=due.assumed,
        readings=due.readings,
    )
