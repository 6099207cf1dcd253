"""What holds from when to when, drawn to one scale: documents, terms, figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from jineng.desk.queries.library import terms

if TYPE_CHECKING:
    from jineng.policy import Document, Pack, Scheme

#: How wide the drawing is; and the least that is seen of a span.
WIDTH, LEAST = 1000, 6
#: Colours of what is drawn.
DOCUMENT, FIGURE, TERM = "series-1", "series-2", "series-3"


@dataclass(frozen=True)
class Span:
    """From a day to a day; None: not known. ``look``: its colour; ``text``: what holds."""

    name: str
    start: date | None
    end: date | None
    text: str = ""
    look: str = DOCUMENT
    url: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Drawn:
    """A span with its place in the drawing; ``open``: nobody knows its end."""

    span: Span
    x: int
    width: int
    open: bool


@dataclass(frozen=True)
class Drawing:
    """Spans by name, years below them, and where the chosen day stands."""

    rows: tuple[tuple[str, str, tuple[Drawn, ...]], ...]
    years: tuple[int, ...]
    at: int


def drawing(spans: Iterable[Span], on: date) -> Drawing:
    """The spans to one scale of whole years that has all of them, and the day."""
    listed = [one for one in spans if one.start or one.end]
    days = [day for one in listed for day in (one.start, one.end) if day] + [on]
    first, last = min(days).year, max(days).year
    years = last - first + 1

    def place(day: date) -> int:
        through = (day - date(day.year, 1, 1)).days / 366
        return round((day.year - first + through) / years * WIDTH)

    rows: dict[str, list[Drawn]] = {}
    for one in listed:
        x = place(one.start) if one.start else 0
        right = place(one.end) if one.end else WIDTH
        width = max(LEAST, right - x)
        rows.setdefault(one.name, []).append(Drawn(one, x, width, one.end is None))
    return Drawing(
        tuple((name, drawn[0].span.url, tuple(drawn)) for name, drawn in rows.items()),
        tuple(range(first, last + 1)),
        place(on),
    )


def of_documents(pack: Pack, lines: Iterable[Any]) -> list[Span]:
    """The documents that have dates."""
    return [_of_document(one.document, one.url) for one in lines]


def _of_document(one: Document, url: str = "") -> Span:
    return Span(one.number, one.start, one.end, one.title, DOCUMENT, url, bool(one.assumed))


def of_scheme(pack: Pack, scheme: Scheme) -> list[Span]:
    """The documents that a scheme rests on, its terms, and its figures as they change."""
    named = dict.fromkeys(citation.partition(" ")[0] for citation in scheme.cites)
    spans = [_of_document(pack.documents[key]) for key in named]
    for key in terms(pack, scheme):
        parameter = scheme.parameters[key]
        for value in parameter.values:
            first, last = value.value
            spans.append(Span(parameter.label, first, last, "", TERM, assumed=bool(value.assumed)))
    return spans + [span for span in _figures(pack, scheme) if span.start]


def _figures(pack: Pack, scheme: Scheme) -> Iterable[Span]:
    for key in pack.judge.amounts[scheme.code].parameters:
        parameter = scheme.parameters[key]
        if parameter.kind != "yuan":
            continue
        for value in parameter.own:
            text = parameter.text(value.value)
            yield Span(
                parameter.label, value.start, value.end, text, FIGURE, "", bool(value.assumed)
            )


@dataclass(frozen=True)
class Day:
    """A day on which something begins, or its last. ``text``: what holds; ``future``: to come."""

    on: date
    name: str
    begins: bool
    text: str
    assumed: bool
    future: bool


def days_of(spans: Iterable[Span], on: date) -> list[Day]:
    """Beginnings and last days in their order."""
    found = []
    for one in spans:
        text = one.text if one.look == FIGURE else ""
        for day, begins in ((one.start, True), (one.end, False)):
            if day:
                found.append(Day(day, one.name, begins, text, one.assumed, day > on))
    return sorted(dict.fromkeys(found), key=lambda day: (day.on, day.begins, day.name))
