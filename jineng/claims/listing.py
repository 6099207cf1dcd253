"""The decisions of a batch as a list: filtered, sorted, a page at a time.

A batch's list is kept in memory, decrypted, for as long as it is among those lately looked at;
a hundred thousand lines are filtered in a few milliseconds.
"""

from __future__ import annotations

import operator
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch
from jineng.claims.summary import fen
from jineng.core.addresses import unsealed_search

LINES_ON_A_PAGE = 50
#: What lists may take up in the memory of one process.
MOST_BYTES = 256 * 1024 * 1024

_TEXTS = ("scheme", "region", "outcome", "failed", "missing")
COLUMNS = ["row", "claim_id", "applied_on", "person_id", "amount_yuan", *_TEXTS]

SORTS = ("row", "applied_on", "-applied_on", "amount", "-amount")


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted, as the address says it; "" asks for nothing.

    ``failed`` is the code of a condition, with the scheme whose it is before it: ``PRE.passed``.
    ``search`` is what a claim's number contains, encrypted: numbers may be personal data, and
    addresses are kept by browsers and proxies.
    """

    scheme: str = ""
    outcome: str = ""
    failed: str = ""
    missing: str = ""
    region: str = ""
    search: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """What an address asks for; words that mean nothing here are passed over."""
        wanted = cls(**{field.name: query.get(field.name, "") for field in fields(cls)})
        return replace(
            wanted,
            sort=wanted.sort if wanted.sort in SORTS else "",
            search=wanted.search if wanted.text else "",
        )

    @property
    def text(self) -> str:
        """What a claim's number is to contain."""
        return unsealed_search(self.search)

    @property
    def narrows(self) -> bool:
        """Whether it asks for less than all lines."""
        return bool(replace(self, sort="") != Wanted())

    def query(self, **changes: Any) -> str:
        """The same as the query of an address, with something changed."""
        words = {field.name: getattr(self, field.name) for field in fields(self)} | changes
        return urlencode({name: word for name, word in words.items() if word})

    def filters(self) -> list[tuple[str, str]]:
        """All that it asks for but the search, for the form that searches within it."""
        names = [field.name for field in fields(self) if field.name != "search"]
        return [(name, getattr(self, name)) for name in names if getattr(self, name)]


@dataclass(frozen=True)
class Listing:
    """The lines of a decided batch. ``table``: ``COLUMNS`` and ``fen``, each one chunk."""

    table: pa.Table

    @cached_property
    def rows(self) -> np.ndarray:
        """Each line's row in the file, ascending."""
        return self.table["row"].to_numpy()

    def place(self, row: int) -> int | None:
        """Which line stands in this row of the file."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self.rows) and self.rows[place] == row else None

    def line(self, place: int) -> dict[str, Any]:
        """One line."""
        line: dict[str, Any] = self.table.slice(place, 1).to_pylist()[0]
        return line

    def chosen(self, wanted: Wanted) -> np.ndarray:
        """The places of the lines that are wanted, in the order that is wanted."""
        keep = np.ones(self.table.num_rows, dtype=bool)
        for name in ("scheme", "outcome", "region"):
            if word := getattr(wanted, name):
                keep &= self._where(name, partial(operator.eq, word))
        scheme, _, failed = wanted.failed.rpartition(".")
        if scheme:
            keep &= self._where("scheme", partial(operator.eq, scheme))
        for name, code in (("failed", failed), ("missing", wanted.missing)):
            if code:
                keep &= self._where(name, partial(_names, code))
        if wanted.search:
            contains = pc.match_substring(self.table["claim_id"], wanted.text, ignore_case=True)
            keep &= contains.to_numpy()
        places = np.flatnonzero(keep)
        if wanted.sort.lstrip("-") in ("applied_on", "amount"):
            column = "fen" if "amount" in wanted.sort else "applied_on"
            keys = self.table[column].to_numpy()[places]
            # stable both ways: among equals the order of the file holds
            keys = keys.astype(np.int64) if column == "fen" else keys.view(np.int64)
            places = places[np.argsort(-keys if wanted.sort[0] == "-" else keys, kind="stable")]
        return places

    def neighbours(self, place: int, wanted: Wanted) -> dict[str, int | None]:
        """Where a line stands among those wanted: ``number`` from 1 (None where it is not among
        them), ``count``, and the rows of the line ``before`` and ``after`` it."""
        places = self.chosen(wanted)
        found = np.flatnonzero(places == place)
        at = int(found[0]) if len(found) else None
        rows = [None if at is None else self._row(places, at + step) for step in (-1, 1)]
        number = None if at is None else at + 1
        return {"number": number, "count": len(places), "before": rows[0], "after": rows[1]}

    def _row(self, places: np.ndarray, at: int) -> int | None:
        return int(self.rows[places[at]]) if 0 <= at < len(places) else None

    def page(self, places: np.ndarray) -> list[dict[str, Any]]:
        """These lines."""
        lines: list[dict[str, Any]] = self.table.take(pa.array(places)).to_pylist()
        return lines

    def due(self, places: np.ndarray) -> int:
        """What these lines come to, in 分."""
        return int(self.table["fen"].to_numpy()[places].sum())

    def _where(self, name: str, wanted: Callable[[str], bool]) -> np.ndarray:
        """On which lines a column of few distinct texts holds one that is wanted."""
        column = self.table[name].chunk(0)
        answers = np.array([wanted(word) for word in column.dictionary.to_pylist()], dtype=bool)
        found: np.ndarray = answers[column.indices.to_numpy()]
        return found


def _names(code: str, codes: str) -> bool:
    """Whether a code is among those with ``;`` between."""
    return code in codes.split(";")


_LISTINGS: OrderedDict[tuple[str, int, int], Listing] = OrderedDict()
_LOCK = threading.Lock()


def listing_of(batch: Batch) -> Listing:
    """The list of a decided batch, from memory where it has not changed since."""
    files = BatchFiles(batch.pk)
    state = files.path("decisions").stat()
    key = (str(batch.pk), state.st_ino, state.st_mtime_ns)
    with _LOCK:
        if key in _LISTINGS:
            _LISTINGS.move_to_end(key)
            return _LISTINGS[key]
    listing = _load(files)
    with _LOCK:
        for old in [one for one in _LISTINGS if one[0] == key[0]]:
            del _LISTINGS[old]
        _LISTINGS[key] = listing
        while len(_LISTINGS) > 1 and _bytes() > MOST_BYTES:
            _LISTINGS.popitem(last=False)
    return listing


def _bytes() -> int:
    return sum(listing.table.nbytes for listing in _LISTINGS.values())


def _load(files: BatchFiles) -> Listing:
    table = files.read_table("decisions", COLUMNS)
    for name in _TEXTS:
        column = table[name].cast(pa.string()).dictionary_encode()
        table = table.set_column(table.column_names.index(name), name, column)
    table = table.append_column("fen", fen(table["amount_yuan"]))
    return Listing(table.unify_dictionaries().combine_chunks())
