"""Signing in with a code by text message."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.userkit import get_user_by_username
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jineng.people import values
from jineng.people.models import TextCode, User
from jineng.people.models.persons import KeyKind
from jineng.people.queries.persons import keys_of
from jineng.people.signin.adapters import attempt_at, begin
from jineng.people.signin.delays import Attempt
from jineng.people.signin.factors import must_have_factor
from jineng.people.signin.texts import send_code, used_code

ASKED = "text_code"


class AccountForm(forms.Form):
    """Whose phone it is."""

    account = forms.CharField(
        label=gettext_lazy("用户名或手机号"),
        max_length=150,
        help_text=gettext_lazy("验证码发到档案中登记的手机号。"),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )


class TextCodeForm(forms.Form):
    """What came."""

    code = forms.CharField(
        label=gettext_lazy("短信验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest) -> HttpResponse:
    """Asks whose phone it is, and has a code sent there."""
    if not settings.TEXTS:
        raise Http404
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = AccountForm(request.POST or None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["account"]
        user = _meant(typed)
        try:
            begin(attempt_at(Attempt.at_text, request, user, typed))
        except ValidationError as too_soon:
            form.add_error(None, too_soon)
        else:
            kept, shown = send_code(
                TextCode.Purpose.SIGN_IN,
                user=user,
                person=user.person if user else None,
                at=timezone.now(),
            )
            request.session[ASKED] = [str(kept.pk), get_next_redirect_url(request)]
            show(request, shown)
            return redirect("text_code")
    context = {"form": form, "next": get_next_redirect_url(request)}
    return render(request, "account/text.html", context, status=422 if form.errors else 200)


def _meant(typed: str) -> User | None:
    """The user of this name; or of this phone, where it is one user's alone."""
    named = get_user_by_username(typed.strip())
    if isinstance(named, User):
        return named
    try:
        phone = values.phone(typed)
    except ValueError:
        return None
    held = keys_of(KeyKind.PHONE, phone).values("person")
    users = list(User.objects.filter(person__in=held, is_active=True)[:2])
    return users[0] if len(users) == 1 else None


def show(request: HttpRequest, text: str | None) -> None:
    """Shows a message on the page, where a demo has it there."""
    if text:
        messages.info(request, _("演示环境不发短信。短信内容：%(text)s") % {"text": text})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def text_code(request: HttpRequest) -> HttpResponse:
    """Takes the code, and signs in; a second factor is asked all the same.

    But not officials, whose second factor is on the same phone: whoever has that would have both.
    """
    asked = request.session.get(ASKED)
    if not asked or request.user.is_authenticated:
        return redirect("account_login")
    form = TextCodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        used = used_code(
            asked[0],
            form.cleaned_data["code"],
            purpose=TextCode.Purpose.SIGN_IN,
            at=timezone.now(),
        )
        if used is not None and used.user is not None and must_have_factor(used.user):
            # Told to whoever has the phone alone: before that, nobody learns who is an official.
            del request.session[ASKED]
            messages.error(
                request,
                _("您的岗位不能用短信验证码登录。请用密码、通行密钥或统一身份认证登录。"),
            )
            return redirect("account_login")
        if used is not None and used.user is not None:
            del request.session[ASKED]
            record_authentication(request, used.user, method="code")
            return perform_login(request, Login(user=used.user, redirect_url=asked[1]))
        form.add_error("code", _("验证码不正确，或已过期。"))
    return render(
        request, "account/text_code.html", {"form": form}, status=422 if form.errors else 200
    )
