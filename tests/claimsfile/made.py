"""Files made for tests: good claims, and workbooks that are odd in one way each."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from jineng.policy.identity import check_character

HEADINGS = ["申请编号", "补贴项目", "受理日期", "审核地区", "人员编号"]
NAMES = ["claim_id", "scheme", "applied_on", "region", "person_id"]
SHEET_XML = "xl/worksheets/sheet1.xml"


def person(birth: str = "19900101") -> str:
    """An identity number of nobody: sequence 000."""
    first = f"420106{birth}000"
    return first + check_character(first)


def claim(number: int = 1, **facts: Any) -> dict[str, Any]:
    """A claim with the columns that must be filled, and others."""
    return {
        "claim_id": f"C{number}",
        "scheme": "PRE",
        "applied_on": "2020-10-15",
        "region": "420100",
        "person_id": f"P{number}",
        **facts,
    }


def table(claims: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Headings and rows of claims."""
    names = list(dict.fromkeys(name for one in claims for name in one))
    return [names, *([one.get(name) for name in names] for one in claims)]


def as_csv(rows: Sequence[Sequence[Any]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def csv_file(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> Path:
    path.write_bytes(as_csv(rows).encode(encoding))
    return path


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook with these rows in these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def one_sheet(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    return workbook(path, {"申请": rows})


def parquet(path: Path, claims: Sequence[dict[str, Any]]) -> Path:
    names, *rows = table(claims)
    columns = [[row[place] for row in rows] for place in range(len(names))]
    pq.write_table(pa.table(columns, names=names), path)
    return path


def rezipped(
    source: Path, path: Path, change: Callable[[str, bytes], bytes | None] | None = None
) -> Path:
    """The workbook with its parts changed; None leaves a part out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            changed = change(name, part) if change else part
            if changed is not None:
                new.writestr(name, changed)
    return path


def sheet_changed(source: Path, path: Path, pattern: bytes, replacement: bytes) -> Path:
    """The workbook with the XML of its first sheet changed; the pattern must be there."""

    def change(name: str, part: bytes) -> bytes:
        if name != SHEET_XML:
            return part
        changed, count = re.subn(pattern, replacement, part)
        assert count, f"{pattern!r} is not in the sheet"
        return changed

    return rezipped(source, path, change)


def note(cell: Any) -> str:
    """The note on a cell."""
    return str(cell.comment.text)
