"""XLSX to columns, for files of an office's size."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from python_calamine import CalamineError, CalamineWorkbook

from jineng.people.errors import Refused
from jineng.people.tables.columns import Gathering, Heading, Progress, Table
from jineng.people.tables.headings import FIRST_ROWS, find, known

MOST_UNPACKED = 1 << 30
_CSV_INSTEAD = gettext_lazy("请另存为 CSV UTF-8 后再导入。")
# A cell with a formula and without its value, which would read as an empty one.
_UNRECKONED = re.compile(
    rb'<c r="([A-Z]+\d+)"[^>]*>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)


def read_workbook(path: Path, headings: Sequence[Heading], progress: Progress) -> Table:
    """The columns of the one sheet with the headings. Raises Refused."""
    progress(_("读取工作簿"), 0, 0)
    _look_inside(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except CalamineError:
        raise Refused(_("工作簿打不开，可能已损坏或加了密码。") + str(_CSV_INSTEAD)) from None
    rows = [[_shown(cell) for cell in row] for row in _chosen(sheets, headings)]
    head = find(rows[:FIRST_ROWS], headings)
    below = rows[head.row + 1 :]
    filled = np.array([any(row) for row in below], dtype=bool)
    lines = [row for row, has in zip(below, filled.tolist(), strict=True) if has]
    given = {}
    for name, place in head.places.items():
        column = Gathering()
        cells = [row[place] or None if place < len(row) else None for row in lines]
        column.add(pa.array(cells, pa.string()).dictionary_encode())
        given[name] = column.column()
    numbers = np.flatnonzero(filled) + head.row + 2
    return Table(
        headings=tuple(headings),
        columns=given,
        count=len(lines),
        rows=lambda wanted: numbers[wanted],
        given=frozenset(given),
        unused=head.unused,
    )


def _look_inside(path: Path) -> None:
    """Refuses what would unpack to more than memory holds, and formulas without a value."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused(_("工作簿太大。") + str(_CSV_INSTEAD))
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _refuse_unreckoned(archive.read(part))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        raise Refused(_("工作簿已损坏或加了密码。") + str(_CSV_INSTEAD)) from None


def _refuse_unreckoned(sheet: bytes) -> None:
    cells = [found.group(1).decode() for found in _UNRECKONED.finditer(sheet)]
    if cells:
        shown = "、".join(cells[:10]) + (_("等 %s 处") % len(cells) if len(cells) > 10 else "")
        raise Refused(
            _("单元格 %(cell)s 的公式没有计算结果；请用 Excel 打开后重新保存，或粘贴为数值。")
            % {"cell": shown}
        )


def _chosen(
    sheets: dict[str, list[list[Any]]], headings: Sequence[Heading]
) -> Iterator[list[Any]] | list[list[Any]]:
    """The rows of the one sheet that has the headings and something below them."""
    counts = {
        name: known([[_shown(cell) for cell in row] for row in rows[:FIRST_ROWS]], headings)[1]
        for name, rows in sheets.items()
    }
    most = max(counts.values(), default=0)
    fitting = [name for name, count in counts.items() if count == most and sheets[name]]
    if most and len(fitting) > 1:
        names = "、".join(f"“{name}”" for name in fitting)
        raise Refused(_("工作表%s都有这样的列，不知道该读哪一张；请只保留一张。") % names)
    return sheets[fitting[0]] if fitting else []


def _shown(cell: Any) -> str:
    """A cell as its sheet shows it."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return str(cell.date())
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
