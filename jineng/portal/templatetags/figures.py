"""Amounts and counts as they are read."""

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
