"""Numbers that nobody has."""

from datetime import date, timedelta
from itertools import count

from stdnum.cn import uscc

from jineng.policy.identity import check_character

_next = count()


def identity_number(born: date | None = None, region: str = "420106") -> str:
    """A number with its check character; without a birth date, another at each call."""
    born = born or date(1960, 1, 1) + timedelta(days=next(_next) % 15000)
    first = f"{region}{born:%Y%m%d}000"
    return first + check_character(first)


def credit_code(number: int | None = None, region: str = "420106") -> str:
    """A credit code with its check character; without a number, another at each call."""
    first = f"91{region}{900_000 + next(_next) if number is None else number:09}"
    return first + uscc.calc_check_digit(first)
