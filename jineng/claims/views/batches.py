"""A batch from its upload to its errors."""

import uuid
from contextlib import suppress
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jineng.claims import commands, engine
from jineng.claims.files import BatchFiles, plain_room
from jineng.claims.forms import UploadForm
from jineng.claims.models import Batch, Stage, State
from jineng.claims.queries import ahead_of, batches_of
from jineng.claims.views.cancelling import cancel_page
from jineng.claims.views.lists import BATCHES, problems_table
from jineng.claims.views.requests import own_batch, owner, signed_in
from jineng.claims.workflow import NotAllowed
from jineng.core.crypto import open_encrypted
from jineng.desk.queries.rows import Rows
from jineng.pages.exports import listed
from jineng.pages.tables import MOST_COUNTED
from jineng.pages.uploads import led
from jineng.people.views.form_page import form_page

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponseBase:
    """Where a claims file is handed in, and the batches handed in before."""
    engine.make_ready()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        batch = commands.receive_batch(
            **form.cleaned_data,
            by=owner(request, becoming=True),
            user=signed_in(request),
            at=timezone.now(),
        )
        return led(request, "claims:batch", batch.pk)
    context = {
        "form": form,
        "limit_bytes": settings.UPLOADS_MAX_BYTES,
        "kept_hours": settings.UPLOADS_KEPT_HOURS,
    }
    wanted = BATCHES.read(request.GET)
    found = batches_of(owner(request), at=timezone.now(), state=wanted["state"])
    rows = Rows(list(found[: MOST_COUNTED + 1]))
    answer = listed(request, "claims/upload.html", BATCHES, wanted, rows, context)
    if form.errors:
        answer.status_code = 422
    return answer


@login_not_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The workbook to be filled in."""
    headers = {"Content-Disposition": 'attachment; filename="jineng-template.xlsx"'}
    return HttpResponse(_template(), content_type=WORKBOOK, headers=headers)


@cache
def _template() -> bytes:
    from jineng import claimsfile

    with plain_room() as room:
        claimsfile.write_template(room / "template.xlsx")
        return (room / "template.xlsx").read_bytes()


@login_not_required
@require_safe
def batch(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A batch as it stands: under way, refused, faulty, cancelled, or its decisions."""
    engine.make_ready()
    found = own_batch(request, pk)
    if found.state == State.DECIDED:
        from jineng.claims.views.lines import decisions

        return decisions(request, found)
    if found.state == State.FAULTY:
        return _problems(request, found)
    if found.state == State.REFUSED:
        return _refused(request, found)
    return render(request, "claims/progress.html", _progress(found))


