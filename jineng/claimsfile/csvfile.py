"""CSV to text columns: UTF-8, GB18030 or UTF-16; parted by comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from jineng.claimsfile.errors import FileError, of_system
from jineng.claimsfile.headings import (
    FIRST_ROWS,
    heading_row,
    known_headings,
    no_headings,
)
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.source import ERROR_COLUMN, Cells, Source
from jineng.policy.intake import Problem

MAX_ROWS = 10_000_000
_BLOCK = 16 << 20
_HEAD = 1 << 20
_SAVE_AS_UTF8 = "请用 Excel 另存为“CSV UTF-8（逗号分隔）”"
_DELIMITERS = ",;\t"
_NAMED_LINES = 10

#: What a spreadsheet would run as a formula: writing puts an apostrophe before it, and reading
#: takes it off again.
FORMULA_START = "[=+@\t\r\n＝＋－＠-]"
_GUARDED = f"^'('*{FORMULA_START})"
_QUOTED_FORMULA = '^="([^"]*)"$'


@dataclass
class _Head:
    """The row of headings and where the lines begin. ``line``: its last physical line, from 1."""

    headings: list[str]
    delimiter: str
    line: int
    end: int


def read_csv(path: Path, progress: Progress = silent) -> Cells:
    """The text columns of a CSV file, empty cells null.

    Errors: FileError that names the line, where the file is no text, has no headings, has lines
    of unequal length or too many of them.
    """
    progress("读取 CSV", 0, 0)
    try:
        with pa.memory_map(str(path)) as file:
            text = _utf8(file.read_buffer())
    except OSError as error:
        raise of_system(error, path, "读取") from None
    try:
        head, table = _parsed(text)
    except pa.ArrowInvalid as error:
        if "UTF8" not in str(error):
            raise
        text = _from_gb18030(text)
        head, table = _parsed(text)
    body = text.slice(head.end)
    if table.num_rows > MAX_ROWS:
        raise too_many_rows(table.num_rows)
    source = Source(
        sheet=None,
        headings=tuple(head.headings),
        header_row=head.line,
        number_rows=lambda: _record_lines(body, table.num_rows) + head.line,
    )
    columns, problems = [], []
    for place, heading in enumerate(head.headings):
        column = table.column(place)
        if heading == ERROR_COLUMN or (not heading and column.null_count == len(column)):
            continue
        columns.append((heading, _unguarded(column)))
        if not heading:
            message = f"第 {place + 1} 列有内容却没有列名；请补上列名，或删去这一列"
            problems.append(Problem("no-heading", "", None, message))
    return Cells(columns, table.num_rows, source, problems)


def too_many_rows(count: int) -> FileError:
    """The error for a file with more lines than are read at once."""
    message = f"文件有 {count:,} 行，超过一次可处理的 {MAX_ROWS:,} 行"
    return FileError(message, "请分成几个文件")


def _utf8(content: pa.Buffer) -> pa.Buffer:
    """The content in UTF-8, brought there from UTF-16 or GB18030 where it plainly is in one."""
    start = content[:4].to_pybytes()
    if start.startswith(codecs.BOM_UTF8):
        return content.slice(3)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _transcoded(content, "utf-16")
    # only its head is looked at here: the parser checks the rest as it goes
    if _undecodable(content.slice(0, min(_HEAD, content.size)), "utf-8", final=False) is None:
        return content
    return _from_gb18030(content)


def _from_gb18030(content: pa.Buffer) -> pa.Buffer:
    """The content in UTF-8, known not to be in it yet."""
    wrong = _undecodable(content, "utf-8") or 0
    before = _bytes(content.slice(max(0, wrong - _HEAD), min(wrong, _HEAD)))
    if (before > 127).any() or _undecodable(content, "gb18030") is not None:
        # Chinese in UTF-8 stands before it: this is damage and not another encoding
        raise _not_text(content, wrong)
    return _transcoded(content, "gb18030")


def _undecodable(content: pa.Buffer, encoding: str, *, final: bool = True) -> int | None:
    """The place of the first byte that the encoding does not know; None where all are known."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, content.size, _BLOCK):
        block = content[start : start + _BLOCK].to_pybytes()
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block, final=final and start + _BLOCK >= content.size)
        except UnicodeDecodeError as error:
            return max(0, start - pending + error.start)
    return None


def _not_text(content: pa.Buffer, place: int) -> FileError:
    line = _count(content.slice(0, place), ord("\n")) + 1
    return FileError(
        f"第 {line} 行有无法识别的字符，文件既不是 UTF-8，也不是 GB18030 编码",
        _SAVE_AS_UTF8,
    )


def _transcoded(content: pa.Buffer, encoding: str) -> pa.Buffer:
    decoder = codecs.getincrementaldecoder(encoding)()
    sink = pa.BufferOutputStream()
    try:
        for start in range(0, content.size, _BLOCK):
            block = content[start : start + _BLOCK].to_pybytes()
            last = start + _BLOCK >= content.size
            sink.write(decoder.decode(block, final=last).encode())
    except UnicodeError:
        raise FileError("文件编码有误，读不了", _SAVE_AS_UTF8) from None
    return sink.getvalue()


def _bytes(text: pa.Buffer) -> np.ndarray:
    return np.frombuffer(text, dtype=np.uint8)


