"""A file that is being made of a batch, and is waited for."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jineng.claims import commands
from jineng.claims.models import Run
from jineng.claims.views.cancelling import cancel_page
from jineng.claims.views.requests import own_batch, owner


@login_not_required
@require_safe
def run(request: HttpRequest, pk: uuid.UUID, run: uuid.UUID) -> HttpResponse:
    """How far a run is, to be asked for again and again; and what came of it."""
    batch = own_batch(request, pk)
    found = get_object_or_404(batch.made, pk=run, kind=Run.Kind.EXPORT)
    context = {"batch": batch, "run": found}
    if not request.headers.get("HX-Request"):
        return render(request, "claims/run.html", context)
    if found.is_underway:
        return render(request, "claims/parts/run_progress.html", context)
    # The whole page changes, not this part of it.
    address = reverse("claims:run", kwargs={"pk": pk, "run": run})
    return HttpResponse(headers={"HX-Redirect": address})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_run(request: HttpRequest, pk: uuid.UUID, run: uuid.UUID) -> HttpResponse:
    """Asks whether a run is to stop, and stops it."""
    batch = own_batch(request, pk)
    found = get_object_or_404(batch.made, pk=run, kind=Run.Kind.EXPORT)
    if not found.is_underway:
        return redirect("claims:run", pk=pk, run=run)
    return cancel_page(
        request,
        batch,
        lambda: commands.cancel_run(found, by=owner(request), at=timezone.now()),
        question=_("取消正在进行的处理？"),
        consequences=[_("处理在几秒内停止，已做的部分删除。"), _("这一批的决定不受影响。")],
        undo=_("需要的，可以再次提出。"),
        back=reverse("claims:run", args=[pk, run]),
        then=reverse("claims:batch", args=[pk]),
    )