@login_not_required
@require_safe
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far a batch has come, to be asked for again and again while it is under way."""
    engine.make_ready()
    found = own_batch(request, pk)
    if not request.headers.get("HX-Request"):
        return redirect("claims:batch", pk=pk)
    if not found.is_underway:
        # The whole page changes, not this part of it.
        return HttpResponse(headers={"HX-Redirect": reverse("claims:batch", kwargs={"pk": pk})})
    return render(request, "claims/parts/progress.html", _progress(found))


def _progress(found: Batch) -> dict[str, Any]:
    """The stages of a batch: which are done, which is under way and how far."""
    stages = [Stage.READING, Stage.CHECKING, Stage.DECIDING, Stage.WRITING]
    current = Stage(found.stage) if found.stage else None
    if current is None and found.state == State.DECIDING:
        current = Stage.DECIDING
    if current == Stage.MARKING:
        stages = [Stage.READING, Stage.CHECKING, Stage.MARKING]
    place = stages.index(current) if current else -1
    steps = [{"label": _("接收并加密"), "is_done": True, "is_current": False}]
    for at, stage in enumerate(stages):
        step = {"label": stage.label, "is_done": at < place, "is_current": at == place}
        steps.append(step)
    ahead = ahead_of(found) if found.state == State.WAITING else 0
    return {"batch": found, "steps": steps, "steps_done": place + 1, "ahead": ahead}


def _refused(request: HttpRequest, found: Batch, form: UploadForm | None = None) -> HttpResponse:
    context = {
        "batch": found,
        "form": form or UploadForm(),
        "limit_bytes": settings.UPLOADS_MAX_BYTES,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "claims/refused.html", context, status=status)


@login_not_required
@require_safe
def problems(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """What is wrong with a batch, also where its clean lines have been decided."""
    found = own_batch(request, pk)
    if not found.checked:
        return redirect("claims:batch", pk=pk)
    return _problems(request, found)


def _problems(
    request: HttpRequest, found: Batch, form: UploadForm | None = None
) -> HttpResponseBase:
    from jineng.claims.lines import Lines
    from jineng.claims.problems import problems_of

    problems = problems_of(found)
    table = problems_table(problems, history=bool(found.history_name))
    wanted = table.read(request.GET)
    context = {
        "batch": found,
        "form": form or UploadForm(),
        "limit_bytes": settings.UPLOADS_MAX_BYTES,
        "can_decide_clean": found.state == State.FAULTY and found.checked["clean_lines"] > 0,
    }
    rows = Lines(problems, problems.chosen(wanted.filters))
    answer = listed(request, "claims/problems.html", table, wanted, rows, context)
    if form is not None and form.errors:
        answer.status_code = 422
    return answer


@login_not_required
@require_safe
def marked(request: HttpRequest, pk: uuid.UUID, file: str) -> HttpResponse | FileResponse:
    """The copy with the errors marked: `claims` or `history`."""
    found = own_batch(request, pk)
    names = {"claims": ("marked", "marked_as"), "history": ("marked_history", "history_marked_as")}
    if file not in names or not found.checked:
        raise Http404
    name, kind = names[file]
    try:
        sealed = open_encrypted(BatchFiles(pk).path(name))
    except FileNotFoundError:
        raise Http404 from None
    original = found.file_name if file == "claims" else found.history_name
    ending = found.checked[kind]
    return FileResponse(
        sealed,
        as_attachment=True,
        filename=_("%(name)s（标出错误）.%(ending)s")
        % {"name": original.rpartition(".")[0], "ending": ending},
        content_type=WORKBOOK if ending == "xlsx" else "text/csv; charset=utf-8",
    )


@login_not_required
@require_POST
def corrected(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Takes a corrected file in place of the batch that was faulty."""
    found = own_batch(request, pk)
    if found.state not in (State.FAULTY, State.REFUSED, State.FAILED, State.CANCELLED):
        return redirect("claims:batch", pk=pk)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        batch = commands.receive_batch(
            **form.cleaned_data,
            instead_of=found,
            by=owner(request),
            user=signed_in(request),
            at=timezone.now(),
        )
        return led(request, "claims:batch", batch.pk)
    page = _problems if found.state == State.FAULTY else _refused
    return page(request, found, form)


@login_not_required
@require_POST
def clean(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Has the lines without an error decided."""
    found = own_batch(request, pk)
    return _asked(commands.decide_clean_lines, found, request)


@login_not_required
@require_POST
def again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Has a batch decided once more, or taken up anew where it failed."""
    found = own_batch(request, pk)
    stopped = found.state in (State.FAILED, State.CANCELLED)
    command = commands.try_again if stopped else commands.decide_again
    return _asked(command, found, request)


def _asked(command: Any, found: Batch, request: HttpRequest) -> HttpResponse:
    # Asked twice, or from a page that was out of date, it does nothing: the batch's page tells.
    with suppress(NotAllowed):
        command(found, by=owner(request))
    return redirect("claims:batch", pk=found.pk)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks whether a batch is to be deleted, and deletes it."""
    found = own_batch(request, pk)
    return form_page(
        request,
        None,
        lambda _given: commands.delete_batch(found, by=owner(request)),
        title=_("删除批次"),
        lead=found.file_name,
        question=_("删除这个批次？"),
        consequences=[_("上传的文件立即删除。"), _("核对结果和全部决定立即删除。")],
        undo=_("删除后不能恢复。需要的，请先导出。"),
        danger=True,
        submit=_("删除"),
        back=reverse("claims:batch", args=[pk]),
        then=lambda _done: reverse("claims:upload"),
        done=_("该批次及其文件已删除。"),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks whether what is done with a batch is to stop, and stops it."""
    found = own_batch(request, pk)
    if not found.is_underway:
        return redirect("claims:batch", pk=pk)
    consequences = [
        _("处理在几秒内停止，不作任何决定。"),
        _("已经读出、核对的中间结果全部删除。"),
    ]
    if found.decided:
        consequences.append(_("上一次核定的决定也一并删除。"))
    page = reverse("claims:batch", args=[pk])
    return cancel_page(
        request,
        found,
        lambda: commands.cancel_batch(found, by=owner(request)),
        question=_("取消这个批次的处理？"),
        consequences=consequences,
        undo=_("上传的文件还在，可以重新核定，也可以删除。"),
        back=page,
        then=page,
    )
