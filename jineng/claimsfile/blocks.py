"""Rows of a sheet's cells on their way into columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.policy.intake import Cells as Column

#: Kinds of cells of which a column can be made, by their number; 0 is an empty cell, -1 any other.
_KINDS: tuple[tuple[type, pa.DataType], ...] = (
    (str, pa.string()),
    (float, pa.float64()),
    (bool, pa.bool_()),
    (date, pa.date32()),
)
_NUMBER_OF_KIND = {kind: number for number, (kind, _) in enumerate(_KINDS, start=1)}


class Block:
    """Some rows of a sheet. ``row``: the first of them, counted from 0.

    ``values``: the cells as calamine gives them, each at least once; ``places``: by column and
    row, where among them a cell stands, -1 for an empty one.
    """

    def __init__(self, row: int, values: list[Any], places: np.ndarray) -> None:
        self.row = row
        self._values = values
        numbers = (0 if value == "" else _NUMBER_OF_KIND.get(type(value), -1) for value in values)
        self._kinds = np.fromiter(chain(numbers, [0]), dtype=np.int8)
        self._places = np.where(self._kinds[places] == 0, -1, places)
        self._typed = {
            number: pa.array([v if type(v) is kind else None for v in values], arrow)
            for number, (kind, arrow) in enumerate(_KINDS, start=1)
            if (self._kinds == number).any()
        }

    @classmethod
    def of_rows(cls, row: int, column: int, rows: list[list[Any]]) -> Block:
        """A block of rows of equal length, whose first cell stands in this column."""
        count, width = len(rows), len(rows[0])
        places = np.full((column + width, count), -1)
        places[column:] = np.arange(count * width).reshape(count, width).T
        return cls(row, list(chain.from_iterable(rows)), places)

    @property
    def width(self) -> int:
        """Columns from the first of the sheet to the last of the block."""
        return len(self._places)

    @property
    def end(self) -> int:
        """The row below the last in which anything stands."""
        filled = np.flatnonzero((self._places >= 0).any(axis=0))
        return self.row + int(filled[-1]) + 1 if len(filled) else self.row

    def line(self, row: int) -> list[Any]:
        """The cells of a row, counted from the first of the block."""
        return ["" if place < 0 else self._values[place] for place in self._places[:, row].tolist()]

    def column(self, column: int, first: int, end: int) -> Column:
        """A column's cells from a row to before another, counted from the first of the sheet.

        An Arrow array where they are of one kind, else a list with None for an empty cell.
        """
        places = self._places[column, first - self.row : end - self.row]
        filled = places >= 0
        kinds = self._kinds[places[filled]]
        if not len(kinds):
            return pa.nulls(len(places))
        kind = int(kinds[0])
        if kind > 0 and (kinds == kind).all():
            return self._typed[kind].take(pa.array(places, mask=~filled))
        return [None if place < 0 else self._values[place] for place in places.tolist()]


class Grid:
    """Columns that grow block by block, from a row on; between the blocks they are empty."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._columns: list[list[Column]] = []
        self._lengths: list[int] = []
        self.rows = 0

    def add(self, block: Block) -> None:
        """Put a block below what is there."""
        first, end = max(block.row, self._first), block.end
        if end <= first:
            return
        for place in range(block.width):
            cells = block.column(place, first, end)
            self._reach(place, first - self._first)
            self._columns[place].append(cells)
            self._lengths[place] += len(cells)
        self.rows = end - self._first

    def columns(self, width: int) -> list[Column]:
        """So many columns or more, all as long as the longest."""
        for place in range(max(width, len(self._columns))):
            self._reach(place, self.rows)
        return [_joined(parts) for parts in self._columns]

    def _reach(self, place: int, rows: int) -> None:
        """Make a column so long."""
        while len(self._columns) <= place:
            self._columns.append([])
            self._lengths.append(0)
        if missing := rows - self._lengths[place]:
            self._columns[place].append(pa.nulls(missing))
            self._lengths[place] = rows


def _joined(parts: Iterable[Column]) -> Column:
    """The parts of a column as one: an Arrow array where all have one type, else a list."""
    parts = list(parts)
    arrays = [part for part in parts if isinstance(part, pa.Array)]
    types = {array.type for array in arrays} - {pa.null()}
    if len(types) <= 1 and len(arrays) == len(parts):
        kind = types.pop() if types else pa.null()
        return pa.chunked_array([array.cast(kind) for array in arrays], type=kind)
    cells: list[object] = []
    for part in parts:
        cells += part.to_pylist() if isinstance(part, pa.Array) else part
    return cells
