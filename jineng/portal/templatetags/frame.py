"""What the frame around every page is told, and its icons."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jineng.portal.navigation import Navigation, navigation_of
from jineng.portal.preferences import CHOICES, Preferences

register = template.Library()


@dataclass(frozen=True)
class Frame:
    """What base.html shows around a page."""

    preferences: Preferences
    navigation: Navigation
    language: str
    #: Where to come back to after a preference was set: here, unless this is the answer to a form
    #: or no page at all, whose address may say anything.
    here: str
    made_at: datetime = field(default_factory=timezone.localtime)
    choices: dict[str, dict[str, Any]] = field(default_factory=lambda: CHOICES)
    languages: list[tuple[str, str]] = field(default_factory=lambda: list(settings.LANGUAGES))


@register.simple_tag(takes_context=True)
def frame_of(context: Context) -> Frame:
    """Of a page; where it has no request, as after a failure, what a stranger would see."""
    request: HttpRequest | None = context.get("request")
    page = request if request and request.method == "GET" and request.resolver_match else None
    return Frame(
        Preferences.of(request),
        navigation_of(request),
        get_language() or settings.LANGUAGE_CODE,
        page.get_full_path() if page else "/",
    )


@cache
def _icon(name: str) -> SafeString:
    address = static("portal/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        address,
        name,
    )


@register.simple_tag
def icon(name: str) -> SafeString | str:
    """A picture of the set in portal/icons.svg, for the eye alone: words stand beside it."""
    return _icon(name) if name else ""
