"""``jineng people import``: files of persons, organisations, insurance and employment."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jineng.cli.paths import check_inputs
from jineng.cli.site import on_site
from jineng.cli.telling import Telling
from jineng.cli.wrong import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from jineng.people.commands.records import Imported

#: In the order in which a file is tried: one of records has the columns of a register too.
KINDS = {
    "insurance": "社会保险缴费记录",
    "employment": "就业登记记录",
    "persons": "人员",
    "organisations": "单位",
}
PROBLEMS_SHOWN = 50


@click.group("people")
def people_group() -> None:
    """人员、单位和参保、就业记录。"""


@people_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(list(KINDS)), help="文件的种类；不写则按列名判断。")
@click.option(
    "--kinds",
    metavar="险种",
    help="社会保险：文件只管这些险种，如“养老、失业”，其余险种的记录不动；不写则管全部。",
)
@click.option("--check", is_flag=True, help="只核对，不导入。")
@click.option("--only-clean", is_flag=True, help="参保、就业：跳过有错误的行，导入其余各行。")
@click.option("--add-unknown", is_flag=True, help="参保、就业：登记尚未登记的人员和单位。")
@click.option("--again", is_flag=True, help="参保、就业：导入过的同一文件也重新核对。")
def import_file(
    file: Path,
    kind: str | None,
    kinds: str | None,
    check: bool,
    only_clean: bool,
    add_unknown: bool,
    again: bool,
) -> None:
    """导入一个文件（CSV、XLSX 或 Parquet）。

    全部导入或全部不导入：有错误时逐行列出，什么都不改。同一文件再导入一次，不会改变任何内容。
    """
    check_inputs(file)
    with on_site(f"people import（{getpass.getuser()}）"), Telling() as progress:
        from jineng.people.commands.records import How

        how = How(only_clean=only_clean, add_unknown=add_unknown, again=again, check=check)
        scope = _scope(kinds) if kinds else None
        found = _imported(file, [kind] if kind else list(KINDS), how, scope, progress)
    _tell(found, check)


def _scope(kinds: str) -> int:
    """The mask of insurances that an option names. Raises UsageError."""
    from jineng.people.records import headings

    try:
        return headings.kinds(kinds) or headings.ALL_KINDS
    except ValueError as wrong:
        raise click.UsageError(f"--kinds：{wrong}") from None


def _imported(file: Path, kinds: list[str], how: Any, scope: int | None, progress: Any) -> Imported:
    """The file, imported as the first of the kinds that it can be."""
    from jineng.core.calendar import business_date, business_now
    from jineng.people.commands.records import import_employment, import_insurance
    from jineng.people.commands.registers import import_register
    from jineng.people.errors import Refused

    given: dict[str, Any] = {
        "file_name": file.name,
        "by": None,
        "on": business_date(),
        "at": business_now(),
        "progress": progress,
    }
    records: dict[str, Callable[..., Imported]] = {
        "insurance": import_insurance,
        "employment": import_employment,
    }
    refused = []
    for kind in kinds:
        try:
            if kind in records:
                of = {"kinds": scope} if scope and kind == "insurance" else {}
                return records[kind](file, how=how, **given, **of)
            return import_register(file, kind=kind, check=how.check, **given)
        except Refused as why:
            refused.append(why.message)
    if len(set(refused)) == 1:
        raise BadInput(refused[0])
    told = "\n".join(f"　{KINDS[kind]}：{why}" for kind, why in zip(kinds, refused, strict=True))
    raise BadInput(f"认不出文件的种类，请核对列名，或用 --kind 指明：\n{told}")


def _tell(found: Imported, check: bool) -> None:
    """What became of the lines. Raises BadInput where the file was refused."""
    run = found.run
    if run.state == "refused":
        for one in found.problems[:PROBLEMS_SHOWN]:
            where = f"第 {one.line} 行" + (f"“{one.column}”" if one.column else "")
            value = f"“{one.value}”：" if one.value else ""
            click.echo(f"{where}　{value}{one.message}", err=True)
        more = run.problems_found - min(len(found.problems), PROBLEMS_SHOWN)
        if more > 0:
            click.echo(f"……还有 {more:,} 处，导入记录里可以查看。", err=True)
        raise BadInput(
            f"{KINDS[run.kind]}：{run.lines:,} 行中 {run.refused:,} 行有错误，"
            f"共 {run.problems_found:,} 处；没有导入任何内容，请改正后重新导入。"
        )
    done = "核对无误，将会" if check else "已导入："
    left = f"，跳过有错误的 {run.refused:,} 行" if run.refused else ""
    click.echo(
        f"{KINDS[run.kind]}：{run.lines:,} 行，{done}新增 {run.added:,}，"
        f"更改 {run.changed:,}，未变 {run.unchanged:,}{left}。"
    )
    from jineng.people.queries.imports import told_import

    told = told_import(run)
    for title, text in told.facts:
        click.echo(f"　{title}：{text}")
    for warning in told.warnings:
        click.echo(f"注意：{warning}", err=True)
