"""Which ways to sign in there are."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def sends_texts() -> bool:
    """Whether codes are sent by text message."""
    return bool(settings.TEXTS)
