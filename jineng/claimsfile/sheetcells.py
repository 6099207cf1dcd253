"""The cells of a sheet, in blocks of rows: plain sheets in pieces side by side, others whole.

calamine reads a sheet from end to end, in one thread, cell by cell. Nearly every sheet consists of
plain rows (see ``plainrows``). Such a sheet is cut between its rows, and of each piece the distinct
cells are given to calamine, in a small workbook with the styles and shared texts of the large one,
two pieces at a time. What calamine sees has then been unpacked and found to be plain, so that no
formula lacks its value, no cell is an error, and none lies so far out that the room before it fills
the memory. A sheet with anything else in it is looked through (see ``sheetxml``) and read whole.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from jineng.claimsfile.ahead import ahead
from jineng.claimsfile.blocks import Block
from jineng.claimsfile.container import Workbook, damaged
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.plainrows import Unusual, taken_apart
from jineng.claimsfile.sheetxml import SheetScan, scan
from jineng.claimsfile.source import letters

_THREADS = 2
#: Bytes of a piece's XML. Each piece brings the texts that the sheets share with it: where there
#: are many, pieces are so many times as large as these; where there are more, there are no pieces.
_PIECE, _SHARE, _MOST_SHARED = 4 << 20, 2, 16 << 20
_ROWS_AT_ONCE = 4_096
_LONGEST_OPENING, _LONGEST_TAIL = 1 << 20, 64 << 20
#: Columns in which the distinct cells of a piece are set out: A to Z.
_WIDTH = 26
#: What a workbook has besides sheets and what belongs to them: names, styles, shared texts.
_FRAME = re.compile(r"(?:_rels|xl|xl/_rels)/[^/]*\.(?:xml|rels)", re.IGNORECASE)


def whole_blocks(
    path: Path, archive: Workbook, name: str, part: str, found: SheetScan
) -> Generator[Block]:
    """The cells of a sheet that is read whole. What is amiss in it is put into ``found``.

    Errors: FileError where the sheet is damaged or spans too much.
    """
    scan(lambda: archive.blocks(part), found)
    with _refusing():
        cells = CalamineWorkbook.from_path(path).get_sheet_by_name(name)
    found.merged += cells.merged_cell_ranges or ()
    if cells.start is None or cells.end is None:
        return
    found.rows = cells.end[0] + 1
    rows = cells.iter_rows()
    row = 0
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        yield Block.of_rows(row, cells.start[1], block)
        row += len(block)


def plain_blocks(archive: Workbook, name: str, part: str, found: SheetScan) -> Generator[Block]:
    """The cells of a sheet of plain rows.

    Errors: FileError where the sheet is damaged; Unusual, at any block, where it is not plain.
    """
    names = [one for one in archive if _FRAME.fullmatch(one) and one != part]
    shared = sum(map(archive.size, names))
    if shared > _MOST_SHARED:
        raise Unusual
    frame = {one: b"".join(archive.blocks(one)) for one in names}
    blocks = archive.blocks(part)
    opening, rest = _opening(blocks)
    found.rows = opening.rows
    pieces = _pieces(opening.prefix, rest, blocks, max(_PIECE, _SHARE * shared))
    end = 0
    for block, merged in ahead(partial(_parsed, frame, name, part, opening), pieces, _THREADS):
        found.merged += merged
        if block.end == block.row:  # nothing in it
            continue
        if block.row < end:
            raise Unusual
        end = block.end
        yield block


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


@dataclass(frozen=True)
class _Opening:
    """What stands before a sheet's rows, and the prefix of its elements."""

    xml: bytes
    prefix: bytes

    @property
    def rows(self) -> int:
        """How many rows it says there are, or 0."""
        extent = re.search(rb'dimension ref="[A-Z0-9]+:[A-Z]+([0-9]{1,7})"', self.xml)
        return int(extent.group(1)) if extent else 0


def _opening(blocks: Iterator[bytes]) -> tuple[_Opening, bytes]:
    """What a sheet's XML says before its rows, and the beginning of these."""
    text = b""
    for block in blocks:
        text += block
        root = re.search(rb"<(\w+:)?worksheet[\s>]", text)
        prefix = (root.group(1) or b"") if root else b""
        before, start, rest = text.partition(b"<%bsheetData>" % prefix)
        if root and start:
            if re.search(rb"[<:]sheetData[\s/>]", before):
                break
            return _Opening(before + start, prefix), rest
        if len(text) > _LONGEST_OPENING:
            break
    raise Unusual


def _pieces(
    prefix: bytes, rest: bytes, blocks: Iterable[bytes], size: int
) -> Iterator[tuple[bytes, bytes]]:
    """The rows in pieces of about a size, each with what is to follow it."""
    end_of_row, end_of_rows = b"</%brow>" % prefix, b"</%bsheetData>" % prefix
    waiting, length = [rest], len(rest)
    for block in blocks:
        waiting.append(block)
        length += len(block)
        if length >= size:
            rows, end, rest = b"".join(waiting).rpartition(end_of_row)
            if end:
                yield rows + end, end_of_rows + b"</%bworksheet>" % prefix
            elif length > _LONGEST_TAIL:
                raise Unusual
            waiting, length = [rest], len(rest)
    rows, end, tail = b"".join(waiting).partition(end_of_rows)
    if not end:
        raise Unusual
    yield rows, end + tail


def _parsed(
    frame: dict[str, bytes], name: str, part: str, opening: _Opening, piece: tuple[bytes, bytes]
) -> tuple[Block, list[Any]]:
    """The cells of a piece, and the merged cells that are named behind it.

    Each distinct cell is given to calamine once, in a sheet of a small workbook.
    """
    rows, tail = piece
    found = taken_apart(rows, opening.prefix)
    small = BytesIO()
    with zipfile.ZipFile(small, "w") as archive:
        for one, text in frame.items():
            archive.writestr(one, text)
        with archive.open(part, "w") as sheet:
            for text in (opening.xml, _table(found.distinct, opening.prefix), tail):
                sheet.write(text)
    small.seek(0)
    try:
        with _refusing():
            cells = CalamineWorkbook.from_filelike(small).get_sheet_by_name(name)
    except FileError:  # the sheet as a whole is to show whether it can be read
        raise Unusual from None
    values: list[Any] = [""] * (-len(found.distinct) // _WIDTH * -_WIDTH)
    for row, line in enumerate(cells.to_python(skip_empty_area=False)):
        values[row * _WIDTH : row * _WIDTH + len(line)] = line
    return Block(found.first, values, found.places), cells.merged_cell_ranges or []


def _table(cells: pa.BinaryArray, prefix: bytes) -> bytes:
    """Cells set out in rows of columns A to Z."""
    places = np.arange(len(cells))
    columns = pa.array([letters(place).encode() for place in range(_WIDTH)])
    column = columns.take(pa.array(places % _WIDTH))
    row = pa.array(places // _WIDTH + 1).cast(pa.string()).cast(pa.binary())
    set_out = pc.binary_join_element_wise(b'<%bc r="' % prefix, column, row, cells, b"")
    return b"<%brow>%b</%brow>" % (prefix, b"".join(set_out.to_pylist()), prefix)
