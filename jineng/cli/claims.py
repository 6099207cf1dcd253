"""``jineng adjudicate``, ``explain`` and ``template``: a claims file in, decisions out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import click

from jineng.cli.paths import STANDARDS, check_inputs, check_outputs
from jineng.cli.wrong import BadInput

_ANY_FILE = click.Path(path_type=Path)
_INPUT = click.argument("input_file", metavar="IN", type=_ANY_FILE)
_EARLIER = "此前的决定（同样的列，另加“结论”列），计入次数和重复，不再审核。"
_HISTORY = click.option("--history", type=_ANY_FILE, metavar="FILE", help=_EARLIER)
_PACK = click.option("--pack", default="hubei", show_default=True, help="政策包。")
_ONLY_CLEAN = click.option("--only-clean", is_flag=True, help="跳过有错误的行，审核其余各行。")


@click.command()
@click.argument("input_place", metavar="IN")
@click.option("--history", "history_place", metavar="FILE", help=_EARLIER)
@_PACK
@STANDARDS
@_ONLY_CLEAN
@click.option("--errors", type=_ANY_FILE, metavar="FILE", help="有错误时，写出标明错误的副本。")
@click.option("-o", "--output", "output_place", metavar="OUT", help="决定写入此文件。")
@click.option("--with-facts", is_flag=True, help="决定之前附上申请信息，可作为以后的历史文件。")
@click.option("--threads", type=click.IntRange(min=1), help="最多使用的线程数。")
@click.option(
    "--engine",
    type=click.Choice(("numpy", "duckdb", "spark")),
    default="numpy",
    show_default=True,
    help="在哪里审核，结论逐字节相同；spark 可用于 Parquet 文件夹。",
)
@click.option("--master", default="local[*]", show_default=True, help="Spark 集群的地址。")
def adjudicate(
    input_place: str,
    history_place: str | None,
    pack: str,
    standards: Path | None,
    only_clean: bool,
    errors: Path | None,
    output_place: str | None,
    with_facts: bool,
    threads: int | None,
    engine: str,
    master: str,
) -> None:
    """审核申请文件 IN，逐行作出决定。

    IN、OUT 可以是 .csv、.xlsx 或 .parquet。不写 -o 时显示汇总和前几行。用 --engine spark 时，
    IN、OUT 也可以是 Parquet 文件夹（本机的，或集群能读到的，如 hdfs://…）。
    """
    if engine == "spark" and ("://" in input_place or Path(input_place).is_dir()):
        if errors or with_facts or not output_place:
            raise click.UsageError("审核文件夹要写 -o OUT，不能用 --errors 和 --with-facts。")
        from jineng.cli.engines import adjudicate_folder
        from jineng.cli.reading import loaded

        rules = loaded(pack, standards)
        adjudicate_folder(
            rules, input_place, history_place, output_place, master, only_clean=only_clean
        )
        return
    input_file, history = Path(input_place), Path(history_place) if history_place else None
    output = Path(output_place) if output_place else None
    check_inputs(input_file, history, standards)
    check_outputs({"-o": output, "--errors": errors}, keep=(input_file, history))
    _adjudicate_file(
        input_file,
        history,
        errors,
        output,
        only_clean=only_clean,
        with_facts=with_facts,
        engine=_Engine(pack, standards, engine, master, threads),
    )


class _Engine(NamedTuple):
    """By what claims are decided, as the command line says it."""

    pack: str
    standards: Path | None
    name: str
    master: str
    threads: int | None


def _adjudicate_file(
    input_file: Path,
    history: Path | None,
    errors: Path | None,
    output: Path | None,
    *,
    only_clean: bool,
    with_facts: bool,
    engine: _Engine,
) -> None:
    """Errors: BadInput with every problem of the files."""
    from jineng import claimsfile
    from jineng.cli.engines import decider
    from jineng.cli.reading import facts_to_decide, loaded, read_both
    from jineng.cli.telling import Telling

    rules = loaded(engine.pack, engine.standards)
    claims, past = read_both(input_file, history)
    try:
        if errors and claims.intake.problems:
            with Telling() as progress:
                claimsfile.write_marked(errors, claims, progress=progress)
            click.echo(f"标明错误的副本：{errors}", err=True)
        facts = facts_to_decide(claims, past, only_clean=only_clean)
        with Telling() as progress:
            progress("审核", 0, 0)
            decide = decider(engine.name, rules, engine.master, engine.threads)
            decisions = decide(facts, past.intake if past else None)
            if output:
                given = facts if with_facts else None
                claimsfile.write_decisions(
                    output, decisions, facts=given, schemes=rules.schemes, progress=progress
                )
    except claimsfile.FileError as error:
        raise BadInput(str(error)) from None
    if output:
        click.echo(f"已审核 {decisions.num_rows:,} 行，决定写入 {output}", err=True)
    else:
        from jineng.cli.summary import show_summary

        show_summary(rules, facts, decisions)


@click.command()
@_INPUT
@click.argument("claim_id", metavar="CLAIM_ID")
@_HISTORY
@_PACK
@STANDARDS
@click.option("--draft", "draft_file", type=_ANY_FILE, metavar="FILE", help="按此草案说明。")
@_ONLY_CLEAN
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def explain(
    input_file: Path,
    claim_id: str,
    history: Path | None,
    pack: str,
    standards: Path | None,
    draft_file: Path | None,
    only_clean: bool,
    as_json: bool,
) -> None:
    """说明 IN 中申请 CLAIM_ID 的决定：逐项条件、事实、标准和条款。"""
    check_inputs(input_file, history, standards, draft_file)
    from jineng.cli.reading import facts_to_decide, loaded, no_such_claim, read_both, under_draft
    from jineng.cli.telling import Telling

    rules = loaded(pack, standards)
    if draft_file:
        rules = under_draft(rules, draft_file)
    claims, past = read_both(input_file, history)
    facts = facts_to_decide(claims, past, only_clean=only_clean)
    with Telling() as progress:
        progress("审核", 0, 0)
        try:
            told = rules.explain(facts, claim_id, history=past and past.intake)
        except KeyError:
            raise click.UsageError(no_such_claim(claims, facts, claim_id)) from None
    if as_json:
        click.echo(json.dumps(told.to_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo(told.text())


@click.command()
@click.argument("output", metavar="OUT.xlsx", type=_ANY_FILE)
@_PACK
def template(output: Path, pack: str) -> None:
    """写出申请文件的 Excel 模板：中文表头、下拉列表、各列说明和三行示例。"""
    check_outputs({"OUT": output}, endings=(".xlsx",))
    from jineng import claimsfile
    from jineng.cli.policies import schemes_reading
    from jineng.cli.reading import loaded

    try:
        claimsfile.write_template(output, schemes_reading=schemes_reading(loaded(pack)))
    except claimsfile.FileError as error:
        raise BadInput(str(error)) from None
    click.echo(f"模板已写入 {output}", err=True)
