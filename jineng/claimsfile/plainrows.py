"""Plain rows of a sheet taken apart: which cells there are, and where each of them stands.

Most cells of a large sheet say what others say already: yes, a date, a kind of certificate. So the
XML of its rows is cut into cells without being parsed, and only the distinct ones are left to be
parsed. That is safe where nothing else is in the rows, which is checked to the last byte: each
cell says in which column and in which row it stands, this one; is no error; and has a value where
it has a formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Columns A to BZ.
MAX_COLUMNS = 78
#: How far apart the rows of one piece may be: there is room for all rows between them.
MAX_SPAN = 1 << 17
_A, _Z = ord("A"), ord("Z")
#: A cell from the end of its place on, p: where elements carry a prefix.
_CELL = (
    rb'\A"(?: (?:s="[0-9]+"|t="(?:s|n|str|b|d|inlineStr)"))*'
    rb"(?: ?/>|>(?:"
    rb"(?:<p:f(?: [^<>]*)?(?:/>|>[^<]*</p:f>))?<p:v>[^<]+</p:v>|<p:v></p:v>|"
    rb"<p:is><p:t(?: [^<>]*)?(?:/>|>[^<]*</p:t>)</p:is>"
    rb")?</p:c>)\z"
)
_EMPTY_ROWS = rb"(?:<p:row(?: [^<>]*)?/>)*"
_ROW = rb'\A%b<p:row(?: [^<>]*?)? r="(?P<number>[0-9]{1,7})"(?: [^<>]*)?>\z' % _EMPTY_ROWS
_REST = rb"\A%b\z" % _EMPTY_ROWS


class Unusual(Exception):
    """A sheet that holds more than plain rows."""


@dataclass(frozen=True)
class PlainRows:
    """Cells of some rows. ``first``: the first row, counted from 0.

    ``distinct``: each cell once, its XML from the end of its place on. ``places``: by column and
    row, the cell's place among them; -1 where there is none.
    """

    first: int
    distinct: pa.BinaryArray
    places: np.ndarray


def taken_apart(xml: bytes, prefix: bytes) -> PlainRows:
    """The cells of rows, whose XML this is. ``prefix``: that of its elements, with the colon.

    Errors: Unusual where there is anything else.
    """
    parted = pc.split_pattern(pa.array([xml], pa.binary()), b"</%brow>" % prefix).values
    rows, rest = parted.slice(0, len(parted) - 1), parted.slice(len(parted) - 1)
    if not _all_match(rest, _REST, prefix):
        raise Unusual
    if not len(rows):
        return PlainRows(0, rest.slice(0, 0), np.empty((0, 0), dtype=np.int32))
    # of each row first its own tag, then its cells
    tags_and_cells = pc.split_pattern(rows, b'<%bc r="' % prefix)
    begins = np.asarray(tags_and_cells.offsets)
    texts = tags_and_cells.values
    numbers = _numbers(texts.take(pa.array(begins[:-1])), prefix)
    is_cell = np.ones(len(texts), dtype=bool)
    is_cell[begins[:-1]] = False
    row = np.repeat(np.arange(len(rows)), np.diff(begins) - 1)
    columns, cells = _located(texts, is_cell, pa.array(numbers).cast(pa.string()), row)
    encoded = cells.dictionary_encode()
    if not _all_match(encoded.dictionary, _CELL, prefix):
        raise Unusual
    shape = (int(columns.max(initial=-1)) + 1, int(numbers[-1] - numbers[0]) + 1)
    places = np.full(shape, -1, dtype=np.int32)
    places[columns, (numbers - numbers[0])[row]] = np.asarray(encoded.indices)
    return PlainRows(int(numbers[0]) - 1, encoded.dictionary, places)


def _all_match(texts: pa.BinaryArray, pattern: bytes, prefix: bytes) -> bool:
    found = pc.match_substring_regex(texts, _prefixed(pattern, prefix))
    return bool(pc.all(found, min_count=0).as_py())


def _prefixed(pattern: bytes, prefix: bytes) -> bytes:
    return re.sub(rb"(</?)p:", lambda found: found.group(1) + prefix, pattern)


def _numbers(tags: pa.BinaryArray, prefix: bytes) -> np.ndarray:
    """The rows' numbers, counted from 1.

    Errors: Unusual where a row does not say its number, or they do not ascend, or jump far.
    """
    found = pc.extract_regex(tags, _prefixed(_ROW, prefix))
    if found.null_count:
        raise Unusual
    numbers = np.asarray(found.field("number").cast(pa.string()).cast(pa.int32()))
    if numbers[0] < 1 or (np.diff(numbers) < 1).any() or numbers[-1] - numbers[0] >= MAX_SPAN:
        raise Unusual
    return numbers


def _located(
    texts: pa.BinaryArray, is_cell: np.ndarray, numbers: pa.StringArray, row: np.ndarray
) -> tuple[np.ndarray, pa.BinaryArray]:
    """Each cell's column, counted from 0, and what stands behind its place.

    Errors: Unusual where a place is none, or lies in another row or too far to the right.
    """
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32, count=len(texts) + 1)
    letters = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)
    starts, ends = offsets[:-1][is_cell], offsets[1:][is_cell]
    digits = np.asarray(pc.binary_length(numbers))[row]
    if (starts + digits + 2 >= ends).any():
        raise Unusual
    first, second = letters[starts].astype(np.int32), letters[starts + 1].astype(np.int32)
    double = second >= _A
    columns = np.where(double, (first - _A + 1) * 26 + second, first) - _A
    if ((first < _A) | (first > _Z) | (second > _Z) | (columns >= MAX_COLUMNS)).any():
        raise Unusual
    starts = starts + 1 + double
    behind = starts + digits
    said = _cut_out(texts, starts, behind)
    here = pc.equal(said, numbers.cast(pa.binary()).take(pa.array(row)))
    if not pc.all(here, min_count=0).as_py():
        raise Unusual
    return columns, _cut_out(texts, behind, ends)


def _cut_out(texts: pa.BinaryArray, starts: np.ndarray, ends: np.ndarray) -> pa.BinaryArray:
    """What stands in the texts' bytes between these places, which ascend.

    Every other one of as many texts as there are places; between them stands what is left out.
    """
    count = len(starts)
    places = np.stack([starts, ends], axis=1).astype(np.int32).ravel()
    last = places[-1:] if count else np.zeros(1, dtype=np.int32)
    offsets = pa.py_buffer(np.concatenate([places, last]))
    buffers = [None, offsets, texts.buffers()[2]]
    between = pa.Array.from_buffers(pa.binary(), 2 * count, buffers)
    return between.take(pa.array(np.arange(0, 2 * count, 2, dtype=np.int32)))
