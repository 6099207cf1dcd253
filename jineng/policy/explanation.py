"""Why a claim is decided as it is, by condition: facts, figures, dates and clauses."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from jineng.policy.facts import yuan_text

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

    @property
    def document(self) -> str:
        """The document's key."""
        return self.citation.partition(" ")[0]


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
