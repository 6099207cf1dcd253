"""What is wrong with a batch's files, as a list: narrowed, ordered, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch

#: So many rows are named; all of them are in the marked copy.
ROWS_NAMED = 12


@dataclass(frozen=True)
class Problems:
    """All errors and warnings of both files, errors first; of each what it is narrowed by."""

    files: BatchFiles
    table: pa.Table

    @cached_property
    def columns(self) -> list[tuple[str, int]]:
        """The headings under which problems stand, with how many, in order of appearance."""
        return self._counted("heading")

    @property
    def severities(self) -> list[tuple[str, int]]:
        """Errors and warnings, and how many of each."""
        return self._counted("severity")

    @property
    def in_files(self) -> list[tuple[str, int]]:
        """The files in which there are any, and how many."""
        return self._counted("file")

    def _counted(self, name: str) -> list[tuple[str, int]]:
        counts = pc.value_counts(self.table[name]).to_pylist()
        return [(one["values"], one["counts"]) for one in counts]

    def under(self, filters: Mapping[str, str]) -> ProblemLines:
        """Those of one severity, file and column; "" or a missing word asks for all.

        ``column``: the place of a heading among `columns`.
        """
        keep = np.ones(self.table.num_rows, dtype=bool)
        words = {name: filters.get(name, "") for name in ("severity", "file")}
        column = filters.get("column", "")
        words["heading"] = self.columns[int(column)][0] if column else ""
        for name, word in words.items():
            if word or (name == "heading" and column):
                keep &= pc.equal(self.table[name], word).to_numpy()
        return ProblemLines(self, np.flatnonzero(keep))


@dataclass(frozen=True)
class ProblemLines:
    """The problems that are wanted, as a list of pages takes them."""

    problems: Problems
    places: np.ndarray

    def order_by(self, *keys: str) -> ProblemLines:
        """By ``place`` (as they stand in the file), ``severity``, ``heading`` or ``count``."""
        if not keys:
            return self
        name, down = keys[0].removeprefix("-"), keys[0].startswith("-")
        if name == "place":
            return replace(self, places=self.places[::-1] if down else self.places)
        column = self.problems.table[name]
        ranks = pc.rank(column, tiebreaker="dense").to_numpy().astype(np.int64)[self.places]
        order = np.argsort(-ranks if down else ranks, kind="stable")
        return replace(self, places=self.places[order])

    def count(self) -> int:
        """How many."""
        return len(self.places)

    def __getitem__(self, part: slice) -> ProblemLines:
        return replace(self, places=self.places[part])

    def iterator(self, chunk_size: int) -> Iterator[dict[str, Any]]:
        """All of them, so many at a time."""
        for start in range(0, len(self.places), chunk_size):
            yield from self[start : start + chunk_size]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = ["file", "sheet", "severity", "letters", "heading", "value", "message", "rows"]
        found = self.problems.files.take("problems", self.places, names)
        return map(_shown, found.to_pylist())


def problems_of(batch: Batch) -> Problems:
    """What is wrong with a checked batch."""
    files = BatchFiles(batch.pk)
    table = files.read_table("problems", ["severity", "file", "heading", "rows"])
    count = pc.list_value_length(table["rows"])
    return Problems(files, table.drop_columns(["rows"]).append_column("count", count))


def _shown(problem: dict[str, Any]) -> dict[str, Any]:
    rows = problem["rows"]
    named = _("、").join(str(row) for row in rows[:ROWS_NAMED])
    words = {"rows": named, "count": len(rows)}
    where = _("整列") if not rows else _("第 %(rows)s 行") % words
    if len(rows) > ROWS_NAMED:
        where = _("第 %(rows)s 等 %(count)s 行") % words
    if problem["sheet"]:
        where = f"{problem['sheet']} · {where}"
    return problem | {"count": len(rows), "where": where}
