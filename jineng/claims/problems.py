"""What is wrong with a batch's files, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch

PROBLEMS_ON_A_PAGE = 50
#: So many rows are named at first; the rest on demand, up to what a page can bear.
ROWS_NAMED = 12
ROWS_LISTED = 500


@dataclass(frozen=True)
class Problems:
    """The problems of one kind, error or warning, in both files."""

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def columns(self) -> list[tuple[str, int]]:
        """The headings under which problems stand, with how many, in order of appearance."""
        counts = pc.value_counts(self.table["heading"]).to_pylist()
        return [(one["values"], one["counts"]) for one in counts]

    def under(self, heading: str | None) -> Problems:
        """Those under one heading; all for None."""
        if heading is None:
            return self
        return Problems(self.table.filter(pc.equal(self.table["heading"], heading)))

    def page(self, number: int) -> list[dict[str, Any]]:
        """The problems of a page, counted from 1, ready to be shown."""
        start = (number - 1) * PROBLEMS_ON_A_PAGE
        return [_shown(one) for one in self.table.slice(start, PROBLEMS_ON_A_PAGE).to_pylist()]


def problems_of(batch: Batch) -> tuple[Problems, Problems]:
    """Errors and warnings of a checked batch."""
    table = BatchFiles(batch.pk).read_table("problems")
    of_kind = table["severity"]
    errors = table.filter(pc.equal(of_kind, "error"))
    return Problems(errors), Problems(table.filter(pc.equal(of_kind, "warning")))


def _shown(problem: dict[str, Any]) -> dict[str, Any]:
    rows = problem["rows"]
    return problem | {
        "count": len(rows),
        "named": rows[:ROWS_NAMED],
        "more": rows[ROWS_NAMED:ROWS_LISTED],
        "unlisted": max(0, len(rows) - ROWS_LISTED),
    }
