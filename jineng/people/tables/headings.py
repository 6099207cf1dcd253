"""The row of headings among the first rows of a file."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jineng.people.errors import Refused
from jineng.people.tables.columns import Heading

#: Headings are looked for in so many rows: a title or a note may stand above them.
FIRST_ROWS = 10
_CLUTTER = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*]|\((必填|选填)\)$")


@dataclass(frozen=True)
class Headings:
    """``row``: its place, from 0; ``places``: where the columns stand, by name; ``found``: all."""

    row: int
    places: dict[str, int]
    found: tuple[str, ...]

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings of columns that nobody asked for."""
        used = set(self.places.values())
        return tuple(text for at, text in enumerate(self.found) if text and at not in used)


def bare(text: str) -> str:
    """A heading without marks, spaces and forms of characters."""
    return _CLUTTER.sub("", unicodedata.normalize("NFKC", text)).casefold()


def known(rows: Sequence[Sequence[str]], headings: Sequence[Heading]) -> tuple[int, int]:
    """The row with most headings that are asked for, and how many those are."""
    words = _words(headings)
    counts = [len({words.get(bare(cell)) for cell in row} - {None}) for row in rows[:FIRST_ROWS]]
    best = max(counts, default=0)
    return (counts.index(best) if best else 0), best


def find(rows: Sequence[Sequence[str]], headings: Sequence[Heading]) -> Headings:
    """The headings of a file. Raises Refused where one that must be there is not, or is twice."""
    row, count = known(rows, headings)
    found = tuple(cell.strip() for cell in rows[row]) if rows else ()
    words = _words(headings)
    places: dict[str, int] = {}
    for place, text in enumerate(found):
        name = words.get(bare(text))
        if name in places:
            raise Refused(
                _("列名“%(text)s”和“%(other)s”是同一列，请只保留一列。")
                % {"text": text, "other": found[places[name]]}
            )
        if name is not None:
            places[name] = place
    missing = [one for one in headings if one.required and one.name not in places]
    if missing or not count:
        unused = [text for at, text in enumerate(found) if text and at not in places.values()]
        raise Refused(_lacking(missing, unused, any_known=bool(places)))
    return Headings(row, places, found)


def _words(headings: Sequence[Heading]) -> dict[str, str]:
    return {bare(word): one.name for one in headings for word in (one.name, one.title, *one.others)}


def _lacking(missing: Sequence[Heading], unused: Sequence[str], *, any_known: bool) -> str:
    told = []
    for one in missing:
        near = difflib.get_close_matches(one.title, unused, n=1, cutoff=0.3)
        told.append(f"“{one.title}”" + (_("（是不是“%s”？）") % near[0] if near else ""))
    if not any_known:
        return _("文件里没有认得的列名；应有：%(missing)s。") % {"missing": "、".join(told)}
    return _("缺少必须有的列：%(missing)s。请按说明改正列名后再导入。") % {
        "missing": "、".join(told)
    }
