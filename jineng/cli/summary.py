"""What was decided, for reading: counts and money by scheme, reasons, the first lines."""

from __future__ import annotations

import sys
from collections import Counter
from decimal import Decimal
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from jineng.policy import Intake, Pack
from jineng.policy.facts import FACT, OUTCOMES, STANDARD_NOT_SET, outcome_word, yuan_text

_FIRST_LINES = 10
_TOP_REASONS = 8
_WIDTH = 120


def show_summary(pack: Pack, facts: Intake, decisions: pa.Table) -> None:
    """Print the summary to standard output."""
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDTH)
    scheme = facts.table["scheme"]
    named = decisions.append_column("scheme", scheme)
    console.print(f"{pack.title}　政策版本 {pack.release}")
    console.print(_by_scheme(pack, named))
    reasons = _reasons(pack, named)
    if reasons.row_count:
        console.print(reasons)
    console.print(_first_lines(pack, named))


def _by_scheme(pack: Pack, decisions: pa.Table) -> Table:
    shown = Table(title=f"审核结果（{decisions.num_rows:,} 行）", title_justify="left")
    shown.add_column("补贴项目")
    for label in OUTCOMES.values():
        shown.add_column(label, justify="right")
    shown.add_column("金额（元）", justify="right")
    groups = decisions.select(["scheme", "amount_yuan"]).append_column(
        "outcome", decisions["outcome"].cast(pa.string())
    )
    grouped = groups.group_by(["scheme", "outcome"]).aggregate(
        [("amount_yuan", "sum"), ("amount_yuan", "count")]
    )
    count: Counter[tuple[str, str]] = Counter()
    money: dict[str, Decimal] = {}
    for line in grouped.to_pylist():
        count[line["scheme"], line["outcome"]] += line["amount_yuan_count"]
        money[line["scheme"]] = money.get(line["scheme"], Decimal()) + line["amount_yuan_sum"]
    for code, scheme in pack.schemes.items():
        if code in money:
            cells = [f"{count[code, outcome]:,}" for outcome in OUTCOMES]
            shown.add_row(f"{scheme.name}（{code}）", *cells, _money(money[code]))
    totals = [f"{sum(count[code, outcome] for code in money):,}" for outcome in OUTCOMES]
    shown.add_section()
    shown.add_row("合计", *totals, _money(sum(money.values(), Decimal())))
    return shown


def _money(yuan: Decimal) -> str:
    return f"{Decimal(yuan_text(int(yuan * 100))):,.2f}"


def _reasons(pack: Pack, decisions: pa.Table) -> Table:
    """The conditions that failed and the facts that are missing most often."""
    shown = Table(title="主要原因", title_justify="left")
    for word in ("补贴项目", "原因"):
        shown.add_column(word)
    shown.add_column("行数", justify="right")
    titles = _titles(pack)
    for (scheme, code), lines in _counted(decisions, "failed").most_common(_TOP_REASONS):
        title = f"{titles[scheme, code]}（{code}）"
        shown.add_row(pack.schemes[scheme].name, f"未满足：{title}", f"{lines:,}")
    for (scheme, name), lines in _counted(decisions, "missing").most_common(_TOP_REASONS):
        # a standard that is not set lacks nothing that the applicant could hand in
        word = "" if name == STANDARD_NOT_SET else "缺少："
        reason = f"{word}{_missing(name)}（{name}）"
        shown.add_row(pack.schemes[scheme].name, reason, f"{lines:,}")
    return shown


def _counted(decisions: pa.Table, column: str) -> Counter[tuple[str, str]]:
    """How many lines of each scheme name each code of a column with ``;`` between."""
    named = pa.table({"scheme": decisions["scheme"], "codes": decisions[column].cast(pa.string())})
    counts: Counter[tuple[str, str]] = Counter()
    for group in named.group_by(["scheme", "codes"]).aggregate([([], "count_all")]).to_pylist():
        for code in (group["codes"] or "").split(";"):
            if code:
                counts[group["scheme"], code] += group["count_all"]
    return counts


def _titles(pack: Pack) -> dict[tuple[str, str], str]:
    """What each condition asks for, by its scheme and its code."""
    return {
        (scheme.code, condition.code): condition.title
        for scheme in pack.schemes.values()
        for condition in scheme.conditions
    }


def _missing(name: str) -> str:
    """What is missing, in words: a fact, or a standard that the authority has yet to set."""
    return "补贴标准尚未规定" if name == STANDARD_NOT_SET else FACT[name].heading


def _first_lines(pack: Pack, decisions: pa.Table) -> Table:
    count = min(_FIRST_LINES, decisions.num_rows)
    shown = Table(title=f"前 {count} 行", title_justify="left")
    for word in ("申请编号", "补贴项目", "结论"):
        shown.add_column(word, overflow="fold")
    shown.add_column("金额（元）", justify="right")
    shown.add_column("未满足的条件／缺少的信息", overflow="fold")
    titles = _titles(pack)
    for line in decisions.slice(0, count).to_pylist():
        shown.add_row(
            line["claim_id"],
            pack.schemes[line["scheme"]].name,
            outcome_word(line["outcome"], line["missing"]),
            f"{line['amount_yuan']:.2f}",
            _why(line, titles),
        )
    return shown


def _why(line: dict[str, Any], titles: dict[tuple[str, str], str]) -> str:
    """What keeps a claim from being paid, in words; empty where nothing does."""
    failed = [titles[line["scheme"], code] for code in line["failed"].split(";") if code]
    missing = [_missing(name) for name in line["missing"].split(";") if name]
    return "；".join(failed + missing)
