"""What a file holds before any of it is understood, and where each cell stands in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.intake import Cells as ColumnCells
from jineng.policy.intake import Column, Problem

#: Sheets and the column that a marked copy or a template adds, and that reading passes over.
ERROR_SHEET = "错误清单"
GUIDE_SHEET = "填写说明"
ERROR_COLUMN = "错误"
#: The claims that a template shows how to fill in, and that its user should have deleted.
EXAMPLE_CLAIMS = ("示例-1", "示例-2", "示例-3")


def letters(place: int) -> str:
    """A column's letters in a spreadsheet, counted from 0: 0 → A, 26 → AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass
class Source:
    """Sheet, headings and row numbers of a claims file.

    ``sheet``: the sheet's name, None for CSV and Parquet. ``headings``: each column's heading as
    written, by its place in the file. ``header_row``: the row of the headings, counted from 1;
    0 where the format keeps none. ``number_rows``: gives each line's row in the file, counted
    from 1; called only where a row has to be named.
    """

    sheet: str | None
    headings: tuple[str, ...]
    header_row: int
    number_rows: Callable[[], np.ndarray]

    @cached_property
    def rows(self) -> np.ndarray:
        """Each line's row in the file, counted from 1."""
        return self.number_rows()

    def places(self, heading: str) -> list[int]:
        """Where columns with this heading stand, counted from 0."""
        return [place for place, written in enumerate(self.headings) if written == heading]


@dataclass
class Cells:
    """The columns of a file under their headings as written.

    ``problems``: what was met while taking the cells out (formulas without a value, merged cells);
    their ``column`` is the heading as written.
    """

    columns: list[tuple[str, Column]]
    num_rows: int
    source: Source
    problems: list[Problem] = field(default_factory=list)

    def drawn(self) -> Cells:
        """The same with every column drawn from the file."""
        return replace(self, columns=[(heading, drawn(column)) for heading, column in self.columns])

    def without_empty_rows(self) -> Cells:
        """The same without the rows in which nothing stands."""
        empty = np.ones(self.num_rows, dtype=bool)
        for problem in self.problems:
            empty[list(problem.rows)] = False
        for _, column in self.columns:
            cells = drawn(column)
            places = np.flatnonzero(empty)
            if not len(places):
                return self
            empty[places[_filled(cells, places)]] = False
        if not empty.any():
            return self
        keep = np.flatnonzero(~empty)
        line_of = np.cumsum(~empty) - 1
        number_rows = self.source.number_rows
        return Cells(
            columns=[(heading, _taken(cells, keep)) for heading, cells in self.drawn().columns],
            num_rows=len(keep),
            source=replace(self.source, number_rows=lambda: number_rows()[keep]),
            problems=[
                replace(problem, rows=tuple(line_of[list(problem.rows)].tolist()))
                for problem in self.problems
            ],
        )


def drawn(column: Column) -> ColumnCells:
    """A column's cells, drawn from the file if they weren't yet."""
    return column() if callable(column) else column


def _filled(cells: ColumnCells, places: np.ndarray) -> np.ndarray:
    """Which of these places hold anything but white space."""
    if not isinstance(cells, pa.Array | pa.ChunkedArray):
        return np.array([not _blank(cells[place]) for place in places.tolist()], dtype=bool)
    chosen: Any = cells if len(places) == len(cells) else cells.take(pa.array(places))
    filled = pc.is_valid(chosen)
    if pa.types.is_string(chosen.type):
        bare = pc.or_(pc.equal(chosen, ""), pc.utf8_is_space(chosen))
        filled = pc.and_(filled, pc.invert(pc.fill_null(bare, False)))
    return np.asarray(filled)


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _taken(cells: Column, places: np.ndarray) -> Column:
    cells = drawn(cells)
    if isinstance(cells, pa.Array | pa.ChunkedArray):
        return cells.take(pa.array(places))
    return [cells[place] for place in places.tolist()]
