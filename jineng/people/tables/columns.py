"""What is read from a file: columns, problems, and where each line stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Told the stage, how much of it is done, and how much there is (0: not known).
Progress: TypeAlias = Callable[[str, int, int], None]

EMPTY = -1
_INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"
# What tables put around a text lest a spreadsheet takes it for a number.
_GUARDED = '^="(.*)"$|^\'(.+)$'
# Told again and again of the first pieces of a file, the distinct values would be kept many times.
_GATHERED_AT_ONCE = 32


# An identity number, a phone, a bank account: whatever the column is called.
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:\d{17}[0-9Xx]|1[3-9]\d{9}|\d{15,19})(?![0-9A-Za-z])", re.ASCII
)


def without_numbers(text: str) -> str:
    """A text in which whatever may be somebody's number is veiled: columns get mixed up."""
    return _NUMBER.sub(lambda found: f"{found[0][:4]}{'*' * 6}{found[0][-2:]}", text)


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody waits for."""


@dataclass(frozen=True)
class Heading:
    """A column that a file may have.

    ``name``: in code; ``title``: in documents, templates and messages; ``others``: what else
    systems call it; ``mask``: how a value is shown.
    """

    name: str
    title: str
    others: tuple[str, ...] = ()
    required: bool = True
    mask: Callable[[str], str] = without_numbers


@dataclass(frozen=True)
class Problem:
    """What is wrong with a column (its name; "": the line as a whole) in all lines that have it.

    ``lines``: places counted from 0, ascending.
    """

    column: str
    message: str
    lines: np.ndarray


class Told(NamedTuple):
    """A problem of one line in the user's words; ``line``: as the file or sheet counts them."""

    line: int
    column: str
    value: str
    message: str


@dataclass(frozen=True)
class Checked:
    """A column in the form that is kept: a value or None for each distinct one of the file.

    ``wrong``: messages by the place of the distinct value.
    """

    values: list[Any]
    wrong: Mapping[int, str]


@dataclass(frozen=True)
class Column:
    """``values``: distinct texts, none empty; ``codes``: a line's place in them, `EMPTY` or one."""

    values: pa.Array
    codes: np.ndarray

    @classmethod
    def empty(cls, count: int) -> Column:
        """A column that the file does not have."""
        return cls(pa.array([], pa.string()), np.full(count, EMPTY, dtype=np.int32))

    def at(self, line: int) -> str:
        """The text of a line; "" where it is empty."""
        code = int(self.codes[line])
        return "" if code == EMPTY else str(self.values[code].as_py())

    def lines_of(self, places: Iterable[int]) -> np.ndarray:
        """The lines with one of these distinct values."""
        wanted = np.zeros(len(self.values) + 1, dtype=bool)
        wanted[np.fromiter(places, dtype=np.int64)] = True
        return np.flatnonzero(wanted[self.codes])

    def checked(self, canonical: Callable[[str], Any]) -> Checked:
        """Each distinct value by a function that raises ValueError where it can't be."""
        values, wrong = [], {}
        for place, text in enumerate(self.values.to_pylist()):
            try:
                values.append(canonical(text))
            except ValueError as error:
                values.append(None)
                wrong[place] = str(error)
        return Checked(values, wrong)

    def same_values(self, values: Sequence[Any]) -> Column:
        """The column with other texts for its values; None empties a line, equal ones are one."""
        told = pa.array(values, pa.string()).dictionary_encode()
        places = told.indices.fill_null(EMPTY).to_numpy(zero_copy_only=False)
        places = np.append(places, EMPTY).astype(np.int32)
        return Column(told.dictionary, places[self.codes])


def problems_of(name: str, column: Column, wrong: Mapping[int, str]) -> list[Problem]:
    """A problem for each message, in all lines whose value has it."""
    by_message: dict[str, list[int]] = {}
    for place, message in wrong.items():
        by_message.setdefault(message, []).append(place)
    return [
        Problem(name, message, column.lines_of(places)) for message, places in by_message.items()
    ]


@dataclass
class Table:
    """A file's lines below its headings.

    ``columns``: by name, those of the headings that were asked for, all of them; ``rows``: where
    lines stand in the file, as it counts them; ``given``: names of the columns that the file has;
    ``unused``: headings that nobody asked for.
    """

    headings: tuple[Heading, ...]
    columns: dict[str, Column]
    count: int
    rows: Callable[[np.ndarray], np.ndarray]
    given: frozenset[str]
    unused: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    #: Rows that could not be taken apart: as the file counts them, with what is wrong.
    torn: list[Told] = field(default_factory=list)
    sha256: str = ""

    def told(self, problems: Sequence[Problem], most: int) -> list[Told]:
        """The first problems of the file's lines, in its order."""
        heading = {one.name: one for one in self.headings}
        found = [
            (line, at) for at, one in enumerate(problems) for line in one.lines[:most].tolist()
        ]
        found = sorted(found)[:most]
        rows = self.rows(np.array([line for line, _ in found], dtype=np.int64)).tolist()
        told = []
        for (line, at), row in zip(found, rows, strict=True):
            problem = problems[at]
            about = heading.get(problem.column)
            value = about.mask(self.columns[about.name].at(line)) if about else ""
            message = without_numbers(problem.message)
            told.append(Told(row, about.title if about else "", value, message))
        return sorted([*self.torn[:most], *told], key=lambda one: one.line)[:most]

    def count_of(self, problems: Sequence[Problem]) -> int:
        """How many cells are wrong in all."""
        return len(self.torn) + sum(len(problem.lines) for problem in problems)


class Gathering:
    """A column that grows piece by piece."""

    def __init__(self) -> None:
        self._values = pa.array([], pa.string())
        self._codes: list[np.ndarray] = []
        self._waiting: list[pa.DictionaryArray] = []

    def add(self, piece: pa.DictionaryArray) -> None:
        """Puts a piece of the column below what is there."""
        self._waiting.append(piece)
        if len(self._waiting) >= _GATHERED_AT_ONCE:
            self._gather()

    def column(self) -> Column:
        """All of it, values without what stands around them."""
        self._gather()
        codes = np.concatenate([np.empty(0, dtype=np.int32), *self._codes])
        return _cleaned(Column(self._values, codes))

    def _gather(self) -> None:
        nothing = pa.array([], pa.int32())
        known = pa.DictionaryArray.from_arrays(nothing, self._values)
        whole = pa.chunked_array([known, *self._waiting]).unify_dictionaries()
        self._waiting.clear()
        self._values = whole.chunk(0).dictionary
        for chunk in whole.chunks[1:]:
            codes = chunk.indices.fill_null(EMPTY) if chunk.null_count else chunk.indices
            self._codes.append(codes.to_numpy(zero_copy_only=False))


def _cleaned(column: Column) -> Column:
    """Values without white space at their ends, invisible characters, and guards of tables."""
    texts = pc.replace_substring_regex(column.values, _INVISIBLE, "")
    texts = pc.utf8_trim_whitespace(texts)
    if pc.any(pc.match_substring_regex(texts, _GUARDED)).as_py():
        texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _GUARDED, r"\1\2"))
    if texts.equals(column.values) and not pc.any(pc.equal(texts, "")).as_py():
        return column
    return column.same_values(pc.if_else(pc.equal(texts, ""), None, texts))
