"""The demo's province, for those who walk through it."""

from collections.abc import Iterator

import pytest

from tests.conftest import new_var
from tests.journeys.pictures import KEPT
from tests.stand import Demo, running_demo, with_database


@pytest.fixture(scope="session")
def province() -> Iterator[Demo]:
    """A province with its cast; a small one, but for pictures."""
    how = {"JINENG_DEMO": "1"} | ({} if KEPT else {"JINENG_DEMO_PERSONS": "400"})
    with running_demo(with_database(new_var()), seconds=240, **how) as demo:
        yield demo
