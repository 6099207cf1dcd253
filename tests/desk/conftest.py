"""What tests of the policy desk begin with."""

from typing import Any

import pytest

from tests.desk.standing import TODAY, Desk, desk


@pytest.fixture
def three(settings: Any) -> Desk:
    """Three who administer the policy, on the day of these tests."""
    settings.BUSINESS_DATE = TODAY
    return desk()
