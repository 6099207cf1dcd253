"""What commands refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.utils.translation import gettext as _


class Refused(Exception):
    """Why a command was not carried out, in the words of whoever asked for it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@contextmanager
def told() -> Iterator[None]:
    """What is wrong with a value's form is what the command refuses."""
    try:
        yield
    except ValueError as wrong:
        raise Refused(_("%(what)s。") % {"what": wrong}) from None


#: Whoever types a year of two figures gets one of the first century.
EARLIEST, LATEST = date(1949, 10, 1), date(2100, 12, 31)


def require_new_days(starts_on: date, ends_on: date | None) -> None:
    """`require_days` of what is said anew, which begins on no day that can't be meant."""
    if not EARLIEST <= starts_on <= LATEST:
        raise Refused(_("开始日期 %(day)s 不合常理，请核对年份。") % {"day": starts_on})
    require_days(starts_on, ends_on)


def require_days(starts_on: date, ends_on: date | None) -> None:
    """Raises Refused where something would end before it begins."""
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("结束日期不能早于开始日期 %(day)s。") % {"day": starts_on})
