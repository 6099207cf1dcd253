"""Who it is, down to lines: a trial's lines as a list, narrowed, ordered, a page at a time.

What lines are narrowed and ordered by is kept in memory as numbers for as long as the trial is
among those lately looked at; numbers of claims and persons stay on the disk, encrypted, and a page
reads the groups of lines that it shows.
"""

from __future__ import annotations

import operator
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jineng.claims.files import BatchFiles
from jineng.claims.listing import Coded
from jineng.claims.models import Run
from jineng.core.crypto import open_encrypted
from jineng.policy.facts import GROUPS, NO_GROUP
from jineng.whatif.models import Trial

#: What lists may take up in the memory of one process.
MOST_BYTES = 128 * 1024 * 1024
_CODED = ("scheme", "region", "applied_on", "change", "person_groups")
#: The word for a person whose groups are not known.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Listing:
    """A trial's lines in the order of the file. ``rows``: where each stands in the claims file;
    ``gained``: 分; ``names``: of all columns of the file."""

    files: BatchFiles
    name: str
    names: tuple[str, ...]
    rows: np.ndarray
    gained: np.ndarray
    columns: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """What it takes up in memory."""
        coded = sum(one.codes.nbytes for one in self.columns.values())
        return int(self.rows.nbytes + self.gained.nbytes + coded)

    def chosen(self, filters: Mapping[str, str]) -> np.ndarray:
        """The places of the lines that are wanted, ascending.

        ``filters``, each may be "": ``change``, ``scheme``, ``region``; ``month`` (2020-08);
        ``group``; ``search``: what a claim's number contains.
        """
        keep = np.ones(len(self), dtype=bool)
        for name in ("change", "scheme"):
            if word := filters.get(name):
                keep &= self.columns[name].where(partial(operator.eq, word))
        if region := filters.get("region"):
            start = region.removesuffix("00") if region.endswith("00") else region
            keep &= self.columns["region"].where(lambda one: bool(one) and one.startswith(start))
        if month := filters.get("month"):
            keep &= self.columns["applied_on"].where(lambda day: f"{day}".startswith(month))
        if group := filters.get("group"):
            keep &= self.columns["person_groups"].where(lambda mask: _belongs(mask, group))
        if text := filters.get("search"):
            numbers = self.files.read_table(self.name, ["claim_id"])["claim_id"]
            keep &= pc.match_substring(numbers, text, ignore_case=True).to_numpy()
        return np.flatnonzero(keep)

    def ordered(self, places: np.ndarray, sort: str) -> np.ndarray:
        """Places by "row", "applied_on" or "gained", "-" before it turns it round."""
        down, name = sort.startswith("-"), sort.removeprefix("-")
        if name == "row":
            return places[::-1] if down else places
        keys = self.gained if name == "gained" else self.columns[name].codes
        wanted = keys[places].astype(np.int64)
        return places[np.argsort(-wanted if down else wanted, kind="stable")]

    def lines(self, places: np.ndarray) -> list[dict[str, Any]]:
        """These lines, whole, in this order."""
        found: list[dict[str, Any]] = self.files.take(self.name, places, self.names).to_pylist()
        return found

    def place(self, row: int) -> int | None:
        """Which line stands in this row of the claims file; None where nothing changes for it."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self) and self.rows[place] == row else None

    def neighbours(self, place: int, places: np.ndarray) -> dict[str, int | None]:
        """Where a line stands among those wanted: ``number`` from 1 (None where it is not among
        them), ``count``, and the rows of the line ``before`` and ``after`` it."""
        found = np.flatnonzero(places == place)
        at = int(found[0]) if len(found) else None
        rows = [
            int(self.rows[places[at + step]])
            if at is not None and 0 <= at + step < len(places)
            else None
            for step in (-1, 1)
        ]
        number = None if at is None else at + 1
        return {"number": number, "count": len(places), "before": rows[0], "after": rows[1]}


def _belongs(mask: int | None, group: str) -> bool:
    if mask is None:
        return group == UNKNOWN
    if group == NO_GROUP:
        return mask == 0
    return group in GROUPS and bool(mask >> list(GROUPS).index(group) & 1)


@dataclass(frozen=True)
class Lines:
    """The lines that are wanted, as a list of pages takes them: ordered, counted, sliced."""

    listing: Listing
    places: np.ndarray

    def order_by(self, *keys: str) -> Lines:
        """The same in this order; as they are without a key."""
        if not keys:
            return self
        return replace(self, places=self.listing.ordered(self.places, keys[0]))

    def count(self) -> int:
        """How many."""
        return len(self.places)

    def __getitem__(self, part: slice) -> Lines:
        return replace(self, places=self.places[part])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from self.listing.lines(self.places)

    def iterator(self, chunk_size: int) -> Iterator[dict[str, Any]]:
        """The lines, so many read at a time."""
        for start in range(0, len(self.places), chunk_size):
            yield from self[start : start + chunk_size]


_LISTINGS: OrderedDict[str, Listing] = OrderedDict()
_LOCK = threading.Lock()


def listing_of(run: Run) -> Listing:
    """The lines of a trial's run. Raises FileNotFoundError where they are no longer kept."""
    key = str(run.pk)
    files = BatchFiles(run.batch_id)
    files.path(run.file).stat()
    with _LOCK:
        if key in _LISTINGS:
            _LISTINGS.move_to_end(key)
            return _LISTINGS[key]
    listing = _load(files, run.file)
    with _LOCK:
        _LISTINGS[key] = listing
        while len(_LISTINGS) > 1 and sum(one.nbytes for one in _LISTINGS.values()) > MOST_BYTES:
            _LISTINGS.popitem(last=False)
    return listing


def _load(files: BatchFiles, name: str) -> Listing:
    with open_encrypted(files.path(name)) as sealed, pq.ParquetFile(sealed) as file:
        known = tuple(file.schema_arrow.names)
    table = files.read_table(
        name, ["row", "difference_yuan", *(one for one in _CODED if one in known)]
    )
    gained = pc.multiply(table["difference_yuan"].cast(pa.decimal128(18, 2)), 100).cast(pa.int64())
    columns = {
        one: _coded(table[one])
        if one in known
        else Coded(np.zeros(table.num_rows, dtype=np.int8), [None])
        for one in _CODED
    }
    return Listing(files, name, known, table["row"].to_numpy(), gained.to_numpy(), columns)


def _coded(column: pa.ChunkedArray) -> Coded:
    """With ascending words, one that is not known the first."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order] = np.arange(1, len(order) + 1)
    rank[-1] = 0
    codes = rank[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return Coded(codes, [None, *encoded.dictionary.take(pa.array(order)).to_pylist()])


def has_lines(trial: Trial) -> bool:
    """Whether its lines are still kept."""
    run = trial.run
    return run is not None and BatchFiles(run.batch_id).path(run.file).exists()
