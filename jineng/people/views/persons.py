"""Persons: listed, shown with their history, added, changed, merged."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jineng.core.calendar import business_date, business_now
from jineng.pages.exports import listed
from jineng.people.commands import merging
from jineng.people.commands import persons as commands
from jineng.people.commands.archives import note_opened
from jineng.people.forms import persons as forms
from jineng.people.forms.fields import EndForm
from jineng.people.models import GroupMembership, Person, PersonMerge, User
from jineng.people.permissions import access_of, person_for, persons_in_reach, require
from jineng.people.queries.archives import SEALED, masked, records_of
from jineng.people.queries.history import history_of_person
from jineng.people.queries.listing import persons_listed, so_many
from jineng.people.queries.persons import GROUP_NAMES, persons_found
from jineng.people.queries.regions import full_name
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.form_page import form_page
from jineng.people.views.lists import PERSONS, persons_for

CANDIDATES = 20


@require_safe
def persons(request: HttpRequest) -> HttpResponseBase:
    """The persons in reach, as far as they are wanted."""
    user, on = signed_in(request), business_date()
    access = require(user, "person:see", on=on)
    table = persons_for(access)
    wanted = table.read(request.GET)
    context = {"may_add": access.may("person:edit")}
    found = persons_listed(user, wanted.filters, on=on)
    table = replace(table, walked=so_many(user, wanted.filters, on=on))
    return listed(request, "people/persons.html", table, wanted, found, context)


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Leads to the list narrowed to what is searched for, which the address holds sealed."""
    require(signed_in(request), "person:see", on=business_date())
    wanted = PERSONS.read(request.POST, plain=True)
    return redirect(f"{reverse('people:persons')}?{wanted.query()}")


def _row(person: Person) -> dict[str, Any]:
    lives = person.living_region or person.household_region
    number = masked("identity_number", person.identity_number)
    return {"person": person, "number": number, "region": full_name(lives) if lives else ""}


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: the record, what is held on the person, and what was changed."""
    user, on = signed_in(request), business_date()
    found = person_for(user, pk, "see", on=on)
    access = access_of(user, on=on)
    note_opened(found, by=user, on=on, at=timezone.now())
    own = access.person_id == found.pk

    def may(action: str) -> bool:
        reached = persons_in_reach(user, on=on, action=action)
        return access.may(action) and not own and reached.filter(pk=pk).exists()

    context: dict[str, Any] = {
        "person": found,
        "numbers": {field: masked(field, getattr(found, field)) for field in SEALED},
        "groups": [
            (GROUP_NAMES.get(one.group, one.group), one)
            for one in found.group_memberships.order_by("starts_on", "pk")
        ],
        "today": on,
        "may_reveal": may("person:reveal"),
        "may_edit": may("person:edit") and found.merged_into_id is None,
        "may_merge": may("person:merge") and found.merged_into_id is None,
        "may_blacklist": may("blacklist:edit") and found.merged_into_id is None,
        "may_see_answers": may("history:see"),
        "merges": found.merges.filter(undone_at=None).select_related("merged"),
    }
    if access.official:
        context["records"] = records_of(found, on=on)
    if access.may("blacklist:see"):
        context["entries"] = found.blacklist_entries.order_by("starts_on", "pk")
    if access.may("history:see"):
        context["history"] = history_of_person(found)
    return render(request, "people/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Adds a person."""
    user, on = signed_in(request), business_date()
    require(user, "person:edit", on=on)
    form = forms.NewPersonForm(request.POST or None)

    def add(given: dict[str, Any]) -> Person:
        details = form.details()
        for group in details.get("groups", []):
            group |= {"starts_on": on, "ends_on": None}
        return commands.add_person(**details, by=user, on=on)

    return form_page(
        request,
        form,
        add,
        title=_("登记人员"),
        lead=_("一人一档：登记之前请先查询。"),
        done=_("已登记。"),
        submit=_("登记"),
        back=reverse("people:persons"),
        then=_page_of,
    )


