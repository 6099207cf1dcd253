"""XLSX to columns: the right sheet, its headings, its cells."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
)

from jineng.claimsfile.container import Workbook, damaged
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.headings import FIRST_ROWS, heading_row, no_headings
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.sheetxml import SheetScan, scan
from jineng.claimsfile.source import (
    ERROR_COLUMN,
    ERROR_SHEET,
    GUIDE_SHEET,
    Cells,
    Source,
    letters,
)
from jineng.policy.intake import Cells as Column
from jineng.policy.intake import Problem
from jineng.policy.values import shown

_ROWS_AT_ONCE = 8_192
_ARROW_OF = {str: pa.string(), float: pa.float64(), bool: pa.bool_(), date: pa.date32()}
_NO_VALUE = "公式没有计算结果；请用 Excel 打开后重新保存，或粘贴为数值"
_MERGED = "合并单元格 {range} 跨了几格，不知道内容属于哪一格；请取消合并，逐格填写"


@dataclass
class _Sheet:
    """A sheet with a row of headings. Rows and columns are counted from 0."""

    name: str
    cells: CalamineSheet
    scan: SheetScan
    headings: list[str]
    header: int

    @property
    def first_column(self) -> int:
        """The place of the first column that holds anything: calamine leaves out those before."""
        return self.cells.start[1] if self.cells.start else 0

    @property
    def lines(self) -> int:
        """Rows below the headings."""
        return max(0, self.cells.end[0] - self.header) if self.cells.end else 0


def read_workbook(path: Path, progress: Progress = silent) -> Cells:
    """The columns of the sheet that carries the contract's headings.

    Errors: FileError where the workbook can't be opened, or no sheet or several carry them.
    """
    sheet = _chosen(list(_sheets(path, progress)))
    columns = _columns(sheet, progress)
    headings = tuple(sheet.headings)
    source = Source(
        sheet=sheet.name,
        headings=headings,
        header_row=sheet.header + 1,
        number_rows=lambda: np.arange(sheet.lines) + sheet.header + 2,
    )
    found = [*_formula_problems(sheet), *_merged_problems(sheet), *_headless(sheet, columns)]
    kept = [
        (heading, cells)
        for heading, cells in zip(headings, columns, strict=True)
        if heading != ERROR_COLUMN and (heading or not _is_empty(cells))
    ]
    return Cells(kept, sheet.lines, source, found)


def _sheets(path: Path, progress: Progress) -> Iterator[tuple[str, _Sheet | list[list[str]]]]:
    """Each sheet by name: ready to be read, or its first rows where it has no headings."""
    progress("检查工作簿", 0, 0)
    with Workbook(path) as archive:
        archive.check_parts()
        parts = _sheet_parts(archive)
        book = _opened(path)
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet or meta.name in (ERROR_SHEET, GUIDE_SHEET):
                continue
            part = parts.get(meta.name)
            if part is None or part not in archive:
                raise damaged()
            scanned = scan(lambda part=part: archive.blocks(part))  # type: ignore[misc]
            progress(f"读取工作表“{meta.name}”", 0, 0)
            with _refusing():
                cells = book.get_sheet_by_name(meta.name)
            first = [list(map(shown, row)) for row in islice(cells.iter_rows(), FIRST_ROWS)]
            header = heading_row(first)
            if header is None:
                yield meta.name, first
            else:
                indent = [""] * (cells.start[1] if cells.start else 0)
                headings = [*indent, *(cell.strip() for cell in first[header])]
                yield meta.name, _Sheet(meta.name, cells, scanned, headings, header)


def _opened(path: Path) -> CalamineWorkbook:
    with _refusing():
        return CalamineWorkbook.from_path(path)


@contextmanager
def _refusing() -> Iterator[None]:
    """What calamine can't read is refused in our words, a panic in its Rust code too."""
    try:
        yield
    except PasswordError:
        raise FileError("工作簿有打开密码，读不了", "请在 Excel 中去掉密码后重新保存") from None
    except (CalamineError, OSError):
        raise damaged() from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged() from None


def _sheet_parts(archive: Workbook) -> dict[str, str]:
    """The part of the archive that holds each sheet, by the sheet's name."""
    links = _xml(archive.text("xl/_rels/workbook.xml.rels"))
    book = _xml(archive.text("xl/workbook.xml"))
    target = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((v for k, v in element.items() if k.rpartition("}")[2] == "id"), None)
            part = posixpath.normpath(posixpath.join("/xl", target.get(link, "")))
            parts[element.get("name", "")] = part.lstrip("/")
    return parts


def _xml(text: bytes) -> ElementTree.Element:
    """A small part's XML; one that declares entities is refused, no workbook does."""
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise damaged()
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - no entities, at most 16 MB
    except ElementTree.ParseError:
        raise damaged() from None


