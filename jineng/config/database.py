"""Where the database is, and the two roles: `owner` migrates, `app` reads and writes."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

    def django(self, pool: dict[str, Any]) -> dict[str, Any]:
        """As an entry of Django's DATABASES."""
        words = dict(conninfo_to_dict(self.text))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": words.pop("dbname", ""),
            "USER": words.pop("user", ""),
            "PASSWORD": words.pop("password", ""),
            "HOST": words.pop("host", ""),
            "PORT": words.pop("port", ""),
            "OPTIONS": {**words, "pool": pool},
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


def prepare(admin: DatabaseUrl, name: str = "jineng") -> Roles:
    """Makes roles and database where they don't exist; `admin` may create both.

    Raises psycopg.Error where the server can't be reached or `admin` may not.
    """
    with psycopg.connect(admin.text, autocommit=True) as connection:
        for role in (OWNER, APP):
            if not _exists(connection, "pg_roles", "rolname", role):
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role))
            )
        if not _exists(connection, "pg_database", "datname", name):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
    roles = roles_of(admin.with_(dbname=name))
    with psycopg.connect(roles.owner.text, autocommit=True) as connection:
        grant(connection)
    return roles


def roles_of(login: DatabaseUrl) -> Roles:
    """Both roles through one login that is a member of them."""
    return Roles(owner=login.as_role(OWNER), app=login.as_role(APP))


def grant(connection: "psycopg.Connection[Any]", to: str = APP) -> None:
    """What the connected role makes from now on, `to` may read and write.

    By default only: a migration takes back what is append-only, and stays obeyed.
    """
    for what in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT " + what + " TO {}").format(
                sql.Identifier(to)
            )
        )


def _exists(connection: "psycopg.Connection[Any]", table: str, column: str, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, [value]).fetchone() is not None
