"""A copy of a claims file with its errors marked, to be corrected and handed in again as it is."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from jineng.claimsfile.container import ending_of
from jineng.claimsfile.decisions import write_csv
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.reading import CellProblem, ClaimsFile, read_cells
from jineng.claimsfile.saving import (
    new_workbook,
    refuse_long_cells,
    refuse_too_long,
    write_date,
    write_text,
)
from jineng.claimsfile.sheetxml import MAX_ROWS
from jineng.claimsfile.source import ERROR_COLUMN, ERROR_SHEET, Cells, drawn, letters
from jineng.policy.intake import Cells as Column
from jineng.policy.values import shown

_ROWS_AT_ONCE = 10_000
#: More notes or links than these make a workbook that Excel opens slowly, or not at all.
_MAX_NOTES = 5_000
_MAX_LINKS = 60_000


def write_marked(
    path: str | Path, claimsfile: ClaimsFile, *, progress: Progress | None = None
) -> None:
    """Write a copy of the file with every error marked where it stands.

    ``.xlsx``: bad cells in red, each with a note, and a sheet 错误清单 that lists all of them with
    links. ``.csv``: a first column 错误 that says what is wrong with the line. Either can be
    corrected and read again: that sheet and that column are passed over.

    Errors: FileError for another ending, too many lines for a sheet, a full disk, no permission.
    """
    path = Path(path)
    ending = ending_of(path)
    if ending == ".parquet":
        raise FileError("标出错误的副本不能写成 Parquet", "请写成 .xlsx 或 .csv 文件")
    cells = read_cells(claimsfile.path).drawn()
    problems = list(claimsfile.cell_problems())
    if ending == ".csv":
        _write_text(path, cells, problems)
    else:
        refuse_too_long(cells.num_rows)
        for _, column in cells.columns:
            refuse_long_cells(_text(drawn(column)))
        _Marked(cells, problems).write(path, progress or silent)


def _write_text(path: Path, cells: Cells, problems: list[CellProblem]) -> None:
    said: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        # what concerns a whole column is said on the first line: a CSV has no other place for it
        heading = f"“{problem.heading}”" if problem.heading else ""
        whole = "整列" if problem.line is None else ""
        said[problem.line or 0].append(f"{whole}{heading}{problem.message}")
    notes = [("；".join(said[line]) if line in said else None) for line in range(cells.num_rows)]
    columns = [pa.chunked_array([pa.array(notes, pa.string())])]
    columns += [_text(drawn(column)) for _, column in cells.columns]
    names = [ERROR_COLUMN, *(heading for heading, _ in cells.columns)]
    write_csv(path, pa.table(columns, names=names), bom=True)


def _text(column: Column) -> pa.ChunkedArray:
    if isinstance(column, pa.ChunkedArray) and pa.types.is_string(column.type):
        return column
    words = [None if cell is None else shown(cell) for cell in _listed(column)]
    return pa.chunked_array([pa.array(words, pa.string())])


def _listed(column: Column) -> list[Any]:
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return column.to_pylist()
    return list(column)


class _Marked:
    """A workbook with the file's cells, the bad ones red, and the list of errors."""

    def __init__(self, cells: Cells, problems: list[CellProblem]) -> None:
        self.cells = cells
        self.problems = problems
        self.sheet_name = cells.source.sheet or "申请"
        places: dict[str, list[int]] = defaultdict(list)
        for place, (heading, _) in enumerate(cells.columns):
            places[heading].append(place)
        self.places = places
        self.bad: dict[tuple[int, int], list[str]] = defaultdict(list)
        for problem in problems:
            row = 0 if problem.line is None else problem.line + 1
            for place in places.get(problem.heading, ()):
                self.bad[row, place].append(problem.message)

    def write(self, path: Path, progress: Progress) -> None:
        """Write the workbook."""
        with new_workbook(path) as book:
            sheet = book.add_worksheet(self.sheet_name)
            self._write_cells(book, sheet, progress)
            listed = book.add_worksheet(ERROR_SHEET)
            self._write_list(book, listed)
            listed.activate()

    def _write_cells(self, book: Any, sheet: Any, progress: Progress) -> None:
        red = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
        text, day = {"num_format": "@"}, {"num_format": "yyyy-mm-dd"}
        moment = {"num_format": "yyyy-mm-dd hh:mm:ss"}
        plain: dict[type, Any] = {str: text, date: day, datetime: moment}
        formats = {kind: book.add_format(style) for kind, style in plain.items()}
        marked = {kind: book.add_format(style | red) for kind, style in plain.items()}
        other, bold = book.add_format(red), book.add_format({"bold": True})
        bad_heading = book.add_format({"bold": True, **red})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(self.cells.columns) - 1, 0), 14)
        self._write_notes(sheet)
        for place, (heading, _) in enumerate(self.cells.columns):
            style = bad_heading if (0, place) in self.bad else bold
            write_text(sheet, 0, place, heading, style)
        row = 0
        while row < self.cells.num_rows:
            lists = [_slice(drawn(column), row) for _, column in self.cells.columns]
            for line in zip(*lists, strict=True):
                row += 1
                for place, cell in enumerate(line):
                    if (row, place) in self.bad:
                        _write(sheet, row, place, cell, marked.get(type(cell), other))
                    elif cell is not None:
                        _write(sheet, row, place, cell, formats.get(type(cell)))
            progress("写出标出错误的副本", row, self.cells.num_rows)

    def _write_notes(self, sheet: Any) -> None:
        for (row, place), messages in islice(sorted(self.bad.items()), _MAX_NOTES):
            sheet.write_comment(row, place, "\n".join(messages), {"x_scale": 2})

    def _write_list(self, book: Any, sheet: Any) -> None:
        bold = book.add_format({"bold": True, "bg_color": "#FFC7CE"})
        link = book.add_format({"font_color": "#0563C1", "underline": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 2, 14)
        sheet.set_column(3, 3, 24)
        sheet.set_column(4, 4, 80)
        for place, word in enumerate(("单元格", "原文件行号", "列", "内容", "问题与改法")):
            sheet.write_string(0, place, word, bold)
        for row, problem in enumerate(islice(self.problems, MAX_ROWS - 1), start=1):
            cell = self._cell(problem)
            if cell and row <= _MAX_LINKS:
                quoted = self.sheet_name.replace("'", "''")
                sheet.write_url(row, 0, f"internal:'{quoted}'!{cell}", link, cell)
            else:
                sheet.write_string(row, 0, cell or "整张表")
            if problem.row is not None:
                sheet.write_number(row, 1, problem.row)
            for place, text in enumerate(
                (problem.heading, problem.value, problem.message), start=2
            ):
                write_text(sheet, row, place, text or "")

    def _cell(self, problem: CellProblem) -> str:
        """The problem's cell in the copy; "" where the file does not have the column."""
        places = self.places.get(problem.heading)
        if not places:
            return ""
        return f"{letters(places[-1])}{1 if problem.line is None else problem.line + 2}"


def _slice(column: Column, start: int) -> list[Any]:
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return column.slice(start, _ROWS_AT_ONCE).to_pylist()
    return list(column[start : start + _ROWS_AT_ONCE])


def _write(sheet: Any, row: int, place: int, cell: Any, style: Any) -> None:
    """One cell as its type asks; never a formula."""
    if cell is None:
        sheet.write_blank(row, place, None, style)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, place, cell, style)
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell, style)
    elif isinstance(cell, date):  # a datetime is a date
        write_date(sheet, row, place, cell, style)
    else:
        write_text(sheet, row, place, shown(cell), style)
