"""The packs that these tests decide by, loaded once."""

import pytest

from jineng import policy
from tests.policy.packs import all_standards_set


@pytest.fixture(scope="session")
def pack() -> policy.Pack:
    """Hubei's pack as it is."""
    return policy.load("hubei")


@pytest.fixture(scope="session")
def open_pack(tmp_path_factory: pytest.TempPathFactory) -> policy.Pack:
    """Hubei's pack with a standard wherever the documents leave one to the city (Wuhan's)."""
    return all_standards_set(tmp_path_factory.mktemp("open"))
