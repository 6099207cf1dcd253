"""What the frame around every page is told, and its icons."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jineng.people.models import User
from jineng.portal.navigation import Navigation, Section, navigation_of
from jineng.portal.preferences import CHOICES, Preferences

register = template.Library()


@cache
def _ways() -> dict[str, str]:
    """Where the frame's own links lead; the same on every page, and so asked for once."""
    views = {
        "home": "home",
        "sign_in": "account_login",
        "sign_out": "account_logout",
        "account": "people:mine",
        "archive": "people:archive",
        "devices": "usersessions_list",
        "told": "inbox:choices",
        "preferences": "preferences",
        "set": "set_preferences",
        "keys": "keys",
    }
    return {name: reverse(view) for name, view in views.items()}


@dataclass(frozen=True)
class Frame:
    """What base.html shows around a page."""

    preferences: Preferences
    navigation: Navigation
    language: str
    #: Where to come back to after a preference was set: here, unless this is the answer to a form
    #: or no page at all, whose address may say anything.
    here: str
    #: The name of whoever is signed in, "" for a stranger; and whether one is about to sign in.
    who: str = ""
    signing_in: bool = False
    #: What is kept of it, with places for what is one's own.
    parts: dict[str, str] = field(default_factory=dict)
    made_at: datetime = field(default_factory=timezone.localtime)
    choices: dict[str, dict[str, Any]] = field(default_factory=lambda: CHOICES)
    languages: list[tuple[str, str]] = field(default_factory=lambda: list(settings.LANGUAGES))
    ways: dict[str, str] = field(default_factory=_ways)


#: What is one's own in the frame, and the characters, which nobody uses, that stand for it in what
#: is kept: the address, the name, the token against forged forms.
_OWN = ("\ue000", "\ue001", "\ue002")
_PARTS = {
    "head": "portal/frame/head.html",
    "topbar": "portal/frame/topbar.html",
    "navigation": "portal/frame/navigation.html",
    "foot": "portal/frame/foot.html",
    "bottombar": "portal/frame/bottombar.html",
}
_OWN_PLACE = re.compile("[\ue000-\ue002]")


@register.simple_tag(takes_context=True)
def part(context: Context, frame: Frame, name: str) -> SafeString:
    """A part of the frame. It is the same for all who may do the same, on the same page, with as
    much unread, but for what is one's own."""
    mine = (escape(frame.here), escape(frame.who), str(context.get("csrf_token", "")))
    own = dict(zip(_OWN, mine, strict=True))
    return mark_safe(_OWN_PLACE.sub(lambda place: own[place[0]], frame.parts[name]))  # noqa: S308


@lru_cache(maxsize=2_000)
def _parts(
    preferences: Preferences,
    navigation: Navigation,
    language: str,
    signed_in: bool,
    signing_in: bool,
    forms: bool,
) -> dict[str, str]:
    here, who, token = _OWN
    frame = Frame(preferences, navigation, language, here, who if signed_in else "", signing_in)
    told = {"frame": frame, "csrf_token": token if forms else ""}
    return {name: render_to_string(template, told) for name, template in _PARTS.items()}


@register.simple_tag
def choices(frame: Frame) -> SafeString:
    """What can be chosen of how pages look, what is chosen being marked; says nothing of whom."""
    return _choices(frame.preferences, frame.language)


@cache
def _choices(preferences: Preferences, language: str) -> SafeString:
    return render_to_string(
        "portal/frame/choices.html",
        {
            "sets": [
                (name, title, CHOICES[name].items(), getattr(preferences, name))
                for name, title in (("text", _("字号")), ("theme", _("外观")))
            ],
            "languages": settings.LANGUAGES,
            "language": language,
        },
    )


@register.simple_tag
def sections(frame: Frame) -> SafeString:
    """The lines of the navigation: the same for all who may do the same, on the same page."""
    return _sections(frame.navigation.sections, frame.language)


@lru_cache(maxsize=2_000)
def _sections(sections: tuple[Section, ...], language: str) -> SafeString:
    return render_to_string("portal/frame/sections.html", {"sections": sections})


@register.simple_tag(takes_context=True)
def frame_of(context: Context) -> Frame:
    """Of a page; where it has no request, as after a failure, what a stranger would see."""
    request: HttpRequest | None = context.get("request")
    page = request if request and request.method == "GET" and request.resolver_match else None
    user = getattr(request, "user", None)
    preferences, navigation = Preferences.of(request), navigation_of(request)
    language = get_language() or settings.LANGUAGE_CODE
    who = user.username if isinstance(user, User) else ""
    signing_in = request is not None and request.path == _ways()["sign_in"]
    forms = bool(context.get("csrf_token"))
    return Frame(
        preferences,
        navigation,
        language,
        page.get_full_path() if page else "/",
        who,
        signing_in,
        _parts(preferences, navigation, language, bool(who), signing_in, forms),
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
