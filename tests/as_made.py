"""The tests' database as it was made: what a test that commits leaves behind is taken out again.

Django's own way, to empty every table and to fill again those that are not empty from the start,
takes a second; here only what has changed is touched.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from psycopg import sql

#: Ordinary tables whose file is not empty, which those are not that were just truncated.
WRITTEN = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
"""


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor of the role that owns the tables, and so may empty them."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE owner")
        try:
            yield cursor
        finally:
            cursor.execute("SET ROLE app")


class AsMade:
    """Which tables hold rows from the start, and which rows."""

    def __init__(self) -> None:
        with as_owner() as cursor:
            cursor.execute("TRUNCATE core_event")
            self.filled = sorted(name for name in written(cursor) if holds_rows(cursor, name))
            self.rows = rows(cursor, self.filled)

    def restore(self, empty: Callable[[], None]) -> None:
        """Empties what was empty; `empty` empties all, for when other rows have changed too."""
        with as_owner() as cursor:
            if left := written(cursor) - set(self.filled):
                cursor.execute(of("TRUNCATE {} CASCADE", *sorted(left)))
            if rows(cursor, self.filled) == self.rows:
                return
            empty()
            call_command("reference", stdout=io.StringIO())
            cursor.execute("TRUNCATE core_event")
            self.rows = rows(cursor, self.filled)


def written(cursor: Any) -> set[str]:
    """Tables that something was written to."""
    cursor.execute(WRITTEN)
    return {name for (name,) in cursor.fetchall()}


def holds_rows(cursor: Any, table: str) -> bool:
    """Whether what was written is there."""
    cursor.execute(of("SELECT EXISTS (SELECT FROM {})", table))
    return bool(cursor.fetchone()[0])


def rows(cursor: Any, tables: list[str]) -> list[tuple[int, int | None]]:
    """Of each table how many rows it holds, and a sum over which version of each of them."""
    counted = "SELECT count(*), sum(hashtextextended(ctid::text || xmin::text, 0)) FROM {}"
    found = []
    for table in tables:
        cursor.execute(of(counted, table))
        found.append(cursor.fetchone())
    return found


def of(statement: str, *tables: str) -> sql.Composed:
    """The statement with the names of tables in it."""
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    return sql.SQL(statement).format(names)
