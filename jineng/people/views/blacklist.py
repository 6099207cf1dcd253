"""The blacklist: entries of persons and organisations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jineng.core.calendar import business_date
from jineng.people.commands import blacklist as commands
from jineng.people.forms import organisations as forms
from jineng.people.forms.fields import EndForm
from jineng.people.models import BlacklistEntry, Organisation, Person
from jineng.people.permissions import organisation_for, person_for
from jineng.people.views.asking import signed_in
from jineng.people.views.form_page import form_page


@dataclass(frozen=True)
class Act:
    """What is done with an entry by a form."""

    form: type[Form]
    command: Callable[..., Any]
    title: Any
    done: Any


ACTS = {
    "lift": Act(
        EndForm, commands.lift, gettext_lazy("移出黑名单"), gettext_lazy("已登记移出日期。")
    ),
    "appeal": Act(
        forms.AppealForm,
        commands.file_appeal,
        gettext_lazy("登记申诉"),
        gettext_lazy("申诉已登记。"),
    ),
    "decide": Act(
        forms.AppealOutcomeForm,
        commands.decide_appeal,
        gettext_lazy("登记申诉结果"),
        gettext_lazy("申诉结果已登记。"),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a person on the blacklist."""
    found = person_for(request.user, pk, "blacklist:edit", on=business_date())
    return _new(request, found, reverse("people:person", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts an organisation on the blacklist."""
    found = organisation_for(request.user, pk, "blacklist:edit", on=business_date())
    return _new(request, found, reverse("people:organisation", args=[pk]))


def _new(request: HttpRequest, found: Person | Organisation, back: str) -> HttpResponse:
    user, on = signed_in(request), business_date()
    return form_page(
        request,
        forms.BlacklistForm(request.POST or None, initial={"starts_on": on}),
        lambda given: commands.blacklist(found, **given, by=user, on=on),
        title=_("列入黑名单：%(name)s") % {"name": found.name},
        done=_("已列入黑名单。"),
        submit=_("列入"),
        back=back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of ACTS."""
    user, on = signed_in(request), business_date()
    entry = get_object_or_404(
        BlacklistEntry.objects.select_related("person", "organisation"), pk=pk
    )
    found: Person | Organisation
    if entry.person_id is not None:
        found = person_for(user, entry.person_id, "blacklist:edit", on=on)
        back = reverse("people:person", args=[found.pk])
    else:
        assert entry.organisation_id is not None
        found = organisation_for(user, entry.organisation_id, "blacklist:edit", on=on)
        back = reverse("people:organisation", args=[found.pk])
    if name not in ACTS:
        raise Http404
    chosen = ACTS[name]
    return form_page(
        request,
        chosen.form(request.POST or None),
        lambda given: chosen.command(entry, **given, by=user, on=on),
        title=_("%(what)s：%(name)s") % {"what": chosen.title, "name": found.name},
        lead=_("决定文号 %(number)s") % {"number": entry.decision_number},
        done=chosen.done,
        submit=_("登记"),
        back=back,
    )
