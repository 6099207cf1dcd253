"""The decisions of a batch as a list: narrowed, ordered, summed up, a page at a time.

Millions of lines are narrowed in a few hundredths of a second, because what they are narrowed by
has few distinct values: each such column is kept as numbers that name a place among its words, so
that a question is put to the words and answered for all lines by looking up. That takes some 17
bytes a line in memory, for as long as the batch is among those lately looked at. Numbers of claims
and persons stay on the disk, in groups of lines of which a page reads those that it shows.
"""

from __future__ import annotations

import operator
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch
from jineng.claims.summary import Totals, fen

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


@dataclass(frozen=True)
class Coded:
    """A column of few distinct values: a line's is `words[codes[line]]`; words ascend."""

    codes: np.ndarray
    words: list[Any]

    def where(self, holds: Callable[[Any], bool]) -> np.ndarray:
        """On which lines a word stands of which this holds; each word is asked for once."""
        answers = np.array([holds(word) for word in self.words], dtype=bool)
        found: np.ndarray = answers[self.codes]
        return found


def keep_list(files: BatchFiles, decisions: pa.Table) -> None:
    """Writes what the list of these decisions is made of. ``decisions``: `COLUMNS`, any order."""
    names = decisions.select(NAMED)
    files.write_table(NAMES, names, lines_in_a_group=LINES_IN_A_GROUP, repeating=False)
    coded = {name: _coded(decisions[name]) for name in CODED if name != "fen"}
    coded["fen"] = _coded(fen(decisions["amount_yuan"]))
    rows = decisions["row"].combine_chunks()
    files.write_arrow(LIST, pa.table({"row": rows, **coded}))


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """With ascending words, and as few bytes a line as name them all."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    small = np.min_scalar_type(max(len(order) - 1, 0))
    rank = np.empty(len(order), dtype=small)
    rank[order] = np.arange(len(order), dtype=small)
    codes = pa.array(rank[encoded.indices.to_numpy()])
    return pa.DictionaryArray.from_arrays(codes, encoded.dictionary.take(pa.array(order)))


@dataclass(frozen=True)
class Listing:
    """The lines of a decided batch, in the order of the file. ``rows``: where each stands in it."""

    files: BatchFiles
    rows: np.ndarray
    columns: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """What it takes up in memory."""
        return int(self.rows.nbytes + sum(one.codes.nbytes for one in self.columns.values()))

    @cached_property
    def totals(self) -> Totals:
        """What all of it comes to."""
        return self.summed_up(None)

    def place(self, row: int) -> int | None:
        """Which line stands in this row of the file."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self) and self.rows[place] == row else None

    def lines(self, places: np.ndarray) -> list[dict[str, Any]]:
        """These lines: `CODED`, `NAMED` and ``row``."""
        names = self.files.take(NAMES, places, NAMED).to_pylist()
        coded = {name: (one.words, one.codes[places]) for name, one in self.columns.items()}
        return [
            name | {key: words[codes[at]] for key, (words, codes) in coded.items()} | {"row": row}
            for at, (name, row) in enumerate(zip(names, self.rows[places].tolist(), strict=True))
        ]

    def line(self, place: int) -> dict[str, Any]:
        """One line."""
        return self.lines(np.array([place]))[0]

    def chosen(self, filters: Mapping[str, str]) -> np.ndarray:
        """The places of the lines that are wanted, ascending.

        ``filters``, each may be missing or "": ``scheme``, ``outcome``, ``payee``; ``region`` and
        ``month``, of which the first digits are enough (4201, 2020); ``reason``, see `_because`;
        ``least`` and ``most``, yuan; ``search``, what a claim's number contains.
        """
        keep = np.ones(len(self), dtype=bool)
        for name in ("scheme", "outcome", "payee"):
            if word := filters.get(name):
                keep &= self.columns[name].where(partial(operator.eq, word))
        if region := filters.get("region"):
            keep &= self.columns["region"].where(lambda one: one.startswith(region))
        if month := filters.get("month"):
            keep &= self.columns["applied_on"].where(lambda day: f"{day}".startswith(month))
        if reason := filters.get("reason"):
            keep &= self._because(reason)
        if least := filters.get("least"):
            keep &= self.columns["fen"].where(lambda one: one >= _fen(least))
        if most := filters.get("most"):
            keep &= self.columns["fen"].where(lambda one: one <= _fen(most))
        if text := filters.get("search"):
            keep &= self._numbered(text)
        return np.flatnonzero(keep)

    def _because(self, reason: str) -> np.ndarray:
        """Where this is a reason: ``PRE.passed``, a scheme's condition, or ``-.hours``, missing."""
        scheme, _dot, code = reason.rpartition(".")
        if scheme == NO_SCHEME:
            return self.columns["missing"].where(lambda codes: code in codes.split(";"))
        own = self.columns["scheme"].where(lambda one: one == scheme)
        return own & self.columns["failed"].where(lambda codes: code in codes.split(";"))

    def _numbered(self, text: str) -> np.ndarray:
        """Where a claim's number contains this; ASCII letters are alike, large or small."""
        numbers = pc.ascii_lower(self.files.read_table(NAMES, ["claim_id"])["claim_id"])
        sought = pc.ascii_lower(pa.scalar(text)).as_py()
        found: np.ndarray = pc.match_substring(numbers, sought).to_numpy()
        return found

    def ordered(self, places: np.ndarray, sort: str) -> np.ndarray:
        """Places in this order: "row" or one of `CODED`, "-" before it turns it round.

        Among equals the order of the file holds, both ways.
        """
        name = sort.removeprefix("-")
        if name == "row":
            return places[::-1] if sort.startswith("-") else places
        keys = self.columns[name].codes[places]
        if sort.startswith("-"):
            keys = keys.max(initial=0) - keys
        return places[np.argsort(keys, kind="stable")]

    def neighbours(self, place: int, places: np.ndarray) -> dict[str, int | None]:
        """Where a line stands among those wanted: ``number`` from 1 (None where it is not among
        them), ``count``, and the rows of the line ``before`` and ``after`` it."""
        found = np.flatnonzero(places == place)
        at = int(found[0]) if len(found) else None
        rows = [None if at is None else self._row(places, at + step) for step in (-1, 1)]
        number = None if at is None else at + 1
        return {"number": number, "count": len(places), "before": rows[0], "after": rows[1]}

    def _row(self, places: np.ndarray, at: int) -> int | None:
        return int(self.rows[places[at]]) if 0 <= at < len(places) else None

    def summed_up(self, places: np.ndarray | None) -> Totals:
        """What these lines come to; None: all of them."""
        codes = {
            name: one.codes if places is None else one.codes[places]
            for name, one in self.columns.items()
        }
        words = {name: one.words for name, one in self.columns.items()}
        return Totals.of(codes, words)


