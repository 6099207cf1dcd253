"""The decisions of a batch: the list, its export, and one line explained."""

import uuid
from typing import IO, Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jineng.claims import commands, engine
from jineng.claims.files import BatchFiles, opened_and_gone, plain_room
from jineng.claims.models import Batch, Run, RunState, State
from jineng.claims.queries import runs_of
from jineng.claims.views.lists import decisions_table, sort_of, wanted_lines
from jineng.claims.views.requests import own_batch, owner
from jineng.claims.workflow import NotAllowed
from jineng.core.calendar import business_date
from jineng.core.crypto import open_encrypted
from jineng.people.permissions import access_of


def decisions(request: HttpRequest, found: Batch) -> HttpResponse:
    """The page of a decided batch: what the lines that are wanted come to, and those lines."""
    from jineng.claims.charts import charts
    from jineng.claims.exporting import ENDINGS, is_long
    from jineng.claims.listing import listing_of
    from jineng.claims.shown import assumptions
    from jineng.claimsfile.sheetxml import MAX_ROWS

    pack, listing = engine.pack(), listing_of(found)
    table = decisions_table(pack, listing)
    wanted = table.read(request.GET)
    lines = wanted_lines(wanted, found, pack, listing)
    count = lines.count()
    totals = listing.summed_up(lines.places) if wanted.narrows else listing.totals
    context = {
        "batch": found,
        "table": table.page(lines, wanted),
        "totals": totals,
        "charts": charts(pack, totals, wanted),
        "assumptions": [assumptions(pack, code) for code in listing.totals.schemes],
        "left_out": found.checked["bad_lines"] if found.clean_only else 0,
        "same_release": pack.release == found.release,
        "may_try": access_of(request.user, on=business_date()).may("policy:see"),
        "endings": [
            (ending, [is_long(ending, count, facts=facts) for facts in (False, True)])
            for ending in ENDINGS
            if ending != "xlsx" or count < MAX_ROWS
        ],
        "ready": list(runs_of(found, Run.Kind.EXPORT)),
    }
    return render(request, "claims/decisions.html", context)


