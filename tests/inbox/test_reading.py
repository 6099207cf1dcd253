"""Each event is told once, whatever happens to whoever reads the log."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jineng.config.database import Roles
from jineng.core.events import acting, noted
from jineng.inbox import reading
from jineng.inbox.models import Notice, Reading
from jineng.inbox.reading import read_events, wanted
from jineng.inbox.tellings import of_events
from jineng.people.models import User
from jineng.people.signin.devices import NEW_DEVICE
from tests.access.world import TODAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("jobs")]


def read() -> int:
    return read_events(on=TODAY, at=timezone.now())


@contextmanager
def other_session(roles: Roles) -> Iterator["psycopg.Connection[Any]"]:
    """A transaction of somebody else's, which ends when the test says so."""
    with psycopg.connect(roles.app.text) as opened:
        yield opened


def happens_to(user: int, session: Any = None) -> None:
    """An event that its user is told of."""
    words = [NEW_DEVICE, "people_user", str(user), '{"device": "", "first": false}']
    statement = "SELECT core_note(%s, %s, %s, %s::jsonb)"
    if session is not None:
        session.execute(statement, words)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, words)


def told() -> list[tuple[int, str]]:
    """Whom of which event, in order."""
    return sorted(Notice.objects.values_list("user", "cause"))


def happened() -> list[tuple[int, str]]:
    """What should have been told, by what the log has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_id::bigint, id::text FROM core_event WHERE kind = %s", [NEW_DEVICE]
        )
        return sorted(cursor.fetchall())


class Killed(BaseException):
    """What a kill is to the database: the connection's transaction is gone."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """Ends whatever is running before so many statements are made."""
    left = [statement]

    def count(execute: Callable[..., Any], *rest: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return execute(*rest)

    with suppress(Killed), connection.execute_wrapper(count):
        yield


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("event"), st.integers(0, 2)),
        # In one of two other sessions, where it is not seen until the end.
        st.tuples(st.just("event elsewhere"), st.integers(0, 1)),
        st.tuples(st.sampled_from(["commit", "rollback"]), st.integers(0, 1)),
        st.tuples(st.just("read"), st.just(0)),
        st.tuples(st.just("read and be killed"), st.integers(0, 14)),
        st.tuples(st.just("move"), st.just(0)),
    ),
    min_size=5,
    max_size=40,
)


def test_every_event_is_told_once(database_roles: Roles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    users = [User.objects.create(username=f"user {n}").pk for n in range(3)]

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(STEPS)
    def holds(steps: list[tuple[str, int]]) -> None:
        _start_anew()
        with other_session(database_roles) as first, other_session(database_roles) as second:
            others = (first, second)
            for step, number in steps:
                if step == "event":
                    happens_to(users[number])
                elif step == "event elsewhere":
                    happens_to(users[number], others[number])
                elif step == "commit":
                    others[number].commit()
                elif step == "rollback":
                    others[number].rollback()
                elif step == "read":
                    read()
                elif step == "move":
                    # A restored backup: another server, the same rows.
                    Reading.objects.update(cluster="another")
                else:
                    with killed_at(number):
                        read()
                # Nothing is told that did not happen, nor twice.
                assert set(told()) <= set(happened())
            for other in others:
                other.commit()
        read()
        assert told() == happened()

    holds()


def _start_anew() -> None:
    Notice.objects.all().delete()
    Reading.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE owner")
        cursor.execute("DELETE FROM core_event")
        cursor.execute("SET ROLE app")
    read()


def test_a_long_transaction_makes_nobody_wait(database_roles: Roles) -> None:
    user = User.objects.create(username="user").pk
    read()
    with other_session(database_roles) as importing:
        happens_to(user, importing)
        happens_to(user)
        read()
        assert len(told()) == 1
        importing.commit()
    read()
    assert told() == happened()


def test_reading_that_begins_amid_a_transaction_tells_of_the_rest_of_it(
    database_roles: Roles,
) -> None:
    """A province is loaded so: what its cast finds in the inbox happens after the beginning."""
    user = User.objects.create(username="user").pk
    _start_anew()
    Reading.objects.all().delete()
    with transaction.atomic():
        happens_to(user)
        with other_session(database_roles) as quicker:
            happens_to(user, quicker)
        reading.begin()
        happens_to(user)
    read()
    assert told() == happened()[-1:]


def test_a_telling_that_fails_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [User.objects.create(username=f"user {n}").pk for n in range(3)]
    read()
    (telling,) = (one for one in of_events() if one.kinds == {NEW_DEVICE})
    good = telling.tells

    def tells(events: Any, on: Any) -> Any:
        for event in events:
            if event.row_id == str(users[1]):
                raise KeyError("a mistake of ours")
        return good(events, on)

    monkeypatch.setitem(telling.__dict__, "tells", tells)
    for user in users:
        happens_to(user)
    read()
    assert [user for user, _cause in told()] == [users[0], users[2]]


COMMAND = """
import django, sys
django.setup()
from django.utils import timezone
from jineng.inbox import reading
from tests.access.world import TODAY
reading.CHUNK = 3
sys.stdout.write("ready\\n")
sys.stdout.flush()
while True:
    reading.read_events(on=TODAY, at=timezone.now())
"""


def test_readers_that_are_killed(database_roles: Roles) -> None:
    """Two at once, killed and begun again while events go on."""
    users = [User.objects.create(username=f"user {n}").pk for n in range(3)]
    read()
    environment = os.environ | {
        "DATABASE_URL": database_roles.app.text,
        "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
    }
    for turn in range(2):
        readers = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", COMMAND],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _reader in range(2)
        ]
        try:
            for reader in readers:
                assert reader.stdout is not None
                assert reader.stdout.readline() == "ready\n"
            until = time.monotonic() + 0.5 + 0.2 * turn
            while time.monotonic() < until:
                with transaction.atomic():
                    for user in users:
                        happens_to(user)
        finally:
            for reader in readers:
                reader.send_signal(signal.SIGKILL)
                reader.communicate()
    assert 0 < len(told()) <= len(happened())
    read()
    assert told() == happened()


def test_the_events_of_an_import_are_not_looked_at() -> None:
    user = User.objects.create(username="user")
    read()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE owner")
        cursor.execute(
            "INSERT INTO core_event (kind, table_name, row_id, after, why, origin, db_user)"
            " SELECT 'insert', 'people_person', n::text, '{}', '', '', 'app'"
            " FROM generate_series(1, 200000) n"
        )
        cursor.execute("SET ROLE app")
    with acting(by=user):
        noted(NEW_DEVICE, user, device="", first=False)
    began = time.process_time(), time.monotonic()
    assert read() == 1
    assert time.process_time() - began[0] < 0.5
    told_of, params = wanted()
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM core_event WHERE id > 0 AND ({told_of})"
            " ORDER BY id LIMIT 500",
            params,
        )
        ((plan,),) = cursor.fetchall()
    assert "event_told" in str(plan)
    assert plan[0]["Execution Time"] < 200


def test_the_index_knows_every_table_of_which_anything_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('event_told'::regclass)")
        ((made,),) = cursor.fetchall()
    missing = [one.table for one in of_events() if f"'{one.table}'" not in made]
    assert missing == [], "a migration of `inbox` makes the index anew"
