"""Organisations: listed, shown with their history, registered, changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jineng.core.calendar import business_date
from jineng.pages.exports import listed
from jineng.people.commands import organisations as commands
from jineng.people.forms import organisations as forms
from jineng.people.forms.fields import EndForm
from jineng.people.models import Organisation, OrganisationKind, Qualification, Suspension
from jineng.people.permissions import access_of, organisation_for, organisations_in_reach, require
from jineng.people.queries.archives import masked
from jineng.people.queries.history import history_of_organisation
from jineng.people.queries.listing import organisations_listed, qualifications_listed
from jineng.people.queries.organisations import is_department
from jineng.people.queries.regions import full_name
from jineng.people.signin.again import proved_again
from jineng.people.views.asking import signed_in
from jineng.people.views.form_page import form_page
from jineng.people.views.lists import ORGANISATIONS, QUALIFICATIONS, organisations_for


@require_safe
def organisations(request: HttpRequest) -> HttpResponseBase:
    """The organisations in reach, as far as they are wanted."""
    user, on = signed_in(request), business_date()
    access = require(user, "organisation:see", on=on)
    table = organisations_for(access)
    wanted = table.read(request.GET)
    context = {"may_register": access.may("organisation:register")}
    found = organisations_listed(user, wanted.filters, on=on)
    return listed(request, "people/organisations.html", table, wanted, found, context)


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Leads to the list narrowed to what is searched for, which the address holds sealed."""
    require(signed_in(request), "organisation:see", on=business_date())
    wanted = ORGANISATIONS.read(request.POST, plain=True)
    return redirect(f"{reverse('people:organisations')}?{wanted.query()}")


