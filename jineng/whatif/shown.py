"""What the pages of trials show, ready to be set: sums, charts, lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jineng.claims import words
from jineng.pages.tables import yuan
from jineng.policy.facts import FUNDS
from jineng.policy.impact import CHANGES, EVERY_FUND
from jineng.whatif.models import Trial

#: Breakdowns that a page shows, and what lines are narrowed by to get to those of a key.
BY = {
    "scheme": (gettext_noop("补贴项目"), "scheme"),
    "city": (gettext_noop("市州"), "region"),
    "region": (gettext_noop("审核地区"), "region"),
    "group": (gettext_noop("人员类别"), "group"),
    "month": (gettext_noop("受理月份"), "month"),
    "fund": (gettext_noop("资金来源"), ""),
}
#: The changes that move money, and how they are coloured.
LOOKS = {"new": "good", "more": "series-1", "less": "waiting", "dropped": "bad"}
TONES = {"new": "good", "more": "good", "less": "waiting", "dropped": "bad"}
MOST_BARS = 20

Row = dict[str, Any]


def change_word(code: str) -> str:
    """What became of a claim, in a word."""
    word = CHANGES[code]
    return _(word)


def labelled(row: Row) -> str:
    """What a row is called."""
    word = row["label"]
    return _(word)


def cards(trial: Trial) -> list[Row]:
    """How many gain and lose, each with how lines are narrowed to them."""
    total = trial.sums["total"]
    return [
        {
            "name": change_word(name),
            "tone": TONES[name],
            "count": total[name],
            "query": f"change={name}",
        }
        for name in LOOKS
    ]


def others(trial: Trial) -> list[tuple[str, int]]:
    """Changes that move no money, where there are any."""
    total = trial.sums["total"]
    return [(change_word(n), total[n]) for n in CHANGES if n not in LOOKS and total[n]]


def percent(total: Mapping[str, int]) -> str:
    """By how much the money changes, as a share of what there is."""
    if not total["before_fen"]:
        return ""
    return f"{total['difference_fen'] * 100 / total['before_fen']:+.2f}%"


def breakdown(trial: Trial, by: str, names: Mapping[str, str]) -> Row:
    """What the draft changes by one thing: charts, and the table under them. ``names``: of regions
    by code."""
    heading, narrowed_by = BY[by]
    rows = [_named(row, by, names) for row in trial.sums["by"][by]]
    moved = [row for row in rows if any(row[name] for name in CHANGES)]
    if by not in ("month", "scheme", "group"):
        moved.sort(key=lambda row: -abs(row["difference_fen"]))
    for row in moved:
        key = digits_of(row["key"]) if by == "city" else row["key"]
        row["query"] = f"{narrowed_by}={key}" if narrowed_by else ""
    charted = moved[:MOST_BARS]
    return {
        "by": by,
        "heading": _(heading),
        "rows": moved,
        "left_out": len(rows) - len(moved),
        "counts": {
            "column": _(heading),
            "series": [(change_word(name), look) for name, look in LOOKS.items()],
            "bars": [
                {"name": row["name"], "values": [row[name] for name in LOOKS]} for row in charted
            ],
        },
        "money": {
            "column": _(heading),
            "heading": _("差额（元）"),
            "bars": [{"name": row["name"], "value": row["difference_fen"]} for row in charted],
        },
    }


def digits_of(city: str) -> str:
    """The digits with which the codes of a city's regions begin: 420100 → 4201."""
    return city.removesuffix("00")


def _named(row: Row, by: str, names: Mapping[str, str]) -> Row:
    of_place = by in ("city", "region")
    return row | {"name": names.get(row["key"], row["label"]) if of_place else labelled(row)}


def curves(trial: Trial) -> list[Row]:
    """What is spent month after month both ways: against each budget, or in all."""
    budgets = trial.sums["budgets"] or [{"fund": None, "budget_fen": None, "label": EVERY_FUND}]
    return [
        {
            "title": _("%(fund)s：按受理月份累计（元）") % {"fund": labelled(one)},
            "chart": _curve(trial, one["fund"], one["budget_fen"]),
            "budget": one if one["budget_fen"] else None,
            "sides": [(_("现行"), one["before"]), (_("草案"), one["after"])]
            if one["budget_fen"]
            else [],
        }
        for one in budgets
    ]


