"""CSV to columns: plain or gzip; UTF-8, GB18030 or UTF-16; parted by comma, semicolon or tab.

The text is cut at ends of lines into pieces, which are parsed side by side.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import os
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.people.errors import Refused
from jineng.people.tables.columns import Gathering, Heading, Progress, Table, Told
from jineng.people.tables.headings import FIRST_ROWS, Headings, find, known

_PIECE = 16 << 20
# Pieces that are parsed and wait to be put together.
_BEHIND = 64
_DELIMITERS = ",;\t"
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'
_TEXTS = pa.dictionary(pa.int32(), pa.string())
_SAVE_AS_UTF8 = gettext_lazy("请另存为 CSV UTF-8 后再导入。")


class _NotUtf8(Exception):
    """Bytes that are not UTF-8 after all."""


@dataclass(frozen=True)
class _Parsed:
    """A piece of the text. Lines of the file are counted from 0 where it begins.

    ``height``: how many there are; ``numbers``: those of its rows, None where they follow one
    another; ``torn``: rows that are too long or short.
    """

    columns: list[pa.DictionaryArray]
    count: int
    height: int
    numbers: np.ndarray | None = None
    torn: tuple[Told, ...] = ()


@dataclass(frozen=True)
class _Placed:
    """Where the rows of a piece stand: the piece's first line, counted from 1, and as above."""

    line: int
    count: int
    numbers: np.ndarray | None


def read_delimited(path: Path, headings: Sequence[Heading], progress: Progress) -> Table:
    """The columns of a CSV file. Raises Refused where it is no text or lacks headings."""
    try:
        for encoding in _encodings(path):
            try:
                return _read(path, encoding, headings, progress)
            except _NotUtf8:
                continue
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise Refused(_("压缩文件已损坏或不完整，请重新导出。")) from None
    raise Refused(_("文件编码有误，读不了。") + str(_SAVE_AS_UTF8))


def _read(path: Path, encoding: str, headings: Sequence[Heading], progress: Progress) -> Table:
    size = path.stat().st_size
    with path.open("rb") as raw, _opened(raw) as file:
        pieces = _pieces(file, encoding)
        head, delimiter, body = _head(next(pieces, b""), headings)
        gathered = [Gathering() for _name in head.places]
        placed: list[_Placed] = []
        torn: list[Told] = []
        line = head.row + 2
        with ThreadPoolExecutor(1) as gathering:
            behind: deque[Future[None]] = deque()
            for piece in _side_by_side(chain([body], pieces), head, delimiter):
                behind.append(gathering.submit(_gather, gathered, piece.columns))
                if len(behind) > _BEHIND:
                    behind.popleft().result()
                placed.append(_Placed(line, piece.count, piece.numbers))
                torn += [one._replace(line=one.line + line) for one in piece.torn]
                line += piece.height
                progress(_("读取文件"), raw.tell(), size)
            columns = gathering.submit(lambda: [one.column() for one in gathered]).result()
    given = dict(zip(head.places, columns, strict=True))
    return Table(
        headings=tuple(headings),
        columns=given,
        count=sum(piece.count for piece in placed),
        rows=_Rows(placed),
        given=frozenset(given),
        unused=head.unused,
        torn=torn,
    )


def _gather(gathered: list[Gathering], columns: list[pa.DictionaryArray]) -> None:
    for column, part in zip(gathered, columns, strict=True):
        column.add(part)
    columns.clear()


def _opened(raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(2)
    raw.seek(0)
    if magic == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]
    # closing it closes nothing that is not closed anyway
    return raw


def _encodings(path: Path) -> list[str]:
    """The encodings that a file may be in, by how it begins."""
    with path.open("rb") as raw, _opened(raw) as file:
        start = file.read(1 << 20)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    if b"\0" in start:
        raise Refused(_("文件含有空字符，不是 CSV，或已损坏。") + str(_SAVE_AS_UTF8))
    if start.isascii():
        return ["utf-8-sig", "gb18030"]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
        return [encoding]
    raise Refused(_("文件既不是 UTF-8，也不是 GB18030 编码。") + str(_SAVE_AS_UTF8))


def _blocks(file: IO[bytes], encoding: str) -> Iterator[bytes]:
    """The bytes of the file in UTF-8."""
    if encoding == "utf-8-sig":
        block = file.read(_PIECE).removeprefix(codecs.BOM_UTF8)
        while block:
            yield block
            block = file.read(_PIECE)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(_PIECE):
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise _NotUtf8 from None


def _pieces(file: IO[bytes], encoding: str) -> Iterator[bytes]:
    """The text cut at ends of lines."""
    rest = b""
    for block in _blocks(file, encoding):
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join((rest, memoryview(block)[:end]))
            rest = block[end:]
        else:
            rest += block
    if rest:
        yield rest


def _count(text: bytes, byte: int) -> int:
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == byte))


