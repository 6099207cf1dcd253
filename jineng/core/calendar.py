"""The business date: today as the site's work counts it. Read at the edge only, then passed in.

The clock runs on where the date is fixed, by a demo or a test: what it stamps is dated here as the
site's work has it. What is kept of it, as by the event log, stays as it was.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

CHINA = ZoneInfo("Asia/Shanghai")


def business_date() -> date:
    """The setting BUSINESS_DATE, which a demo or a test may fix; else today in China."""
    fixed: date | None = settings.BUSINESS_DATE
    return fixed or datetime.now(CHINA).date()


def business_now() -> datetime:
    """This moment, on the business date."""
    return datetime.combine(business_date(), datetime.now(CHINA).timetz())


def business_time(at: datetime) -> datetime:
    """A moment in China's time, on the day on which it is by the business date.

    Where that is fixed, what happened since happened on it, and what is to come is as far off.
    """
    fixed: date | None = settings.BUSINESS_DATE
    here = at.astimezone(CHINA)
    if fixed is None or here.date() <= fixed:
        return here
    ahead = max(here.date() - datetime.now(CHINA).date(), timedelta())
    return datetime.combine(fixed + ahead, here.timetz())
