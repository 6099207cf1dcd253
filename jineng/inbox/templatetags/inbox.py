"""The bell: how much waits to be read."""

from typing import Any

from django import template

from jineng.inbox.queries import unread_count

register = template.Library()


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any]) -> int:
    """How many notices of whoever is signed in wait to be read; 0 for a stranger."""
    user = getattr(context.get("request"), "user", None)
    return unread_count(user) if user is not None else 0
