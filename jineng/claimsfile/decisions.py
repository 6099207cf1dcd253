"""Decisions into a file: CSV, XLSX or Parquet, told by the ending."""

from __future__ import annotations

from datetime import date
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
from jineng.claimsfile.saving import new_workbook, refuse_long_cells, refuse_too_long, saved
from jineng.policy.facts import FACT, OUT
from jineng.policy.intake import Intake

_ROWS_AT_ONCE = 10_000
_FEW_CELLS = 2_000_000  # as many are quicker kept until the end than written one by one
_OUT = {out.name: out for out in OUT}
_WIDTHS = {"claim_id": 18, "failed": 30, "missing": 30, "basis": 40, "release": 24}
_FIRST_YEAR = 1900
_BOM = b"\xef\xbb\xbf"


def write_decisions(
    path: str | Path,
    decisions: pa.Table,
    *,
    facts: Intake | None = None,
    for_excel: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write decisions, as ``Pack.decide`` gives them, in the order of their lines.

    ``facts``: put the facts that were decided on before the decision, so that the file can be the
    history of a later one. Headings are the contract's names in CSV and Parquet, Chinese in XLSX.
    ``for_excel``: begin a CSV with a byte order mark, without which Excel garbles Chinese.

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
        _write_workbook(path, table, progress or silent)
    elif ending == ".csv":
        write_csv(path, table, bom=for_excel)
    else:
        with saved(path) as temporary:
            # few different texts but for the numbers of the claims
            coded = [name for name in table.column_names if name != "claim_id"]
            pq.write_table(table, temporary, use_dictionary=coded)


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


def _write_workbook(path: Path, table: pa.Table, progress: Progress) -> None:
    refuse_too_long(table.num_rows)
    for column in table.columns:
        refuse_long_cells(column)
    few = table.num_rows * table.num_columns <= _FEW_CELLS
    with new_workbook(path, constant_memory=not few) as book:
        sheet = book.add_worksheet("决定")
        _write_table(book, sheet, table, progress)
        _write_codes(book, book.add_worksheet("说明"), table)


def _write_table(book: Any, sheet: Any, table: pa.Table, progress: Progress) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    money, day = (
        book.add_format({"num_format": "0.00"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)
    writers = []
    for place, name in enumerate(table.column_names):
        known = _OUT.get(name) or FACT[name]
        sheet.set_column(place, place, _WIDTHS.get(name, 14))
        sheet.write_string(0, place, known.heading, bold)
        writers.append(_writer(sheet, table[name].type, money, day))
    row = 0
    for start in range(0, table.num_rows, _ROWS_AT_ONCE):
        piece = table.slice(start, _ROWS_AT_ONCE)
        lists = [_plain(column).to_pylist() for column in piece.columns]
        for cells in zip(*lists, strict=True):
            row += 1
            for place, cell in enumerate(cells):
                if cell is not None and cell != "":
                    writers[place](row, place, cell)
        progress("写出决定", row, table.num_rows)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Money as a workbook keeps any number; texts by themselves."""
    if pa.types.is_decimal(column.type):
        # By way of the words: Arrow multiplies by 0.01, and 0.82 would be 0.8200000000000001.
        return column.cast(pa.string()).cast(pa.float64())
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _writer(sheet: Any, kind: pa.DataType, money: Any, day: Any) -> Any:
    """How cells of a type are written."""
    if pa.types.is_decimal(kind):
        return lambda row, place, cell: sheet.write_number(row, place, cell, money)
    if pa.types.is_date(kind):
        return lambda row, place, cell: write_date(sheet, row, place, cell, day)
    if pa.types.is_boolean(kind):
        return lambda row, place, cell: sheet.write_string(row, place, "是" if cell else "否")
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return sheet.write_string
    return sheet.write_number


def write_date(sheet: Any, row: int, place: int, cell: date, style: Any) -> None:
    """A date, as text where it lies before those that sheets agree on."""
    if cell.year > _FIRST_YEAR:
        sheet.write_datetime(row, place, cell, style)
    else:
        sheet.write_string(row, place, str(cell), style)


def _write_codes(book: Any, sheet: Any, table: pa.Table) -> None:
    """What the codes of the decision's columns mean."""
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 1, 26)
    sheet.set_column(2, 2, 36)
    for place, word in enumerate(("列", "代码", "含义")):
        sheet.write_string(0, place, word, bold)
    row = 1
    for out in OUT:
        for code, meaning in out.codes.items():
            for place, word in enumerate((out.heading, code, meaning)):
                sheet.write_string(row, place, word)
            row += 1
