"""How somebody wants the pages: dark or light, how large, by which keys, in which language.

Kept in cookies that the server reads, so that the first byte of a page is already right: nothing
flashes, nothing moves, and no script is needed. They say nothing about who it is.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from jineng.inbox.commands import choose_language
from jineng.pages import columns
from jineng.people.models import User
from jineng.portal.navigation import navigation_of

A_YEAR = 365 * 24 * 3600

#: What can be chosen, the first being what holds for whoever has not chosen.
CHOICES: dict[str, dict[str, Any]] = {
    "theme": {"auto": _("跟随系统"), "light": _("浅色"), "dark": _("深色")},
    "text": {"normal": _("标准"), "large": _("大字版")},
    "keys": {"on": _("启用"), "off": _("停用")},
}

#: For which media the dark style sheet holds. Paper is white always.
DARK_MEDIA = {
    "auto": "screen and (prefers-color-scheme: dark)",
    "light": "not all",
    "dark": "screen",
}


@dataclass(frozen=True)
class Preferences:
    """What somebody chose, or what holds without."""

    theme: str = "auto"
    text: str = "normal"
    keys: str = "on"

    @classmethod
    def of(cls, request: HttpRequest | None) -> "Preferences":
        """Of the request's cookies; one that says nothing known is as if it were not there."""
        if request is None:
            return cls()
        said = {name: request.COOKIES.get(f"jineng_{name}", "") for name in CHOICES}
        return cls(**{name: one for name, one in said.items() if one in CHOICES[name]})

    @property
    def dark_media(self) -> str:
        """The media of the dark style sheet."""
        return DARK_MEDIA[self.theme]


@login_not_required
@require_safe
def preferences(request: HttpRequest) -> HttpResponse:
    """All that can be chosen, on one page."""
    return render(request, "portal/preferences.html")


@login_not_required
@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Keeps what was chosen, and leads back to where it was; what is not known is left aside."""
    chosen = {
        f"jineng_{name}": request.POST[name]
        for name, known in CHOICES.items()
        if request.POST.get(name) in known
    }
    if request.POST.get("language") in dict(settings.LANGUAGES):
        chosen[settings.LANGUAGE_COOKIE_NAME] = request.POST["language"]
        if isinstance(request.user, User):
            # What is sent to whoever chose it is in that language too.
            choose_language(request.user, request.POST["language"], by=request.user)
    return _kept(request, chosen)


@login_not_required
@require_POST
def set_columns(request: HttpRequest) -> HttpResponse:
    """Keeps the columns that were chosen for a list, and leads back to it."""
    names = [] if "usual" in request.POST else request.POST.getlist("columns")
    before = request.COOKIES.get(columns.COOKIE, "")
    return _kept(
        request,
        {columns.COOKIE: columns.kept_with(before, request.POST.get("table", ""), names)},
    )


def _kept(request: HttpRequest, chosen: dict[str, str]) -> HttpResponse:
    """Back to where it was, with these cookies."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, value in chosen.items():
        response.set_cookie(
            name, value, A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    return response


@login_not_required
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """What the keyboard does. The places that `g` leads to are those of whoever asks."""
    places = [
        link for section in navigation_of(request).sections for link in section.links if link.letter
    ]
    return render(request, "portal/keys.html", {"places": places})
