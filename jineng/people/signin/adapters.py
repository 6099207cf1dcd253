"""What allauth asks of us: who may try when, what it says, how secrets are kept."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import get_user_by_username
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.sealed import seal_many, unseal
from jineng.people import values
from jineng.people.models import User
from jineng.people.signin.delays import Attempt, TooSoon, account_key, in_words
from jineng.people.signin.devices import known_device, note_device, remember_device
from jineng.people.signin.factors import factors_of, must_have_factor
from jineng.people.signin.sessions import begin_session

SECRETS = "mfa_authenticator.data"


def attempt_at(what: Any, request: HttpRequest, user: User | None, typed: str = "") -> Attempt:
    """An attempt from where the request is from; ``what``: `Attempt.at_password`, `at_code`."""
    device = known_device(request, user.pk) if user else None
    attempt: Attempt = what(account_key(user, typed), address=get_ip(request), device=device)
    return attempt


def begin(attempt: Attempt) -> None:
    """Counts the attempt. Raises ValidationError that says how long to wait."""
    try:
        attempt.begin(at=timezone.now())
    except TooSoon as early:
        raise ValidationError(
            _("尝试次数过多，请 %(wait)s后再试。您以前登录过的设备不受他人影响。")
            % {"wait": in_words(early.wait)},
            code="too_soon",
        ) from None


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("用户名或密码不正确。"),
        "incorrect_password": gettext_lazy("密码不正确。"),
        "enter_current_password": gettext_lazy("现在的密码不正确。"),
        "invalid_password_reset": gettext_lazy("链接已失效。请向给您链接的人另要一个。"),
        "username_taken": gettext_lazy("已有人用这个用户名。请换一个。"),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose password this is, or None. Raises ValidationError before a delay is over."""
        typed = credentials.get("username") or credentials.get("phone") or ""
        attempt = attempt_at(Attempt.at_password, request, self._named(credentials), typed)
        begin(attempt)
        user = super().authenticate(request, **credentials)
        if user is not None:
            attempt.succeeded()
        return user

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Raises ValidationError for one that is taken, or somebody's number."""
        try:
            name: str = super().clean_username(values.username(username), shallow=shallow)
        except ValueError as wrong:
            raise ValidationError(_("%(what)s。") % {"what": wrong}, code="a_number") from None
        return name

    def _named(self, credentials: dict[str, Any]) -> User | None:
        named: Any = get_user_by_username(credentials.get("username") or "")
        return named

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        """Signed in, second factor and all: the device is known from now on."""
        begin_session(request)
        response = super().post_login(request, user, **about)
        note_device(request, user)
        remember_device(request, response, user.pk)
        return response

    def is_reauthentication_required(self, *, app: str, **about: Any) -> bool:
        """Whether the password is asked once more. Who has just signed in may change how."""
        if app in ("allauth.mfa", "allauth.socialaccount"):
            records = get_authentication_records(context.request, context.request.user)
            at = records[-1]["at"] if records else 0
            if timezone.now().timestamp() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
                return False
        return super().is_reauthentication_required(app=app, **about)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Where one is led after a change."""
        return self.get_login_redirect_url(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("验证码不正确，或已经用过。"),
        "cannot_delete_authenticator": gettext_lazy(
            "您的岗位必须使用双重验证。要换手机，请先添加另一种验证方式。"
        ),
    }

    def encrypt(self, text: str) -> str:
        """Sealed as numbers of persons are."""
        return base64.b64encode(seal_many([text], SECRETS)[0]).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` was given."""
        return unseal(base64.b64decode(encrypted_text), SECRETS)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """How a new passkey is called."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("通行密钥 %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site, as the browser names it when it asks for a passkey."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who must have one."""
        user: Any = authenticator.user
        return not must_have_factor(user) or (
            factors_of(user).exclude(pk=authenticator.pk).exists()
        )
