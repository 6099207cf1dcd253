"""How long a session lasts: shorter for officials, and never for ever."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from jineng.core.calendar import business_date
from jineng.people.permissions import access_of

BEGAN, SEEN = "began_at", "seen_at"
# So long a session isn't written to the database again.
UNWRITTEN_SECONDS = 60


def begin_session(request: HttpRequest) -> None:
    """From now on it counts how long somebody has been signed in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def forget_ended() -> None:
    """Deletes sessions that are over, and what the list of devices holds of them."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


class SessionLimitsMiddleware:
    """Ends a session that lay idle too long, or lasted too long altogether."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and not self._goes_on(request):
            logout(request)
            messages.info(request, _("您已较长时间没有操作，为保护账号已退出。请重新登录。"))
        return self.get_response(request)

    def _goes_on(self, request: HttpRequest) -> bool:
        now, session = int(time.time()), request.session
        official = access_of(request.user, on=business_date()).official
        idle, longest = settings.SESSION_MINUTES * 60, settings.SESSION_LONGEST_HOURS * 3600
        if official:
            idle = settings.OFFICIAL_SESSION_MINUTES * 60
            longest = settings.OFFICIAL_SESSION_LONGEST_HOURS * 3600
        began, seen = session.get(BEGAN, now), session.get(SEEN, 0)
        if now - began > longest or (seen and now - seen > idle):
            return False
        if now - seen >= UNWRITTEN_SECONDS:
            session[BEGAN], session[SEEN] = began, now
            session.set_expiry(idle)
            UserSession.objects.filter(session_key=session.session_key).update(
                last_seen_at=timezone.now()
            )
        return True
