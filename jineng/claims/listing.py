"""The decisions of a batch as a list: narrowed, ordered, summed up, a page at a time.

It takes some 17 bytes a line in memory, for as long as the batch is among those lately looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.claims.files import BatchFiles
from jineng.claims.lines import ClaimListing, Coded, coded
from jineng.claims.models import Batch
from jineng.claims.summary import Totals, fen
from jineng.pages.kept import Kept

#: What lists may take up in the memory of one process.
MOST_BYTES = 256 * 1024 * 1024
#: The files that a list is made of, and what they hold.
LIST, NAMES = "list", "names"
CODED = ("scheme", "region", "applied_on", "outcome", "payee", "fen", "failed", "missing")
NAMED = ("claim_id", "person_id")
#: What a list is made from.
COLUMNS = [
    *("row", "claim_id", "person_id", "applied_on", "amount_yuan"),
    *("scheme", "region", "outcome", "payee", "failed", "missing"),
]
LINES_IN_A_GROUP = 8_192
#: Stands for the scheme in the reasons that are something missing, whatever the scheme.
NO_SCHEME = "-"


def keep_list(files: BatchFiles, decisions: pa.Table) -> None:
    """Writes what the list of these decisions is made of. ``decisions``: `COLUMNS`, any order."""
    names = decisions.select(NAMED)
    files.write_table(NAMES, names, lines_in_a_group=LINES_IN_A_GROUP, repeating=False)
    columns = {name: coded(decisions[name]) for name in CODED if name != "fen"}
    columns["fen"] = coded(fen(decisions["amount_yuan"]))
    rows = decisions["row"].combine_chunks()
    files.write_arrow(LIST, pa.table({"row": rows, **columns}))


@dataclass(frozen=True)
class Decisions(ClaimListing):
    """The lines of a decided batch.

    Filters are also ``reason``, see `_because`, and ``least`` and ``most``, in yuan.
    """

    @cached_property
    def totals(self) -> Totals:
        """What all of it comes to."""
        return self.summed_up(None)

    def lines(self, places: np.ndarray) -> list[dict[str, Any]]:
        """These lines: `CODED`, `NAMED` and ``row``."""
        names = self.files.take(NAMES, places, NAMED).to_pylist()
        columns = {name: (one.words, one.codes[places]) for name, one in self.columns.items()}
        return [
            name | {key: words[codes[at]] for key, (words, codes) in columns.items()} | {"row": row}
            for at, (name, row) in enumerate(zip(names, self.rows[places].tolist(), strict=True))
        ]

    def meets(self, name: str, word: str) -> np.ndarray:
        """Which lines meet a filter."""
        if name == "reason":
            return self._because(word)
        if name == "least":
            return self.columns["fen"].where(lambda one: one >= _fen(word))
        if name == "most":
            return self.columns["fen"].where(lambda one: one <= _fen(word))
        return super().meets(name, word)

    def _because(self, reason: str) -> np.ndarray:
        """Where this is a reason: ``PRE.passed``, a scheme's condition, or ``-.hours``, missing."""
        scheme, _dot, code = reason.rpartition(".")
        if scheme == NO_SCHEME:
            return self.columns["missing"].where(lambda codes: code in codes.split(";"))
        own = self.columns["scheme"].where(lambda one: one == scheme)
        return own & self.columns["failed"].where(lambda codes: code in codes.split(";"))

    def summed_up(self, places: np.ndarray | None) -> Totals:
        """What these lines come to; None: all of them."""
        codes = {
            name: one.codes if places is None else one.codes[places]
            for name, one in self.columns.items()
        }
        words = {name: one.words for name, one in self.columns.items()}
        return Totals.of(codes, words)


def _fen(yuan: str) -> int:
    whole, _dot, rest = yuan.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


_LISTINGS: Kept[str, Decisions] = Kept(MOST_BYTES, lambda one: one.nbytes)


def listing_of(batch: Batch) -> Decisions:
    """The list of a decided batch, from memory where it has not changed since."""
    files = BatchFiles(batch.pk)
    if not files.path(LIST).exists():
        # Decided before there were such files.
        keep_list(files, files.read_table("decisions", COLUMNS))
    lies = files.path(LIST).stat()
    state = (lies.st_ino, lies.st_mtime_ns)
    return _LISTINGS.of(str(batch.pk), lambda: _load(files), state=state)


def _load(files: BatchFiles) -> Decisions:
    table = files.read_arrow(LIST)
    columns = {name: Coded.of(table[name].combine_chunks()) for name in CODED}
    return Decisions(files, columns, table["row"].to_numpy(), NAMES)
