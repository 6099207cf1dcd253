"""Enterprises that sign up: the form of annex 1, open to all, and the queue."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from jineng.core.calendar import business_date, business_now
from jineng.core.events import acting, noted, origin
from jineng.pages.exports import listed
from jineng.people.commands import sign_ups as commands
from jineng.people.errors import Refused
from jineng.people.forms.organisations import NoteForm, SignUpForm
from jineng.people.models import SignUp, User
from jineng.people.permissions import require
from jineng.people.queries.archives import masked
from jineng.people.queries.cases import steps_of_sign_up
from jineng.people.queries.listing import sign_ups_listed
from jineng.people.queries.organisations import (
    is_sent_by_member,
    same_enterprise,
    sign_ups_in_reach,
)
from jineng.people.queries.regions import full_name
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.lists import SIGN_UPS
from jineng.people.views.steps import Steps, steps_page

#: From one address in an hour. A whole town's offices may share one.
MOST_FROM_ONE_ADDRESS = 30
AN_HOUR = 3600


SIGN_UP = Steps(
    "sign-up",
    SignUpForm,
    (
        (_lazy("企业"), ("name", "credit_code", "region", "industry")),
        (_lazy("培训需求"), ("occupations", "other_occupations", "eligible_count", "remarks")),
        (_lazy("联系人"), ("contact_name", "contact_phone")),
    ),
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The application, step by step; whoever sends it in stands at the end of the queue."""
    user = request.user if isinstance(request.user, User) else None

    def send(given: dict[str, Any]) -> SignUp:
        _require_few("sign-up")
        given = dict(given, occupations=SignUpForm.named_occupations(given))
        del given["other_occupations"]
        return commands.sign_up(**given, by=user, at=business_now())

    def done(made: SignUp) -> tuple[str, str]:
        told = _("已收到“%(name)s”的报名，按报名先后顺序安排培训。") % {"name": made.name}
        return told, reverse("people:sign_up")

    def before_first() -> None:
        _require_few("draft")

    return steps_page(
        request, SIGN_UP, send, "people/sign_up.html", done=done, before_first=before_first
    )


def _require_few(what: str) -> None:
    """Raises Refused where one address sends in, or begins, too many."""
    key = f"{what}:{origin()}"
    cache.add(key, 0, AN_HOUR)
    if cache.incr(key) > MOST_FROM_ONE_ADDRESS:
        raise Refused(_("同一网络的报名太多，请一小时以后再试。"))


@require_safe
def sign_ups(request: HttpRequest) -> HttpResponseBase:
    """The queue of the user's region, and what was arranged before."""
    user, on, wanted = signed_in(request), business_date(), SIGN_UPS.read(request.GET)
    require(user, "organisation:register", on=on)
    entries = sign_ups_listed(user, wanted.filters, on=on)
    return listed(request, "people/sign_ups.html", SIGN_UPS, wanted, entries)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One application; it is served or taken off the queue here."""
    user, on, at = signed_in(request), business_date(), business_now()
    require(user, "organisation:register", on=on)
    found = get_object_or_404(sign_ups_in_reach(user, on=on), pk=pk)
    form = NoteForm(request.POST or None)
    command = commands.withdraw if "withdraw" in request.POST else commands.serve
    if form.is_bound and asked(form, lambda given: command(found, **given, by=user, on=on, at=at)):
        messages.success(request, _("已办理。"))
        return redirect("people:sign_ups")
    if require(user, "organisation:register", on=on).may("person:see"):
        # The contact's phone is shown in full: whoever arranges a training has to call.
        with acting(by=user):
            noted("opened", found)
    else:
        # Who runs the platform sees no person.
        found.contact_name = found.contact_name[:1] + "*" * (len(found.contact_name) - 1)
        found.contact_phone = masked("phone", str(found.contact_phone))
    context = {
        "entry": found,
        "form": form,
        "region": full_name(found.region),
        "case": steps_of_sign_up(found),
        "others": list(same_enterprise(found, user, on=on)),
        "from_member": is_sent_by_member(found, on=on),
    }
    return render(
        request, "people/sign_up_entry.html", context, status=422 if form.is_bound else 200
    )
