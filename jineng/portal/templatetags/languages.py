"""Titles and labels of the policy in the reader's language."""

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def translated(text: object) -> str:
    """A text that came from elsewhere, such as a scheme's name; as it is where nobody knows it."""
    return gettext(str(text)) if text else ""
