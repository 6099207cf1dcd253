"""Trials: listed, asked for, waited for, shown, compared, deleted."""

import uuid
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jineng.claims import engine
from jineng.claims.workflow import NotAllowed
from jineng.core.calendar import business_date
from jineng.desk.permissions.drafts import SEE
from jineng.desk.queries.drafts import drafts_listed, reading_of
from jineng.pages.exports import listed
from jineng.pages.tables import Column, Filter, Status, Table
from jineng.people.models import User
from jineng.people.permissions import require
from jineng.people.queries.regions import full_name, regions_by_code
from jineng.people.views.asking import signed_in
from jineng.people.views.form_page import form_page
from jineng.whatif import commands
from jineng.whatif.forms import CompareForm, TrialForm
from jineng.whatif.models import Trial
from jineng.whatif.permissions import trial_for
from jineng.whatif.queries import (
    batches_to_try,
    finished,
    keys_of,
    trials_listed,
    tried_together,
)

Shown = Trial.Shown
TONES = {
    Shown.UNDERWAY: "waiting",
    Shown.DONE: "good",
    Shown.FAILED: "bad",
    Shown.CANCELLED: "plain",
    Shown.GONE: "plain",
}


def state_of(one: Trial) -> Status:
    """How a trial stands, in a word."""
    return Status(Shown(one.shown).label, TONES[Shown(one.shown)])


def _trials_table(user: User) -> Table:
    def drafts() -> list[tuple[str, str]]:
        found = drafts_listed(user, on=business_date()).order_by("-changed_at")
        return [(str(one.pk), one.title) for one in found[:200]]

    return Table(
        "trials",
        gettext_lazy("试算"),
        columns=(
            Column(
                "title",
                gettext_lazy("草案"),
                lambda one: one.title,
                sort=("title", "pk"),
                kind="written",
                link=lambda one: reverse("whatif:trial", args=[one.pk]),
            ),
            Column("version", gettext_lazy("版本"), lambda one: one.version, kind="count"),
            Column("file", gettext_lazy("申请"), lambda one: one.file_name, kind="written"),
            Column("lines", gettext_lazy("申请数"), lambda one: one.lines or None, kind="count"),
            Column("state", gettext_lazy("状态"), state_of, kind="status"),
            Column(
                "difference",
                gettext_lazy("差额（元）"),
                lambda one: one.difference_fen if one.finished_at else None,
                kind="money",
            ),
            Column("by", gettext_lazy("谁试算"), lambda one: one.by.username),
            Column("at", gettext_lazy("时间"), lambda one: one.at, sort=("at", "pk"), kind="date"),
        ),
        default_sort="-at",
        filters=(
            Filter("draft", gettext_lazy("草案"), choices=drafts),
            Filter("shown", gettext_lazy("状态"), choices=lambda: Shown.choices),
            Filter("mine", gettext_lazy("只看我的"), "flag"),
        ),
        empty=(
            gettext_lazy("还没有试算"),
            gettext_lazy("选一批申请和一份草案，看看谁增谁减、资金差多少。"),
        ),
    )


@require_safe
def trials(request: HttpRequest) -> HttpResponseBase:
    """The trials that somebody sees."""
    user, on = signed_in(request), business_date()
    require(user, SEE, on=on)
    table = _trials_table(user)
    wanted = table.read(request.GET)
    found = trials_listed(
        user, draft=wanted["draft"], shown=wanted["shown"], mine=bool(wanted["mine"]), on=on
    )
    return listed(request, "whatif/trials.html", table, wanted, found)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Asks for a trial. The address may name a batch and drafts."""
    from jineng.whatif.shown import funds

    user, on, at = signed_in(request), business_date(), timezone.now()
    require(user, SEE, on=on)
    engine.make_ready()
    initial = {"batch": request.GET.get("batch"), "drafts": request.GET.getlist("draft")}
    posted = request.POST if request.method == "POST" else None
    form = TrialForm(posted, initial=initial, user=user, funds=funds(), on=on, at=at)
    if form.is_bound and form.is_valid() and (made := _tried(form, user)):
        if len(made) == 1:
            return redirect("whatif:trial", pk=made[0].pk)
        messages.success(request, _("已开始试算 %(count)s 份草案。") % {"count": str(len(made))})
        return redirect("whatif:trials")
    context = {
        "form": form,
        "has_batches": batches_to_try(user, at=at).exists(),
        "has_drafts": drafts_listed(user, on=on).exists(),
    }
    return render(request, "whatif/new.html", context, status=422 if form.is_bound else 200)


def _tried(form: TrialForm, user: User) -> list[Trial]:
    """The trials; none, and why in the form, where a draft can't be tried."""
    given = form.cleaned_data
    for draft in given["drafts"]:
        read = reading_of(draft)
        told = {"title": draft.title}
        if read.is_empty:
            form.add_error("drafts", _("“%(title)s”还没有改动，没有可试算的。") % told)
        elif read.errors:
            form.add_error("drafts", _("“%(title)s”对照现行政策已不能使用，请先打开改正。") % told)
    if form.errors:
        return []
    try:
        return commands.try_drafts(
            given["batch"], given["drafts"], budgets=form.budgets(), by=user, at=timezone.now()
        )
    except NotAllowed:
        form.add_error("batch", _("这批申请刚刚被删除或正在重新核定，请另选一批。"))
        return []


