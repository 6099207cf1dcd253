"""Working days: weekends, the State Council's holidays, and the days worked in their place.

Holidays are announced a year at a time. Of a year that is not known yet weekends alone are counted,
so what is reckoned with it is provisional; a file (setting WORKING_DAYS) adds years, or days of a
region's own.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

import chinese_calendar
from django.conf import settings

_ONE = timedelta(days=1)
_KNOWN = frozenset(day.year for day in chinese_calendar.holidays)


@dataclass(frozen=True)
class Day:
    """A day that was reckoned. ``provisional``: holidays of its year are not all known yet."""

    on: date
    provisional: bool = False


def is_working_day(day: date) -> bool:
    """Whether offices work on this day, as far as is known."""
    return _works(day, settings.WORKING_DAYS)


@lru_cache(maxsize=10_000)
def _works(day: date, path: Path | None) -> bool:
    added = _added(path)
    if day in added:
        return added[day]
    if day.year in _KNOWN:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def is_provisional(day: date) -> bool:
    """Whether holidays of the day's year are not known."""
    added = _added(settings.WORKING_DAYS)
    return day.year not in _KNOWN and day.year not in {one.year for one in added}


def working_days_after(start: date, days: int) -> Day:
    """The last day of a term of so many working days; the first counts from the day after."""
    day, left, provisional = start, days, False
    while left > 0:
        day += _ONE
        left -= is_working_day(day)
        provisional = provisional or is_provisional(day)
    return Day(day, provisional)


def days_after(start: date, days: int) -> Day:
    """The last day of a term of so many days; one that ends on a holiday ends on the working day
    after it (Civil Code, article 203).
    """
    day = start + timedelta(days=days)
    while not is_working_day(day):
        day += _ONE
    return Day(day, is_provisional(day))


def working_days_left(on: date, last: date) -> int:
    """How many working days there are from `on` to `last`, without `on`; less than 0 after it."""
    if last < on:
        return -working_days_left(last, on)
    return sum(is_working_day(on + timedelta(days=step)) for step in range(1, (last - on).days + 1))


def _added(path: Path | None) -> Mapping[date, bool]:
    return read_days(path) if path else {}


@cache
def read_days(path: Path) -> Mapping[date, bool]:
    """The days of a CSV file with the headings `date` and `works` (1 or 0).

    A year that has any day in it is known; its other days are weekends or working days as usual.
    Raises ValueError, which names the line.
    """
    days: dict[date, bool] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                days[date.fromisoformat((row.get("date") or "").strip())] = {"1": True, "0": False}[
                    (row.get("works") or "").strip()
                ]
            except (ValueError, KeyError):
                raise ValueError(
                    f"{path} 第 {number} 行应为 日期,1 或 0，如 2027-01-01,0 / line {number} is not"
                    " a date and 1 or 0"
                ) from None
    return days
