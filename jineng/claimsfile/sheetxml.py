"""What the XML of a sheet that is not plain tells: formulas never reckoned, errors, extent.

A formula without a cached value and an error cell both read as empty, so as "not known"; and a
sheet with one cell in its last corner is given room for every cell before it. The XML is looked
through in blocks with regular expressions, at some hundred megabytes a second; a sheet written in
an unusual way is looked through a second time, slowly and exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from jineng.claimsfile.container import damaged
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.source import letters

MAX_ROWS = 1_048_576
#: Rows times columns that a sheet may span: all rows as far as column BZ.
MAX_AREA = MAX_ROWS * 78
_LONGEST_ROW = 64 << 20


@dataclass
class SheetScan:
    """Cells by row and column counted from 0.

    ``unreckoned``: formulas without a value; ``errors``: error cells with what they show;
    ``merged``: the first and the last cell of merged ones; ``rows``: how many there are as far as
    the sheet says, or 0.
    """

    unreckoned: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    rows: int = 0


def scan(blocks: Callable[[], Iterable[bytes]], found: SheetScan) -> None:
    """Look through a sheet's XML. ``blocks``: gives the XML from its start, each time it is called.

    Errors: FileError where the sheet spans too much to be opened, or is no sheet.
    """
    odd = False
    shape: _Shape | None = None
    for text in _whole_rows(blocks()):
        if shape is None:
            shape = _Shape(text)
        odd = odd or shape.odd.search(text) is not None
        if shape.formula_mark in text:
            found.unreckoned += _unreckoned(shape, text)
        if b't="e"' in text:
            found.errors += _errors(shape, text)
    if shape is not None and odd:
        _check_extent(shape, blocks())


class _Shape:
    """Patterns for the elements of one sheet, whose names may carry a prefix."""

    def __init__(self, start: bytes) -> None:
        root = re.search(rb"<(\w+:)?worksheet[\s>]", start)
        if root is None:
            raise damaged()
        p = root.group(1) or b""
        # anything but a cell with its place first, within columns A to BZ and the rows of a sheet
        self.odd = re.compile(
            rb'<%bc(?=[\s>/])(?! r="[AB]?[A-Z](?:[0-9]{1,6}|10[0-4][0-9]{4})")' % p
        )
        self.formula_mark = b"<%bf" % p
        self.formula = re.compile(
            rb"<%bc(\s[^>]*)?>\s*<%bf(?:\s[^>]*)?(?:/>|>[^<]*</%bf>)\s*(<%bv>[^<])?" % (p, p, p, p)
        )
        self.error = re.compile(
            rb'<%bc(\s[^>]*?t="e"[^>]*)>(?:\s*<%bf(?:\s[^>]*)?(?:/>|>[^<]*</%bf>))?\s*<%bv>([^<]*)<'
            % (p, p, p, p)
        )
        self.element = re.compile(rb"<%b(row|c)(\s[^>]*?)?(/?)>(?=(\s*<[^/])?)" % p)


_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"']([0-9]{1,9})[\"']")


def _whole_rows(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks cut at the ends of rows, so that no cell is torn."""
    rest = b""
    for block in blocks:
        text = rest + block
        cut = text.rfind(b"row>") + 4
        if cut < 4:
            # no end of a row for so long: what follows the rows, or a row beyond all measure
            cut = len(text) if len(text) > _LONGEST_ROW else 0
        if cut:
            yield text[:cut]
        rest = text[cut:]
    if rest:
        yield rest


def _unreckoned(shape: _Shape, text: bytes) -> Iterator[tuple[int, int]]:
    for cell in shape.formula.finditer(text):
        attributes = cell.group(1) or b""
        # t="str" without a value is a formula whose outcome is an empty text
        if cell.group(2) is None and b't="str"' not in attributes and b't="e"' not in attributes:
            yield _place(attributes)


def _errors(shape: _Shape, text: bytes) -> Iterator[tuple[int, int, str]]:
    for cell in shape.error.finditer(text):
        yield (*_place(cell.group(1)), cell.group(2).decode("utf-8", "replace"))


def _place(attributes: bytes) -> tuple[int, int]:
    found = _REFERENCE.search(attributes)
    if found is None:
        message = "工作表中有公式没有结果，文件又没有写明在哪个单元格"
        raise FileError(message, "请用 Excel 打开并另存一份")
    return int(found.group(2)) - 1, column_place(found.group(1).decode())


def column_place(name: str) -> int:
    """A column's place counted from 0 of its letters: A → 0."""
    place = 0
    for character in name:
        place = place * 26 + ord(character) - ord("A") + 1
    return place - 1


def _check_extent(shape: _Shape, blocks: Iterable[bytes]) -> None:
    """Refuse a sheet whose filled cells span more than may be opened."""
    row = last_row = last_column = column = 0
    for text in _whole_rows(blocks):
        for element in shape.element.finditer(text):
            attributes = element.group(2) or b""
            if element.group(1) == b"row":
                number = _ROW_NUMBER.search(attributes)
                row, column = (int(number.group(1)) if number else row + 1), 0
                continue
            place = _REFERENCE.search(attributes)
            column = column_place(place.group(1).decode()) + 1 if place else column + 1
            if element.group(3) or not element.group(4):
                continue
            last_row = max(last_row, int(place.group(2)) if place else row)
            last_column = max(last_column, column)
    if last_row > MAX_ROWS or last_row * last_column > MAX_AREA:
        end = f"{letters(last_column - 1)}{last_row}"
        message = f"工作表一直延伸到单元格 {end}，范围过大，未打开"
        raise FileError(message, "请删去数据区以外的内容（选中多余的行、列后“删除”），再保存")
