"""Charts drawn by the server: bars, each of parts, with the table that says the same in numbers.

Drawn as SVG with classes for colours, so that no page carries a library for charts, the strict
content security policy holds, and light, dark and print follow the tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

from jineng.pages.tables import text_of

register = template.Library()

WIDTH = 1000
#: A part that there is can be seen.
LEAST = 4


@dataclass(frozen=True)
class Part:
    """A part of a bar. ``look``: the class that colours it; ``x`` and ``width``: of `WIDTH`."""

    name: Any
    look: str
    value: int
    text: str
    x: int
    width: int
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar with its parts. ``note``: said behind its total; ``more``: further cells of its row."""

    name: Any
    parts: tuple[Part, ...]
    total: str
    url: str = ""
    note: str = ""
    more: tuple[str, ...] = ()


def drawn(series: Sequence[Any], bars: Sequence[Any], kind: str) -> list[Bar]:
    """The bars with places for their parts; the longest takes all of the width."""
    longest = max((sum(one["values"]) for one in bars), default=0) or 1
    found = []
    for one in bars:
        parts, x = [], 0
        urls = one.get("urls") or [""] * len(series)
        for (name, look), value, url in zip(series, one["values"], urls, strict=True):
            width = max(LEAST, round(value / longest * WIDTH)) if value > 0 else 0
            width = min(width, WIDTH - x)
            own = one.get("look", look)
            parts.append(Part(name, own, value, text_of(kind, value), x, width, url))
            x += width
        total = text_of(kind, sum(one["values"]))
        note, more = one.get("note", ""), tuple(one.get("more", ()))
        found.append(Bar(one["name"], tuple(parts), total, one.get("url", ""), note, more))
    return found


@register.inclusion_tag("portal/components/chart.html")
def chart(title: Any, chart: dict[str, Any], numbers: bool = True) -> dict[str, Any]:
    """A chart. `chart` has `series` (pairs of a name and a look), `bars` (name, values, url) and
    `kind` of the values (count or money); `column`: what the bars are. A bar may have `urls`, of
    its values, a `look` of its own, a `note` behind its total, and `more` cells of its row, which
    `more` of the chart heads.

    Looks: good, bad, waiting, plain, or series-1 to series-4. `numbers`: false where the page shows
    the table itself, right below.
    """
    kind = chart.get("kind", "count")
    return {
        "title": title,
        "numbers": numbers,
        "series": chart["series"],
        "bars": drawn(chart["series"], chart["bars"], kind),
        "column": chart.get("column", ""),
        "more": chart.get("more", ()),
    }