def _curve(trial: Trial, fund: str | None, budget: int | None) -> Row:
    spent = [one for one in trial.sums["spending"] if fund in (None, one["fund"])]
    months = months_between(one["month"] for one in spent)
    sums = {
        side: [
            sum(one[f"{side}_fen"] for one in spent if one["month"] == month) for month in months
        ]
        for side in ("before", "after")
    }
    return {
        "months": months,
        "series": [
            (_("现行"), "before", sums["before"]),
            (_("草案"), "after", sums["after"]),
        ],
        "budget": budget,
    }


def months_between(given: Iterable[str]) -> list[str]:
    """Every month from the first to the last, as 2020-08."""
    months = sorted(set(given))
    if not months:
        return []
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (months[0], months[-1]))
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def differences(trial: Trial, names: Mapping[str, str]) -> list[Row]:
    """What the draft says, as it was tried."""
    return [
        one
        | {
            "schemes": [words.scheme_name(code) for code in one["schemes"]],
            "region": names.get(one["region"] or "", one["region"] or ""),
        }
        for one in trial.sums["differences"]
    ]


def beside(left: Trial, right: Trial) -> Row:
    """Two trials side by side: in all, and by scheme. ``same``: of the same claims and release."""
    by_key: dict[str, list[Row | None]] = {}
    for place, trial in enumerate((left, right)):
        for row in trial.sums["by"]["scheme"]:
            by_key.setdefault(row["key"], [None, None])[place] = row
    rows: list[Row] = []
    for key, sides in by_key.items():
        told = [one or _nothing(key) for one in sides]
        if any(one[name] for one in told for name in CHANGES):
            rows.append({"name": words.scheme_name(key), "sides": told})
    scale = [one["difference_fen"] for row in rows for one in row["sides"]]
    return {
        "same_claims": left.batch_key == right.batch_key,
        "same_release": left.release == right.release,
        "totals": [left.sums["total"], right.sums["total"]],
        "rows": rows,
        "charts": [
            {
                "column": _("补贴项目"),
                "heading": _("差额（元）"),
                "scale": scale,
                "bars": [
                    {"name": row["name"], "value": row["sides"][place]["difference_fen"]}
                    for row in rows
                ],
            }
            for place in (0, 1)
        ],
    }


def _nothing(key: str) -> Row:
    money = {f"{side}_fen": 0 for side in ("before", "after", "difference")}
    return {"key": key} | money | dict.fromkeys((*CHANGES, "claims", "persons"), 0)


def signed(fen: int) -> str:
    """A difference as it is read: +1,200.00."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen)


def funds() -> dict[str, Any]:
    """Every fund by its code."""
    return {code: _(name) for code, name in FUNDS.items()}


def day(text: str) -> date | None:
    """A day as it is kept."""
    return date.fromisoformat(text) if text else None


def line_shown(line: Row, names: Mapping[str, str]) -> Row:
    """A line's facts and both decisions in words."""
    from jineng.policy.facts import outcome_word
    from jineng.policy.identity import masked

    return {
        "claim_id": line["claim_id"],
        "scheme": words.scheme_name(line["scheme"]),
        "applied_on": line["applied_on"],
        "region": names.get(line["region"], line["region"]),
        "person": masked(line["person_id"]),
        "change": change_word(line["change"]),
        "change_tone": TONES.get(line["change"], "plain"),
        "difference": signed(int(line["difference_yuan"] * 100)),
        "row": line["row"],
        "sides": [
            {
                "name": name,
                "outcome": _(outcome_word(line[f"outcome_{side}"], line[f"missing_{side}"])),
                "tone": words.TONES[line[f"outcome_{side}"]],
                "fen": int(line[f"amount_yuan_{side}"] * 100),
            }
            for side, name in (("before", _("现行政策")), ("after", _("草案")))
        ],
    }
