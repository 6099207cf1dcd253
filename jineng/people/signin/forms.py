"""Codes of the second factor, with delays after failures and each of them taken once."""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from jineng.people.signin.adapters import SecondFactorAdapter, attempt_at, begin
from jineng.people.signin.delays import Attempt

# Longer than any clock may be off that we allow for.
USED_SECONDS = 180


class _Code:
    """What all three forms have in common."""

    user: Any
    fields: dict[str, Any]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("验证码")
        self.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}

    def clean_code(self) -> str:
        """The code, without the spaces that phones show in it. Raises ValidationError."""
        self.cleaned_data["code"] = self.cleaned_data["code"].replace(" ", "")
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class ActivateForm(_Code, ActivateTOTPForm):
    """Shows that the phone has the secret."""


class _CountedCode(_Code):
    """Not to be tried out, nor used again."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code. Raises ValidationError, also before its time."""
        attempt = attempt_at(Attempt.at_code, context.request, self.user)
        begin(attempt)
        code = super().clean_code()
        if not self._first_use(code):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        attempt.succeeded()
        return code

    def _first_use(self, code: str) -> bool:
        if self.authenticator.type != Authenticator.Type.TOTP:
            return True
        return cache.add(f"totp:{self.user.pk}:{code}", 1, timeout=USED_SECONDS)


class CodeForm(_CountedCode, forms.AuthenticateForm):
    """Asked after the password."""


class CodeAgainForm(_CountedCode, forms.ReauthenticateForm):
    """Asked before something grave."""
