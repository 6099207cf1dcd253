"""Codes of the second factor, with delays after failures and each of them taken once."""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from jineng.people.signin.adapters import SecondFactorAdapter, attempt_at, begin
from jineng.people.signin.delays import Attempt

# Longer than any clock may be off that we allow for.
USED_SECONDS = 180


class _Code:
    """What both forms have in common."""

    user: Any
    fields: dict[str, Any]
    authenticator: Authenticator
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("验证码")
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autofocus": True,
        }

    def clean_code(self) -> str:
        """The code. Raises ValidationError."""
        self.cleaned_data["code"] = self.cleaned_data["code"].replace(" ", "")
        attempt = attempt_at(Attempt.at_code, context.request, self.user)
        begin(attempt)
        code: str = super().clean_code()  # type: ignore[misc]
        if not self._first_use(code):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        attempt.succeeded()
        return code

    def _first_use(self, code: str) -> bool:
        if self.authenticator.type != Authenticator.Type.TOTP:
            return True
        return cache.add(f"totp:{self.user.pk}:{code}", 1, timeout=USED_SECONDS)


class CodeForm(_Code, forms.AuthenticateForm):
    """Asked after the password."""


class CodeAgainForm(_Code, forms.ReauthenticateForm):
    """Asked before something grave."""
