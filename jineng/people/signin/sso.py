"""The government's single sign-on, by OpenID Connect.

Nothing of what it tells is kept but its name for the user. Where it vouches for identity numbers,
the user is tied to the person's archive by that.
"""

import secrets
from typing import Any

import structlog
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from requests import RequestException

from jineng.core.calendar import business_date
from jineng.people.commands.archives import tie_archive
from jineng.people.errors import Refused
from jineng.people.models import User

log = structlog.get_logger("jineng.signin")


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Leads to the provider, or says that it does not answer."""
    try:
        return oidc.login(request, provider_id)
    except (RequestException, KeyError):
        log.warning("the single sign-on does not answer", exc_info=True)
        return render(request, "socialaccount/authentication_error.html", status=502)


class SingleSignOn(OpenIDConnectProvider):
    """The provider in the settings."""

    told: dict[str, Any]

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> Any:
        """The sign-in. Raises OAuth2Error where the provider speaks of two different users."""
        parts = [response[name] for name in ("id_token", "userinfo") if response.get(name)]
        if len({part.get("sub") for part in parts}) != 1:
            raise OAuth2Error("the provider's two answers name different users")
        self.told = {name: value for part in parts for name, value in part.items()}
        return super().sociallogin_from_response(request, response)

    def get_default_scope(self) -> list[str]:
        """What is asked for."""
        scopes: list[str] = settings.SINGLE_SIGN_ON_SCOPE.split()
        return scopes

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing is kept."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nor is anything taken over."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """None."""
        return []


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Users who come by it: known ones, and workers."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """A user who is there is tied to the archive before anything is shown."""
        user: Any = sociallogin.user
        if sociallogin.is_existing:
            self._tie(request, user, sociallogin)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """A new user is a worker, under a name of no meaning, which is never signed in with."""
        user: Any = sociallogin.user
        user.username = f"gov-{secrets.token_hex(6)}"
        user = super().save_user(request, sociallogin, form)
        self._tie(request, user, sociallogin)
        return user

    def _tie(self, request: HttpRequest, user: User, sociallogin: SocialLogin) -> None:
        claim = settings.SINGLE_SIGN_ON_IDENTITY_CLAIM
        number = getattr(sociallogin.provider, "told", {}).get(claim) if claim else None
        if not number or user.person_id is not None:
            return
        try:
            tie_archive(
                user, number=str(number), on=business_date(), why=gettext_lazy("统一身份认证实名")
            )
        except Refused as refused:
            messages.warning(request, refused.message)
