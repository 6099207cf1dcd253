"""A trial down to lines: the list, its file, one claim decided both ways."""

import uuid
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jineng.claims import engine
from jineng.claims.files import opened_and_gone, plain_room
from jineng.claims.views.lists import ALL, sort_of
from jineng.core.calendar import business_date
from jineng.pages.exports import XLSX, listed
from jineng.pages.tables import Column, Filter, Status, Table
from jineng.people.views.asking import signed_in
from jineng.whatif.models import Trial
from jineng.whatif.permissions import trial_for
from jineng.whatif.views.trials import region_names

Line = dict[str, Any]
ENDINGS = {"xlsx": XLSX, "parquet": "application/vnd.apache.parquet"}


def _own(request: HttpRequest, pk: uuid.UUID) -> tuple[Trial, Any]:
    """The trial and its lines; 404 where they are not kept any more."""
    from jineng.whatif.lines import listing_of

    found = trial_for(signed_in(request), pk, "own", on=business_date())
    if found.finished_at is None or found.run is None:
        raise Http404
    engine.make_ready()
    try:
        return found, listing_of(found.run)
    except FileNotFoundError:
        raise Http404 from None


def _table(found: Trial) -> Table:
    """The list of a trial's lines: what it can be narrowed by is what occurs in it."""
    names = region_names()
    return Table(
        "trial-lines",
        gettext_lazy("有变化的申请"),
        columns=_columns(found, names),
        default_sort="row",
        filters=_filters(found, names),
        empty=(
            gettext_lazy("没有有变化的申请"),
            gettext_lazy("按草案和按现行政策，这些申请的结论和金额都一样。"),
        ),
        most=ALL,
    )


def _columns(found: Trial, names: dict[str, str]) -> tuple[Column, ...]:
    from jineng.claims import words
    from jineng.policy.identity import masked
    from jineng.whatif.shown import TONES, change_word

    def link(one: Line) -> str:
        address = reverse("whatif:line", args=[found.pk, one["row"]])
        return f"{address}?{one['query']}" if one["query"] else address

    def scheme(one: Line) -> str:
        return words.scheme_name(one["scheme"])

    def change(one: Line) -> Status:
        return Status(change_word(one["change"]), TONES.get(one["change"], "plain"))

    def gained(one: Line) -> int:
        return int(one["difference_yuan"] * 100)

    def region(one: Line) -> str:
        return names.get(one["region"]) or str(one["region"])

    def person(one: Line) -> str:
        return masked(one["person_id"])

    def row(one: Line) -> int:
        return int(one["row"])

    def applied(one: Line) -> Any:
        return one["applied_on"]

    return (
        Column("claim", gettext_lazy("申请编号"), lambda one: one["claim_id"], link=link),
        Column("change", gettext_lazy("变化"), change, kind="status"),
        Column("scheme", gettext_lazy("补贴项目"), scheme),
        Column("before", gettext_lazy("现行"), lambda one: side(one, "before")),
        Column("after", gettext_lazy("草案"), lambda one: side(one, "after")),
        Column("gained", gettext_lazy("差额（元）"), gained, sort=("gained",), kind="money"),
        Column("applied", gettext_lazy("受理日期"), applied, sort=("applied_on",), kind="date"),
        Column("region", gettext_lazy("审核地区"), region, shown=False),
        Column("person", gettext_lazy("人员编号"), person, kind="code", shown=False),
        Column("row", gettext_lazy("文件中的行"), row, ("row",), kind="count", shown=False),
    )


