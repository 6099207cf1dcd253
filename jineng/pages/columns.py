"""The columns that somebody chose for a list, kept until others are chosen.

In a cookie, which the server reads before it asks the database; it says nothing about who it is.
An address that names columns itself goes first, so that a link shows others what it shows here.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest

from jineng.pages.tables import Wanted

COOKIE = "jineng_columns"
#: Of so many lists; the one chosen for longest ago is forgotten first.
MOST_LISTS = 24
_NAME = re.compile(r"[a-z0-9_-]{1,40}")


def as_chosen(request: HttpRequest, wanted: Wanted) -> Wanted:
    """The same, with the columns that were chosen before where the address names none."""
    names = _kept(request.COOKIES.get(COOKIE, "")).get(wanted.table.name, [])
    if not names or "columns" in request.GET:
        return wanted
    return replace(wanted, columns=wanted.table.chosen(names))


def kept_with(cookie: str, table: str, names: Sequence[str]) -> str:
    """The cookie with these columns for this list; without names, the usual ones again."""
    kept = _kept(cookie)
    kept.pop(table, None)
    if names and all(_NAME.fullmatch(name) for name in (table, *names)):
        kept[table] = list(names)
    last = list(kept.items())[-MOST_LISTS:]
    return "|".join(f"{name}:{'.'.join(chosen)}" for name, chosen in last)


def _kept(cookie: str) -> dict[str, list[str]]:
    """Names of columns by list, the one chosen for last at the end; what is no name is left out."""
    kept: dict[str, list[str]] = {}
    for part in cookie.split("|"):
        table, _colon, names = part.partition(":")
        chosen = [name for name in names.split(".") if _NAME.fullmatch(name)]
        if chosen and _NAME.fullmatch(table):
            kept[table] = chosen
    return kept
