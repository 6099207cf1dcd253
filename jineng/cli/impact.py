"""What a draft changes, for reading: who gains and who loses, money, budgets, the first lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from jineng.policy import CheckedRow, Pack, Readiness, WhatIf
from jineng.policy.facts import SCHEME_NAMES, outcome_word, yuan_text
from jineng.policy.identity import masked
from jineng.policy.impact import BREAKDOWNS, CHANGES, BudgetLine

_WIDTH = 120
_ROWS = 18
_FIRST_LINES = 10
_MONEY = ("new", "dropped", "more", "less")


def show_impact(pack: Pack, result: WhatIf, regions: Mapping[str, str]) -> None:
    """Print what a draft changes to standard output. ``regions``: names by code."""
    console = _console()
    console.print(f"草案：{result.title}")
    console.print(f"{pack.title}　现行版本 {result.release}　草案版本 {result.draft_release}")
    console.print(_said(result))
    total = result.total.to_pylist()[0]
    console.print(_outcome(total))
    if result.lines.num_rows == 0:
        console.print("这些申请的结论和金额都没有变化。")
    for name, heading in BREAKDOWNS.items():
        if name == "region":  # a workbook has room for counties
            continue
        shown = _breakdown(heading, result.by[name], regions)
        if shown.row_count:
            console.print(shown)
    if result.budgets:
        console.print(_budgets(result.budgets))
    if result.lines.num_rows:
        console.print(_first_lines(result.lines))


def _said(result: WhatIf) -> Table:
    shown = Table(title="草案的改动", title_justify="left")
    for word in ("项目", "标准或条件", "地区", "自", "现行", "草案"):
        shown.add_column(word, overflow="fold")
    for one in result.differences:
        names = "、".join(SCHEME_NAMES[code] for code in one.schemes)
        before, after = one.before or "未规定", one.after or "无"
        shown.add_row(names, one.label, one.region or "全省", one.start, before, after)
    return shown


def _outcome(total: dict[str, Any]) -> str:
    words = [f"共 {total['claims']:,} 项申请，金额有变动的涉及 {total['persons']:,} 人"]
    words += [f"{label} {total[name]:,} 项" for name, label in CHANGES.items() if total[name]]
    before, after = total["before_yuan"], total["after_yuan"]
    gained = total["difference_yuan"]
    money = f"金额 {before:,.2f} 元 → {after:,.2f} 元，{_signed(gained)} 元"
    if before:
        money += f"（{gained * 100 / before:+.2f}%）"
    return "；".join(words) + "。" + money


def _breakdown(heading: str, table: pa.Table, regions: Mapping[str, str]) -> Table:
    """The keys under which something happens; where they are many, those with the most money."""
    lines = [line for line in table.to_pylist() if any(line[name] for name in CHANGES)]
    kept = sorted(lines, key=lambda line: -abs(line["difference_yuan"]))[:_ROWS]
    rest = f"（变动最大的 {len(kept)} 行，共 {len(lines)} 行）" if len(lines) > len(kept) else ""
    shown = Table(title=f"按{heading}{rest}", title_justify="left")
    shown.add_column(heading)
    for word in ("申请数", *(CHANGES[name] for name in _MONEY), "现行金额（元）", "差额（元）"):
        shown.add_column(word, justify="right")
    for line in (line for line in lines if line in kept):
        counts = [f"{line[name]:,}" for name in ("claims", *_MONEY)]
        money = [f"{line['before_yuan']:,.2f}", _signed(line["difference_yuan"])]
        label = regions.get(line["key"], line["label"])
        shown.add_row(label, *counts, *money)
    return shown


def _signed(amount: Decimal) -> str:
    return f"{amount:+,.2f}" if amount else "0.00"


def _budgets(budgets: tuple[BudgetLine, ...]) -> Table:
    shown = Table(title="预算（按受理日期依次发放）", title_justify="left")
    for word in ("资金", "预算（元）", "", "支出（元）", "用完之日", "超出（元）"):
        shown.add_column(word, justify="right" if "元" in word else "left")
    for line in budgets:
        for word, side in (("现行", line.before), ("草案", line.after)):
            first = word == "现行"
            shown.add_row(
                line.label if first else "",
                _yuan(line.budget_fen) if first else "",
                word,
                _yuan(side.total_fen),
                str(side.spent_on) if side.spent_on else "未用完",
                _yuan(side.passed_fen),
            )
    return shown


def _yuan(fen: int) -> str:
    return f"{Decimal(yuan_text(fen)):,.2f}"


def _first_lines(lines: pa.Table) -> Table:
    count = min(_FIRST_LINES, lines.num_rows)
    shown = Table(title=f"有变化的 {lines.num_rows:,} 行中的前 {count} 行", title_justify="left")
    for word in ("申请编号", "人员", "补贴项目", "变化", "现行", "草案"):
        shown.add_column(word, overflow="fold")
    shown.add_column("差额（元）", justify="right")
    for line in lines.slice(0, count).to_pylist():
        sides = [
            f"{outcome_word(line[f'outcome_{side}'], line[f'missing_{side}'])}"
            f" {line[f'amount_yuan_{side}']:.2f}"
            for side in ("before", "after")
        ]
        scheme, change = SCHEME_NAMES[line["scheme"]], CHANGES[line["change"]]
        who = masked(line["person_id"])
        gained = _signed(line["difference_yuan"])
        shown.add_row(line["claim_id"], who, scheme, change, *sides, gained)
    return shown


def show_checked(pack: Pack, rows: Sequence[CheckedRow], row_of: Callable[[int], int]) -> None:
    """Print which cases came out otherwise, and how. ``row_of``: a line's row in the file."""
    console = _console()
    draft = f"草案：{pack.draft.title}　" if pack.draft else ""
    console.print(f"{draft}{pack.title}　政策版本 {pack.release}")
    wrong = [row for row in rows if row.differs]
    if not wrong:
        return
    shown = Table(title="与预期不符", title_justify="left", show_lines=True)
    shown.add_column("行", justify="right")
    for word in ("案例", "说明", "补贴项目", "不同之处"):
        shown.add_column(word, overflow="fold")
    for row in wrong:
        what = "\n".join(row.differs)
        shown.add_row(str(row_of(row.line)), row.case, row.about, SCHEME_NAMES[row.scheme], what)
    console.print(shown)


def show_readiness(found: Readiness) -> None:
    """Print whether a draft may be put in force, and what the pack's own cases say of it."""
    console = _console()
    if found.ready:
        console.print("案例全部通过，草案可以施行。")
    else:
        console.print("草案还不能施行：")
        for reason in found.reasons:
            console.print(f"- {reason}")
    if found.outdated:
        console.print(f"政策包自带的案例有 {len(found.outdated)} 例须随草案改写：")
        for message in found.outdated[:_FIRST_LINES]:
            console.print(f"- {message}")


def _console() -> Console:
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDTH)
