"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from jineng.claimsfile.errors import FileError, of_system
from jineng.claimsfile.sheetxml import MAX_ROWS

_LONGEST_TEXT = 32_767


@contextmanager
def saved(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``, which takes its place once the block has ended well.

    Errors: FileError where the system refuses: full disk, no permission, no such folder.
    """
    temporary = path.with_name(f".jineng-{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except XlsxFileError as error:
        cause = error.args[0] if error.args else None
        raise of_system(cause if isinstance(cause, OSError) else OSError(), path, "写入") from None
    except OSError as error:
        raise of_system(error, path, "写入") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def new_workbook(path: Path, *, constant_memory: bool = True) -> Iterator[Any]:
    """A workbook to be filled row by row; saved when the block ends well. No cell is a formula.

    Its sheets wait in a folder beside ``path``: what is private there stays there.

    Errors: FileError as for ``saved``.
    """
    with saved(path) as temporary, _beside(path) as folder:
        book = xlsxwriter.Workbook(
            str(temporary),
            {
                "constant_memory": constant_memory,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        book.use_zip64()
        try:
            yield book
            book.close()
        finally:
            if constant_memory:
                for sheet in book.worksheets():
                    sheet._opt_close()


@contextmanager
def _beside(path: Path) -> Iterator[str]:
    try:
        folder = tempfile.TemporaryDirectory(prefix=".jineng-", dir=path.parent)
    except OSError as error:
        raise of_system(error, path, "写入") from None
    with folder:
        yield folder.name


def refuse_too_long(count: int) -> None:
    """Refuse more lines than a sheet has rows.

    Errors: FileError.
    """
    if count >= MAX_ROWS:
        message = f"共 {count:,} 行，超过一张工作表的 {MAX_ROWS - 1:,} 行"
        raise FileError(message, "请写成 .csv 文件")


def refuse_long_cells(column: Any) -> None:
    """Refuse a column with a text longer than a sheet's cell holds.

    Errors: FileError.
    """
    if pa.types.is_dictionary(column.type) or not pa.types.is_string(column.type):
        return
    if (pc.max(pc.utf8_length(column)).as_py() or 0) > _LONGEST_TEXT:
        message = f"有内容超过一个单元格的 {_LONGEST_TEXT:,} 字"
        raise FileError(message, "请写成 .csv 文件")
