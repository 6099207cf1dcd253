"""The business date."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jineng.config import numbers
from jineng.core.calendar import business_date


def test_it_is_today_in_china() -> None:
    before = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    assert before <= business_date() <= datetime.now(ZoneInfo("Asia/Shanghai")).date()


def test_a_demo_may_fix_it(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_BUSINESS_DATE", "2020-08-31")
    settings.BUSINESS_DATE = numbers.business_date()
    assert business_date() == date(2020, 8, 31)


def test_what_is_no_date_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_BUSINESS_DATE", "31.8.2020")
    with pytest.raises(ValueError, match=r"JINENG_BUSINESS_DATE.*31\.8\.2020"):
        numbers.business_date()
