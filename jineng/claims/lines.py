"""Lines that lie in the files of a batch as lists: narrowed, ordered, a page at a time.

Millions of lines are narrowed in a few hundredths of a second, because what they are narrowed by
has few distinct values: each such column is kept as numbers that name a place among its words, so
that a question is put to the words and answered for all lines by looking up. What is only shown,
such as numbers of claims and persons, stays on the disk, encrypted, in groups of lines of which a
page reads those that it shows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.claims.files import BatchFiles

Line = dict[str, Any]


@dataclass(frozen=True)
class Coded:
    """A column of few distinct values: a line's is `words[codes[line]]`; words ascend, and None,
    where there is any, is the first."""

    codes: np.ndarray
    words: list[Any]

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.DictionaryArray) -> Coded:
        """Of a column, or of what `coded` made of it."""
        array = coded(column) if isinstance(column, pa.ChunkedArray) else column
        return cls(array.indices.to_numpy(), array.dictionary.to_pylist())

    def where(self, holds: Callable[[Any], bool]) -> np.ndarray:
        """On which lines a word stands of which this holds; each word is asked for once."""
        answers = np.array([holds(word) for word in self.words], dtype=bool)
        found: np.ndarray = answers[self.codes]
        return found

    def begins(self, digits: str) -> np.ndarray:
        """On which lines a word begins so, as a city's regions and a month's days do."""
        return self.where(lambda word: f"{word}".startswith(digits))


def coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """With ascending words, null the first of them, and as few bytes a line as name them all."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    order = pc.array_sort_indices(encoded.dictionary, null_placement="at_start").to_numpy()
    small = np.min_scalar_type(max(len(order) - 1, 0))
    rank = np.empty(len(order), dtype=small)
    rank[order] = np.arange(len(order), dtype=small)
    codes = pa.array(rank[encoded.indices.to_numpy()])
    return pa.DictionaryArray.from_arrays(codes, encoded.dictionary.take(pa.array(order)))


@dataclass(frozen=True)
class Listing:
    """All lines of a list, and what they are narrowed and ordered by; each kind says what more
    there is to ask for (`meets`), and what a line holds (`lines`)."""

    files: BatchFiles
    columns: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).codes)

    @property
    def nbytes(self) -> int:
        """What it takes up in memory."""
        return sum(int(one.codes.nbytes) for one in self.columns.values())

    def chosen(self, filters: Mapping[str, str]) -> np.ndarray:
        """The places of the lines that are wanted, ascending. A filter that is "" asks for all."""
        keep = np.ones(len(self), dtype=bool)
        for name, word in filters.items():
            if word:
                keep &= self.meets(name, word)
        return np.flatnonzero(keep)

    def meets(self, name: str, word: str) -> np.ndarray:
        """Which lines meet a filter: here, those with this word in the column of its name."""
        return self.columns[name].where(partial(operator.eq, word))

    def ordered(self, places: np.ndarray, sort: str) -> np.ndarray:
        """Places in this order: "row", as they stand, or a column; "-" before it turns it round.

        Among equals the order in which they stand holds, both ways.
        """
        down, name = sort.startswith("-"), sort.removeprefix("-")
        if name == "row":
            return places[::-1] if down else places
        keys = self.columns[name].codes[places]
        if down:
            keys = keys.max(initial=0) - keys
        return places[np.argsort(keys, kind="stable")]

    def lines(self, places: np.ndarray) -> list[Line]:
        """What these lines hold, in this order."""
        raise NotImplementedError


@dataclass(frozen=True)
class ClaimListing(Listing):
    """Lines that are claims, in the order of their file. ``rows``: where each stands in it;
    ``numbers``: the file of the batch in which each one's ``claim_id`` is.

    Filters: columns by their words, ``region`` and ``month``, of which the first digits are enough
    (4201, 2020), and ``search``: what a claim's number contains.
    """

    rows: np.ndarray
    numbers: str

    @property
    def nbytes(self) -> int:
        """What it takes up in memory."""
        return super().nbytes + int(self.rows.nbytes)

    def meets(self, name: str, word: str) -> np.ndarray:
        """Which lines meet a filter."""
        if name == "search":
            return self._numbered(word)
        if name == "region":
            return self.columns["region"].begins(word)
        if name == "month":
            return self.columns["applied_on"].begins(word)
        return super().meets(name, word)

    def _numbered(self, text: str) -> np.ndarray:
        """Where a claim's number contains this; ASCII letters are alike, large or small."""
        numbers = pc.ascii_lower(self.files.read_table(self.numbers, ["claim_id"])["claim_id"])
        sought = pc.ascii_lower(pa.scalar(text)).as_py()
        found: np.ndarray = pc.match_substring(numbers, sought).to_numpy()
        return found

    def line(self, place: int) -> Line:
        """One line."""
        return self.lines(np.array([place]))[0]

    def place(self, row: int) -> int | None:
        """Which line stands in this row of the file; None where none of the list does."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self) and self.rows[place] == row else None

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


@dataclass(frozen=True)
class Lines:
    """The lines that are wanted, as a list of pages takes them: ordered, counted, sliced.

    ``told``: what a page needs beside what a line holds.
    """

    listing: Listing
    places: np.ndarray
    told: Callable[[Line], Line] = dict

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

    def __iter__(self) -> Iterator[Line]:
        return map(self.told, self.listing.lines(self.places))

    def iterator(self, chunk_size: int) -> Iterator[Line]:
        """The lines, so many read at a time."""
        for start in range(0, len(self.places), chunk_size):
            yield from self[start : start + chunk_size]
