"""``jineng policy whatif`` and ``check``: what a draft changes, and whether cases come out."""

from __future__ import annotations

from pathlib import Path

import click

from jineng.cli.paths import STANDARDS, check_inputs, check_outputs
from jineng.cli.wrong import BadInput

_ANY_FILE = click.Path(path_type=Path)

PACK = click.option("--pack", default="hubei", show_default=True, help="政策包。")
HISTORY = click.option(
    "--history", type=_ANY_FILE, metavar="FILE", help="此前的决定，计入次数和重复，不再审核。"
)


@click.command()
@click.argument("input_file", metavar="IN", type=_ANY_FILE)
@click.option("--draft", "draft_file", type=_ANY_FILE, metavar="FILE", required=True, help="草案。")
@HISTORY
@PACK
@STANDARDS
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="[资金=]金额",
    help="预算（元，可写 500万、1.2亿），算出何时用完、超出多少；可写多次，如 失业保险基金=300万。",
)
@click.option("--only-clean", is_flag=True, help="跳过有错误的行。")
@click.option("-o", "--output", type=_ANY_FILE, metavar="OUT", help="写出全部结果，逐条可查。")
@click.option("--threads", type=click.IntRange(min=1), help="最多使用的线程数。")
def whatif(
    input_file: Path,
    draft_file: Path,
    history: Path | None,
    pack: str,
    standards: Path | None,
    budgets: tuple[str, ...],
    only_clean: bool,
    output: Path | None,
    threads: int | None,
) -> None:
    """假如按草案审核：IN 中的申请，谁增谁减、谁新符合、谁不再符合，资金差多少。

    OUT 可以是 .xlsx（概览、各项汇总和逐条），或 .csv、.parquet（只有逐条）。
    """
    check_inputs(input_file, draft_file, history, standards)
    check_outputs({"-o": output}, keep=(input_file, draft_file, history, standards))
    limits = dict(map(budget, budgets))
    from jineng import claimsfile, policy
    from jineng.cli.impact import show_impact
    from jineng.cli.places import region_names
    from jineng.cli.reading import facts_to_decide, loaded, read_both, under_draft
    from jineng.cli.telling import Telling

    rules = loaded(pack, standards)
    drafted = under_draft(rules, draft_file)
    claims, past = read_both(input_file, history)
    facts = facts_to_decide(claims, past, only_clean=only_clean)
    try:
        with Telling() as progress:
            progress("按现行政策和草案审核", 0, 0)
            result = policy.whatif(
                rules, drafted, facts, past and past.intake, budgets=limits, threads=threads
            )
            names = region_names()
            if output:
                claimsfile.write_impact(
                    output, result, rules.schemes, regions=names, progress=progress
                )
    except claimsfile.FileError as error:
        raise BadInput(str(error)) from None
    show_impact(rules, result, names)
    if output:
        click.echo(f"有变化的 {result.lines.num_rows:,} 行写入 {output}", err=True)


@click.command()
@click.argument("cases", metavar="CASES", type=_ANY_FILE, required=False)
@click.option("--draft", "draft_file", type=_ANY_FILE, metavar="FILE", help="按此草案审核。")
@PACK
@STANDARDS
@click.option("--template", type=_ANY_FILE, metavar="OUT.xlsx", help="写出带示例的案例表。")
def check(
    cases: Path | None,
    draft_file: Path | None,
    pack: str,
    standards: Path | None,
    template: Path | None,
) -> None:
    """审核案例表 CASES（.xlsx 或 .csv），列出与预期不符的行和不同之处。

    有一行不符，退出状态为 1。有 --draft 的，另说明草案可否施行。
    """
    if (cases is None) == (template is None):
        raise click.UsageError("请写明案例表，或用 --template 写出模板，二者选一。")
    from jineng import claimsfile

    try:
        if template:
            check_outputs({"--template": template}, endings=(".xlsx",))
            claimsfile.write_cases_template(template)
            click.echo(f"案例表模板已写入 {template}", err=True)
        elif cases:
            check_inputs(cases, draft_file, standards)
            _checked(cases, draft_file, pack, standards)
    except claimsfile.FileError as error:
        raise BadInput(f"{cases.name}：{error}" if cases else str(error)) from None


def _checked(cases: Path, draft_file: Path | None, pack: str, standards: Path | None) -> None:
    """Errors: BadInput where a cell can't be read or a row differs; FileError."""
    from jineng import claimsfile, policy
    from jineng.cli.impact import show_checked, show_readiness
    from jineng.cli.reading import loaded, under_draft

    rules = loaded(pack, standards)
    drafted = under_draft(rules, draft_file) if draft_file else rules
    file = claimsfile.read_cases(cases, rules)
    told = file.told()
    if told:
        head = f"{cases.name} 有 {len(told)} 处错误，没有审核任何案例："
        raise BadInput("\n".join([head, *(f"- {line}" for line in told)]))
    rows = policy.check(drafted, file.table)
    show_checked(drafted, rows, file.row)
    if draft_file:
        show_readiness(policy.readiness(rules, drafted, file.table))
    wrong = sum(bool(row.differs) for row in rows)
    if wrong:
        raise BadInput(f"{len(rows):,} 行案例中有 {wrong:,} 行与预期不符。")
    click.echo(f"{len(rows):,} 行案例都与预期相符。", err=True)


def budget(text: str) -> tuple[str, int]:
    """Fund and 分 of a budget such as ``500万`` or ``失业保险基金=3000000``.

    Errors: click.UsageError.
    """
    from jineng.policy.facts import FUNDS
    from jineng.policy.impact import fen_of
    from jineng.policy.whatif import TOTAL

    name, equals, amount = text.rpartition("=")
    codes = {TOTAL: TOTAL, **{code: code for code in FUNDS}, **{v: k for k, v in FUNDS.items()}}
    fund = codes.get(name.strip()) if equals else TOTAL
    if fund is None:
        known = "、".join(FUNDS.values())
        raise click.UsageError(f"--budget {text}：没有资金“{name.strip()}”，可写 {known}。")
    fen = fen_of(amount)
    if fen is None:
        raise click.UsageError(f"--budget {text}：应为金额（元），例如 5000000、500万 或 1.2亿。")
    return fund, fen