def _count(text: pa.Buffer, byte: int) -> int:
    content = _bytes(text)
    return sum(
        int(np.count_nonzero(content[start : start + _BLOCK] == byte))
        for start in range(0, len(content), _BLOCK)
    )


def _refuse_nul(text: pa.Buffer) -> None:
    content = _bytes(text)
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK]
        if not block.all():
            place = start + int(np.argmin(block != 0))
            line = _count(text.slice(0, place), ord("\n")) + 1
            message = f"第 {line} 行含有空字符（NUL），文件可能已损坏，或不是 CSV"
            raise FileError(message, "请重新导出为 CSV UTF-8")


def _head(text: pa.Buffer) -> _Head:
    """The row of headings among the first rows, and what parts the cells."""
    raw = text[:_HEAD].to_pybytes()
    lines = raw.splitlines(keepends=True)
    if text.size > _HEAD and len(lines) > 1:
        lines.pop()
    readings = {mark: list(_rows(lines, mark)) for mark in _DELIMITERS}
    known = {
        mark: max((known_headings(row) for row, _ in rows), default=0)
        for mark, rows in readings.items()
    }
    delimiter = max(_DELIMITERS, key=lambda mark: known[mark])
    rows = readings[delimiter]
    place = heading_row([row for row, _ in rows])
    if place is None:
        raise no_headings([row for row, _ in rows], "文件")
    row, line = rows[place]
    return _Head([cell.strip() for cell in row], delimiter, line, sum(map(len, lines[:line])))


def _rows(lines: list[bytes], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """The first rows and the physical line on which each ends."""
    text = (line.decode("utf-8", "replace") for line in lines)
    reader = csv.reader(text, delimiter=delimiter)
    try:
        for row in reader:
            yield row, reader.line_num
            if reader.line_num >= FIRST_ROWS:
                return
    except csv.Error:
        return


def _parsed(text: pa.Buffer) -> tuple[_Head, pa.Table]:
    """The headings, and the lines below them as text columns.

    Errors: ArrowInvalid where the text is not UTF-8.
    """
    _refuse_nul(text)
    head = _head(text)
    body = text.slice(head.end)
    names = [str(place) for place in range(len(head.headings))]
    if not body.size:
        return head, pa.table({name: pa.array([], pa.string()) for name in names})
    ragged: list[pacsv.InvalidRow] = []

    def note(row: pacsv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    try:
        table = pacsv.read_csv(
            pa.BufferReader(body),
            read_options=pacsv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=pacsv.ParseOptions(
                delimiter=head.delimiter,
                newlines_in_values=_count(body, ord('"')) > 0,
                invalid_row_handler=note,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise
        if "straddling" in str(error):
            raise FileError("有引号没有成对，分不出各行", '请检查单元格里的双引号（"）') from None
        raise FileError("CSV 格式有误，读不了", _SAVE_AS_UTF8) from None
    if ragged:
        raise _ragged(body, head)
    return head, table


def _ragged(body: pa.Buffer, head: _Head) -> FileError:
    """Which lines are longer or shorter than the headings."""
    lines = (line.decode() for line in body.to_pybytes().splitlines(keepends=True))
    reader = csv.reader(lines, delimiter=head.delimiter)
    width, named, count, last = len(head.headings), list[str](), 0, 0
    for row in reader:
        if row and len(row) != width:
            count += 1
            if len(named) < _NAMED_LINES:
                named.append(f"第 {head.line + last + 1} 行有 {len(row)} 列")
        last = reader.line_num
    more = f"，等共 {count} 行" if count > len(named) else ""
    return FileError(
        f"每行应有 {width} 列（与表头一致），但{'、'.join(named)}{more}",
        '请检查这些行里多出或缺少的分隔符；内容里有逗号时，要用双引号（"）括起来',
    )


def _record_lines(body: pa.Buffer, count: int) -> np.ndarray:
    """The physical line, from 1, on which each record begins; empty lines are no records."""
    content = _bytes(body)
    newline = ord("\n") if _count(body, ord("\n")) else ord("\r")
    starts = [np.zeros(1, dtype=np.int64)]
    filled: list[np.ndarray] = []
    quotes = line = 0
    previous = -1
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK]
        ends = np.flatnonzero(block == newline)
        marks = np.flatnonzero(block == ord('"'))
        whole = (quotes + np.searchsorted(marks, ends)) % 2 == 0
        starts.append(line + 1 + np.flatnonzero(whole))
        edges = np.concatenate(([previous], start + ends[whole]))
        filled.append(_not_empty(content, edges))
        previous = int(edges[-1])
        quotes += len(marks)
        line += len(ends)
    filled.append(_not_empty(content, np.array([previous, len(content)])))
    return np.concatenate(starts)[np.concatenate(filled)][:count] + 1


def _not_empty(content: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Whether anything but an end of line stands between each two edges."""
    length = np.diff(edges) - 1
    first = content[np.minimum(edges[:-1] + 1, len(content) - 1)]
    return (length > 1) | ((length == 1) & (first != ord("\r")))


def _unguarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells without what was put before or around them to keep a spreadsheet from reckoning."""
    if pc.any(pc.starts_with(column, "'")).as_py():
        column = pc.replace_substring_regex(column, _GUARDED, r"\1")
    if pc.any(pc.starts_with(column, '="')).as_py():
        column = pc.replace_substring_regex(column, _QUOTED_FORMULA, r"\1")
    return column
