"""The cells of a sheet, in blocks of rows: plain sheets in pieces side by side, others whole.

calamine reads a sheet from end to end, in one thread. Nearly every sheet consists of plain rows:
cells that say where they are, each with a value. Such a sheet is cut between its rows, and each
piece is given to calamine as a small workbook of its own, several at a time. What calamine then
sees has been unpacked and found to be plain, so that no formula lacks its value, no cell is an
error, and none lies so far out that the room before it fills the memory. A sheet with anything
else in it is looked through with ``sheetxml.scan`` and read whole.
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

import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from jineng.claimsfile.ahead import ahead
from jineng.claimsfile.container import Workbook, damaged
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.sheetxml import SheetScan, scan

#: While two threads parse, a third makes Python's objects of the cells, which takes as long.
_THREADS = 2
#: Bytes of a piece's XML. Each piece brings the texts that the sheets share with it: where there
#: are many, pieces are so many times as large as these; where there are more, there are no pieces.
_PIECE, _SHARE, _MOST_SHARED = 4 << 20, 2, 16 << 20
#: How far apart the rows of a piece may be.
_MOST_ROWS = 1 << 17
_ROWS_AT_ONCE = 4_096
_LONGEST_HEAD, _LONGEST_TAIL = 1 << 20, 64 << 20
#: What a workbook has besides sheets and what belongs to them: names, styles, shared texts.
_FRAME = re.compile(r"(?:_rels|xl|xl/_rels)/[^/]*\.(?:xml|rels)", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """Rows of cells, each as long as the others; where the first cell stands, counted from 0."""

    row: int
    column: int
    rows: list[list[Any]]


class Unusual(Exception):
    """A sheet that holds more than plain rows."""


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
        yield Block(row, cells.start[1], block)
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
    plain, rest = _opening(blocks)
    found.rows = plain.rows
    size = max(_PIECE, _SHARE * shared)
    row = 0
    work = partial(_parsed, frame, name, part, plain)
    for cells in ahead(work, _pieces(plain, rest, blocks, size), _THREADS):
        # only the last piece has what follows the rows
        found.merged += cells.merged_cell_ranges or ()
        if cells.start is None or cells.end is None:
            continue
        if cells.start[0] < row:
            raise Unusual
        row = cells.end[0] + 1
        yield Block(*cells.start, cells.to_python())


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


class _Plain:
    """How the rows of one sheet look if they are plain; its elements may carry a prefix.

    ``head``: the XML up to the rows; ``rows``: as many as it says there are, or 0.
    """

    def __init__(self, head: bytes, prefix: bytes) -> None:
        self.head = head
        self.end_of_row = b"</%brow>" % prefix
        self.end_of_rows = b"</%bsheetData>" % prefix
        self.tail = b"</%bsheetData></%bworksheet>" % (prefix, prefix)
        extent = re.search(rb'<%bdimension ref="[A-Z0-9]+:[A-Z]+([0-9]{1,7})"' % prefix, head)
        self.rows = int(extent.group(1)) if extent else 0
        self._row = re.compile(rb'<%brow(?: [^<>]*?)? r="([0-9]{1,7})"' % prefix)
        self._start_of_row = b"<%brow " % prefix
        cell = (
            rb'<pc r="[AB]?[A-Z](?:{numbers})"'
            rb'(?: (?:s="[0-9]+"|t="(?:s|n|str|b|d|inlineStr)"))*'
            rb"(?: ?/>|>(?:"
            rb"(?:<pf(?: [^<>]*)?(?:/>|>[^<]*</pf>))?<pv>[^<]+</pv>|<pv></pv>|"
            rb"<pis><pt(?: [^<>]*)?(?:/>|>[^<]*</pt>)</pis>"
            rb")?</pc>)"
        )
        rows = rb"\A(?:<prow(?: [^<>]*)?(?:/>|>(?:" + cell + rb")*</prow>))*\z"
        self._rows = re.sub(rb"(</?)p(?=[a-z])", rb"\1" + prefix, rows)

    def check(self, rows: bytes) -> None:
        """Errors: Unusual where these are not plain rows, or rows far from one another."""
        if not rows:
            return
        first = self._row.match(rows)
        last = self._row.match(rows, rows.rfind(self._start_of_row))
        if first is None or last is None:
            raise Unusual
        numbers = range(int(first.group(1)) // 1_000, int(last.group(1)) // 1_000 + 1)
        if not 0 < len(numbers) * 1_000 <= _MOST_ROWS:
            raise Unusual
        # by thousands, so that no cell of the piece can be far from the others
        near = b"|".join(b"%d[0-9]{3}" % n if n else b"[0-9]{1,3}" for n in numbers)
        pattern = self._rows.replace(b"{numbers}", near)
        if not pc.match_substring_regex(pa.array([rows], pa.binary()), pattern)[0].as_py():
            raise Unusual


def _opening(blocks: Iterator[bytes]) -> tuple[_Plain, bytes]:
    """What a sheet's XML says before its rows, and the beginning of these."""
    text = b""
    for block in blocks:
        text += block
        root = re.search(rb"<(\w+:)?worksheet[\s>]", text)
        prefix = (root.group(1) or b"") if root else b""
        head, start, rest = text.partition(b"<%bsheetData>" % prefix)
        if root and start:
            if re.search(rb"[<:]sheetData[\s/>]", head):
                break
            return _Plain(head + start, prefix), rest
        if len(text) > _LONGEST_HEAD:
            break
    raise Unusual


def _pieces(
    plain: _Plain, rest: bytes, blocks: Iterable[bytes], size: int
) -> Iterator[tuple[bytes, bytes]]:
    """The rows in pieces of about a size, each with what is to follow it."""
    waiting, length = [rest], len(rest)
    for block in blocks:
        waiting.append(block)
        length += len(block)
        if length >= size:
            rows, end, rest = b"".join(waiting).rpartition(plain.end_of_row)
            if end:
                yield rows + end, plain.tail
            elif length > _LONGEST_TAIL:
                raise Unusual
            waiting, length = [rest], len(rest)
    rows, end, tail = b"".join(waiting).partition(plain.end_of_rows)
    if not end:
        raise Unusual
    yield rows, end + tail


def _parsed(
    frame: dict[str, bytes], name: str, part: str, plain: _Plain, piece: tuple[bytes, bytes]
) -> CalamineSheet:
    """A piece of a sheet, read as the sheet of a small workbook."""
    rows, tail = piece
    plain.check(rows)
    small = BytesIO()
    with zipfile.ZipFile(small, "w") as archive:
        for one, text in frame.items():
            archive.writestr(one, text)
        with archive.open(part, "w") as sheet:
            for text in (plain.head, rows, tail):
                sheet.write(text)
    small.seek(0)
    try:
        with _refusing():
            return CalamineWorkbook.from_filelike(small).get_sheet_by_name(name)
    except FileError:  # the sheet as a whole is to show whether it can be read
        raise Unusual from None