def _chosen(sheets: Sequence[tuple[str, _Sheet | list[list[str]]]]) -> _Sheet:
    """The one sheet of claims."""
    fitting = [sheet for _, sheet in sheets if isinstance(sheet, _Sheet)]
    filled = [sheet for sheet in fitting if sheet.lines]
    if len(filled) == 1:
        return filled[0]
    if filled:
        names = "、".join(f"“{sheet.name}”" for sheet in filled)
        message = f"工作表{names}都有申请数据，不知道该读哪一张"
        raise FileError(message, "请只保留一张，或分成几个文件")
    if fitting:
        return fitting[0]
    if not sheets:
        raise FileError("工作簿里没有可读的工作表", "请把申请放在一张普通工作表里")
    errors = [
        no_headings(first, f"工作表“{name}”")
        for name, first in sheets
        if not isinstance(first, _Sheet)
    ]
    raise FileError("；".join(error.message for error in errors), errors[0].advice)


def _columns(sheet: _Sheet, progress: Progress) -> list[Column]:
    """The cells below the headings, a column each; plain columns as Arrow arrays."""
    width = len(sheet.headings)
    chunks: list[list[Column]] = [[] for _ in range(width)]
    rows = islice(sheet.cells.iter_rows(), sheet.header + 1, None)
    done = 0
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        for place, cells in enumerate(zip(*block, strict=True), start=sheet.first_column):
            chunks[place].append(_packed(cells))
        for place in range(sheet.first_column):
            chunks[place].append(pa.nulls(len(block)))
        done += len(block)
        progress(f"读取工作表“{sheet.name}”", done, sheet.lines)
    return [_joined(parts) for parts in chunks]


def _packed(cells: Sequence[Any]) -> Column:
    """Cells of one type as an Arrow array, mixed ones as they are; empty ones None."""
    filled = [None if cell == "" else cell for cell in cells]
    types = set(map(type, filled)) - {type(None)}
    if not types:
        return pa.nulls(len(filled))
    if len(types) == 1 and (arrow := _ARROW_OF.get(types.pop())):
        return pa.array(filled, arrow)
    return filled


def _joined(parts: list[Column]) -> Column:
    """The parts of a column as one: an Arrow array where all have one type, else a list."""
    arrays = [part for part in parts if isinstance(part, pa.Array)]
    types = {array.type for array in arrays} - {pa.null()}
    if len(types) <= 1 and len(arrays) == len(parts):
        kind = types.pop() if types else pa.null()
        return pa.chunked_array([array.cast(kind) for array in arrays], type=kind)
    cells: list[object] = []
    for part in parts:
        cells += part.to_pylist() if isinstance(part, pa.Array) else part
    return cells


def _formula_problems(sheet: _Sheet) -> Iterator[Problem]:
    """Formulas without a value and error cells in the columns of the file."""
    lines: dict[tuple[str, str], list[int]] = {}
    cells = [(row, column, "") for row, column in sheet.scan.unreckoned]
    for row, column, value in [*cells, *sheet.scan.errors]:
        heading = _heading_above(sheet, row, column)
        if heading is not None:
            lines.setdefault((heading, value), []).append(row - sheet.header - 1)
    for (heading, value), found in lines.items():
        if value:
            message = f"单元格是错误值 {value}，请改正公式，或直接填写内容"
            yield Problem("error-value", heading, value, message, tuple(found))
        else:
            yield Problem("formula", heading, None, _NO_VALUE, tuple(found))


def _heading_above(sheet: _Sheet, row: int, column: int) -> str | None:
    """The heading of a cell that belongs to the data."""
    if row <= sheet.header or column >= len(sheet.headings):
        return None
    heading = sheet.headings[column]
    return heading if heading and heading != ERROR_COLUMN else None


def _merged_problems(sheet: _Sheet) -> Iterator[Problem]:
    """Cells merged within the data, a problem for each column they cover."""
    for (top, left), (bottom, right) in sheet.cells.merged_cell_ranges or ():
        rows = range(max(top, sheet.header + 1), min(bottom, sheet.header + sheet.lines) + 1)
        name = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        for column in range(left, min(right, len(sheet.headings) - 1) + 1):
            heading = _heading_above(sheet, sheet.header + 1, column)
            if heading is not None and rows:
                lines = tuple(row - sheet.header - 1 for row in rows)
                yield Problem("merged", heading, name, _MERGED.format(range=name), lines)


def _headless(sheet: _Sheet, columns: list[Column]) -> Iterator[Problem]:
    """Columns with cells and no heading."""
    for place, heading in enumerate(sheet.headings):
        if not heading and not _is_empty(columns[place]):
            message = f"{letters(place)} 列有内容却没有列名；请补上列名，或删去这一列"
            yield Problem("no-heading", "", None, message)


def _is_empty(cells: Column) -> bool:
    return isinstance(cells, pa.ChunkedArray) and cells.null_count == len(cells)
