"""A small world, on its day."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from jineng.people.models import Role
from tests.access.world import TODAY, World, signed_in, standing


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    """The business date is the world's."""
    settings.BUSINESS_DATE = TODAY


@pytest.fixture
def world(db: None) -> World:
    """Two districts with one of everybody."""
    return World.made()


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], World]]:
    """Two districts, made once for the tests of a module that all begin with them."""
    with django_db_blocker.unblock(), standing(World.made) as world:
        yield world


@pytest.fixture
def acceptor(world: World) -> Client:
    """Signed in: who takes requests in at home."""
    return signed_in(world.home.users[Role.ACCEPTOR])
