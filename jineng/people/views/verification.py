"""What outside registers answered about a person or organisation, and asking them."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jineng.core.calendar import business_date
from jineng.pages.exports import listed
from jineng.people.commands.verification import ask_register
from jineng.people.errors import Refused
from jineng.people.permissions import organisation_for, person_for
from jineng.people.queries.verification import register_states, verifications_of
from jineng.people.verification import Subject
from jineng.people.views.asking import signed_in
from jineng.people.views.lists import VERIFICATIONS

FOR: dict[str, Callable[..., Subject]] = {
    "person": person_for,
    "organisation": organisation_for,
}


@require_safe
def verifications(request: HttpRequest, thing: str, pk: int) -> HttpResponseBase:
    """The registers that may be asked, and all answers so far."""
    user, on = signed_in(request), business_date()
    found = FOR[thing](user, pk, "history:see", on=on)
    context = {
        "thing": found,
        "back_url": reverse(f"people:{thing}", args=[pk]),
        "ask_url": reverse(f"people:verify_{thing}", args=[pk]),
        "states": register_states(found),
        "may_ask": _may(request, thing, pk),
    }
    wanted, answers = VERIFICATIONS.read(request.GET), verifications_of(found)
    if wanted["answer"]:
        answers = answers.filter(answer=wanted["answer"])
    return listed(request, "people/verifications.html", VERIFICATIONS, wanted, answers, context)


def _may(request: HttpRequest, thing: str, pk: int) -> bool:
    try:
        FOR[thing](signed_in(request), pk, "verify", on=business_date())
    except (Http404, PermissionDenied):
        return False
    return True


@require_POST
def verify(request: HttpRequest, thing: str, pk: int) -> HttpResponse:
    """Has a register asked; the answer comes by and by."""
    user, on = signed_in(request), business_date()
    found = FOR[thing](user, pk, "verify", on=on)
    try:
        ask_register(request.POST.get("register", ""), found, by=user, on=on)
        messages.success(request, _("已提交核验，结果稍后显示在这里。"))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(f"people:verifications_of_{thing}", pk=pk)
