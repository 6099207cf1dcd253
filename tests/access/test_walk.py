"""Every address, for every role, for outsiders and for a stranger, as the table says."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jineng.people.models import Role, User
from jineng.people.signin.sessions import BEGAN, SEEN
from tests.access.rows import Row
from tests.access.table import ROWS
from tests.access.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One for all walks, each of which leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World.furnished()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def texts_are_sent(settings: Any) -> None:
    """Every page is there that can be."""
    settings.TEXTS = "page"


def views(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The full name of every view, pages and operations of an API alike."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_view_is_in_the_table() -> None:
    assert set(views()) == {row.view for row in ROWS}


THEIRS = ("account_", "mfa_", "openid_", "socialaccount_", "usersessions_")
OURS = [row for row in ROWS if not row.view.startswith(THEIRS)]


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row.method} {row.view}")
def test_what_changes_something_takes_no_get(
    row: Row, world: World, sessions: dict[int, str]
) -> None:
    user = world.home.users[min(row.yes)]
    if row.method == "POST":
        # A page that asks "are you sure" may be shown to whoever owns the thing: 404 to others.
        answer = get(replace(row, method="GET"), world, sessions[user.pk])
        assert answer.status_code in (404, 405)
    else:
        assert get(replace(row, method="PUT"), world, sessions[user.pk]).status_code == 405


@pytest.fixture(scope="module")
def sessions(world: World, django_db_blocker: Any) -> dict[int, str]:
    """The session of everybody, by the user's number."""
    made = {}
    with django_db_blocker.unblock():
        for user in (*world.home.users.values(), *world.elsewhere.users.values()):
            client = Client()
            client.force_login(user)
            freshly_confirmed(client, user)
            made[user.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return made


#: One stack of middleware for all who walk; each has a client, and so cookies, of their own.
STACK = Client().handler


def get(row: Row, world: World, session: str = "") -> HttpResponseBase:
    """What the address gives; whatever was changed by it is undone."""
    at = {name: world.things.get(thing, thing) for name, thing in row.at.items()}
    client = Client()
    client.handler = STACK
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        answer = client.generic(row.method, reverse(row.view, kwargs=at))
        transaction.set_rollback(True)
    return answer


def freshly_confirmed(client: Client, user: User) -> None:
    """Has the session know that the password was just given once more, however long a walk is."""
    session = client.session
    # Seen just now, too: else each page would write that down.
    session[BEGAN], session[SEEN] = int(time.time()), int(time.time()) + 3600
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() + 3600, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.view}")
def test_everybody_gets_what_the_table_says(
    row: Row, world: World, sessions: dict[int, str]
) -> None:
    wrong = {}
    for role in Role:
        for outsider, district in ((False, world.home), (True, world.elsewhere)):
            answer = get(row, world, sessions[district.users[role].pk])
            if answer.status_code != row.expected(role, outsider=outsider):
                wrong[f"{role}{' elsewhere' if outsider else ''}"] = answer.status_code
    answer = get(row, world)
    if answer.status_code != row.stranger:
        wrong["stranger"] = answer.status_code
    if row.stranger == 302:
        assert answer.headers["Location"].startswith(("/accounts/login/", "/?", "/"))
    assert wrong == {}
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"]
