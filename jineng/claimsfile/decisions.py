"""Decisions into a file: CSV, XLSX or Parquet, told by the ending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from jineng.claimsfile.canonical import as_text, presentable
from jineng.claimsfile.container import ending_of
from jineng.claimsfile.csvfile import FORMULA_START
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.saving import made_workbook, refuse_long_cells, refuse_too_long, saved
from jineng.claimsfile.sheetrows import FIRST_SHEET, put_rows
from jineng.policy.facts import FACT, OUT, STANDARD_NOT_SET
from jineng.policy.intake import Intake
from jineng.policy.schemes import Scheme

_OUT = {out.name: out for out in OUT}
_WIDTHS = {"claim_id": 18, "failed": 30, "missing": 30, "basis": 40, "release": 24}
_BOM = b"\xef\xbb\xbf"


def write_decisions(
    path: str | Path,
    decisions: pa.Table,
    *,
    facts: Intake | None = None,
    schemes: Mapping[str, Scheme] | None = None,
    for_excel: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write decisions, as ``Pack.decide`` gives them, in the order of their lines.

    ``facts``: put the facts that were decided on before the decision, so that the file can be the
    history of a later one. Headings are the contract's names in CSV and Parquet, Chinese in XLSX.
    ``schemes``: those of the pack that decided; a workbook then says what the conditions that
    failed ask for, beside what the other codes mean. ``for_excel``: begin a CSV with a byte order
    mark, without which Excel garbles Chinese.

    Nothing that is written runs as a formula: XLSX cells are texts, numbers and dates; in CSV a
    text that a spreadsheet would reckon has an apostrophe before it, which ``read`` takes off.
    The file appears whole or not at all.

    Errors: FileError for an unknown ending, too many lines for a sheet, a full disk, no permission.
    """
    path = Path(path)
    ending = ending_of(path)
    table = decisions.select([out.name for out in OUT])
    if facts is not None:
        decided = table.drop_columns(["claim_id"])
        table = presentable(facts.table)
        for name in decided.column_names:
            table = table.append_column(name, decided[name])
    if ending == ".xlsx":
        _write_workbook(path, table, schemes or {}, progress or silent)
    elif ending == ".csv":
        write_csv(path, table, bom=for_excel)
    else:
        with saved(path) as temporary:
            # few different texts but for the numbers of the claims
            coded = [name for name in table.column_names if name != "claim_id"]
            searched = ["claim_id", "amount_yuan"]  # whose extent says something
            pq.write_table(table, temporary, use_dictionary=coded, write_statistics=searched)


def write_csv(path: Path, table: pa.Table, *, bom: bool = False) -> None:
    """Write a table as CSV in UTF-8, no cell a formula."""
    with saved(path) as temporary, temporary.open("wb") as file:
        if bom:
            file.write(_BOM)
        columns = [_safe_text(column) for column in table.columns]
        names = guarded(pa.chunked_array([table.column_names], type=pa.string())).to_pylist()
        pacsv.write_csv(pa.table(columns, names=names), file)


def _safe_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    worded = pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)
    return guarded(as_text(column)) if worded else as_text(column)


def guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts with an apostrophe before whatever a spreadsheet would run as a formula."""
    return pc.replace_substring_regex(column, f"^('*{FORMULA_START})", r"'\1")


def _write_workbook(
    path: Path, table: pa.Table, schemes: Mapping[str, Scheme], progress: Progress
) -> None:
    refuse_too_long(table.num_rows)
    for column in table.columns:
        refuse_long_cells(column)
    finished = BytesIO()
    with made_workbook(finished) as book:
        _write_headings(book, book.add_worksheet("决定"), table)
        _write_codes(book, book.add_worksheet("说明"), table, schemes)
    count = table.num_rows
    with saved(path) as temporary:
        put_rows(
            finished, temporary, FIRST_SHEET, table, lambda done: progress("写出决定", done, count)
        )


def _write_headings(book: Any, sheet: Any, table: pa.Table) -> None:
    """The headings, and below them a row that shows each column's style."""
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    money = book.add_format({"num_format": "0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)
    for place, name in enumerate(table.column_names):
        known = _OUT.get(name) or FACT[name]
        sheet.set_column(place, place, _WIDTHS.get(name, 14))
        sheet.write_string(0, place, known.heading, bold)
        if pa.types.is_decimal(table[name].type):
            sheet.write_blank(1, place, None, money)
        elif pa.types.is_date(table[name].type):
            sheet.write_blank(1, place, None, day)


def _write_codes(book: Any, sheet: Any, table: pa.Table, schemes: Mapping[str, Scheme]) -> None:
    """What the codes of the decision's columns mean."""
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 1, 26)
    sheet.set_column(2, 2, 60)
    for place, word in enumerate(("列", "代码", "含义")):
        sheet.write_string(0, place, word, bold)
    lines = [
        *((out.heading, code, meaning) for out in OUT for code, meaning in out.codes.items()),
        *_meanings("failed", table, _asked(schemes)),
        *_meanings("missing", table, _lacking()),
    ]
    for row, line in enumerate(lines, start=1):
        for place, word in enumerate(line):
            sheet.write_string(row, place, word)


def _meanings(
    column: str, table: pa.Table, known: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """The codes that stand in a column with ``;`` between, in the order in which they are known."""
    distinct = pc.unique(table[column].cast(pa.string())).to_pylist()
    present = {code for codes in distinct for code in (codes or "").split(";")}
    for code, meaning in known.items():
        if code in present:
            yield _OUT[column].heading, code, meaning


def _asked(schemes: Mapping[str, Scheme]) -> dict[str, str]:
    """What each condition asks for; by scheme where schemes ask for different things."""
    asked: dict[str, dict[str, list[str]]] = {}
    for scheme in schemes.values():
        for condition in scheme.conditions:
            titles = asked.setdefault(condition.code, {})
            titles.setdefault(condition.title, []).append(scheme.name)
    return {
        code: "；".join(f"{'、'.join(names)}：{title}" for title, names in titles.items())
        if len(titles) > 1
        else next(iter(titles))
        for code, titles in asked.items()
    }


def _lacking() -> dict[str, str]:
    """What each name of something missing means."""
    facts = {name: f"{fact.heading}：{fact.note}" for name, fact in FACT.items()}
    return facts | {STANDARD_NOT_SET: "补贴标准尚未规定，暂不能核定；申请人无须补交材料"}
