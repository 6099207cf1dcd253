"""What a list's template needs beside its rows: addresses that change one thing each."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _

from jineng.pages.tables import Column, Filter, Listed, Text, text_of
from jineng.people.forms.pickers import found_by

register = template.Library()
register.filter("found_by", found_by)

NUMBERS = ("count", "money")
#: Kinds of columns of which the largest or latest is asked for first.
DOWN_FIRST = (*NUMBERS, "date")


@dataclass(frozen=True)
class Heading:
    """A column's head. ``order``: as aria-sort says it, "" where rows can't be ordered by it."""

    column: Column
    order: str
    query: str


@register.simple_tag
def headings(table: Listed) -> list[Heading]:
    """The heads of the columns that are shown."""
    sort, found = table.wanted.sort, []
    for one in table.columns:
        name, order = one.name, "none" if one.sort else ""
        wanted = f"-{name}" if one.kind in DOWN_FIRST else name
        if sort.removeprefix("-") == name:
            order = "descending" if sort.startswith("-") else "ascending"
            wanted = name if sort.startswith("-") else f"-{name}"
        found.append(Heading(one, order, _query(table, sort=wanted)))
    return found


def _query(table: Listed, **changed: Any) -> str:
    """The query of an address, which says nothing that goes without saying."""
    if changed.get("sort") == table.table.default_sort:
        changed["sort"] = ""
    if changed.get("page") == 1:
        changed["page"] = ""
    return f"?{table.wanted.query(**changed)}"


@register.simple_tag
def sorts(table: Listed) -> list[tuple[str, str, bool]]:
    """Every order: its word in an address, its name, whether it is the one in use."""
    orders = []
    for one in table.table.columns:
        if not one.sort:
            continue
        up, down = (one.name, "↑"), (f"-{one.name}", "↓")
        pair = (down, up) if one.kind in DOWN_FIRST else (up, down)
        orders += [
            (word, f"{one.heading} {mark}", word == table.wanted.sort) for word, mark in pair
        ]
    return orders


@dataclass(frozen=True)
class Chip:
    """Something that the list is narrowed by, and the address without it."""

    label: Text
    text: Text
    query: str


@register.simple_tag
def chips(table: Listed) -> list[Chip]:
    """What the list is narrowed by."""
    found = []
    for one in table.table.filters:
        word = table.wanted[one.name]
        if word:
            query = _query(table, **{one.name: ""})
            label = {"flag": "", "search": _("查询")}.get(one.kind, one.label)
            found.append(Chip(label, _said(one, word, table), query))
    return found


def _said(one: Filter, word: str, table: Listed) -> Text:
    if one.kind == "flag":
        return one.label
    choices = table.wanted.choices.get(one.name, ())
    return next((text for value, text in choices if value == word), word)


@dataclass(frozen=True)
class Field:
    """A filter as a field of the bar."""

    filter: Filter
    value: str
    choices: list[tuple[str, Text]]


@register.simple_tag
def fields_of(table: Listed) -> list[Field]:
    """The filters as fields, but the search."""
    return [
        Field(one, table.wanted[one.name], list(table.wanted.choices.get(one.name, ())))
        for one in table.table.filters
        if one.kind != "search"
    ]


@register.simple_tag
def search_of(table: Listed) -> Field | None:
    """The list's search, if it has one."""
    found = (one for one in table.table.filters if one.kind == "search")
    one = next(found, None)
    return Field(one, table.wanted[one.name], []) if one else None


@register.simple_tag
def kept(table: Listed, *names: str) -> list[tuple[str, str]]:
    """What a form carries along unseen: all that the address asks for but these words.

    ``names``: may be "filters", for all of them.
    """
    leave = set(names)
    if "filters" in leave:
        leave |= {one.name for one in table.table.filters}
    pairs = []
    for name, word in table.wanted.asked().items():
        if name not in leave:
            pairs += [(name, one) for one in (word if isinstance(word, list) else [word])]
    return pairs


@register.simple_tag
def columns_to_choose(table: Listed) -> list[tuple[Column, bool]]:
    """Each column, and whether it is shown."""
    return [(one, one.name in table.wanted.columns) for one in table.table.columns]


@register.simple_tag
def asking(table: Listed, **changed: Any) -> str:
    """The address that asks for the same but what is changed."""
    return _query(table, **changed)


@register.simple_tag
def counted_words(table: Listed) -> str:
    """How many rows there are, in words."""
    count = text_of("count", table.count)
    if table.more:
        return _("超过 %(count)s 条，只列出 %(count)s 条；请缩小范围") % {"count": count}
    return _("共 %(count)s 条") % {"count": count}