@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: the record, what it is and holds, and what was changed."""
    user, on = signed_in(request), business_date()
    found = organisation_for(user, pk, "see", on=on)
    access = access_of(user, on=on)

    def may(action: str) -> bool:
        reached = organisations_in_reach(user, on=on, action=action)
        return access.may(action) and reached.filter(pk=pk).exists()

    context: dict[str, Any] = {
        "organisation": found,
        "region": full_name(found.region) if found.region else "",
        "bank_account": masked("bank_account", found.bank_account),
        "kinds": found.kinds.order_by("starts_on", "pk"),
        "pillars": found.pillar_statuses.order_by("year", "kind"),
        "suspensions": found.suspensions.order_by("starts_on", "pk"),
        "qualifications": found.qualifications.select_related("region").order_by("starts_on", "pk"),
        "today": on,
        "may_edit": may("organisation:edit"),
        "is_official": commands.is_official(found, "organisation:edit", user, on),
        "may_qualify": commands.is_official(found, "qualification:edit", user, on),
        "may_see_members": may("members:see"),
        "may_blacklist": may("blacklist:edit") and not is_department(found, on),
    }
    if access.may("blacklist:see"):
        context["entries"] = found.blacklist_entries.order_by("starts_on", "pk")
    if access.may("history:see"):
        context["history"] = history_of_organisation(found)
    return render(request, "people/organisation.html", context)


def page_of_organisation(found: Organisation) -> str:
    """Where an organisation is shown."""
    return reverse("people:organisation", args=[found.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Registers an organisation."""
    user, on = signed_in(request), business_date()
    require(user, "organisation:register", on=on)
    form = forms.NewOrganisationForm(request.POST or None, organisation=None)
    return form_page(
        request,
        form,
        lambda _given: commands.register_organisation(**form.details(), by=user, on=on),
        title=_("登记单位"),
        done=_("已登记。"),
        submit=_("登记"),
        back=reverse("people:organisations"),
        then=page_of_organisation,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Changes the record; those of the organisation itself, its account alone.

    They prove once more who they are: whoever finds their browser open does not have the
    enterprise's money paid elsewhere.
    """
    user, on = signed_in(request), business_date()
    found = organisation_for(user, pk, "edit", on=on)
    if commands.is_official(found, "organisation:edit", user, on):
        return _edit(request, found, official=True)
    return _edit_account(request, found)


@proved_again
def _edit_account(request: HttpRequest, found: Organisation) -> HttpResponseBase:
    return _edit(request, found, official=False)


def _edit(request: HttpRequest, found: Organisation, *, official: bool) -> HttpResponse:
    user, on = signed_in(request), business_date()
    shown = forms.OrganisationForm if official else forms.AccountForm
    form = shown(request.POST or None, organisation=found)
    return form_page(
        request,
        form,
        lambda _given: commands.change_organisation(found, **form.details(), by=user, on=on),
        title=_("修改：%(name)s") % {"name": found.name},
        lead="" if official else _("其他内容由人社部门修改。"),
        done=_("已修改。"),
        submit=_("保存"),
        back=page_of_organisation(found),
    )


@dataclass(frozen=True)
class Act:
    """What officials do with an organisation by a form."""

    form: type[Form]
    command: Callable[..., Any]
    title: Any
    submit: Any
    done: Any


ACTS = {
    "code": Act(
        forms.CodeForm,
        commands.correct_code,
        gettext_lazy("更正统一社会信用代码：%(name)s"),
        gettext_lazy("更正"),
        gettext_lazy("代码已更正。"),
    ),
    "kind": Act(
        forms.KindForm,
        commands.begin_kind,
        gettext_lazy("登记类别：%(name)s"),
        gettext_lazy("登记"),
        gettext_lazy("类别已登记。"),
    ),
    "pillar": Act(
        forms.PillarForm,
        commands.set_pillar_status,
        gettext_lazy("支柱产业或重点企业：%(name)s"),
        gettext_lazy("保存"),
        gettext_lazy("已保存。"),
    ),
    "suspension": Act(
        forms.SuspensionForm,
        commands.begin_suspension,
        gettext_lazy("登记停工停产：%(name)s"),
        gettext_lazy("登记"),
        gettext_lazy("停工停产已登记。"),
    ),
}


def _official_s(request: HttpRequest, pk: int, verb: str = "edit") -> Organisation:
    """The organisation, which the user handles as an official; 404 and 403 likewise."""
    user, on = signed_in(request), business_date()
    found = organisation_for(user, pk, verb, on=on)
    action = verb if ":" in verb else f"organisation:{verb}"
    if not commands.is_official(found, action, user, on):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of ACTS."""
    user, on = signed_in(request), business_date()
    found = _official_s(request, pk)
    if name not in ACTS:
        raise Http404
    chosen = ACTS[name]
    return form_page(
        request,
        chosen.form(request.POST or None, initial={"starts_on": on, "year": on.year}),
        lambda given: chosen.command(found, **given, by=user, on=on),
        title=chosen.title % {"name": found.name},
        done=chosen.done,
        submit=chosen.submit,
        back=page_of_organisation(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Says on which day a kind or a standstill ends."""
    user, on = signed_in(request), business_date()
    ending: dict[str, Any] = {"kind": OrganisationKind, "suspension": Suspension}
    if name not in ending:
        raise Http404
    row = get_object_or_404(ending[name], pk=pk)
    found = _official_s(request, row.organisation_id)
    what = row.get_kind_display() if name == "kind" else _("停工停产")
    return form_page(
        request,
        EndForm(request.POST or None, initial={"last_day": on}),
        lambda given: commands.end_on(row, **given, by=user, on=on),
        title=_("结束“%(what)s”：%(name)s") % {"what": what, "name": found.name},
        done=_("已结束。"),
        submit=_("结束"),
        back=page_of_organisation(found),
    )


@require_safe
def qualifications(request: HttpRequest) -> HttpResponseBase:
    """The qualifications of organisations in reach, as far as they are wanted."""
    user, on, wanted = signed_in(request), business_date(), QUALIFICATIONS.read(request.GET)
    require(user, "organisation:see", on=on)
    found = qualifications_listed(user, wanted.filters, on=on)
    return listed(request, "people/qualifications.html", QUALIFICATIONS, wanted, found)


@require_http_methods(["GET", "HEAD", "POST"])
def new_qualification(request: HttpRequest, pk: int) -> HttpResponse:
    """Registers a qualification of an organisation."""
    user, on = signed_in(request), business_date()
    found = _official_s(request, pk, "qualification:edit")
    return form_page(
        request,
        forms.QualificationForm(request.POST or None, initial={"starts_on": on}),
        lambda given: commands.hold_qualification(found, **given, by=user, on=on),
        title=_("登记资质：%(name)s") % {"name": found.name},
        done=_("资质已登记。"),
        submit=_("登记"),
        back=page_of_organisation(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def qualification(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes what was said of a qualification."""
    user, on = signed_in(request), business_date()
    row = get_object_or_404(Qualification.objects.select_related("region"), pk=pk)
    found = _official_s(request, row.organisation_id, "qualification:edit")
    return form_page(
        request,
        forms.QualificationForm(request.POST or None, qualification=row),
        lambda given: commands.change_qualification(row, **given, by=user, on=on),
        title=_("修改资质：%(name)s") % {"name": found.name},
        done=_("资质已修改。"),
        submit=_("保存"),
        back=page_of_organisation(found),
    )
