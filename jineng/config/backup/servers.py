"""The database that is backed up or restored: a server of one's own, or the embedded one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from jineng.config import database, launcher
from jineng.config.backup import Refused
from jineng.config.backup.tables import Connection
from jineng.config.database import OWNER, DatabaseUrl, Roles
from jineng.config.embedded import DidNotStart, EmbeddedPostgres
from jineng.config.folders import Folders

NAME = "jineng"


@dataclass(frozen=True)
class Place:
    """Both roles, and the name of the application's; None where one role does everything."""

    roles: Roles
    app: str | None

    @classmethod
    def of(cls, roles: Roles) -> "Place":
        """Asks the database who is who."""
        try:
            with psycopg.connect(roles.owner.text) as owner, psycopg.connect(roles.app.text) as app:
                return cls(roles, None if (name := _role(app)) == _role(owner) else name)
        except psycopg.OperationalError as problem:
            raise Refused(f"连接不上数据库：{str(problem).strip().splitlines()[-1]}") from None


def _role(connection: Connection) -> str:
    found = connection.execute("SELECT current_user").fetchone()
    assert found is not None
    return str(found[0])


def served() -> bool:
    """Whether a setting names a server."""
    return bool(os.environ.get("DATABASE_URL"))


@contextmanager
def to_back_up(folders: Folders) -> Iterator[Place]:
    """The database as it is, running or not. Raises Refused."""
    kept = folders.var / "run" / "database_url"
    if served():
        yield _served()
        return
    if kept.exists() and (place := _running(DatabaseUrl(kept.read_text().strip()))):
        yield place
        return
    with alone(folders):
        if not _holds_a_database(folders):
            raise Refused(f"{folders.var} 里还没有数据库，没有可以备份的。")
        with embedded(folders) as place:
            yield place


def _served() -> Place:
    try:
        return Place.of(launcher.server_roles(DatabaseUrl(os.environ["DATABASE_URL"])))
    except launcher.Refused as problem:
        raise Refused(str(problem)) from None


def _running(app: DatabaseUrl) -> Place | None:
    """The embedded database of a site that runs; its address may have outlived it."""
    try:
        return Place.of(Roles(owner=app.with_(user=OWNER), app=app))
    except Refused:
        return None


def _holds_a_database(folders: Folders) -> bool:
    return EmbeddedPostgres(folders.postgres).holds_a_database()


@contextmanager
def to_restore(folders: Folders) -> Iterator[Place]:
    """The served database, or a new embedded one in these folders. Raises Refused."""
    if served():
        yield _served()
    else:
        with embedded(folders) as place:
            yield place


@contextmanager
def embedded(folders: Folders) -> Iterator[Place]:
    """The embedded server, for as long as it is needed."""
    server = EmbeddedPostgres(folders.postgres)
    try:
        yield Place.of(database.prepare(server.start(), NAME, trusted=True))
    except DidNotStart as problem:
        raise Refused(f"内置数据库没有启动，原因见 {problem}") from None
    finally:
        server.stop()


@contextmanager
def alone(folders: Folders) -> Iterator[None]:
    """No site runs in this `var`, nor starts meanwhile."""
    try:
        with launcher.only_one(folders.var, 0):
            yield
    except launcher.Refused:
        raise Refused("网站正在运行，请先停止（在它的窗口按 Ctrl-C）。") from None
