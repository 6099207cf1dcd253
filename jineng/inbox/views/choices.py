"""Of what one wants to be told, by which ways, and at which address and phone."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jineng.inbox import commands
from jineng.inbox.forms import CodeForm, MailForm, PhoneForm
from jineng.inbox.models import Contact, Way
from jineng.inbox.queries import chosen_by, contact_of, topics_of, ways_offered
from jineng.people.errors import Refused
from jineng.people.models import User
from jineng.people.queries.archives import masked
from jineng.people.views.asking import asked, signed_in


@require_safe
def choices(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    return _page(request)


def _page(request: HttpRequest, **forms: Form) -> HttpResponse:
    user = signed_in(request)
    contact, ways = contact_of(user), ways_offered()
    record = str(user.person.phone) if user.person and user.person.phone else ""
    context: dict[str, Any] = {
        "rows": [
            {"topic": topic, "ways": [(way, way in told) for way in ways]}
            for topic, told in chosen_by(user, topics_of(user))
        ],
        "ways": ways,
        "rhythms": Contact.Rhythm.choices,
        "languages": settings.LANGUAGES,
        "language": contact.language or get_language(),
        "contact": contact,
        "phone": masked("phone", str(contact.phone or "")),
        "phone_wanted": masked("phone", str(contact.phone_wanted or "")),
        "phone_of_record": masked("phone", record),
        "mail_form": MailForm(),
        "phone_form": PhoneForm(),
        "code_form": CodeForm(),
        "has_mail": bool(settings.EMAIL_HOST),
        "has_texts": bool(settings.TEXTS),
    }
    return render(request, "inbox/choices.html", context | forms, status=422 if forms else 200)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps what was ticked."""
    user = signed_in(request)
    ticked = {way: set(request.POST.getlist(way.value)) for way in ways_offered()}
    chosen = {
        topic.name: {way: topic.name in names for way, names in ticked.items()}
        for topic in topics_of(user)
    }
    try:
        given = {name: request.POST.get(name, "") for name in ("rhythm", "language")}
        commands.choose(user, chosen, **given, by=user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("通知方式已保存。"))
    return redirect("inbox:choices")


@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Sends a link to the address that was given."""
    if not settings.EMAIL_HOST:
        return redirect("inbox:choices")

    def send(user: User, given: dict[str, Any]) -> str:
        commands.want_mail(user, **given, by=user, at=timezone.now())
        return _("确认邮件已发往 %(address)s，请打开其中的链接。") % given

    return _asked(request, "mail_form", MailForm(request.POST), send)


@require_POST
def phone(request: HttpRequest) -> HttpResponse:
    """Sends a code to the phone that was given."""
    if not settings.TEXTS:
        return redirect("inbox:choices")

    def send(user: User, given: dict[str, Any]) -> str:
        shown = commands.want_phone(user, **given, by=user, at=timezone.now())
        # A demo shows what it would send.
        return shown or _("验证码已发出，请在下面填写。")

    return _asked(request, "phone_form", PhoneForm(request.POST), send)


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Takes the code."""

    def take(user: User, given: dict[str, Any]) -> str:
        commands.confirm_phone(user, **given, by=user, at=timezone.now())
        return _("手机号已确认，短信从现在起发到这里。")

    return _asked(request, "code_form", CodeForm(request.POST), take)


def _asked(
    request: HttpRequest, name: str, form: Form, command: Callable[[User, dict[str, Any]], str]
) -> HttpResponse:
    """Says what the command says; what is wrong is shown on the same page."""
    user = signed_in(request)
    said = asked(form, lambda given: command(user, given))
    if not said:
        return _page(request, **{name: form})
    messages.success(request, said)
    return redirect("inbox:choices")


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Takes the address or the phone away."""
    user = signed_in(request)
    if request.POST.get("way") == Way.MAIL:
        commands.forget_mail(user, by=user)
        messages.success(request, _("邮箱已移除，不再发送邮件。"))
    elif request.POST.get("way") == Way.TEXT:
        commands.forget_phone(user, by=user)
        messages.success(request, _("手机号已移除。"))
    return redirect("inbox:choices")
