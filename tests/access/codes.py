"""Credit codes that nobody has."""

from stdnum.cn import uscc


def credit_code(region: str, number: int) -> str:
    """A code of GB 32100 with its check character."""
    first = f"91{region}{number:09}"
    return first + uscc.calc_check_digit(first)
