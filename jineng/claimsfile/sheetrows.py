"""The many rows of a sheet, written column by column into a workbook that is otherwise finished.

A library that writes workbooks takes each cell in its hand, which is most of the time that a file
of decisions takes. Here XlsxWriter makes everything but the rows: parts, styles, widths, headings
and, below them, one row of empty cells that shows each column's style. That row is replaced by
those of the table, whose XML is put together from whole columns, while the block before it is
being compressed.

Texts are texts (inline strings), whatever they begin with: no cell runs as a formula.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.claimsfile.ahead import ahead
from jineng.claimsfile.saving import FIRST_DAY
from jineng.claimsfile.source import letters

#: XlsxWriter's name for the first sheet of a workbook.
FIRST_SHEET = "xl/worksheets/sheet1.xml"
_ROWS_AT_ONCE = 5_000
#: Quick rather than tight: as it is, the XML is packed to a fifteenth.
_LEVEL = 1
_FIRST_ROW = 2
_MODEL_ROW = re.compile(rb'<row r="2"[^>]*>(.*?)</row>')
_STYLED_CELL = re.compile(rb'<c r="([A-Z]+)2" s="([0-9]+)"/>')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_END_OF_ROWS = b"</sheetData>"
#: As large as a part can get before the ZIP must say so at its beginning.
_LARGE_PART = 2 << 30
_LONGEST_MARKUP = 80
_LONGEST_ESCAPE = 7
_DAYS_BEFORE_1970 = 25_569

#: What may not stand in a cell as it is: markup, white space at either end, control characters,
#: which a sheet writes as _x001B_, and what would be read as one of these.
_AWKWARD = (
    r"[&<>\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|^[\s\pZ\x{85}]|[\s\pZ\x{85}]$|_x[0-9A-Fa-f]{4}_"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LIKE_CONTROL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def put_rows(
    finished: BinaryIO, target: Path, part: str, table: pa.Table, written: Callable[[int], None]
) -> None:
    """Write the finished workbook to ``target`` with a table's rows below a sheet's headings.

    ``part``: the sheet's name in the ZIP; its second row shows the columns' styles. ``table``:
    columns of texts, numbers, decimals, dates and yes/no; empty texts make no cell. ``written``
    is told how many rows are. Errors: OSError.
    """
    with (
        zipfile.ZipFile(finished) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
    ):
        for other in source.infolist():
            if other.filename != part:
                archive.writestr(other, source.read(other))
        head, styles, tail = _parted(source.read(part), table)
        large = _longest_xml(table) > _LARGE_PART
        with archive.open(part, "w", force_zip64=large) as sheet:
            sheet.write(head)
            done = 0
            for rows in ahead(partial(_block, table, styles), _starts(table), threads=1):
                sheet.write(rows)
                done = min(done + _ROWS_AT_ONCE, table.num_rows)
                written(done)
            sheet.write(tail)


def _parted(xml: bytes, table: pa.Table) -> tuple[bytes, list[str], bytes]:
    """What stands before the rows, each column's style ("" for none), and what stands after."""
    model = _MODEL_ROW.search(xml)
    shown = dict(_STYLED_CELL.findall(model.group(1))) if model else {}
    styles = [
        shown.get(letters(place).encode(), b"").decode() for place in range(len(table.columns))
    ]
    end = xml.index(_END_OF_ROWS)
    corner = f"{letters(table.num_columns - 1)}{table.num_rows + 1}"
    head = xml[: model.start() if model else end]
    head = _DIMENSION.sub(b'<dimension ref="A1:%s"/>' % corner.encode(), head, count=1)
    return head, styles, xml[end:]


def _longest_xml(table: pa.Table) -> int:
    """More bytes than a table's rows can come to."""
    texts = sum(column.nbytes for column in table.columns)
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            words = [pc.max(pc.binary_length(chunk.dictionary)).as_py() for chunk in column.chunks]
            texts += len(column) * max((length or 0 for length in words), default=0)
    return table.num_rows * table.num_columns * _LONGEST_MARKUP + texts * _LONGEST_ESCAPE


def _starts(table: pa.Table) -> Iterator[int]:
    yield from range(0, table.num_rows, _ROWS_AT_ONCE)


def _block(table: pa.Table, styles: list[str], start: int) -> bytes:
    """The XML of some rows of the table."""
    piece = table.slice(start, _ROWS_AT_ONCE)
    numbers = pa.array(np.arange(piece.num_rows) + start + _FIRST_ROW).cast(pa.string())
    cells = []
    for place, (column, style) in enumerate(zip(piece.columns, styles, strict=True)):
        array = column.combine_chunks()
        if array.null_count < len(array):
            content = _contents(array, f' s="{style}"' if style else "")
            cells.append(_joined(f'<c r="{letters(place)}', numbers, '"', content, "</c>"))
    rows = pc.binary_join_element_wise(
        '<row r="', numbers, '">', *cells, "</row>", "", null_handling="replace"
    )
    return b"".join(rows.cast(pa.binary()).to_pylist())


def _joined(*parts: Any) -> pa.Array:
    """Texts put end to end; null where one of them is."""
    return pc.binary_join_element_wise(*parts, "")


def _contents(array: pa.Array, style: str) -> pa.Array:
    """What stands in each cell behind its place; null where there is none."""
    kind = array.type
    if pa.types.is_boolean(kind):
        array, kind = pc.if_else(array, "是", "否"), pa.string()
    if pa.types.is_date(kind):
        days = array.cast(pa.date32()).cast(pa.int32())
        numbers = _numbers(pc.add(days, _DAYS_BEFORE_1970), style)
        early = pc.less(array, pa.scalar(FIRST_DAY, kind))
        return pc.if_else(early, _texts(array.cast(pa.string()), style), numbers)
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return _texts(array.cast(pa.string()), style)
    if pa.types.is_floating(kind):  # a sheet has no number for what is none
        array = pc.if_else(pc.is_finite(array), array, pa.scalar(None, kind))
    return _numbers(array, style)


def _numbers(array: pa.Array, style: str) -> pa.Array:
    """Numbers as they are written; money never is a float, so none of it comes out askew."""
    return _joined(f"{style}><v>", array.cast(pa.string()), "</v>")


def _texts(array: pa.Array, style: str) -> pa.Array:
    """Each distinct text once."""
    encoded = array.dictionary_encode()
    texts = encoded.dictionary
    cells = _joined(f'{style} t="inlineStr"><is><t>', texts, "</t></is>")
    awkward = pc.match_substring_regex(texts, _AWKWARD)
    if pc.any(awkward).as_py():
        spelt = [_spelt_out(text, style) for text in texts.filter(awkward).to_pylist()]
        cells = pc.replace_with_mask(cells, awkward, pa.array(spelt, pa.string()))
    cells = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), cells)
    return cells.take(encoded.indices)


def _spelt_out(text: str, style: str) -> str:
    """The content of a cell whose text can't stand there as it is."""
    text = _LIKE_CONTROL.sub("_x005F_", text)
    text = _CONTROL.sub(lambda found: f"_x{ord(found.group()):04X}_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is>'
