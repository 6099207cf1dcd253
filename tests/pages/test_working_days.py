"""Working days, known and not known yet."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jineng.pages.working_days import (
    Day,
    days_after,
    is_provisional,
    is_working_day,
    read_days,
    working_days_after,
    working_days_left,
)

NATIONAL_DAY_2020 = date(2020, 9, 30)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2020, 9, 15), True),
        (date(2020, 9, 26), False),  # Saturday
        (date(2020, 9, 27), True),  # Sunday, worked for the holidays
        (date(2020, 10, 1), False),
        (date(2020, 10, 8), False),
        (date(2020, 10, 10), True),  # Saturday, worked for the holidays
        (date(2026, 10, 7), False),
    ],
)
def test_holidays_and_the_days_worked_for_them(day: date, works: bool) -> None:
    assert is_working_day(day) is works
    assert not is_provisional(day)


def test_a_term_counts_from_the_day_after() -> None:
    assert working_days_after(NATIONAL_DAY_2020, 1) == Day(date(2020, 10, 9))
    assert working_days_after(NATIONAL_DAY_2020, 2) == Day(date(2020, 10, 10))
    assert working_days_after(NATIONAL_DAY_2020, 0) == Day(NATIONAL_DAY_2020)
    assert days_after(date(2020, 9, 1), 30) == Day(date(2020, 10, 9))


def test_what_is_left_and_what_is_late() -> None:
    assert working_days_left(NATIONAL_DAY_2020, date(2020, 10, 10)) == 2
    assert working_days_left(NATIONAL_DAY_2020, NATIONAL_DAY_2020) == 0
    assert working_days_left(date(2020, 10, 10), NATIONAL_DAY_2020) == -2


def test_after_the_years_that_are_known_weekends_count_and_it_is_provisional() -> None:
    new_year = date(2027, 1, 1)
    assert is_working_day(new_year)  # a Friday; that it is a holiday is not announced yet
    assert not is_working_day(date(2027, 1, 2))
    assert working_days_after(date(2026, 12, 31), 2) == Day(date(2027, 1, 4), provisional=True)
    assert days_after(date(2026, 12, 30), 30) == Day(date(2027, 1, 29), provisional=True)


def test_a_file_adds_years(tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "days.csv"
    file.write_text("date,works\n2027-01-01,0\n2027-01-03,1\n", encoding="utf-8-sig")
    settings.WORKING_DAYS = file
    assert not is_working_day(date(2027, 1, 1))
    assert is_working_day(date(2027, 1, 3))
    assert working_days_after(date(2026, 12, 31), 1) == Day(date(2027, 1, 3))
    assert working_days_after(date(2027, 12, 31), 1).provisional


@pytest.mark.parametrize("line", ["2027-13-01,0", "2027-01-01,yes", ",1", "2027-01-01"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / f"{abs(hash(line))}.csv"
    file.write_text(f"date,works\n2027-02-01,0\n{line}\n")
    with pytest.raises(ValueError, match="第 3 行"):
        read_days(file)