#: Stands for the scheme in the reasons that are something missing, whatever the scheme.
NO_SCHEME = "-"


@dataclass(frozen=True)
class Lines:
    """The lines that are wanted, as a list of pages takes them: ordered, counted, sliced.

    ``told``: what a page needs beside what a line holds.
    """

    listing: Listing
    places: np.ndarray
    told: Callable[[dict[str, Any]], dict[str, Any]]

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
        return map(self.told, self.listing.lines(self.places))


def _fen(yuan: str) -> int:
    whole, _dot, rest = yuan.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


_LISTINGS: OrderedDict[tuple[str, int, int], Listing] = OrderedDict()
_LOCK = threading.Lock()


def listing_of(batch: Batch) -> Listing:
    """The list of a decided batch, from memory where it has not changed since."""
    files = BatchFiles(batch.pk)
    if not files.path(LIST).exists():
        # Decided before there were such files.
        keep_list(files, files.read_table("decisions", COLUMNS))
    state = files.path(LIST).stat()
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
        while len(_LISTINGS) > 1 and sum(one.nbytes for one in _LISTINGS.values()) > MOST_BYTES:
            _LISTINGS.popitem(last=False)
    return listing


def _load(files: BatchFiles) -> Listing:
    table = files.read_arrow(LIST)
    columns = {}
    for name in CODED:
        column = table[name].combine_chunks()
        columns[name] = Coded(column.indices.to_numpy(), column.dictionary.to_pylist())
    return Listing(files, table["row"].to_numpy(), columns)
