"""Standards of regions: listed, entered, handed in, sent back, seconded, taken along."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from jineng.core.calendar import business_date
from jineng.desk.commands import standards as commands
from jineng.desk.forms.standards import ChoiceForm, SecondForm, StandardForm, WhyForm
from jineng.desk.models import RegionalStandard
from jineng.desk.permissions.standards import (
    EDIT,
    entered_by,
    reaches,
    regions_to_set,
    standard_for,
    standards_in_reach,
)
from jineng.desk.queries.in_force import pack_of_files
from jineng.desk.queries.standards import (
    as_file,
    in_its_place,
    last_day,
    settable,
    standards_listed,
    standing,
    standing_choices,
    steps_of,
    with_standing,
    wrong_with,
)
from jineng.desk.workflow import CHANGEABLE, TRANSITIONS
from jineng.pages.exports import listed
from jineng.pages.tables import Column, Filter, Table, yuan
from jineng.people.models import Region, User
from jineng.people.permissions import access_of, require
from jineng.people.queries.regions import full_name
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.form_page import form_page

State = RegionalStandard.State


def scheme_name(standard: RegionalStandard) -> str:
    """The scheme's name; its code where the pack has it no more."""
    scheme = pack_of_files().schemes.get(standard.scheme)
    return scheme.name if scheme else standard.scheme


def amounts_of(standard: RegionalStandard) -> list[tuple[str, int]]:
    """The amounts in 分, each with the words for its code."""
    from jineng.policy.facts import FACT

    scheme = pack_of_files().schemes.get(standard.scheme)
    parameter = scheme.parameters.get(standard.parameter) if scheme else None
    words = FACT[parameter.by].codes if parameter and parameter.by else {}
    return [(words.get(code, code), fen) for code, fen in standard.amounts.items()]


def _amount_text(standard: RegionalStandard) -> str:
    return _("；").join(f"{_(word)} {yuan(fen)}".strip() for word, fen in amounts_of(standard))


def _in_yuan(value: Any) -> str:
    """An amount, or a table of them, as the engine keeps them."""
    amounts = value.values() if isinstance(value, dict) else [value]
    return _("、").join(_("%(yuan)s 元") % {"yuan": yuan(fen)} for fen in amounts)


def _regions() -> list[tuple[str, str]]:
    rows = Region.objects.on(business_date()).filter(kind="prefecture").order_by("code")
    return [(one.code, one.name) for one in rows]


STANDARDS = Table(
    "standards",
    gettext_lazy("地区标准"),
    columns=(
        Column(
            "region",
            gettext_lazy("地区"),
            lambda one: full_name(one.region),
            sort=("region__code", "scheme", "-starts_on", "pk"),
            link=lambda one: reverse("desk:standard", args=[one.pk]),
        ),
        Column("scheme", gettext_lazy("补贴项目"), scheme_name, kind="said"),
        Column("amount", gettext_lazy("标准（元）"), _amount_text),
        Column(
            "number",
            gettext_lazy("文件号"),
            lambda one: one.number,
            sort=("number", "pk"),
            kind="said",
        ),
        Column("clause", gettext_lazy("条款"), lambda one: one.clause, kind="said", shown=False),
        Column(
            "starts",
            gettext_lazy("自"),
            lambda one: one.starts_on,
            sort=("starts_on", "pk"),
            kind="date",
        ),
        Column("ends", gettext_lazy("至"), last_day, kind="date"),
        Column(
            "stands",
            gettext_lazy("状态"),
            lambda one: standing(one, business_date()),
            kind="status",
        ),
        Column("by", gettext_lazy("录入"), lambda one: one.entered_by.username, shown=False),
        Column(
            "seconded",
            gettext_lazy("复核"),
            lambda one: one.enactment.by.username if one.state == State.SECONDED else "",
            shown=False,
        ),
    ),
    default_sort="region",
    filters=(
        Filter("region", gettext_lazy("地区"), "region", choices=_regions),
        Filter(
            "what",
            gettext_lazy("补贴项目"),
            choices=lambda: [(one.name, _(one.scheme_name)) for one in settable().values()],
        ),
        Filter("stands", gettext_lazy("状态"), choices=lambda: standing_choices(business_date())),
        Filter("day", gettext_lazy("某日施行的"), "day"),
    ),
    empty=(
        gettext_lazy("还没有地区标准"),
        gettext_lazy("文件交由市州规定的标准，录入并经另一人复核后列在这里。"),
    ),
)


@require_safe
def standards(request: HttpRequest) -> HttpResponseBase:
    """The standards in reach."""
    user, on, wanted = signed_in(request), business_date(), STANDARDS.read(request.GET)
    rows = standards_listed(
        user,
        on=on,
        region=wanted["region"],
        what=wanted["what"],
        stands=wanted["stands"],
        day=wanted["day"],
    )
    context = {"may_enter": access_of(user, on=on).may(EDIT)}
    return listed(request, "desk/standards/list.html", STANDARDS, wanted, rows, context)


