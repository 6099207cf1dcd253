"""A small world, on its day."""

from typing import Any

import pytest

from tests.access.world import TODAY, World


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    """The business date is the world's."""
    settings.BUSINESS_DATE = TODAY


@pytest.fixture
def world(db: None) -> World:
    """Two districts with one of everybody."""
    return World.made()
