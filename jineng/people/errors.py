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
        raise Refused(f"{wrong}。") from None


def require_days(starts_on: date, ends_on: date | None) -> None:
    """Raises Refused where something would end before it begins."""
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("结束日期不能早于开始日期 %(day)s。") % {"day": starts_on})
