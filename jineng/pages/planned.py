"""Statements that are asked again and again: planned once for each connection, not each time.

A home asks for much in a few statements, and to plan one takes the database several times as long
as to answer it. So what differs from one asker to another is given apart from the statement: all
who hold the same roles share one, prepared in the connection's session (the database's own PREPARE,
so that a connection must keep its session: no pool outside may hand it round by transaction).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

#: So many stay prepared on one connection; then the one that was not asked for longest goes.
MOST_PREPARED = 64

#: Names of what is prepared on each connection, the latest asked last.
_prepared: "WeakKeyDictionary[Any, dict[str, None]]" = WeakKeyDictionary()


class Given(str):
    """A text that differs from one asker to another.

    Any other text is part of the statement: an index may hold the rows with that text alone.
    """


@dataclass(frozen=True)
class Planned:
    """A statement. ``text``: with places $1, $2 …; ``types``: what goes there, by the database's
    names ("unknown" for what the statement itself tells).
    """

    name: str
    text: str
    types: tuple[str, ...]

    @classmethod
    def of(cls, sql: str, params: Sequence[Any]) -> "tuple[Planned, list[Any]]":
        """The statement that this one is for everybody, and what is given to it here.

        ``sql``, ``params``: as `QuerySet.query.sql_with_params` says them.
        """
        places, types, given = list[str](), list[str](), list[Any]()
        with connection.cursor() as cursor:
            for one in params:
                if kind := _type_of(one):
                    types.append(kind)
                    given.append(one)
                    places.append(f"${len(given)}")
                else:
                    places.append(cursor.mogrify("%s", [one]))
        text = sql % tuple(places)
        name = f"planned_{hashlib.sha256(text.encode()).hexdigest()[:20]}"
        return cls(name, text, tuple(types)), given

    def rows(self, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        """What the database answers."""
        self.prepare()
        with connection.cursor() as cursor:
            cursor.execute(f"EXECUTE {self.name}{_listed('%s' for _ in self.types)}", given)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def prepare(self) -> None:
        """Has the connection's session hold it under its name, as the latest asked for."""
        connection.ensure_connection()
        names = _prepared.setdefault(connection.connection, {})
        if self.name in names:
            del names[self.name]
        else:
            with connection.cursor() as cursor:
                if len(names) >= MOST_PREPARED:
                    oldest = next(iter(names))
                    cursor.execute(f"DEALLOCATE {oldest}")
                    del names[oldest]
                cursor.execute(f"PREPARE {self.name}{_listed(self.types)} AS {self.text}")
        names[self.name] = None


def _listed(words: Iterable[str]) -> str:
    """In brackets, if there are any."""
    told = ", ".join(words)
    return told and f" ({told})"


def _type_of(one: Any) -> str:
    """The database's type of what is given; "" for what is part of the statement."""
    if isinstance(one, list):
        return "bigint[]" if all(isinstance(each, int) for each in one) else ""
    # 0 and 1 are what Django itself fills in, and what indexes of some rows alone compare with.
    if isinstance(one, bool) or (isinstance(one, int) and one in (0, 1)):
        return ""
    return next((name for kind, name in _TYPES if isinstance(one, kind)), "")


#: A moment is a date too, for Python.
_TYPES: tuple[tuple[type, str], ...] = (
    (Given, "text"),
    (int, "bigint"),
    (datetime, "timestamptz"),
    (date, "date"),
    (timedelta, "interval"),
)
