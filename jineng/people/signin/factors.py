"""The second factor that officials must have."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jineng.core.calendar import business_date
from jineng.people.models import User
from jineng.people.permissions import access_of

#: What somebody reaches who must have a second factor and has none yet.
REACHED_WITHOUT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "mfa_activate_totp",
        "mfa_add_webauthn",
    }
)


def factors_of(user: User) -> QuerySet[Authenticator]:
    """The user's second factors, without the codes that help when they are lost."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)


def must_have_factor(user: User) -> bool:
    """Whether the user is an official today."""
    return access_of(user, on=business_date()).official


def led_to_factor(request: HttpRequest, user: User) -> HttpResponse | None:
    """Where whom must have a second factor sets it up; None for whoever has one or needs none."""
    if not must_have_factor(user) or factors_of(user).exists():
        return None
    messages.warning(request, _("您的岗位必须使用双重验证。请先完成设置。"))
    return redirect("mfa_activate_totp")


class SecondFactorMiddleware:
    """Leads whom must have a second factor, and has none, to where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Before any view but the public ones and those named above."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or not getattr(view, "login_required", True):
            return None
        if match is not None and match.view_name in REACHED_WITHOUT:
            return None
        return led_to_factor(request, user)
