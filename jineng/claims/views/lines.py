"""The decisions of a batch: the list, its export, and one line explained."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jineng.claims import engine
from jineng.claims.files import BatchFiles, opened_and_gone, plain_room
from jineng.claims.models import Batch, State
from jineng.claims.views.requests import own_batch, page_count, page_number
from jineng.core.addresses import sealed_search

EXPORTS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


def decisions(request: HttpRequest, found: Batch) -> HttpResponse:
    """The page of a decided batch: what it comes to, and its lines."""
    from jineng.claims.listing import LINES_ON_A_PAGE, Wanted, listing_of
    from jineng.claims.shown import line_shown, money, options, summary_shown

    pack = engine.pack()
    wanted, listing = Wanted.of(request.GET), listing_of(found)
    places = listing.chosen(wanted)
    pages = page_count(len(places), LINES_ON_A_PAGE)
    number = page_number(request, pages)
    start = (number - 1) * LINES_ON_A_PAGE
    lines = listing.page(places[start : start + LINES_ON_A_PAGE])
    context = {
        "batch": found,
        "summary": summary_shown(pack, found),
        "options": options(pack, found, wanted),
        "wanted": wanted,
        "filters": wanted.filters(),
        "lines": [line_shown(pack, line) for line in lines],
        "count": len(places),
        "first": start + 1,
        "due": money(listing.due(places)),
        "page": number,
        "pages": pages,
        "query": wanted.query(),
        "same_release": pack.release == found.release,
    }
    return render(request, "claims/decisions.html", context)


@login_not_required
@require_POST
def search(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Leads to the list narrowed to a claim's number, which the address holds encrypted."""
    from jineng.claims.listing import Wanted

    own_batch(request, pk)
    query = Wanted.of(request.POST).query(search=sealed_search(request.POST.get("text", "")))
    return redirect(f"{reverse('claims:batch', kwargs={'pk': pk})}?{query}#lines")


def _decided(request: HttpRequest, pk: uuid.UUID) -> Batch:
    found = own_batch(request, pk)
    if found.state != State.DECIDED:
        raise Http404
    return found


@login_not_required
@require_safe
def export(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponse | FileResponse:
    """The wanted decisions as a file, with the facts before them where that is asked for."""
    from jineng import claimsfile
    from jineng.claims.listing import Wanted, listing_of
    from jineng.policy import Intake

    found = _decided(request, pk)
    if ending not in EXPORTS:
        raise Http404
    files, places = BatchFiles(pk), listing_of(found).chosen(Wanted.of(request.GET))
    facts = None
    if request.GET.get("facts"):
        facts = Intake(files.read_table("facts").drop_columns(["row"]).take(places))
    with plain_room() as room:
        path = room / f"decisions.{ending}"
        try:
            claimsfile.write_decisions(
                path,
                files.read_table("decisions").take(places),
                facts=facts,
                schemes=engine.pack().schemes,
                for_excel=True,
            )
        except claimsfile.FileError as error:
            context = {"batch": found, "message": error.message, "advice": error.advice}
            return render(request, "claims/not_exported.html", context, status=422)
        file = opened_and_gone(path)
    name = found.file_name.rpartition(".")[0]
    return FileResponse(
        file,
        as_attachment=True,
        filename=_("%(name)s（决定）.%(ending)s") % {"name": name, "ending": ending},
        content_type=EXPORTS[ending],
    )


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
    from jineng.claims.listing import Wanted
    from jineng.claims.shown import explanation_shown, line_shown

    found, listing, place = _explained(request, pk, row)
    wanted, pack = Wanted.of(request.GET), engine.pack()
    stored = listing.line(place)
    answer = explained(found, stored)
    context = {
        "batch": found,
        "line": line_shown(pack, stored),
        "answer": answer,
        "shown": explanation_shown(answer, stored),
        "query": wanted.query(),
        "neighbours": listing.neighbours(place, wanted),
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
