"""The world, on its day, from which on everything is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from jineng.core.models import Event
from jineng.inbox.reading import tell_of, wanted
from tests.access.world import TODAY, World


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    """The business date is the world's."""
    settings.BUSINESS_DATE = TODAY


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Two districts, for all tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World.made()
        transaction.set_rollback(True)


@pytest.fixture
def world(made: World, django_db_blocker: Any) -> Iterator[World]:
    """Two districts, of whose making nothing is told; left as they were."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        yield made
        transaction.set_rollback(True)
    for user in (*made.home.users.values(), *made.elsewhere.users.values()):
        # What a user object remembers of a day that did not happen.
        for known in ("_access", "_unread"):
            user.__dict__.pop(known, None)


_last = 0


def forget() -> None:
    """Nothing is told of what has happened so far."""
    global _last  # noqa: PLW0603
    _last = Event.objects.aggregate(last=Max("id"))["last"] or 0


def tell() -> int:
    """Tells of what the test did since, in its own transaction, which no worker would see."""
    told, params = wanted()
    events = Event.objects.raw(
        f"SELECT * FROM core_event WHERE id > %s AND ({told}) ORDER BY id", [_last, *params]
    )
    made = tell_of(list(events), on=TODAY, at=timezone.now())
    forget()
    return made
