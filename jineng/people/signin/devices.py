"""Devices that an account has signed in on before, known by a signed cookie.

The cookie gives no right. It gives the device a count of failures of its own, so that what
strangers do from elsewhere can't slow whoever uses it.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, gettext_noop

from jineng.core.events import acting, events_of, noted
from jineng.people.models import User

#: What the event log calls it that somebody signed in on a device not known before.
NEW_DEVICE = "new_device"

COOKIE = "known_device"
PATH = "/accounts/"
SALT = "jineng.people.device"
KEPT_SECONDS = 180 * 24 * 3600
ACCOUNTS = 8


def known_device(request: HttpRequest, user_id: int) -> str | None:
    """The device's own random name, if this account has signed in on it; else None."""
    device, accounts = _read(request)
    return device if user_id in accounts else None


def remember_device(request: HttpRequest, response: HttpResponseBase, user_id: int) -> None:
    """Lets the device be known to this account from now on."""
    device, accounts = _read(request)
    accounts = [user_id, *(one for one in accounts if one != user_id)][:ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or secrets.token_hex(16), accounts], salt=SALT),
        max_age=KEPT_SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


#: What browsers and systems call themselves, the more particular first.
_BROWSERS = (
    ("MicroMessenger/", gettext_noop("微信")),
    ("DingTalk/", gettext_noop("钉钉")),
    ("QQBrowser/", gettext_noop("QQ 浏览器")),
    ("QIHU", gettext_noop("360 浏览器")),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """A device in a few words, as `Chrome · Windows`; "" where it does not say."""
    found = [
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name)


def device_in_words(device: str) -> str:
    """A device's name, in the reader's language where brands have a name in it."""
    return " · ".join(gettext(part) for part in device.split(" · ") if part)


def note_device(request: HttpRequest, user: User) -> None:
    """Notes that the account signs in here for the first time; ``first``: and anywhere."""
    if known_device(request, user.pk) is not None:
        return
    before = events_of(user).filter(kind=NEW_DEVICE).exists()
    device = device_name(request.headers.get("User-Agent", ""))
    with acting(by=user):
        noted(NEW_DEVICE, user, device=device, first=not before)


def _read(request: HttpRequest) -> tuple[str | None, list[int]]:
    try:
        device, accounts = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS
        )
    except signing.BadSignature:
        return None, []
    return device, accounts