def _head(first: bytes, headings: Sequence[Heading]) -> tuple[Headings, str, bytes]:
    """The headings, what parts the cells, and the rest of the first piece."""
    lines = first[: 1 << 20].splitlines(keepends=True)[:FIRST_ROWS]
    texts = [line.decode("utf-8", "replace") for line in lines]
    readings = {mark: _rows(texts, mark) for mark in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda mark: known(readings[mark], headings)[1])
    head = find(readings[delimiter], headings)
    above = sum(map(len, lines[: head.row + 1]))
    return head, delimiter, first[above:]


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Each line by itself: a heading has no line break in it."""
    try:
        return [next(csv.reader([line], delimiter=delimiter), []) for line in lines]
    except csv.Error:
        return []


def _side_by_side(pieces: Iterable[bytes], head: Headings, delimiter: str) -> Iterator[_Parsed]:
    """The pieces parsed, in their order; a few at a time, so that memory keeps within bounds."""
    threads = os.cpu_count() or 1
    waiting: deque[Future[_Parsed]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for piece in pieces:
            waiting.append(pool.submit(_parsed, piece, head, delimiter))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _parsed(text: bytes, head: Headings, delimiter: str) -> _Parsed:
    wanted = [str(place) for place in head.places.values()]
    height = _count(text, _NEWLINE)
    if not text or text.isspace():
        nothing = pa.array([], pa.string()).dictionary_encode()
        return _Parsed([nothing for _place in wanted], 0, height)
    torn: list[pacsv.InvalidRow] = []
    try:
        table = _table(text, head, delimiter, None)
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error) or not _is_utf8(text):
            raise _NotUtf8 from None
        try:
            table = _table(text, head, delimiter, torn)
        except pa.ArrowInvalid:
            raise Refused(_("CSV 格式有误，读不了。") + str(_SAVE_AS_UTF8)) from None
    columns = [table.column(name).combine_chunks() for name in wanted]
    count = table.num_rows
    if not torn and count in (height, height + 1):
        return _Parsed(columns, count, height)
    lines = _record_lines(text)
    whole = np.ones(len(lines), dtype=bool)
    whole[[row.number - 1 for row in torn]] = False
    told = tuple(_told(row, int(lines[row.number - 1]), len(head.found)) for row in torn)
    return _Parsed(columns, count, height, lines[whole][:count], told)


def _table(
    text: bytes, head: Headings, delimiter: str, torn: list[pacsv.InvalidRow] | None
) -> pa.Table:
    """The wanted columns of a piece; rows that are too long or short go to ``torn``.

    Errors: ArrowInvalid where there are such rows and they are not asked for.
    """

    def note(row: pacsv.InvalidRow) -> str:
        assert torn is not None
        torn.append(row)
        return "skip"

    wanted = [str(place) for place in head.places.values()]
    return pacsv.read_csv(
        pa.BufferReader(text),
        read_options=pacsv.ReadOptions(
            column_names=[str(place) for place in range(len(head.found))],
            use_threads=False,
            block_size=len(text) + 1,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter, invalid_row_handler=None if torn is None else note
        ),
        convert_options=pacsv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, _TEXTS),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _told(row: pacsv.InvalidRow, line: int, width: int) -> Told:
    if "\n" in row.text:
        return Told(line, "", "", _("这一行的双引号没有成对，后面的行都连在了一起"))
    return Told(
        line,
        "",
        "",
        _("这一行有 %(columns)s 列，表头有 %(width)s 列；内容里有分隔符时要用双引号括起来")
        % {"columns": row.actual_columns, "width": width},
    )


def _record_lines(text: bytes) -> np.ndarray:
    """The lines, from 0, on which records begin: not the empty ones, nor within quotes."""
    raw = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(raw == _NEWLINE)
    starts = np.concatenate(([0], ends + 1))
    length = np.append(ends, len(raw)) - starts
    first = raw[np.minimum(starts, len(raw) - 1)]
    filled = (length > 1) | ((length == 1) & (first != _RETURN))
    inside = np.searchsorted(np.flatnonzero(raw == _QUOTE), starts) % 2 == 1
    return np.flatnonzero(filled & ~inside)


class _Rows:
    """Where lines stand in the file, asked only where one has to be named."""

    def __init__(self, pieces: Sequence[_Placed]) -> None:
        self._pieces = pieces
        self._ends = np.cumsum([piece.count for piece in pieces])

    def __call__(self, lines: np.ndarray) -> np.ndarray:
        of = np.searchsorted(self._ends, lines, side="right")
        found = np.empty(len(lines), dtype=np.int64)
        for at, (line, number) in enumerate(zip(lines.tolist(), of.tolist(), strict=True)):
            row = line - (int(self._ends[number - 1]) if number else 0)
            piece = self._pieces[number]
            found[at] = piece.line + (row if piece.numbers is None else piece.numbers[row])
        return found
