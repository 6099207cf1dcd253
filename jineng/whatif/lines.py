"""Who it is, down to lines: a trial's lines as a list, narrowed, ordered, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from jineng.claims.files import BatchFiles
from jineng.claims.lines import ClaimListing, Coded
from jineng.claims.models import Run
from jineng.claims.summary import fen
from jineng.core.crypto import open_encrypted
from jineng.pages.kept import Kept
from jineng.policy.facts import GROUPS, NO_GROUP
from jineng.whatif.models import Trial

#: What lists may take up in the memory of one process.
MOST_BYTES = 128 * 1024 * 1024
_CODED = ("scheme", "region", "applied_on", "change", "person_groups")
#: The word for a person whose groups are not known.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Changed(ClaimListing):
    """The claims with which something else happens. ``shown``: all columns of their file.

    Filters are also ``change`` and ``group``; ``gained`` is in 分.
    """

    shown: tuple[str, ...]

    def meets(self, name: str, word: str) -> np.ndarray:
        """Which lines meet a filter."""
        if name == "group":
            return self.columns["person_groups"].where(lambda mask: _belongs(mask, word))
        return super().meets(name, word)

    def lines(self, places: np.ndarray) -> list[dict[str, Any]]:
        """These lines, whole, in this order."""
        found: list[dict[str, Any]] = self.files.take(self.numbers, places, self.shown).to_pylist()
        return found

    def gained(self, places: np.ndarray) -> int:
        """What these lines gain in all, in 分."""
        column = self.columns["gained"]
        counts = np.bincount(column.codes[places], minlength=len(column.words)).tolist()
        return sum(count * word for count, word in zip(counts, column.words, strict=True))


def _belongs(mask: int | None, group: str) -> bool:
    if mask is None:
        return group == UNKNOWN
    if group == NO_GROUP:
        return mask == 0
    return group in GROUPS and bool(mask >> list(GROUPS).index(group) & 1)


_LISTINGS: Kept[str, Changed] = Kept(MOST_BYTES, lambda one: one.nbytes)


def listing_of(run: Run) -> Changed:
    """The lines of a trial's run. Raises FileNotFoundError where they are no longer kept."""
    files = BatchFiles(run.batch_id)
    files.path(run.file).stat()
    return _LISTINGS.of(str(run.pk), lambda: _load(files, run.file))


def _load(files: BatchFiles, name: str) -> Changed:
    with open_encrypted(files.path(name)) as sealed, pq.ParquetFile(sealed) as file:
        known = tuple(file.schema_arrow.names)
    wanted = [one for one in _CODED if one in known]
    table = files.read_table(name, ["row", "difference_yuan", *wanted])
    columns = {one: Coded.of(table[one]) for one in wanted}
    for one in set(_CODED) - set(wanted):  # a fact that nobody told
        columns[one] = Coded(np.zeros(table.num_rows, dtype=np.int8), [None])
    columns["gained"] = Coded.of(fen(table["difference_yuan"]))
    return Changed(files, columns, table["row"].to_numpy(), name, known)


def has_lines(trial: Trial) -> bool:
    """Whether its lines are still kept."""
    run = trial.run
    return run is not None and BatchFiles(run.batch_id).path(run.file).exists()
