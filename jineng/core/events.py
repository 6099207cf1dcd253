"""One event log for everything: who changed what, when, why and from where.

Triggers write it, so bulk commands and raw SQL are in it too. A command opens `acting`, which tells
the database who acts; a migration attaches a table with `Tracked`. The application's own role can
read `core_event` and nothing else: rows come from functions that run as the tables' owner.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.utils.functional import Promise
from django.utils.translation import override

from jineng.core.models import Event

_origin: ContextVar[str] = ContextVar("origin", default="")

SETTINGS = ("jineng.actor", "jineng.why", "jineng.origin")


class Actor(Protocol):
    """A user, as far as the log is concerned."""

    pk: Any


@contextmanager
def coming_from(origin: str) -> Iterator[None]:
    """Whatever is done inside came from here: an address, a command of the command line."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def origin() -> str:
    """Where what is done now came from; "" where nobody said."""
    return _origin.get()


def origin_now() -> str:
    """Where what is done comes from, as `coming_from` said."""
    return _origin.get()


@contextmanager
def acting(
    *, by: Actor | None, why: str | Promise = "", origin: str | None = None
) -> Iterator[None]:
    """One transaction in which `by` acts; None is the system itself.

    Nested, the inner one is who acts until its end. Reasons of our own are lazy texts: what is
    written down is Chinese, in whatever language the page was.
    """
    with override(settings.LANGUAGE_CODE):
        reason = str(why)
    words = ("" if by is None else str(by.pk), reason, _origin.get() if origin is None else origin)
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _set(words)
        yield
        if nested:
            _set(before)


def _set(words: Sequence[str]) -> tuple[str, ...]:
    """Tells the transaction who acts; what it was told before."""
    read = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in SETTINGS)
    write = ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {read}")
        before = cursor.fetchone()
        cursor.execute(f"SELECT {write}", list(words))
    return tuple(before)


def noted(kind: str, thing: models.Model, **details: Any) -> None:
    """Writes an event that is no change of a row: somebody looked at something veiled.

    To be called inside `acting`. The database refuses the kinds that its triggers write.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT core_note(%s, %s, %s, %s::jsonb)",
            [kind, thing._meta.db_table, str(thing.pk), json.dumps(details, ensure_ascii=False)],
        )


def events_of(thing: models.Model) -> models.QuerySet[Event]:
    """What happened to one row, the latest first."""
    return Event.objects.filter(table_name=thing._meta.db_table, row_id=str(thing.pk)).order_by(
        "-id"
    )


class Tracked(Operation):
    """Attaches a table to the log.

    ``leave_out``: columns that are derived from others; ``veil``: columns of which the log says
    that they changed, but not from what to what.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self, table: str, leave_out: Sequence[str] = (), veil: Sequence[str] = (), key: str = "id"
    ) -> None:
        self.table = table
        self.leave_out = tuple(leave_out)
        self.veil = tuple(veil)
        self.key = key

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Makes the triggers."""
        given = f"'{self.key}', '{','.join(self.leave_out)}', '{','.join(self.veil)}'"
        for event, tables in (
            ("INSERT", "REFERENCING NEW TABLE AS new_rows"),
            ("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "REFERENCING OLD TABLE AS old_rows"),
            ("TRUNCATE", ""),
        ):
            schema_editor.execute(
                f'CREATE TRIGGER tracked_{event.lower()} AFTER {event} ON "{self.table}" {tables}'
                f" FOR EACH STATEMENT EXECUTE FUNCTION core_track({given})"
            )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drops the triggers."""
        for event in ("insert", "update", "delete", "truncate"):
            schema_editor.execute(f'DROP TRIGGER tracked_{event} ON "{self.table}"')

    def describe(self) -> str:
        """For `migrate`."""
        return f"Keep every change of {self.table}"


class ReadOnly(Operation):
    """Takes back from everybody but its owner every right on a table but to read it."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, but: Sequence[str] = ()) -> None:
        self.table = table
        self.but = tuple(but)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Revokes; ``but`` are the rights that stay beside reading: `INSERT`, `UPDATE (column)`."""
        kept = {"SELECT", *self.but}
        rights = ", ".join(
            right
            for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
            if right not in kept
        )
        sequence = (
            ""
            if "INSERT" in kept
            else (
                f"EXECUTE 'REVOKE ALL ON SEQUENCE '"
                f" || pg_get_serial_sequence('{self.table}', 'id') || ' FROM ' || grantee;"
            )
        )
        # Taken back from the table, a right is taken back from its columns too.
        columns = "".join(
            f"EXECUTE 'GRANT {right} ON {self.table} TO ' || grantee;"
            for right in self.but
            if "(" in right
        )
        schema_editor.execute(
            f"""
            DO $$ DECLARE grantee text; writes boolean; BEGIN
                FOR grantee, writes IN
                    SELECT CASE acl.grantee WHEN 0 THEN 'public'
                        ELSE quote_ident(pg_get_userbyid(acl.grantee)) END,
                        bool_or(acl.privilege_type = 'UPDATE')
                    FROM pg_class, aclexplode(relacl) acl
                    WHERE pg_class.oid = '{self.table}'::regclass AND acl.grantee <> relowner
                    GROUP BY acl.grantee
                LOOP
                    EXECUTE 'REVOKE {rights} ON {self.table} FROM ' || grantee;
                    {sequence}
                    IF writes THEN {columns or "NULL;"} END IF;
                END LOOP;
            END $$
            """
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing: the table goes next."""

    def describe(self) -> str:
        """For `migrate`."""
        return f"Only the owner writes {self.table}"
