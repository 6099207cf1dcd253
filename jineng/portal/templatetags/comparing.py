"""Charts that lay two ways beside each other: bars about a middle line, and curves over months.

Drawn by the server as SVG, like all charts (`charts`), each with the table that says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django import template

from jineng.pages.tables import text_of
from jineng.portal.templatetags.charts import LEAST, WIDTH, Bar, Part

register = template.Library()

HEIGHT = 240


def signed(kind: str, value: int) -> str:
    """A difference as it is read, with its sign."""
    return f"+{text_of(kind, value)}" if value > 0 else text_of(kind, value)


@register.inclusion_tag("portal/components/chart.html")
def balance(title: Any, chart: dict[str, Any], numbers: bool = True) -> dict[str, Any]:
    """Bars about a middle line, to the right of it for more, to the left for less. `chart` has
    `bars` (name, value, url, `more` cells of its row), `kind` of the values (money or count),
    `column`: what the bars are, `heading`: of the values, and `more`: what heads further cells. It
    may have `scale`: the values that make bars as long as those of a chart beside it. `numbers`:
    false where the page shows the table itself.
    """
    kind, bars = chart.get("kind", "money"), chart["bars"]
    scale = chart.get("scale") or [one["value"] for one in bars]
    least, most = min(0, *scale, 0), max(0, *scale, 0)
    span = (most - least) or 1
    middle, heading = round(-least / span * WIDTH), chart.get("heading", "")
    drawn = []
    for one in bars:
        value = one["value"]
        width = max(LEAST, round(abs(value) / span * WIDTH)) if value else 0
        x = middle if value >= 0 else max(0, middle - width)
        look, text = "more" if value > 0 else "less", signed(kind, value)
        part = Part(heading, look, value, text, x, min(width, WIDTH - x))
        more = tuple(one.get("more", ()))
        drawn.append(Bar(one["name"], (part,), text, one.get("url", ""), more=more))
    return {
        "title": title,
        "numbers": numbers,
        "series": [(heading, "")],
        "bars": drawn,
        "middle": min(middle, WIDTH - 2),
        "column": chart.get("column", ""),
        "more": chart.get("more", ()),
    }


@dataclass(frozen=True)
class Line:
    """A line over months. ``points``: of the SVG."""

    name: Any
    look: str
    points: str
    texts: tuple[str, ...]


@register.inclusion_tag("portal/components/curve.html")
def curve(title: Any, chart: dict[str, Any]) -> dict[str, Any]:
    """What adds up month by month. `chart` has `months`, `series` (name, look, values, 分 a month)
    and may have `budget`, 分. Looks: before, after.
    """
    months, budget = chart["months"], chart.get("budget")
    sums = [list(accumulate(one[2])) for one in chart["series"]]
    top = max([1, budget or 0, *(max(one, default=0) for one in sums)])
    lines = [
        Line(name, look, _points(total, top), tuple(text_of("money", one) for one in total))
        for (name, look, _values), total in zip(chart["series"], sums, strict=True)
    ]
    return {
        "title": title,
        "lines": lines,
        "months": months,
        "rows": [(month, [one.texts[at] for one in lines]) for at, month in enumerate(months)],
        "top": text_of("money", top),
        "budget": text_of("money", budget) if budget else "",
        "budget_y": _y(budget, top) if budget else None,
    }


def _points(sums: Sequence[int], top: int) -> str:
    """From nothing, before the first month, to what there is at the end of each."""
    steps = max(1, len(sums))
    places = [(0, 0), *((round(at / steps * WIDTH), one) for at, one in enumerate(sums, start=1))]
    return " ".join(f"{x},{_y(one, top)}" for x, one in places)


def _y(fen: int, top: int) -> int:
    return round((1 - fen / top) * (HEIGHT - 4)) + 2
