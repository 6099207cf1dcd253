"""What the pages of decisions show, ready to be set: lines, sums, choices, one explanation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from stdnum import numdb

from jineng.claims import words
from jineng.claims.explaining import Explained
from jineng.claims.listing import Wanted
from jineng.claims.models import Batch
from jineng.policy import Explanation, Pack
from jineng.policy.explanation import ConditionShown
from jineng.policy.facts import OUTCOMES, outcome_word, yuan_text
from jineng.policy.identity import masked

REASONS_SHOWN = 6


def money(fen: int) -> str:
    """分 as yuan, thousands apart: 1234500 → "12,345.00"."""
    whole, _dot, rest = yuan_text(fen).partition(".")
    return f"{int(whole):,}.{rest}"


@cache
def region_name(code: str) -> str:
    """The name of a region by its six digits (GB/T 2260); "" where it is not known."""
    parts = numdb.get("cn/loc").info(code)
    names = [str(name) for _code, told in parts for name in told.values()]
    # Places that were renamed carry the years in which a name held.
    names = [re.sub(r"\[[^\]]*\]", "", name.split(",")[-1]).strip() for name in names]
    return " ".join(dict.fromkeys(names))


def line_shown(pack: Pack, line: dict[str, Any]) -> dict[str, Any]:
    """A line of ``Listing`` in words."""
    return {
        "row": line["row"],
        "claim_id": line["claim_id"],
        "scheme": line["scheme"],
        "scheme_name": words.scheme_name(line["scheme"]),
        "applied_on": line["applied_on"].isoformat(),
        "region": line["region"],
        "region_name": region_name(line["region"]),
        "person": masked(line["person_id"]),
        "outcome": line["outcome"],
        "outcome_word": _(outcome_word(line["outcome"], line["missing"])),
        "tone": words.TONES[line["outcome"]],
        "amount": money(line["fen"]),
        "reasons": words.reasons(pack, line),
    }


def summary_shown(pack: Pack, batch: Batch) -> dict[str, Any]:
    """What a batch's decisions come to. Each sum says how the address narrows the list to it."""
    decided = batch.decided
    lines = decided["lines"]
    return {
        "lines": lines,
        "amount": money(decided["fen"]),
        "left_out": batch.checked["bad_lines"] if batch.clean_only else 0,
        "outcomes": [
            {
                "word": _(word),
                "tone": words.TONES[code],
                "count": decided["outcomes"].get(code, [0, 0])[0],
                "percent": _percent(decided["outcomes"].get(code, [0, 0])[0], lines),
                "amount": money(decided["outcomes"].get(code, [0, 0])[1]),
                "query": Wanted(outcome=code).query(),
            }
            for code, word in OUTCOMES.items()
        ],
        "schemes": [_scheme_sum(code, sums) for code, sums in decided["schemes"].items()],
        "chart": {
            "column": _("补贴项目"),
            "series": [(_(word), words.TONES[code]) for code, word in OUTCOMES.items()],
            "bars": [
                {
                    "name": words.scheme_name(code),
                    "values": [sums.get(outcome, [0, 0])[0] for outcome in OUTCOMES],
                    "url": f"?{Wanted(scheme=code).query()}#lines",
                }
                for code, sums in decided["schemes"].items()
            ],
        },
        "failed": [
            {
                "scheme": words.scheme_name(scheme),
                "title": words.titles(pack, scheme).get(code, code),
                "count": count,
                "query": Wanted(failed=f"{scheme}.{code}").query(),
            }
            for scheme, code, count in decided["failed"][:REASONS_SHOWN]
        ],
        "more_failed": max(0, len(decided["failed"]) - REASONS_SHOWN),
        "missing": [
            {
                "word": words.missing_word(fact),
                "supplier": words.supplier(fact),
                "count": count,
                "query": Wanted(missing=fact).query(),
            }
            for fact, count in decided["missing"][:REASONS_SHOWN]
        ],
        "more_missing": max(0, len(decided["missing"]) - REASONS_SHOWN),
        "assumptions": [_assumptions(pack, code) for code in decided["schemes"]],
    }


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}%" if whole else "0%"


def _scheme_sum(code: str, sums: dict[str, list[int]]) -> dict[str, Any]:
    cells = []
    for outcome in OUTCOMES:
        query = Wanted(scheme=code, outcome=outcome).query()
        cells.append({"count": sums.get(outcome, [0, 0])[0], "query": query})
    return {
        "code": code,
        "name": words.scheme_name(code),
        "cells": cells,
        "count": sum(cell["count"] for cell in cells),
        "amount": money(sum(fen for _count, fen in sums.values())),
        "query": Wanted(scheme=code).query(),
    }


def _assumptions(pack: Pack, code: str) -> dict[str, Any]:
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


def options(pack: Pack, batch: Batch, wanted: Wanted) -> dict[str, Any]:
    """The choices of each filter that occur in the batch, with their counts."""
    decided = batch.decided
    failed: dict[str, list[tuple[str, str, int]]] = {}
    for scheme, code, count in decided["failed"]:
        title = words.titles(pack, scheme).get(code, code)
        failed.setdefault(words.scheme_name(scheme), []).append((f"{scheme}.{code}", title, count))
    return {
        "scheme": [
            (code, words.scheme_name(code), sum(count for count, _fen in sums.values()))
            for code, sums in decided["schemes"].items()
        ],
        "outcome": [
            (code, _(word), decided["outcomes"][code][0])
            for code, word in OUTCOMES.items()
            if code in decided["outcomes"]
        ],
        "failed": list(failed.items()),
        "missing": [(fact, words.missing_word(fact), n) for fact, n in decided["missing"]],
        "region": [(code, f"{code} {region_name(code)}", n) for code, n in decided["regions"]],
        "sort": [
            ("", _("文件中的顺序"), None),
            ("applied_on", _("受理日期：先后"), None),
            ("-applied_on", _("受理日期：后先"), None),
            ("-amount", _("金额：由高到低"), None),
            ("amount", _("金额：由低到高"), None),
        ],
    }


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
        "region_name": region_name(told.region),
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
