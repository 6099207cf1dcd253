"""Archives of others: a number in full for a reason, and what persons ask to have put right."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jineng.core.calendar import business_date
from jineng.people.commands import archives as commands
from jineng.people.forms.archives import AnswerForm, RevealForm
from jineng.people.models import CorrectionRequest
from jineng.people.permissions import person_for, require
from jineng.people.queries.archives import SEALED, corrections_to_answer
from jineng.people.views.asking import asked, signed_in


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
def corrections(request: HttpRequest) -> HttpResponse:
    """What persons within reach ask to have put right."""
    user, on = signed_in(request), business_date()
    require(user, "person:edit", on=on)
    waiting = corrections_to_answer(user, on=on)[:200]
    return render(request, "people/corrections.html", {"waiting": waiting})


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, and its answer."""
    user, on = signed_in(request), business_date()
    request_ = get_object_or_404(CorrectionRequest.objects.select_related("person"), pk=pk)
    person_for(user, request_.person_id, "edit", on=on)
    form = AnswerForm(request.POST or None)
    at = timezone.now()
    if form.is_bound and asked(
        form, lambda given: commands.answer_correction(request_, **given, by=user, on=on, at=at)
    ):
        messages.success(request, _("已答复。"))
        return redirect("people:corrections")
    context = {"asked": request_, "form": form}
    return render(request, "people/correction.html", context, status=422 if form.is_bound else 200)
