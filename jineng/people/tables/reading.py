"""A file to columns, by what it really is and not by its name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.utils.translation import gettext as _

from jineng.people.errors import Refused
from jineng.people.tables.columns import Column, Heading, Progress, Table, silent
from jineng.people.tables.delimited import read_delimited
from jineng.people.tables.parquet import read_parquet
from jineng.people.tables.workbook import read_workbook

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read(path: Path, headings: Sequence[Heading], progress: Progress = silent) -> Table:
    """The columns of a file, and what it can't be read for line by line.

    Raises Refused where it can't be read as a whole, lacks a heading or holds no line.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise Refused(_("读取 %(name)s 失败：%(why)s。") % _of_system(error, path)) from None
    if not magic:
        raise Refused(_("文件是空的。"))
    if magic == _OLD_EXCEL:
        raise Refused(_("这是旧的 Excel 格式（.xls），请另存为 .xlsx 或 CSV 后再导入。"))
    reader = {b"PAR1": read_parquet, b"PK\x03\x04": read_workbook}.get(magic, read_delimited)
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(_sha256, path)
        table = reader(path, headings, progress)
        table.sha256 = sha256.result()
    if not table.count and not table.torn:
        raise Refused(_("文件只有表头，下面没有内容。"))
    for heading in headings:
        table.columns.setdefault(heading.name, Column.empty(table.count))
    return table


def _of_system(error: OSError, path: Path) -> dict[str, str]:
    return {"name": path.name, "why": error.strerror or str(error)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
