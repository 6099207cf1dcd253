"""The world, on its day, with one of each thing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.access.world import TODAY, World, standing


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], World]]:
    """Two districts, made once for the tests of a module that all begin with them."""
    with django_db_blocker.unblock(), standing(World.furnished) as world:
        yield world


@pytest.fixture
def world(made: Callable[[], World], settings: Any) -> World:
    """Two districts, on their day, with one of each thing."""
    settings.BUSINESS_DATE = TODAY
    return made()
