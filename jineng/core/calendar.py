"""The business date: today as the site's work counts it. Read at the edge only, then passed in."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def business_date() -> date:
    """The setting BUSINESS_DATE, which a demo or a test may fix; else today in China."""
    fixed: date | None = settings.BUSINESS_DATE
    return fixed or datetime.now(ZoneInfo("Asia/Shanghai")).date()