@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """All standards that decide, as the command line reads them."""
    on = business_date()
    standards_in_reach(signed_in(request), on=on)
    answer = HttpResponse(as_file(on=on), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="standards.yaml"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enters a standard: whose and for what first, then the amounts."""
    user, on = signed_in(request), business_date()
    require(user, EDIT, on=on)
    regions = list(regions_to_set(user, on=on))
    if not regions:
        return render(request, "desk/standards/none_to_set.html")
    choice = ChoiceForm(request.GET or None, regions=regions)
    if not choice.is_valid():
        if not choice.is_bound and len(regions) == 1:
            choice.initial["region"] = regions[0].code
        status = 422 if choice.is_bound else 200
        return render(request, "desk/standards/choose.html", {"form": choice}, status=status)
    chosen = choice.cleaned_data["what"]
    region = next(one for one in regions if one.code == choice.cleaned_data["region"])
    form = StandardForm(request.POST or None, chosen=chosen, region=region)

    def enter(_given: dict[str, Any]) -> RegionalStandard:
        return commands.enter_standard(
            region, chosen.name, by=user, on=on, at=timezone.now(), **form.details()
        )

    if form.is_bound and (made := asked(form, enter)):
        messages.success(request, _("已保存为草稿，核对后请提交复核。"))
        return redirect("desk:standard", pk=made.pk)
    context = {"form": form, "chosen": chosen, "region": region, "back": reverse("desk:standards")}
    status = 422 if form.is_bound else 200
    return render(request, "desk/standards/form.html", context, status=status)


@require_safe
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    """One standard: what it says, how it came about, what can be done with it."""
    user, on = signed_in(request), business_date()
    standard_for(user, pk, "see", on=on)
    one = get_object_or_404(with_standing(standards_in_reach(user, on=on)), pk=pk)
    context = {
        "standard": one,
        "crumb": _title(one),
        "title": _title(one),
        "standing": standing(one, on),
        "last_day": last_day(one),
        "amounts": amounts_of(one),
        "parameter": _parameter(one),
        "instead": _now_there(one) if one.state in _OPEN else "",
        "wrong": wrong_with(one, on=on) if one.state in _OPEN else [],
        "steps": steps_of(one, on=on),
        "acts": _acts(one, user, on),
        "own": entered_by(one, user),
        "waits": one.state == State.SUBMITTED,
    }
    return render(request, "desk/standards/one.html", context)


_OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED)


def _title(one: RegionalStandard) -> str:
    return _("%(region)s · %(scheme)s") % {
        "region": full_name(one.region),
        "scheme": _(scheme_name(one)),
    }


def _now_there(one: RegionalStandard) -> str:
    """What holds as things are, in words."""
    from jineng.desk.drafting import by_number

    value = in_its_place(one)
    if value is None:
        return _("尚未规定")
    cites = by_number(pack_of_files(), value.cites)
    told = {"text": _in_yuan(value.value), "cites": _("、").join(cites)}
    return _("%(text)s（%(cites)s）") % told


def _parameter(one: RegionalStandard) -> Any:
    scheme = pack_of_files().schemes.get(one.scheme)
    return scheme.parameters.get(one.parameter) if scheme else None


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Says something else in a standard that is not handed in."""
    user, on = signed_in(request), business_date()
    one = standard_for(user, pk, "edit", on=on)
    chosen = settable().get(f"{one.scheme}.{one.parameter}")
    if one.state not in CHANGEABLE or chosen is None:
        raise PermissionDenied
    form = StandardForm(request.POST or None, chosen=chosen, region=one.region, standard=one)

    def change(_given: dict[str, Any]) -> RegionalStandard:
        return commands.change_standard(one, by=user, on=on, **form.details())

    back = reverse("desk:standard", args=[pk])
    if form.is_bound and asked(form, change):
        messages.success(request, _("已保存。"))
        return redirect(back)
    context = {"form": form, "chosen": chosen, "region": one.region, "standard": one, "back": back}
    context["about"] = _title(one)
    status = 422 if form.is_bound else 200
    return render(request, "desk/standards/form.html", context, status=status)


# ---------------------------------------------------------------- what is done with one


@dataclass(frozen=True)
class Act:
    """What is done with a standard on a page of its own. ``to``: the state it leads to."""

    to: str
    verb: str
    command: Callable[..., Any]
    title: Any
    submit: Any
    done: Any
    says: Callable[[RegionalStandard, date], list[str]]
    undo: Any = ""
    form: type[Form] = Form
    dated: bool = True


def _submitting(one: RegionalStandard, on: date) -> list[str]:
    return [
        _("提交后不能再改，除非被退回。"),
        _("辖区内的其他政策管理员会收到待办；由其中一人复核，您本人不能复核。"),
    ]


def _seconding(one: RegionalStandard, on: date) -> list[str]:
    told = {
        "region": full_name(one.region),
        "first": one.starts_on,
        "last": last_day(with_standing(RegionalStandard.objects.filter(pk=one.pk)).get()),
        "scheme": _(scheme_name(one)),
        "amount": _amount_text(one),
        "number": one.number,
    }
    said = _("%(region)s%(scheme)s的标准为 %(amount)s 元，依据 %(number)s。") % told
    days = _("适用于受理日期在 %(first)s 及以后的申请，直到有新的标准接续。") % told
    if told["last"]:
        days = _("适用于受理日期从 %(first)s 到 %(last)s 的申请。") % told
    return [
        said,
        days,
        *_back_in_time(one, on),
        *_instead_of(one),
        _("从现在起按新的政策版本核定；已经作出的决定不变，仍按原版本说明。"),
        _("复核后任何人都不能修改或删除这项标准。"),
    ]


def _back_in_time(one: RegionalStandard, on: date) -> list[str]:
    if one.starts_on >= on:
        return []
    told = {"first": one.starts_on}
    return [_("施行日期早于今天：受理日期自 %(first)s 起、尚未核定的申请也按它核定。") % told]


def _instead_of(one: RegionalStandard) -> list[str]:
    if one.replaces:
        told = {"number": one.replaces}
        return [_("%(number)s 录入的原标准被更正，从此不再适用。") % told]
    if in_its_place(one) is None:
        return [_("此前这里没有规定标准：这样的申请一直“暂不能核定”，今后可以核定。")]
    return [_("此前的标准：%(standard)s。") % {"standard": _now_there(one)}]


def _returning(one: RegionalStandard, on: date) -> list[str]:
    return [_("退回给 %(who)s，改好后可以再次提交。") % {"who": one.entered_by.username}]


def _withdrawing(one: RegionalStandard, on: date) -> list[str]:
    return [_("这项标准不再办理，记录保留；需要时另行录入。")]


ACTS = {
    "submit": Act(
        State.SUBMITTED,
        "edit",
        commands.submit_standard,
        gettext_lazy("提交复核"),
        gettext_lazy("提交复核"),
        gettext_lazy("已提交，等待另一人复核。"),
        _submitting,
    ),
    "second": Act(
        State.SECONDED,
        "second",
        commands.second_standard,
        gettext_lazy("复核通过"),
        gettext_lazy("复核通过，予以施行"),
        gettext_lazy("已复核。"),
        _seconding,
        gettext_lazy("不能撤回；确有错误的，另录一项标准更正它。"),
        form=SecondForm,
    ),
    "return": Act(
        State.RETURNED,
        "second",
        commands.return_standard,
        gettext_lazy("退回修改"),
        gettext_lazy("退回"),
        gettext_lazy("已退回。"),
        _returning,
        form=WhyForm,
        dated=False,
    ),
    "withdraw": Act(
        State.WITHDRAWN,
        "edit",
        commands.withdraw_standard,
        gettext_lazy("撤回"),
        gettext_lazy("撤回"),
        gettext_lazy("已撤回。"),
        _withdrawing,
        gettext_lazy("不能恢复。"),
        form=WhyForm,
        dated=False,
    ),
}


def _acts(one: RegionalStandard, user: User, on: date) -> list[tuple[str, Any]]:
    """What the user may do with it as it stands: names in addresses, and words."""
    if not reaches(user, one.region, EDIT, on=on):
        return []
    return [
        (name, act.title)
        for name, act in ACTS.items()
        if act.to in TRANSITIONS[one.state] and not (act.verb == "second" and entered_by(one, user))
    ]


def _handed_in(one: RegionalStandard) -> str:
    """Which of the times that it was handed in: what it says since stays as it is."""
    return one.submitted_at.isoformat() if one.submitted_at else ""


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of ACTS, after what follows from it was told."""
    user, on = signed_in(request), business_date()
    if name not in ACTS:
        raise Http404
    chosen = ACTS[name]
    one = standard_for(user, pk, chosen.verb, on=on)
    back = reverse("desk:standard", args=[pk])
    if chosen.to not in TRANSITIONS[one.state]:
        messages.error(request, _("这项标准已由他人办理。"))
        return redirect(back)
    moment = {"at": timezone.now()} if chosen.dated else {}
    given = request.POST if request.method == "POST" else None
    form = chosen.form(given, initial={"seen": _handed_in(one)})
    if form.is_bound and "seen" in form.fields and form["seen"].value() != _handed_in(one):
        messages.error(request, _("这项标准刚刚有改动，没有复核；请看过再决定。"))
        return redirect("desk:standard_act", pk=pk, name=name)

    def do(given: dict[str, Any]) -> Any:
        said = {name: word for name, word in given.items() if name != "seen"}
        return chosen.command(one, **said, by=user, on=on, **moment)

    return form_page(
        request,
        form,
        do,
        title=_("%(what)s：%(name)s") % {"what": chosen.title, "name": _title(one)},
        done=str(chosen.done),
        submit=chosen.submit,
        back=back,
        about=_title(one),
        consequences=chosen.says(one, on),
        undo=chosen.undo,
    )
