"""What is being made of a batch, and is waited for."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jineng.claims import commands
from jineng.claims.models import Run, RunState
from jineng.claims.views.requests import own_batch, owner
from jineng.claims.workflow import NotAllowed

#: Where what was made is shown, where that is not the page of the run itself.
PAGES = {Run.Kind.WHATIF: "claims:whatif_run"}


@login_not_required
@require_safe
def run(request: HttpRequest, pk: uuid.UUID, run: uuid.UUID) -> HttpResponse:
    """How far a run is, to be asked for again and again; and what came of it."""
    batch = own_batch(request, pk)
    found = get_object_or_404(batch.made, pk=run)
    context = {"batch": batch, "run": found}
    fragment = bool(request.headers.get("HX-Request"))
    if found.is_underway and fragment:
        return render(request, "claims/parts/run_progress.html", context)
    address = reverse("claims:run", kwargs={"pk": pk, "run": run})
    if found.state == RunState.DONE and (page := PAGES.get(Run.Kind(found.kind))):
        address = reverse(page, kwargs={"pk": pk, "run": run})
        if not fragment:
            return redirect(address)
    if fragment:
        # The whole page changes, not this part of it.
        return HttpResponse(headers={"HX-Redirect": address})
    return render(request, "claims/run.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_run(request: HttpRequest, pk: uuid.UUID, run: uuid.UUID) -> HttpResponse:
    """Asks whether a run is to stop, and stops it."""
    batch = own_batch(request, pk)
    found = get_object_or_404(batch.made, pk=run)
    if request.method == "POST":
        try:
            commands.cancel_run(found, by=owner(request), at=timezone.now())
        except NotAllowed:
            return redirect("claims:run", pk=pk, run=run)
        return redirect("claims:batch", pk=pk)
    if not found.is_underway:
        return redirect("claims:run", pk=pk, run=run)
    consequences = [_("处理在几秒内停止，已做的部分删除。"), _("这一批的决定不受影响。")]
    context = {"batch": batch, "run": found, "consequences": consequences}
    return render(request, "claims/cancel_run.html", context)
