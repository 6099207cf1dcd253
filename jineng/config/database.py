"""Where the database is, and the two roles: `owner` migrates, `app` reads and writes."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

OWNER = "owner"
APP = "app"


@dataclass(frozen=True)
class DatabaseUrl:
    """A libpq address, as a URL or as `key=value` words."""

    text: str

    @classmethod
    def from_environment(cls, var: Path) -> "DatabaseUrl":
        """`DATABASE_URL`; without one, the database of the demo that runs from this `var`."""
        given = os.environ.get("DATABASE_URL")
        if given:
            return cls(given)
        kept = var / "run" / "database_url"
        if kept.exists():
            return cls(kept.read_text().strip())
        return cls(f"postgresql://{APP}@/jineng?host={var}/postgres")

    @property
    def name(self) -> str:
        """The name of the database."""
        return str(conninfo_to_dict(self.text).get("dbname") or "")

    def django(self, pool: dict[str, Any] | None) -> dict[str, Any]:
        """As an entry of Django's DATABASES, with the options of a pool or without one."""
        words = dict(conninfo_to_dict(self.text))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": words.pop("dbname", ""),
            "USER": words.pop("user", ""),
            "PASSWORD": words.pop("password", ""),
            "HOST": words.pop("host", ""),
            "PORT": words.pop("port", ""),
            "OPTIONS": {**words, "pool": pool} if pool else words,
        }

    def with_(self, **words: str) -> "DatabaseUrl":
        """The same address with some words changed, as `key=value` words."""
        return DatabaseUrl(make_conninfo(self.text, **words))

    def as_role(self, role: str) -> "DatabaseUrl":
        """The same login, acting as another role from the first statement on."""
        options = str(conninfo_to_dict(self.text).get("options") or "")
        return self.with_(options=f"{options} -c role={role}".strip())


@dataclass(frozen=True)
class Roles:
    """The same database seen by the role that migrates and by the one that works."""

    owner: DatabaseUrl
    app: DatabaseUrl


def prepare(admin: DatabaseUrl, name: str | None = None, *, trusted: bool = False) -> Roles:
    """Makes roles and database where they don't exist; `admin` may do both.

    Without a name, the database is the one that `admin` addresses. Where the server trusts whoever
    reaches it, as the embedded one does, each role signs in as itself; else through admin's login.
    Raises psycopg.Error where the server isn't reached or `admin` may not.
    """
    with psycopg.connect(admin.text, autocommit=True) as connection:
        for role in (OWNER, APP):
            if not _exists(connection, "pg_roles", "rolname", role):
                connection.execute(_sql("CREATE ROLE {}", role))
            member = "SELECT pg_has_role(current_user, %s, 'MEMBER')"
            if connection.execute(member, [role]).fetchone() != (True,):
                connection.execute(_sql("GRANT {} TO CURRENT_USER", role))
        if name and not _exists(connection, "pg_database", "datname", name):
            connection.execute(
                _sql("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0", name, OWNER)
            )
    login = admin.with_(dbname=name) if name else admin
    with psycopg.connect(login.text, autocommit=True) as connection:
        connection.execute(_sql("GRANT ALL ON SCHEMA public TO {}", OWNER))
        if trusted:
            for role in (OWNER, APP):
                connection.execute(_sql("ALTER ROLE {} LOGIN", role))
    if trusted:
        roles = Roles(owner=login.with_(user=OWNER), app=login.with_(user=APP))
    else:
        roles = Roles(owner=login.as_role(OWNER), app=login.as_role(APP))
    grant(roles.owner, to=APP)
    return roles


def grant(owner: DatabaseUrl, to: str) -> None:
    """What `owner` makes from now on, the role `to` may read and write.

    By default only: where a migration takes a right back, it stays taken.
    """
    with psycopg.connect(owner.text, autocommit=True) as connection:
        connection.execute(_sql("GRANT USAGE ON SCHEMA public TO {}", to))
        for rights in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
            connection.execute(
                _sql(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} TO {{}}", to)
            )


def _sql(statement: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def _exists(connection: "psycopg.Connection[Any]", table: str, column: str, value: str) -> bool:
    query = _sql("SELECT 1 FROM {} WHERE {} = %s", table, column)
    return connection.execute(query, [value]).fetchone() is not None
