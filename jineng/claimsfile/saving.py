"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from jineng.claimsfile.errors import FileError, of_system
from jineng.claimsfile.sheetxml import MAX_ROWS

_LONGEST_TEXT = 32_767
#: Sheets agree on dates from 1901 on; before, some count a day that there never was.
FIRST_DAY = date(1901, 1, 1)
#: No text becomes anything but a text.
_AS_GIVEN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


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
    # loaded here: it takes a tenth of a second that no other kind of file needs
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxFileError

    with saved(path) as temporary, _beside(path) as folder:
        where = {"constant_memory": constant_memory, "tmpdir": folder}
        book = Workbook(str(temporary), _AS_GIVEN | where)
        book.use_zip64()
        try:
            yield book
            book.close()
        except XlsxFileError as error:
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError() from None
        finally:
            if constant_memory:
                for sheet in book.worksheets():
                    sheet._opt_close()


@contextmanager
def made_workbook(into: BinaryIO) -> Iterator[Any]:
    """A small workbook that is put into memory when the block ends well."""
    from xlsxwriter import Workbook

    book = Workbook(into, _AS_GIVEN | {"in_memory": True})
    yield book
    book.close()


@contextmanager
def _beside(path: Path) -> Iterator[str]:
    try:
        folder = tempfile.TemporaryDirectory(prefix=".jineng-", dir=path.parent)
    except OSError as error:
        raise of_system(error, path, "写入") from None
    with folder:
        yield folder.name


def write_text(sheet: Any, row: int, place: int, text: str, style: Any = None) -> None:
    """A text as it is.

    One that begins and ends as XlsxWriter's own rich texts do would be put into the sheet as
    markup; a space behind it, which nobody sees, keeps it a text.
    """
    markup = text.startswith("<r>") and text.endswith("</r>")
    sheet.write_string(row, place, f"{text} " if markup else text, style)


def write_date(sheet: Any, row: int, place: int, cell: date, style: Any) -> None:
    """A date, as text where it lies before those that sheets agree on."""
    if cell.year >= FIRST_DAY.year:
        sheet.write_datetime(row, place, cell, style)
    else:
        sheet.write_string(row, place, str(cell), style)


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
