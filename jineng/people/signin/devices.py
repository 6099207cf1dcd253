"""Devices that an account has signed in on before, known by a signed cookie.

The cookie gives no right. It gives the device a count of failures of its own, so that what
strangers do from elsewhere can't slow whoever uses it.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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


def _read(request: HttpRequest) -> tuple[str | None, list[int]]:
    try:
        device, accounts = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS
        )
    except signing.BadSignature:
        return None, []
    return device, accounts
