"""What a trial comes to, as it is kept (plain data for JSON, whole 分) and as files want it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.policy import Difference, WhatIf
from jineng.policy.impact import BREAKDOWNS, CHANGES, BudgetLine, Spending

_MONEY = ("before", "after", "difference")
_COUNTS = ("claims", "persons", "eligible_before", "eligible_after", *CHANGES)


def kept(result: WhatIf) -> dict[str, Any]:
    """``total``; ``by`` breakdown; ``spending`` by fund and month; ``budgets``; ``differences``."""
    return {
        "total": _rows(result.total)[0],
        "by": {name: _rows(result.by[name]) for name in BREAKDOWNS},
        "spending": [
            {
                "fund": one["fund"],
                "month": one["month"],
                "before_fen": _fen(one["before_yuan"]),
                "after_fen": _fen(one["after_yuan"]),
            }
            for one in result.spending.to_pylist()
        ],
        "budgets": [_budget(one) for one in result.budgets],
        "differences": [asdict(one) for one in result.differences],
        "draft_release": result.draft_release,
    }


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    return [
        {"key": row["key"], "label": row["label"]}
        | {name: row[name] for name in _COUNTS}
        | {f"{name}_fen": _fen(row[f"{name}_yuan"]) for name in _MONEY}
        for row in table.to_pylist()
    ]


def _fen(yuan: Decimal) -> int:
    return int(yuan * 100)


def _budget(one: BudgetLine) -> dict[str, Any]:
    told = asdict(one)
    for side in ("before", "after"):
        day = told[side]["spent_on"]
        told[side]["spent_on"] = day.isoformat() if day else ""
    return told


def as_result(title: str, release: str, sums: dict[str, Any], lines: pa.Table) -> WhatIf:
    """The same as the engine gave it, for whoever writes a file of it."""
    return WhatIf(
        title=title,
        release=release,
        draft_release=sums["draft_release"],
        differences=tuple(_difference(one) for one in sums["differences"]),
        lines=lines,
        places=np.arange(lines.num_rows),
        total=_table([sums["total"]]),
        by={name: _table(rows) for name, rows in sums["by"].items()},
        spending=pa.table({}),
        budgets=tuple(_budget_line(one) for one in sums["budgets"]),
    )


def _difference(told: dict[str, Any]) -> Difference:
    lists = {name: tuple(told[name]) for name in ("schemes", "cites")}
    return Difference(**(told | lists))


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    names = ("key", "label", *_COUNTS)
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in names}
    for name in _MONEY:
        amounts = [Decimal(row[f"{name}_fen"]).scaleb(-2) for row in rows]
        columns[f"{name}_yuan"] = pa.array(amounts, pa.decimal128(18, 2))
    return pa.table(columns)


def _budget_line(told: dict[str, Any]) -> BudgetLine:
    sides = {
        side: Spending(
            told[side]["total_fen"],
            date.fromisoformat(told[side]["spent_on"]) if told[side]["spent_on"] else None,
            told[side]["passed_fen"],
        )
        for side in ("before", "after")
    }
    return BudgetLine(told["fund"], told["label"], told["budget_fen"], **sides)