@login_not_required
@require_POST
def search(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Leads to the list narrowed as a form asks, whose search the address holds encrypted."""
    from jineng.claims.listing import listing_of

    found = _decided(request, pk)
    wanted = decisions_table(engine.pack(), listing_of(found)).read(request.POST, plain=True)
    return redirect(f"{reverse('claims:batch', kwargs={'pk': pk})}?{wanted.query()}")


def _decided(request: HttpRequest, pk: uuid.UUID) -> Batch:
    found = own_batch(request, pk)
    if found.state != State.DECIDED:
        raise Http404
    return found


def _asked(found: Batch, query: QueryDict, ending: str) -> dict[str, Any]:
    """What file is wanted, as `exporting` takes it; the search stays sealed."""
    from jineng.claims.listing import listing_of

    wanted = decisions_table(engine.pack(), listing_of(found)).read(query)
    facts = bool(query.get("facts"))
    filters = dict(wanted.held)
    return {"ending": ending, "facts": facts, "filters": filters, "sort": sort_of(wanted)}


@login_not_required
@require_safe
def export(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponseBase:
    """The wanted decisions as a file, with the facts before them where that is asked for.

    What would take long is not made here, but by a worker, whom `order` tells.
    """
    from jineng import claimsfile
    from jineng.claims import exporting

    found = _decided(request, pk)
    if ending not in exporting.ENDINGS:
        raise Http404
    asked = _asked(found, request.GET, ending)
    places = exporting.places_of(found, asked)
    if exporting.is_long(ending, len(places), facts=asked["facts"]):
        return redirect(f"{reverse('claims:batch', kwargs={'pk': pk})}?{request.GET.urlencode()}")
    with plain_room() as room:
        path = room / f"decisions.{ending}"
        try:
            exporting.write(path, found, places, facts=asked["facts"])
        except claimsfile.FileError as error:
            context = {"batch": found, "message": error.message, "advice": error.advice}
            return render(request, "claims/not_exported.html", context, status=422)
        file = opened_and_gone(path)
    return _file(file, found, ending)


def _file(file: IO[bytes], found: Batch, ending: str) -> FileResponse:
    from jineng.claims.exporting import ENDINGS

    name = found.file_name.rpartition(".")[0]
    return FileResponse(
        file,
        as_attachment=True,
        filename=_("%(name)s（决定）.%(ending)s") % {"name": name, "ending": ending},
        content_type=ENDINGS[ending],
    )


@login_not_required
@require_POST
def order(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponse:
    """Has a worker make the file of the wanted decisions."""
    from jineng.claims.exporting import ENDINGS

    found = _decided(request, pk)
    if ending not in ENDINGS:
        raise Http404
    asked = _asked(found, request.POST, ending)
    kind, now = Run.Kind.EXPORT, timezone.now()
    try:
        run = commands.start_run(found, kind=kind, asked=asked, by=owner(request), at=now)
    except NotAllowed:
        return redirect("claims:batch", pk=pk)
    return redirect("claims:run", pk=pk, run=run.pk)


@login_not_required
@require_safe
def run_file(request: HttpRequest, pk: uuid.UUID, run: uuid.UUID) -> FileResponse:
    """The file that a run made."""
    found = own_batch(request, pk)
    one = get_object_or_404(found.made, pk=run, kind=Run.Kind.EXPORT, state=RunState.DONE)
    try:
        sealed = open_encrypted(BatchFiles(pk).path(one.file))
    except FileNotFoundError:
        raise Http404 from None
    answer = _file(sealed, found, one.asked["ending"])
    answer["Content-Length"] = str(one.result["bytes"])
    return answer


def _explained(request: HttpRequest, pk: uuid.UUID, row: int) -> tuple[Batch, Any, int]:
    """The batch, its list, and the place of the line in this row of the file; 404 without one."""
    from jineng.claims.listing import listing_of

    found = _decided(request, pk)
    listing = listing_of(found)
    place = listing.place(row)
    if place is None:
        raise Http404
    return found, listing, place


@login_not_required
@require_safe
def line(request: HttpRequest, pk: uuid.UUID, row: int) -> HttpResponse:
    """One line and why it was decided as it was."""
    from jineng.claims.explaining import explained
    from jineng.claims.shown import explanation_shown, line_shown

    found, listing, place = _explained(request, pk, row)
    pack = engine.pack()
    wanted = decisions_table(pack, listing).read(request.GET)
    places = listing.ordered(listing.chosen(wanted.filters), sort_of(wanted))
    stored = listing.line(place)
    answer = explained(found, stored)
    context = {
        "batch": found,
        "line": line_shown(pack, stored),
        "answer": answer,
        "shown": explanation_shown(answer, stored),
        "query": wanted.query(),
        "neighbours": listing.neighbours(place, places),
    }
    return render(request, "claims/line.html", context)


@login_not_required
@require_safe
def line_json(request: HttpRequest, pk: uuid.UUID, row: int) -> HttpResponse:
    """The explanation as JSON, with what was decided."""
    from jineng.claims.explaining import explained
    from jineng.claims.shown import decided_shown

    found, listing, place = _explained(request, pk, row)
    answer = explained(found, stored := listing.line(place))
    response = JsonResponse(
        answer.explanation.to_dict() | {"decided": decided_shown(found, stored)},
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response["Content-Disposition"] = f'attachment; filename="explanation-{row}.json"'
    return response


@login_not_required
@require_safe
def line_text(request: HttpRequest, pk: uuid.UUID, row: int) -> HttpResponse:
    """The explanation as text, after what was decided where that was by another release."""
    from jineng.claims.explaining import explained
    from jineng.claims.shown import decided_text

    found, listing, place = _explained(request, pk, row)
    answer = explained(found, stored := listing.line(place))
    text = answer.explanation.text()
    if not (answer.same_release and answer.same):
        text = f"{decided_text(found, stored)}\n\n{text}"
    headers = {"Content-Disposition": f'attachment; filename="explanation-{row}.txt"'}
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", headers=headers)
