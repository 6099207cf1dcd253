"""Sites to back up, and the command."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import psycopg

from jineng.config import keys
from jineng.config.database import DatabaseUrl, Roles, prepare
from jineng.config.embedded import EmbeddedPostgres
from tests.stand import with_database

PASSPHRASE = "correct horse battery"
Rows = dict[str, list[tuple[object, ...]]]

#: Something of everything: sealed values, members of groups, events, seals, jobs.
FILL = """
import django
django.setup()
from datetime import date
from pathlib import Path
from django.conf import settings
from django.utils import timezone
from jineng.core.crypto import create_encrypted
from jineng.core.events import acting
from jineng.core.seal import seal
from jineng.people.commands.persons import add_person, change_person
from jineng.people.models import User
from tests.people.numbers import identity_number

for at in range(20):
    person = add_person(identity_number=identity_number(), name="某人", by=None,
        phone=f"1380000{at:04}", bank_account="6222000000000000000", on=date(2026, 11, 20),
        groups=[dict(group="veteran", proof="证", source="退役军人局", starts_on=date(2020, 1, 1),
            ends_on=None)])
change_person(person, by=None, on=date(2026, 11, 20), why="名字中有\\t制表符", name="某\\u3400人")
User.objects.create_user("somebody", password="x")
seal()
with acting(by=None):
    User.objects.create_user("later")
kept = settings.UPLOADS_ROOT / "batches" / "one" / "claims"
kept.parent.mkdir(parents=True)
with create_encrypted(kept) as file:
    file.write(b"what was handed in")
for passing in ("plain/room/note", "receiving/half", "batches/one/.aside"):
    path = settings.UPLOADS_ROOT / passing
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("not to be kept")
"""


def jineng(
    *words: str | Path,
    var: Path,
    status: int = 0,
    given: str = "",
    environment: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Runs a command on the site in `var`; what it prints."""
    kept = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "jineng.cli", *map(str, words)],
        env={**kept, "JINENG_VAR": str(var), **environment},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@contextmanager
def running(var: Path) -> Iterator[Roles]:
    """The embedded database of a site that does not run."""
    server = EmbeddedPostgres(var / "postgres")
    try:
        yield prepare(server.start(), "jineng", trusted=True)
    finally:
        server.stop()


def fill(var: Path, roles: Roles) -> None:
    """Puts something of everything into a site."""
    keys.make_all(var / "keys")
    subprocess.run(
        [sys.executable, "-c", FILL],
        env=os.environ
        | {
            "DATABASE_URL": roles.app.text,
            "JINENG_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
        },
        check=True,
    )


def make_site(var: Path) -> None:
    """A site with something of everything, that does not run."""
    with running(with_database(var)) as roles:
        fill(var, roles)


def contents(url: DatabaseUrl) -> Rows:
    """Every row of every table, as text, in an order of its own."""
    with psycopg.connect(url.text) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            name: sorted(connection.execute(f'SELECT t::text FROM "{name}" t'.encode()).fetchall())
            for (name,) in names
        }