def _page_of(found: Person) -> str:
    return reverse("people:person", args=[found.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a person's record."""
    user, on = signed_in(request), business_date()
    found = person_for(user, pk, "edit", on=on)
    form = forms.PersonForm(request.POST or None, person=found)
    return form_page(
        request,
        form,
        lambda _given: commands.change_person(found, **form.details(), by=user, on=on),
        title=_("修改：%(name)s") % {"name": found.name},
        done=_("已修改。"),
        submit=_("保存"),
        back=_page_of(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a wrong identity number right."""
    user, on = signed_in(request), business_date()
    found = person_for(user, pk, "edit", on=on)
    held = masked("identity_number", found.identity_number)
    return form_page(
        request,
        forms.NumberForm(request.POST or None),
        lambda given: commands.correct_number(found, **given, by=user, on=on),
        title=_("更正身份证号：%(name)s") % {"name": found.name},
        lead=_("现有号码 %(held)s。出生日期随号码更正；原号码仍可用来查到这份档案。")
        % {"held": held},
        done=_("身份证号已更正。"),
        submit=_("更正"),
        back=_page_of(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Says that a person belongs to a group."""
    user, on = signed_in(request), business_date()
    found = person_for(user, pk, "edit", on=on)
    form = forms.GroupForm(request.POST or None, initial={"starts_on": on})
    return form_page(
        request,
        form,
        lambda given: commands.begin_group(found, **given, by=user, on=on),
        title=_("登记人员类别：%(name)s") % {"name": found.name},
        done=_("人员类别已登记。"),
        submit=_("登记"),
        back=_page_of(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Says when a person belongs to a group no more."""
    user, on = signed_in(request), business_date()
    membership = get_object_or_404(GroupMembership.objects.select_related("person"), pk=pk)
    found = person_for(user, membership.person_id, "edit", on=on)
    return form_page(
        request,
        EndForm(request.POST or None, initial={"last_day": on}),
        lambda given: commands.end_group(membership, **given, by=user, on=on),
        title=_("结束类别“%(group)s”：%(name)s")
        % {"group": GROUP_NAMES.get(membership.group, membership.group), "name": found.name},
        done=_("人员类别已结束。"),
        submit=_("结束"),
        back=_page_of(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Looks for the record that is the same person's."""
    user, on = signed_in(request), business_date()
    found = person_for(user, pk, "merge", on=on)
    form = forms.MergeSearchForm(request.POST or None)
    others = asked(form, lambda given: _candidates(user, found, given["text"])) or []
    context = {"person": found, "form": form, "rows": [_row(one) for one in others]}
    context["searched"] = form.is_bound and form.is_valid()
    return render(request, "people/merge.html", context)


def _candidates(user: User, found: Person, text: str) -> list[Person]:
    on = business_date()
    reached = persons_in_reach(user, on=on, action="person:merge")
    others = reached.filter(merged_into=None).exclude(pk=found.pk)
    rows = persons_found(others, text, on=on).select_related(
        "household_region__parent", "living_region__parent"
    )
    return list(rows.order_by("name_key", "pk")[:CANDIDATES])


@require_http_methods(["GET", "HEAD", "POST"])
def merge_with(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Shows both records, and merges the other into this one once that is confirmed."""
    user, on = signed_in(request), business_date()
    survivor, merged = (person_for(user, one, "merge", on=on) for one in (pk, other))
    form, at = forms.WhyForm(request.POST or None), business_now()
    if form.is_bound and asked(
        form,
        lambda given: merging.merge_persons(survivor, merged, **given, by=user, on=on, at=at),
    ):
        messages.success(request, _("两份档案已合并。"))
        return redirect(_page_of(survivor))
    context = {
        "person": survivor,
        "other": merged,
        "form": form,
        "compared": _compared(survivor, merged),
    }
    status = 422 if form.is_bound else 200
    return render(request, "people/merge_with.html", context, status=status)


def _compared(*both: Person) -> list[tuple[str, list[str], bool]]:
    """Every line of both records, and whether it differs."""

    def line(label: str, of: Any) -> tuple[str, list[str], bool]:
        values = [str(of(one) or "") for one in both]
        return label, values, values[0] != values[1]

    regions = {"household_region": _("户籍地"), "living_region": _("居住地")}
    return [
        line(_("姓名"), lambda one: one.name),
        line(_("身份证号"), lambda one: masked("identity_number", one.identity_number)),
        line(_("出生日期"), lambda one: one.birth_date),
        line(_("性别"), lambda one: one.get_sex_display()),
        line(_("手机号"), lambda one: masked("phone", one.phone)),
        *(
            line(label, lambda one, name=name: _region(getattr(one, name)))
            for name, label in regions.items()
        ),
        line(_("银行账号"), lambda one: masked("bank_account", one.bank_account)),
        line(_("人员类别"), lambda one: one.group_memberships.count()),
        line(_("缴费记录"), lambda one: one.insurance_spells.filter(superseded_by=None).count()),
    ]


def _region(region: Any) -> str:
    return full_name(region) if region else ""


@require_http_methods(["GET", "HEAD", "POST"])
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes two of one again."""
    user, on, at = signed_in(request), business_date(), business_now()
    made = get_object_or_404(PersonMerge.objects.select_related("survivor", "merged"), pk=pk)
    survivor = person_for(user, made.survivor_id, "merge", on=on)
    return form_page(
        request,
        forms.WhyForm(request.POST or None),
        lambda given: merging.undo_merge(made, **given, by=user, on=on, at=at),
        title=_("撤销合并：%(name)s") % {"name": survivor.name},
        consequences=[
            _("两份档案分开，各用各的身份证号。"),
            _("合并时带过来的记录回到原档案；合并以后新增的留在这份档案。"),
            _("撤销和理由记入两份档案的变更记录。"),
        ],
        undo=_("撤销以后，确认是同一人的，可以再次合并。"),
        done=_("合并已撤销。"),
        submit=_("撤销合并"),
        back=_page_of(survivor),
    )
