"""XLSX to columns: the right sheet, its headings, its cells."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa

from jineng.claimsfile.blocks import Block, Grid
from jineng.claimsfile.container import Workbook, damaged
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.headings import FIRST_ROWS, heading_row, no_headings
from jineng.claimsfile.plainrows import Unusual
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.sheetcells import plain_blocks, whole_blocks
from jineng.claimsfile.sheetxml import SheetScan
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

_NO_VALUE = "公式没有计算结果；请用 Excel 打开后重新保存，或粘贴为数值"
_MERGED = "合并单元格 {range} 跨了几格，不知道内容属于哪一格；请取消合并，逐格填写"


@dataclass
class _Sheet:
    """A sheet with a row of headings: its columns below them. Rows are counted from 0."""

    name: str
    headings: list[str]
    header: int
    columns: list[Column]
    lines: int
    scan: SheetScan


def read_workbook(path: Path, progress: Progress = silent) -> Cells:
    """The columns of the sheet that carries the contract's headings.

    Errors: FileError where the workbook can't be opened, or no sheet or several carry them.
    """
    sheet = _chosen(list(_sheets(path, progress)))
    headings = tuple(sheet.headings)
    source = Source(
        sheet=sheet.name,
        headings=headings,
        header_row=sheet.header + 1,
        number_rows=lambda: np.arange(sheet.lines) + sheet.header + 2,
    )
    found = [*_formula_problems(sheet), *_merged_problems(sheet), *_headless(sheet)]
    kept = [
        (heading, cells)
        for heading, cells in zip(headings, sheet.columns, strict=True)
        if heading != ERROR_COLUMN and (heading or not _is_empty(cells))
    ]
    return Cells(kept, sheet.lines, source, found)


def _sheets(path: Path, progress: Progress) -> Iterator[tuple[str, _Sheet | list[list[str]]]]:
    """Each sheet by name: read, or its first rows where it has no headings."""
    progress("检查工作簿", 0, 0)
    with Workbook(path) as archive:
        archive.check_parts()
        for name, part in _sheet_parts(archive).items():
            if name in (ERROR_SHEET, GUIDE_SHEET):
                continue
            if part not in archive:
                raise damaged()
            progress(f"读取工作表“{name}”", 0, 0)
            found = SheetScan()
            try:
                with closing(plain_blocks(archive, name, part, found)) as blocks:
                    yield name, _read(name, blocks, found, progress)
            except Unusual:
                found = SheetScan()
                with closing(whole_blocks(path, archive, name, part, found)) as blocks:
                    yield name, _read(name, blocks, found, progress)


def _read(
    name: str, blocks: Iterator[Block], found: SheetScan, progress: Progress
) -> _Sheet | list[list[str]]:
    """A sheet of its blocks; its first rows where none of them are headings."""
    top: list[Block] = []
    first: list[list[str]] = []
    for block in blocks:
        top.append(block)
        first += [[""]] * (min(block.row, FIRST_ROWS) - len(first))
        lines = range(block.row, min(block.end, FIRST_ROWS))
        first += [list(map(shown, block.line(row - block.row))) for row in lines]
        if len(first) >= FIRST_ROWS:
            break
    header = heading_row(first)
    if header is None:
        return first
    grid = Grid(header + 1)
    for block in chain(top, blocks):
        grid.add(block)
        progress(f"读取工作表“{name}”", grid.rows, max(grid.rows, found.rows - header - 1))
    progress(f"读取工作表“{name}”", grid.rows, grid.rows)
    headings = [heading.strip() for heading in first[header]]
    columns = grid.columns(len(headings))
    headings += [""] * (len(columns) - len(headings))
    return _Sheet(name, headings, header, columns, grid.rows, found)


def _sheet_parts(archive: Workbook) -> dict[str, str]:
    """The part of the archive that holds each sheet of cells, by the sheet's name, in order."""
    links = _xml(archive.text("xl/_rels/workbook.xml.rels"))
    book = _xml(archive.text("xl/workbook.xml"))
    target = {
        link.get("Id"): link.get("Target", "")
        for link in links
        if link.get("Type", "").endswith("/worksheet")
    }
    parts = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((v for k, v in element.items() if k.rpartition("}")[2] == "id"), None)
            if link in target:
                part = posixpath.normpath(posixpath.join("/xl", target[link]))
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
    for (top, left), (bottom, right) in sheet.scan.merged:
        rows = range(max(top, sheet.header + 1), min(bottom, sheet.header + sheet.lines) + 1)
        name = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        for column in range(left, min(right, len(sheet.headings) - 1) + 1):
            heading = _heading_above(sheet, sheet.header + 1, column)
            if heading is not None and rows:
                lines = tuple(row - sheet.header - 1 for row in rows)
                yield Problem("merged", heading, name, _MERGED.format(range=name), lines)


def _headless(sheet: _Sheet) -> Iterator[Problem]:
    """Columns with cells and no heading."""
    for place, heading in enumerate(sheet.headings):
        if not heading and not _is_empty(sheet.columns[place]):
            message = f"{letters(place)} 列有内容却没有列名；请补上列名，或删去这一列"
            yield Problem("no-heading", "", None, message)


def _is_empty(cells: Column) -> bool:
    return isinstance(cells, pa.ChunkedArray) and cells.null_count == len(cells)
