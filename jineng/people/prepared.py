"""A function of the database that is asked so often that what a cursor adds to it counts."""

from collections.abc import Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import Connection, DataError, RawCursor
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

#: The functions that each connection has prepared.
_prepared: WeakKeyDictionary[Connection[Any], set[str]] = WeakKeyDictionary()


def asked(function: str, given: Sequence[object]) -> int:
    """The number that a function gives. Raises Django's DatabaseError.

    Twenty in a hundred more are answered than through a cursor where connections outnumber
    processors: the process sleeps in libpq, and is woken once.
    """
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        if raw.autocommit:
            return _asked_alone(raw, function, given)
        # A cursor knows how to begin what this is a part of.
        with RawCursor(raw) as cursor:
            row = cursor.execute(_statement(function, len(given)), given).fetchone()
        assert row is not None
        return int(row[0])


def _statement(function: str, count: int) -> str:
    return f"SELECT {function}({', '.join(f'${n}' for n in range(1, count + 1))})"


def _asked_alone(raw: Connection[Any], function: str, given: Sequence[object]) -> int:
    texts = [None if one is None else str(one).encode() for one in given]
    if any(text and b"\0" in text for text in texts):
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    known, name = _prepared.setdefault(raw, set()), function.encode()
    if function not in known:
        statement = _statement(function, len(given)).encode()
        _done(raw, raw.pgconn.prepare(name, statement))
        known.add(function)
    # None is a null, though its type doesn't say so.
    result = _done(raw, raw.pgconn.exec_prepared(name, cast("list[bytes]", texts)))
    answer = result.get_value(0, 0)
    assert answer is not None
    return int(answer)


def _done(raw: Connection[Any], result: PGresult) -> PGresult:
    if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        return result
    raise error_from_result(result, raw.info.encoding)
