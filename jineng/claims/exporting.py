"""Decisions as a file: those that are wanted, in the order that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jineng import claimsfile
from jineng.claims import engine
from jineng.claims.files import BatchFiles, plain_room
from jineng.claims.listing import listing_of
from jineng.claims.models import Batch, Run
from jineng.claims.runs import Report
from jineng.claimsfile.progress import Progress
from jineng.core.addresses import unsealed_search
from jineng.policy import Intake

#: What each ending is called by browsers.
ENDINGS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
#: More lines than these take longer than somebody waits for an answer: a worker makes them.
AT_ONCE = {"xlsx": 20_000, "csv": 200_000, "parquet": 200_000}
#: With the facts before them, a line is four times as long.
FACTS_COST = 4


def is_long(ending: str, lines: int, *, facts: bool) -> bool:
    """Whether a file of so many lines is for a worker to make."""
    return lines * (FACTS_COST if facts else 1) > AT_ONCE[ending]


def places_of(batch: Batch, asked: dict[str, Any]) -> np.ndarray:
    """The lines that are asked for. ``asked``: ``filters`` as `Listing.chosen` takes them, but for
    the search, which is sealed; ``sort``."""
    listing, filters = listing_of(batch), dict(asked["filters"])
    filters["search"] = unsealed_search(filters.get("search", ""))
    return listing.ordered(listing.chosen(filters), asked["sort"])


def write(
    path: Path,
    batch: Batch,
    places: np.ndarray,
    *,
    facts: bool = False,
    progress: Progress | None = None,
) -> None:
    """Writes these decisions, with the facts before them where that is wanted.

    Raises FileError, as where a workbook can't hold so many.
    """
    files = BatchFiles(batch.pk)
    wanted = pa.array(places)
    given = None
    if facts:
        given = Intake(files.read_table("facts").drop_columns(["row"]).take(wanted))
    claimsfile.write_decisions(
        path,
        files.read_table("decisions").take(wanted),
        facts=given,
        schemes=engine.pack_of(batch.release).schemes,
        for_excel=True,
        progress=progress,
    )


def made(run: Run, report: Report) -> dict[str, Any]:
    """The file of a run. ``asked``: ``ending``, ``facts``, and as `places_of`."""
    batch, asked = run.batch, run.asked
    files, places = BatchFiles(batch.pk), places_of(batch, asked)
    report(0, len(places))
    with plain_room() as room:
        path = room / f"decisions.{asked['ending']}"
        write(
            path,
            batch,
            places,
            facts=asked["facts"],
            progress=lambda _words, done, total: report(done, total),
        )
        report(len(places), len(places))
        files.seal(run.file, path)
        return {"lines": len(places), "bytes": path.stat().st_size}