@require_safe
def trial(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A trial as it stands: under way, ended without a result, or what it comes to."""
    from jineng.whatif.lines import has_lines
    from jineng.whatif.shown import BY, breakdown, cards, curves, differences, others, percent

    engine.make_ready()
    user, on = signed_in(request), business_date()
    found = trial_for(user, pk, "see", on=on)
    context: dict[str, Any] = {"trial": found, "mine": found.by_id == user.pk}
    context["state"] = state_of(found)
    if found.finished_at is None:
        return render(request, "whatif/progress.html", context | _progress(found))
    by = request.GET.get("by", "")
    by = by if by in BY else "scheme"
    names = region_names()
    context |= {
        "cards": cards(found),
        "others": others(found),
        "total": found.sums["total"],
        "percent": percent(found.sums["total"]),
        "differences": differences(found, names),
        "shown": breakdown(found, by, names),
        "tabs": [(key, _(heading), key == by) for key, (heading, _narrowed) in BY.items()],
        "curves": curves(found),
        "has_lines": context["mine"] and has_lines(found),
        "together": list(tried_together(found, user, on=on)[:5]),
    }
    return render(request, "whatif/trial.html", context)


def region_names() -> dict[str, str]:
    """Names of regions by code; a county's after its city's."""
    return {code: full_name(one) for code, one in regions_by_code(business_date()).items()}


def _progress(found: Trial) -> dict[str, Any]:
    run = found.run
    known = run is not None and run.total > 0
    return {
        "run": run,
        "percent": min(99, run.done * 100 // run.total) if run and known else None,
    }


@require_safe
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far a trial is, to be asked for again and again while it is under way."""
    found = trial_for(signed_in(request), pk, "see", on=business_date())
    if not request.headers.get("HX-Request"):
        return redirect("whatif:trial", pk=pk)
    if not found.is_underway:
        return HttpResponse(headers={"HX-Redirect": reverse("whatif:trial", args=[pk])})
    context = {"trial": found, "state": state_of(found)} | _progress(found)
    return render(request, "whatif/parts/progress.html", context)


@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ends a trial that is under way."""
    user = signed_in(request)
    found = trial_for(user, pk, "own", on=business_date())
    with suppress(NotAllowed):  # it was at its end already: its page tells
        commands.cancel_trial(found, by=user, at=timezone.now())
    return redirect("whatif:trial", pk=pk)


@require_POST
def again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks for the same once more, by the draft and the policy as they are now."""
    user = signed_in(request)
    found = trial_for(user, pk, "own", on=business_date())
    batch = found.run.batch if found.run else None
    if batch is None or found.draft is None:
        messages.error(request, _("申请或草案已删除，不能再试算。"))
        return redirect("whatif:trial", pk=pk)
    try:
        made = commands.try_drafts(
            batch, [found.draft], budgets=found.budgets, by=user, at=timezone.now()
        )
    except NotAllowed:
        messages.error(request, _("这批申请正在重新核定，请稍后再试算。"))
        return redirect("whatif:trial", pk=pk)
    return redirect("whatif:trial", pk=made[0].pk)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks whether a trial is to be deleted, and deletes it."""
    user = signed_in(request)
    found = trial_for(user, pk, "own", on=business_date())
    return form_page(
        request,
        None,
        lambda _given: commands.delete_trial(found, by=user),
        title=_("删除：%(title)s") % {"title": found.title},
        done=_("试算已删除。"),
        submit=_("删除试算"),
        back=reverse("whatif:trial", args=[pk]),
        then=lambda _done: reverse("whatif:trials"),
        consequences=[
            _("汇总和逐条结果立即删除。"),
            _("草案和申请不受影响，可以再次试算。"),
        ],
        question=_("删除这次试算吗？"),
        undo=_("不能恢复。"),
        danger=True,
    )


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two trials side by side."""
    from jineng.whatif.shown import beside

    user, on = signed_in(request), business_date()
    require(user, SEE, on=on)
    done = finished(user, on=on)
    keys = keys_of([request.GET.get("left", ""), request.GET.get("right", "")])
    by_key = {one.pk: one for one in done.filter(pk__in=keys)}
    chosen = [by_key[key] for key in keys if key in by_key]
    initial = dict(zip(("left", "right"), (one.pk for one in chosen), strict=False))
    context = {
        "form": CompareForm(initial=initial, trials=done[:100]),
        "chosen": chosen,
        "shown": beside(*chosen) if len(chosen) == 2 else None,
    }
    return render(request, "whatif/compare.html", context)
