"""A clock that is set by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

AT = datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Time:
    """A clock that is set by hand."""

    at: datetime = AT

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        """So much later."""
        self.at += timedelta(**span)
