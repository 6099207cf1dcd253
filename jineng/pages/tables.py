"""Lists: declared once, read from an address, shown a page at a time or taken along as a file.

A list has millions of rows behind it: they are counted to a limit, and whoever looks beyond it
narrows the list; what is narrowed and still too long shows so many of what there is. What an
address asks for that means nothing here is passed over, never an error.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from jineng.core.addresses import sealed_search, unsealed_search
from jineng.core.calendar import business_time
from jineng.pages.paging import found_in_order, in_this_order

#: More rows than this are not counted, nor paged through.
MOST_COUNTED = 1_000
LONGEST_WORD = 400
_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")

Text = str | Promise


@dataclass(frozen=True)
class Status:
    """A state in one word. ``tone``: good, bad, waiting or plain."""

    text: Text
    tone: str = "plain"


@dataclass(frozen=True)
class Masked:
    """A person as a list shows one: the name, and the number with its middle veiled."""

    name: str
    number: str


@dataclass(frozen=True)
class Column:
    """One column. ``value``: of a row; ``sort``: what rows are ordered by, ascending, to the last.

    ``kind``: text, code, count, money (whole 分), date (a day or a moment), status (`Status`),
    person (`Masked`), said (written down in Chinese, shown in the reader's language), written (what
    somebody named, in their own words) or quoted (as somebody typed it). ``link``:
    where a row's cell leads; ``shown``: unless other columns are chosen.
    """

    name: str
    heading: Text
    value: Callable[[Any], Any]
    sort: tuple[str, ...] = ()
    kind: str = "text"
    link: Callable[[Any], str] | None = None
    shown: bool = True

    def ordered(self, *, down: bool) -> list[str]:
        """The keys of this order, or of the opposite."""
        turned = [key.removeprefix("-") if key.startswith("-") else f"-{key}" for key in self.sort]
        return turned if down else list(self.sort)


@dataclass(frozen=True)
class Filter:
    """What a list can be narrowed by. A list has one of the kind search at most.

    ``kind``: choice, region (a choice too), flag ("1" or nothing), day, yuan, text, or search,
    which an address holds sealed. ``choices``: values and words, asked for once in a request;
    ``none``: the word for none of them, where that is not all.
    """

    name: str
    label: Text
    kind: str = "choice"
    choices: Callable[[], Iterable[tuple[str, Text]]] | None = None
    none: Text = ""

    def read(self, given: str, choices: Sequence[tuple[str, Text]]) -> str:
        """The value, "" where it means nothing here."""
        if self.kind in ("choice", "region"):
            return given if any(given == value for value, _ in choices) else ""
        if self.kind == "flag":
            return "1" if given == "1" else ""
        if self.kind == "day":
            try:
                return date.fromisoformat(given).isoformat()
            except ValueError:
                return ""
        if self.kind == "yuan":
            return given.strip() if _YUAN.fullmatch(given.strip()) else ""
        return given.strip()[:LONGEST_WORD]


@dataclass(frozen=True)
class Wanted:
    """What an address asks for. ``filters``: in plain words; ``held``: as addresses hold them.

    ``sort``: a column's name, "-" before it turns it round. ``columns``: names of those shown.
    """

    table: "Table"
    filters: Mapping[str, str]
    held: Mapping[str, str]
    sort: str
    columns: tuple[str, ...]
    page: int = 1
    export: str = ""
    choices: Mapping[str, Sequence[tuple[str, Text]]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.filters[name]

    @property
    def narrows(self) -> bool:
        """Whether less than all is asked for."""
        return any(self.filters.values())

    def asked(self, **changed: Any) -> dict[str, Any]:
        """The words of an address that asks for the same, with something changed."""
        words: dict[str, Any] = dict(self.held)
        if self.sort != self.table.default_sort:
            words["sort"] = self.sort
        if self.columns != self.table.usual:
            words["columns"] = list(self.columns)
        return {name: word for name, word in (words | changed).items() if word}

    def query(self, **changed: Any) -> str:
        """The same as the query of an address; the first page, unless `page` is given."""
        return urlencode(self.asked(**changed), doseq=True)


@dataclass(frozen=True)
class Cell:
    """What a row has in a column, as a page shows it."""

    thing: Any
    column: Column
    value: Any
    text: str
    url: str = ""


@dataclass(frozen=True)
class Listed:
    """A page of a list. ``things``: what its rows are of; ``more``: there are more than `count`.

    ``problem``: why there are no rows to show, where nobody wished that.
    """

    table: "Table"
    wanted: Wanted
    columns: tuple[Column, ...]
    things: Sequence[Any] = ()
    count: int = 0
    more: bool = False
    number: int = 1
    pages: int = 1
    problem: Text = ""

    @property
    def rows(self) -> list[list[Cell]]:
        """The cells of each row."""
        return [[cell(one, thing) for one in self.columns] for thing in self.things]


@dataclass(frozen=True)
class Table:
    """A list: its columns, of which the first is always shown, its order and its filters.

    ``name``: part of ids and of files' names; ``title``: what the rows are; ``empty``: a title and
    a sentence for when there is none. ``most``: more rows are not counted; for what is counted and
    reached at once, wherever in it, as many as there may be.
    """

    name: str
    title: Text
    columns: tuple[Column, ...]
    default_sort: str
    filters: tuple[Filter, ...] = ()
    empty: tuple[Text, Text] = ("", "")
    page_size: int = 50
    most: int = MOST_COUNTED
    #: Whether so many rows are wanted that a page is soonest found by walking in its order.
    walked: bool = False

    @property
    def usual(self) -> tuple[str, ...]:
        """Names of the columns shown where none are chosen."""
        return tuple(column.name for column in self.columns if column.shown)

    def chosen(self, names: Collection[str]) -> tuple[str, ...]:
        """The first column, and those of these names; the usual ones where none is named."""
        found = tuple(one.name for one in self.columns if one.name in names)
        return tuple(dict.fromkeys((self.columns[0].name, *found))) if found else self.usual

    def read(self, given: Mapping[str, str], *, plain: bool = False) -> Wanted:
        """What is asked for. ``plain``: by a form, whose search is not sealed yet."""
        choices = {one.name: list(one.choices()) for one in self.filters if one.choices}
        filters: dict[str, str] = {}
        held: dict[str, str] = {}
        for one in self.filters:
            word = str(given.get(one.name, ""))
            if one.kind == "search" and not plain:
                word = unsealed_search(word)
            filters[one.name] = one.read(word, choices.get(one.name, ()))
            held[one.name] = filters[one.name]
            if one.kind == "search":
                held[one.name] = sealed_search(held[one.name])
        chosen = given.getlist("columns") if isinstance(given, MultiValueDict) else []
        sort = str(given.get("sort", ""))
        return Wanted(
            self,
            filters,
            held,
            sort if self._by(sort) else self.default_sort,
            self.chosen(chosen),
            _number(str(given.get("page", ""))),
            str(given.get("export", "")),
            choices,
        )

    def _by(self, sort: str) -> Column | None:
        name = sort.removeprefix("-")
        return next((one for one in self.columns if one.name == name and one.sort), None)

    def shown(self, wanted: Wanted) -> tuple[Column, ...]:
        """The columns that are asked for."""
        return tuple(column for column in self.columns if column.name in wanted.columns)

    def ordered(self, rows: Any, wanted: Wanted) -> Any:
        """The rows in the order that is asked for."""
        by = self._keys(wanted)
        return rows.order_by(*by) if by else rows

    def _keys(self, wanted: Wanted) -> list[str]:
        by = self._by(wanted.sort)
        return by.ordered(down=wanted.sort.startswith("-")) if by else []

    def page(self, rows: Any, wanted: Wanted) -> Listed:
        """The page that is asked for, or the nearest that there is.

        ``rows``: a QuerySet, or what can be ordered, counted and sliced as one.
        """
        keys: list[Any] | None = None
        if isinstance(rows, QuerySet):
            by, size = self._keys(wanted), self.page_size
            count, keys = found_in_order(
                rows, by, page=wanted.page, size=size, most=self.most, walked=self.walked
            )
        else:
            count = rows.order_by()[: self.most + 1].count()
        more, count = count > self.most, min(count, self.most)
        pages = max(1, -(-count // self.page_size))
        number = max(1, min(wanted.page, pages))
        start = (number - 1) * self.page_size
        of_page = slice(start, start + self.page_size)
        if keys is None:
            things = list(self.ordered(rows, wanted)[of_page])
        else:
            if more and not wanted.narrows and not self.walked:
                # The first of all, not of those that were found.
                alone = self.ordered(rows.prefetch_related(None), wanted)
                keys = list(alone.values_list("pk", flat=True)[of_page])
            things = in_this_order(rows, keys)
        return Listed(self, wanted, self.shown(wanted), things, count, more, number, pages)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1


def cell(column: Column, thing: Any) -> Cell:
    """What a row has in a column."""
    value, url = column.value(thing), column.link(thing) if column.link else ""
    return Cell(thing, column, value, text_of(column.kind, value), url)


def text_of(kind: str, value: Any) -> str:
    """A value as it is read; "" where there is none."""
    if value is None or value == "":
        return ""
    if kind == "count":
        return f"{value:,}"
    if kind == "money":
        return yuan(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Status):
        return str(value.text)
    return value.name if isinstance(value, Masked) else str(value)


def moment(at: datetime) -> str:
    """A moment as it is read, by the site's calendar."""
    return f"{business_time(at):%Y-%m-%d %H:%M}"


def yuan(fen: int) -> str:
    """Whole 分 as yuan are read: 12,345.60."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02}"
