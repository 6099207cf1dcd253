"""What the page of one decision shows, ready to be set: the line, why, and on what it rests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from jineng.claims import words
from jineng.claims.explaining import Explained
from jineng.claims.models import Batch
from jineng.policy import Explanation, Pack
from jineng.policy.explanation import ConditionShown
from jineng.policy.facts import outcome_word, yuan_text
from jineng.policy.identity import masked


def money(fen: int) -> str:
    """分 as yuan, thousands apart: 1234500 → "12,345.00"."""
    whole, _dot, rest = yuan_text(fen).partition(".")
    return f"{int(whole):,}.{rest}"


def line_shown(pack: Pack, line: dict[str, Any]) -> dict[str, Any]:
    """A line of ``Listing`` in words."""
    return {
        "row": line["row"],
        "claim_id": line["claim_id"],
        "scheme": line["scheme"],
        "scheme_name": words.scheme_name(line["scheme"]),
        "applied_on": line["applied_on"].isoformat(),
        "region": line["region"],
        "person": masked(line["person_id"]),
    }


def assumptions(pack: Pack, code: str) -> dict[str, Any]:
    """What a scheme's decisions rest on that the documents leave open."""
    scheme = pack.schemes[code]
    assumed: list[dict[str, Any]] = [
        {"title": _(c.title), "assumed": c.assumed, "readings": c.readings}
        for c in scheme.conditions
        if c.assumed
    ]
    if scheme.amount_due and scheme.amount_due.assumed:
        due = scheme.amount_due
        assumed.append({"title": _(due.title), "assumed": due.assumed, "readings": due.readings})
    for title, word in (
        (_("发放对象"), scheme.payee_assumed),
        (_("资金来源"), scheme.fund_assumed),
    ):
        if word:
            assumed.append({"title": title, "assumed": word, "readings": ()})
    return {"name": _(scheme.name), "code": code, "assumed": assumed}


def explanation_shown(answer: Explained, line: dict[str, Any]) -> dict[str, Any]:
    """An explanation in words. ``line``: as it was decided."""
    told = answer.explanation
    missing = [{"word": words.missing_word(f), "who": words.supplier(f)} for f in told.missing]
    conditions = [_condition(number, c, answer) for number, c in enumerate(told.conditions, 1)]
    reasons = [_(c.title) for c in told.conditions if c.status == "fails"]
    outcome, payee, fund = map(_, map(told.labels.__getitem__, ("outcome", "payee", "fund")))
    now = {"scheme": told.scheme, "outcome": told.outcome, "fen": told.amount_fen}
    return {
        "sentence": words.sentence(now, reasons or [m["word"] for m in missing], told.payee),
        "outcome_word": outcome,
        "tone": words.TONES[told.outcome],
        "amount": money(told.amount_fen),
        "region_name": words.region_name(told.region),
        "payee": payee,
        "fund": fund,
        "missing": missing,
        "conditions": conditions,
        "counts": [
            (word, tone, sum(c["tone"] == tone for c in conditions))
            for word, tone in (
                (_("满足"), "good"),
                (_("不满足"), "bad"),
                (_("暂无法判断"), "waiting"),
                (_("未检验"), "plain"),
            )
            if any(c["tone"] == tone for c in conditions)
        ],
        "due": _due(told),
        "stored": _(outcome_word(line["outcome"], line["missing"])),
        "stored_amount": money(line["fen"]),
    }


def decided_shown(batch: Batch, line: dict[str, Any]) -> dict[str, str]:
    """What was decided, for whoever reads the explanation by machine."""
    yuan = yuan_text(line["fen"])
    return {"outcome": line["outcome"], "amount_yuan": yuan, "release": batch.release}


def decided_text(batch: Batch, line: dict[str, Any]) -> str:
    """What was decided, where the explanation is by another release."""
    told = {
        "release": batch.release,
        "outcome": _(outcome_word(line["outcome"], line["missing"])),
        "yuan": money(line["fen"]),
    }
    words = _("决定是按政策版本 %(release)s 作出的：%(outcome)s，%(yuan)s 元。以下按现行版本说明。")
    return words % told


def _condition(number: int, shown: ConditionShown, answer: Explained) -> dict[str, Any]:
    return {
        "number": number,
        "told": shown,
        "tone": words.STATUS_TONES[shown.status],
        "stoppers": _stoppers(shown.stopped_by, answer.rows),
    }


def _stoppers(claims: Iterable[str], rows: dict[str, int]) -> list[tuple[str, int | None]]:
    """The claims that hold the place, each with its row in this batch; None: in the history."""
    return [(claim, rows.get(claim)) for claim in claims]


def _due(told: Explanation) -> str:
    """How much it comes to, or would."""
    due = told.amount.due_fen
    if told.outcome == "eligible":
        return _("%(yuan)s 元") % {"yuan": money(told.amount_fen)}
    if told.outcome == "ineligible":
        return _("0.00 元（不符合，不予补贴）")
    if due is None:
        return _("尚不能确定")
    return _("补齐材料并符合条件的，%(yuan)s 元") % {"yuan": money(due)}
