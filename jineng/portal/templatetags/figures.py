"""Amounts, counts and moments as they are read."""

from datetime import datetime

from django import template

from jineng.pages import tables

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """Whole 分 as yuan: 12,345.60."""
    return tables.yuan(fen)


@register.filter
def counted(number: int) -> str:
    """A count: 48,000,000."""
    return f"{number:,}"


@register.filter
def moment(at: datetime | None) -> str:
    """A moment by the site's calendar: 2020-09-15 09:30."""
    return "" if at is None else tables.moment(at)


@register.filter
def signed_yuan(fen: int) -> str:
    """A difference in 分 as yuan, with its sign: +1,200.00."""
    return f"+{tables.yuan(fen)}" if fen > 0 else tables.yuan(fen)
