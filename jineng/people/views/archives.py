"""Archives of others: a number in full for a reason, and what persons ask to have put right."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jineng.core.calendar import business_date, business_now
from jineng.pages.exports import listed
from jineng.pages.tables import Wanted
from jineng.people.commands import archives as commands
from jineng.people.forms.archives import AnswerForm, RevealForm
from jineng.people.models import CorrectionRequest, User
from jineng.people.permissions import person_for, require
from jineng.people.queries.archives import SEALED, corrections_to_answer
from jineng.people.queries.cases import steps_of_correction
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.lists import CORRECTIONS


@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Asks why a number is to be seen in full, and shows it once."""
    user, on = signed_in(request), business_date()
    if field not in SEALED:
        raise Http404
    person = person_for(user, pk, "reveal", on=on)
    form = RevealForm(request.POST or None)
    context = {"person": person, "title": SEALED[field][0], "form": form}
    if form.is_bound:
        shown = asked(
            form, lambda given: {"number": commands.reveal(person, field, **given, by=user, on=on)}
        )
        if shown:
            return render(request, "people/revealed.html", context | shown)
    return render(request, "people/reveal.html", context, status=422 if form.is_bound else 200)


@require_safe
def corrections(request: HttpRequest) -> HttpResponseBase:
    """What persons within reach ask to have put right."""
    user, on = signed_in(request), business_date()
    require(user, "person:edit", on=on)
    wanted = CORRECTIONS.read(request.GET)
    return listed(request, "people/corrections.html", CORRECTIONS, wanted, _waiting(user, wanted))


def _waiting(user: User, wanted: Wanted) -> QuerySet[CorrectionRequest]:
    waiting = corrections_to_answer(user, on=business_date())
    return waiting.filter(about=wanted["about"]) if wanted["about"] else waiting


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One request beside the others that wait, and its answer; then the next one."""
    user, on, wanted = signed_in(request), business_date(), CORRECTIONS.read(request.GET)
    found = get_object_or_404(
        CorrectionRequest.objects.select_related("person", "answered_by"), pk=pk
    )
    person_for(user, found.person_id, "edit", on=on)
    form = AnswerForm(request.POST or None)
    at, waiting = business_now(), _waiting(user, wanted)
    if form.is_bound and asked(
        form, lambda given: commands.answer_correction(found, **given, by=user, on=on, at=at)
    ):
        messages.success(request, _("已答复。"))
        coming = CORRECTIONS.ordered(waiting, wanted).first()
        to = reverse("people:answer", args=[coming.pk]) if coming else reverse("people:corrections")
        return redirect(f"{to}?{wanted.query()}")
    steps = steps_of_correction(found)
    context = {"asked": found, "form": form, "open": found.pk, "case": steps}
    shown = listed(request, "people/corrections.html", CORRECTIONS, wanted, waiting, context)
    if form.is_bound:
        shown.status_code = 422
    return shown
