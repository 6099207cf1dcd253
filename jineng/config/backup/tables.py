"""What is in a database, so that it can be compared: rows, rights, numbers that come next."""

import hashlib
import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]
Tables = dict[str, dict[str, Any]]
Rights = list[list[str]]

PUBLIC = "relnamespace = 'public'::regnamespace"


def server_release(connection: Connection) -> int:
    """The server's major release."""
    return connection.info.server_version // 10000


def tables(connection: Connection, progress: Callable[[str, int, int], None]) -> Tables:
    """Each table's count of rows and the SHA-256 over them, in the order of their keys."""
    connection.execute("SET LOCAL TimeZone = 'UTC'")
    connection.execute("SET LOCAL DateStyle = 'ISO, YMD'")
    connection.execute("SET LOCAL IntervalStyle = 'postgres'")
    connection.execute("SET LOCAL extra_float_digits = 1")
    connection.execute("SET LOCAL bytea_output = 'hex'")
    names = connection.execute(
        f"SELECT relname FROM pg_class WHERE {PUBLIC} AND relkind IN ('r', 'p') ORDER BY relname"
    ).fetchall()
    found = {}
    for done, (name,) in enumerate(names):
        progress("tables", done, len(names))
        found[name] = _table(connection, name)
    return found


def _table(connection: Connection, name: str) -> dict[str, Any]:
    columns = _columns(connection, name)
    key = [_ordered(column, kind) for column, kind in _key(connection, name)]
    order = sql.SQL(", ").join(key) if key else sql.SQL('t::text COLLATE "C"')
    statement = sql.SQL("COPY (SELECT {} FROM {} t ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(sql.Identifier("t", column) for column in columns),
        sql.Identifier("public", name),
        order,
    )
    rows, total = 0, hashlib.sha256()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line in copy:
            rows += 1
            total.update(line)
    return {"columns": columns, "rows": rows, "sha256": total.hexdigest()}


def _columns(connection: Connection, name: str) -> list[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped ORDER BY attname",
        [f'public."{name}"'],
    )
    return [column for (column,) in found]


def _key(connection: Connection, name: str) -> list[tuple[str, str]]:
    """The columns of the primary key, and their types."""
    found = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_index"
        " CROSS JOIN unnest(indkey) WITH ORDINALITY AS of_key (attnum, place)"
        " JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = of_key.attnum"
        " WHERE indrelid = %s::regclass AND indisprimary ORDER BY place",
        [f'public."{name}"'],
    )
    return found.fetchall()


def _ordered(column: str, kind: str) -> sql.Composed:
    """Texts are ordered by their bytes: collations differ between servers."""
    text = kind in ("text", "character varying", "character", "name")
    return sql.SQL('{} COLLATE "C"' if text else "{}").format(sql.Identifier("t", column))


GRANTED = f"""
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
        'public.' || quote_ident(relname), privilege_type, acl.grantee, relowner
    FROM pg_class, aclexplode(relacl) acl
    WHERE {PUBLIC} AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT 'TABLE', 'public.' || quote_ident(relname),
        privilege_type || ' (' || quote_ident(attname) || ')', acl.grantee, relowner
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl) acl
    WHERE {PUBLIC} AND relkind IN ('r', 'p', 'v', 'm') AND attnum > 0
    UNION ALL
    SELECT 'ROUTINE', oid::regprocedure::text, privilege_type, acl.grantee, proowner
    FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) acl
    WHERE pronamespace = 'public'::regnamespace
"""


def rights(connection: Connection, app: str) -> Rights:
    """What the application's role and everybody may: kind of thing, its name, the right, to whom.

    Rights of the owner go without saying; those of other roles are theirs to give anew.
    """
    rows = connection.execute(
        "SELECT kind, name, privilege, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE 'app' END"
        f" FROM ({GRANTED}) AS granted (kind, name, privilege, grantee, owner)"
        " WHERE grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = %s))"
        " AND grantee <> owner ORDER BY 1, 2, 3, 4",
        [app],
    )
    return [list(row) for row in rows]


def give_rights(connection: Connection, app: str, given: Rights) -> None:
    """Gives exactly these rights and takes all others back."""
    role = sql.Identifier(app)
    for whole in ("TABLES", "SEQUENCES", "ROUTINES"):
        connection.execute(
            sql.SQL(f"REVOKE ALL ON ALL {whole} IN SCHEMA public FROM PUBLIC, {{}}").format(role)
        )
    for kind, name, right, grantee in given:
        # Names and rights as the catalogue writes them, quotes and all.
        connection.execute(
            sql.SQL(f"GRANT {right} ON {kind} {name} TO {{}}").format(
                sql.SQL("PUBLIC") if grantee == "PUBLIC" else role
            )
        )


def give_all(connection: Connection, app: str) -> None:
    """What a migration gives by default; for a backup made where one role did everything."""
    role = sql.Identifier(app)
    for right, whole in (
        ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
        ("USAGE, SELECT", "SEQUENCES"),
    ):
        connection.execute(
            sql.SQL(f"GRANT {right} ON ALL {whole} IN SCHEMA public TO {{}}").format(role)
        )


def overtaken(connection: Connection) -> list[str]:
    """Sequences whose next number is in their column already."""
    owned = connection.execute(
        "SELECT 'public.' || quote_ident(s.relname), 'public.' || quote_ident(t.relname), attname"
        " FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
        " JOIN pg_class t ON t.oid = d.refobjid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
        " WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace"
    ).fetchall()
    late = []
    for sequence, table, column in owned:
        statement = sql.SQL(
            f"SELECT last_value < coalesce((SELECT max({{}}) FROM {table}), 0) FROM {sequence}"
        )
        if connection.execute(statement.format(sql.Identifier(column))).fetchone() == (True,):
            late.append(sequence)
    return late


def is_empty(connection: Connection) -> bool:
    """Whether the schema holds no table."""
    found = connection.execute(f"SELECT 1 FROM pg_class WHERE {PUBLIC} AND relkind IN ('r', 'p')")
    return found.fetchone() is None


def others_connected(connection: Connection, wait: float = 5.0) -> int:
    """How many other sessions are in this database, once those that are leaving had `wait` seconds.

    The server lets go of a session a moment after its program has ended.
    """
    until = time.monotonic() + wait
    while True:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
            # Of sessions of other roles the kind is not told.
            " AND coalesce(backend_type, 'client backend') = 'client backend'"
        ).fetchone()
        # A transaction sees one picture of the sessions unless it asks for another.
        connection.rollback()
        others = int(found[0]) if found else 0
        if not others or time.monotonic() > until:
            return others
        time.sleep(0.1)


def migrations(connection: Connection) -> dict[str, list[str]]:
    """The migrations that were made, by app."""
    made: dict[str, list[str]] = {}
    for app, name in connection.execute("SELECT app, name FROM django_migrations ORDER BY id"):
        made.setdefault(app, []).append(name)
    return made