def _filters(found: Trial, names: dict[str, str]) -> tuple[Filter, ...]:
    from jineng.policy.impact import CHANGES
    from jineng.whatif.shown import change_word, digits_of, labelled

    def keys(name: str) -> list[tuple[str, Any]]:
        rows = (row for row in found.sums["by"][name] if any(row[change] for change in CHANGES))
        return [(row["key"], names.get(row["key"]) or labelled(row)) for row in rows]

    def changes() -> list[tuple[str, Any]]:
        return [(code, change_word(code)) for code in CHANGES]

    def regions() -> list[tuple[str, Any]]:
        """Before those of a city the city as a whole."""
        whole = {digits_of(key): _("%(city)s全部") % {"city": name} for key, name in keys("city")}
        return sorted((whole | dict(keys("region"))).items())

    return (
        Filter("search", gettext_lazy("申请编号"), "search"),
        Filter("change", gettext_lazy("变化"), choices=changes),
        Filter("scheme", gettext_lazy("补贴项目"), choices=lambda: keys("scheme")),
        Filter("region", gettext_lazy("市州或审核地区"), "region", regions),
        Filter("group", gettext_lazy("人员类别"), choices=lambda: keys("group")),
        Filter("month", gettext_lazy("受理月份"), choices=lambda: keys("month")),
    )


def side(one: dict[str, Any], name: str) -> str:
    """A decision in a few words: eligible with its amount, or not."""
    from jineng.pages.tables import yuan
    from jineng.policy.facts import outcome_word

    outcome = _(outcome_word(one[f"outcome_{name}"], one[f"missing_{name}"]))
    if one[f"outcome_{name}"] != "eligible":
        return outcome
    return f"{outcome} {yuan(int(one[f'amount_yuan_{name}'] * 100))}"


@require_safe
def lines(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The claims with which something else happens."""
    from jineng.claims.lines import Lines

    found, listing = _own(request, pk)
    table = _table(found)
    wanted = table.read(request.GET)
    query = wanted.query()
    rows = Lines(listing, listing.chosen(wanted.filters), lambda one: one | {"query": query})
    context = {
        "trial": found,
        "search_url": reverse("whatif:search", args=[pk]),
        "gained": listing.gained(rows.places),
    }
    return listed(request, "whatif/lines.html", table, wanted, rows, context)


@require_POST
def search(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Leads to the list narrowed to a claim's number, which the address holds sealed."""
    found, _listing = _own(request, pk)
    wanted = _table(found).read(request.POST, plain=True)
    return redirect(f"{reverse('whatif:lines', args=[pk])}?{wanted.query()}")


@require_safe
def line(request: HttpRequest, pk: uuid.UUID, row: int) -> HttpResponse:
    """One claim decided both ways, condition by condition."""
    from jineng.whatif.explaining import explained
    from jineng.whatif.shown import line_shown

    found, listing = _own(request, pk)
    place = listing.place(row)
    if place is None:
        raise Http404
    stored = listing.line(place)
    wanted = _table(found).read(request.GET)
    places = listing.ordered(listing.chosen(wanted.filters), sort_of(wanted))
    context = {
        "trial": found,
        "line": stored,
        "shown": line_shown(stored, region_names()),
        "both": explained(found, stored),
        "neighbours": listing.neighbours(place, places),
        "query": wanted.query(),
    }
    return render(request, "whatif/line.html", context)


@require_safe
def file(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponseBase:
    """All of the trial as a workbook to be discussed, or its lines for machines."""
    from jineng import claimsfile
    from jineng.desk.queries.in_force import pack_in_force
    from jineng.whatif.sums import as_result

    found, listing = _own(request, pk)
    if ending not in ENDINGS:
        raise Http404
    table = listing.files.read_table(listing.numbers).drop_columns(["row"])
    result = as_result(found.title, found.release, found.sums, table)
    with plain_room() as room:
        path = room / f"whatif.{ending}"
        try:
            claimsfile.write_impact(path, result, pack_in_force().schemes, regions=region_names())
        except claimsfile.FileError as error:
            context = {"trial": found, "message": error.message, "advice": error.advice}
            return render(request, "whatif/not_written.html", context, status=422)
        opened = opened_and_gone(path)
    name = _("试算：%(title)s.%(ending)s") % {"title": found.title, "ending": ending}
    return FileResponse(opened, as_attachment=True, filename=name, content_type=ENDINGS[ending])
