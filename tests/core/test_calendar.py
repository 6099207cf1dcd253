"""The business date."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jineng.config import numbers
from jineng.core.calendar import CHINA, business_date, business_now, business_time


def test_it_is_today_in_china() -> None:
    before = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    assert before <= business_date() <= datetime.now(ZoneInfo("Asia/Shanghai")).date()


def test_a_demo_may_fix_it(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_BUSINESS_DATE", "2020-08-31")
    settings.BUSINESS_DATE = numbers.business_date()
    assert business_date() == date(2020, 8, 31)


def test_moments_are_the_clock_s_where_no_date_is_fixed(settings: Any) -> None:
    settings.BUSINESS_DATE = None
    assert abs(business_now() - datetime.now(UTC)) < timedelta(minutes=1)
    at = datetime(2030, 2, 3, 4, 5, tzinfo=UTC)
    assert business_time(at) == at


def test_where_a_date_is_fixed_what_happens_happens_on_it(settings: Any) -> None:
    settings.BUSINESS_DATE = date(2020, 9, 15)
    now = datetime.now(CHINA)
    assert business_now().date() == date(2020, 9, 15)
    assert business_time(now).time() == now.time()
    for days, day in ((-400, 15), (-1, 15), (0, 15), (1, 16), (10, 25)):
        # What is to come is as far off as it is.
        assert business_time(now + timedelta(days=days)).date() == date(2020, 9, day)
    # What was told of an earlier time stays.
    told = datetime(2020, 9, 11, 20, 15, tzinfo=CHINA)
    assert business_time(told.astimezone(UTC)) == told
    assert business_time(told) <= business_time(now) <= business_time(now + timedelta(days=1))


def test_what_is_no_date_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_BUSINESS_DATE", "31.8.2020")
    with pytest.raises(ValueError, match=r"JINENG_BUSINESS_DATE.*31\.8\.2020"):
        numbers.business_date()
