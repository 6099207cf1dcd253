"""What is wrong with a batch's files, as a list: narrowed, ordered, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from jineng.claims.files import BatchFiles
from jineng.claims.lines import Coded, Listing
from jineng.claims.models import Batch

#: So many rows are named; all of them are in the marked copy.
ROWS_NAMED = 12
_SHOWN = ("file", "sheet", "severity", "letters", "heading", "value", "message", "rows")


@dataclass(frozen=True)
class Problems(Listing):
    """All errors and warnings of both files, errors first.

    Filters: ``severity``, ``file``, and ``column``, the place of a heading among `headings`.
    Columns to order by: ``severity``, ``heading``, and ``count`` of rows.
    """

    @cached_property
    def headings(self) -> list[tuple[str, int]]:
        """The headings under which problems stand, with how many, in order of appearance."""
        return self.counted("heading")

    def counted(self, name: str) -> list[tuple[Any, int]]:
        """The words of a column, with how many, in order of appearance."""
        column = self.columns[name]
        codes, first, counts = np.unique(column.codes, return_index=True, return_counts=True)
        return [(column.words[codes[at]], int(counts[at])) for at in np.argsort(first)]

    def meets(self, name: str, word: str) -> np.ndarray:
        """Which problems meet a filter."""
        if name == "column":
            heading, _count = self.headings[int(word)]
            return self.columns["heading"].where(lambda one: one == heading)
        return super().meets(name, word)

    def lines(self, places: np.ndarray) -> list[dict[str, Any]]:
        """These problems, and where each stands."""
        return [_shown(one) for one in self.files.take("problems", places, _SHOWN).to_pylist()]


def problems_of(batch: Batch) -> Problems:
    """What is wrong with a checked batch."""
    files = BatchFiles(batch.pk)
    table = files.read_table("problems", ["severity", "file", "heading", "rows"])
    table = table.append_column("count", pc.list_value_length(table["rows"]))
    names = ("severity", "file", "heading", "count")
    return Problems(files, {name: Coded.of(table[name]) for name in names})


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
