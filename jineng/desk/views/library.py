"""The policy library: open to all, on any day, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jineng.core.calendar import business_date
from jineng.desk.forms.library import MomentForm
from jineng.desk.queries import clauses, library, pack_cases, searching, spans
from jineng.desk.queries.in_force import pack_in_force
from jineng.desk.queries.moments import Moment
from jineng.desk.queries.rows import Rows
from jineng.desk.views.lists import PACK_CASES
from jineng.pages.exports import listed
from jineng.people.queries.regions import region_choices

if TYPE_CHECKING:
    from jineng.policy import Document, Pack, Scheme


def asked_for(request: HttpRequest) -> tuple[Moment, Pack, dict[str, Any]]:
    """The moment that the address asks for, the pack in force then, and what pages say of it.

    What can't be read is told on the page, which then is of today and of no region.
    """
    today = business_date()
    names = dict(region_choices(today))
    words = {name: request.GET.get(name, "") for name in ("on", "region")}
    form = MomentForm(words, names=names)
    form.is_valid()
    given = form.cleaned_data
    moment = Moment(given.get("on") or today, given.get("region") or "", today, names)
    chosen = {"on": moment.on, "region": moment.region}
    context = {
        "moment": moment,
        "moment_form": MomentForm(initial=chosen, names=names),
        "moment_errors": [error for errors in form.errors.values() for error in errors],
        "moment_kept": {
            name: word
            for name, word in request.GET.items()
            if name not in ("on", "region", "page", "export")
        },
        "region_name": names.get(moment.region, ""),
    }
    return moment, pack_in_force(moment.on), context


def _of_pack(pack: Pack, moment: Moment, context: dict[str, Any]) -> dict[str, Any]:
    """What every page of the library says: the release, and where the others are."""
    library_url = moment.at(reverse("desk:library"))
    return (
        {"back": library_url}
        | context
        | {
            "release": pack.release,
            "library_url": library_url,
            "search_action": reverse("desk:policy_search"),
            "search_url": moment.at(reverse("desk:policy_search")),
        }
    )


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Schemes and documents on the day."""
    moment, pack, context = asked_for(request)
    documents = [
        clauses.document_line(pack, document, moment)
        for document in pack.documents.values()
        if document.paragraphs
    ]
    drawn = spans.of_documents(pack, documents)
    context |= {
        "title": _("政策库"),
        "pack_title": pack.title,
        "payees": library.schemes_by_payee(pack, moment),
        "whole": [one for one in documents if one.document.whole],
        "others": [one for one in documents if not one.document.whole],
        "drawing": spans.drawing(drawn, moment.on),
        "days": spans.days_of(drawn, moment.on),
    }
    return render(request, "desk/library/home.html", _of_pack(pack, moment, context))


@login_not_required
@require_safe
def document(request: HttpRequest, key: str) -> HttpResponse:
    """A document paragraph by paragraph, narrowed to those that are carried in some way."""
    moment, pack, context = asked_for(request)
    found = _document(pack, key)
    way = request.GET.get("carried", "")
    entries = clauses.entry_lines(pack, found, moment)
    ways = [
        (name, title, sum(name in one.ways for one in entries)) for name, title in clauses.CARRIED
    ]
    if way not in {name for name, _title, _count in ways}:
        way = ""
    url = reverse("desk:document", args=[key])
    context |= {
        "crumb": _(found.number),
        "document": found,
        "document_line": clauses.document_line(pack, found, moment),
        "chapters": [one.entry for one in entries if one.entry.level == 0],
        "entries": [one for one in entries if not way or way in one.ways],
        "all_count": len(entries),
        "all_url": moment.at(url),
        "way": way,
        "ways": [(name, title, count, moment.at(url, carried=name)) for name, title, count in ways],
        "neighbours": clauses.neighbours(pack, key, moment),
    }
    return render(request, "desk/library/document.html", _of_pack(pack, moment, context))


def _document(pack: Pack, key: str) -> Document:
    found = pack.documents.get(key)
    if found is None or not found.paragraphs:
        raise Http404
    return found


def _scheme(pack: Pack, code: str) -> Scheme:
    """A scheme by its code, in whatever letters."""
    found = pack.schemes.get(code.upper())
    if found is None:
        raise Http404
    return found


def _of_scheme(pack: Pack, scheme: Scheme, moment: Moment) -> dict[str, Any]:
    """What the pages of one scheme say of it."""
    due, guide = scheme.amount_due, pack.guides[scheme.code]
    return {
        "crumb": _(scheme.name),
        "scheme": library.scheme_line(pack, scheme, moment),
        "payee_assumed": scheme.payee_assumed,
        "fund_assumed": scheme.fund_assumed,
        "who_cites": library.cites(pack, guide.cites, moment),
        "trainee_cites": library.cites(pack, guide.trainee_cites, moment),
        "cites": library.cites(pack, library.all_cited(pack, scheme), moment),
        "amount": due,
        "amount_cites": library.cites(pack, due.cites, moment) if due else (),
        "amounts": library.figures(pack, scheme, library.amount_keys(pack, scheme), moment),
        "conditions": library.conditions(pack, scheme, moment),
        "materials": library.materials(pack, guide, moment),
        "guide": guide,
        "steps": library.steps(pack, scheme, moment),
        "assessed": library.assessed(pack, scheme),
        "limits": library.limits(pack, scheme, moment),
        "contacts": library.contacts(pack, scheme, moment),
        "assumptions": library.assumptions(pack, scheme),
        "scheme_url": moment.at(reverse("desk:scheme", args=[scheme.code])),
        "guide_url": moment.at(reverse("desk:guide", args=[scheme.code])),
        "cases_url": moment.at(reverse("desk:scheme_cases", args=[scheme.code])),
    }


@login_not_required
@require_safe
def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """A scheme: whom it is for, what it pays, its conditions, dates, materials and cases."""
    moment, pack, context = asked_for(request)
    found = _scheme(pack, code)
    drawn = spans.of_scheme(pack, found)
    cases = pack_cases.cases_of(pack, found.code)
    context |= _of_scheme(pack, found, moment) | {
        "regional": library.regional(pack, found, moment),
        "drawing": spans.drawing(drawn, moment.on),
        "days": spans.days_of(drawn, moment.on),
        "cases_count": len(cases),
        "some_cases": [pack_cases.case_line(pack, case, moment) for case in cases[:5]],
    }
    return render(request, "desk/library/scheme.html", _of_pack(pack, moment, context))


@login_not_required
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """A scheme's service guide, made for paper."""
    moment, pack, context = asked_for(request)
    found = _scheme(pack, code)
    context |= _of_scheme(pack, found, moment) | {"crumb": _("经办服务指南")}
    context["back"] = context["scheme_url"]
    return render(request, "desk/library/guide.html", _of_pack(pack, moment, context))


@login_not_required
@require_safe
def cases(request: HttpRequest, code: str) -> HttpResponseBase:
    """The cases by which a scheme's rules are checked."""
    moment, pack, context = asked_for(request)
    found = _scheme(pack, code)
    wanted = PACK_CASES.read(request.GET)
    every = pack_cases.cases_of(pack, found.code)
    lines = [pack_cases.case_line(pack, one, moment) for one in every]
    if wanted["outcome"]:
        lines = [one for one in lines if one.outcome == wanted["outcome"]]
    if word := searching.plain(wanted["word"]):
        lines = [
            one for one in lines if word in searching.plain(" ".join((one.title, *one.reasons)))
        ]
    context |= {
        "crumb": _("案例"),
        "scheme": library.scheme_line(pack, found, moment),
        "back": moment.at(reverse("desk:scheme", args=[found.code])),
    }
    context = _of_pack(pack, moment, context)
    return listed(request, "desk/library/cases.html", PACK_CASES, wanted, Rows(lines), context)


@login_not_required
@require_safe
def case(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One case: what is given, and what must come of it."""
    moment, pack, context = asked_for(request)
    found = _scheme(pack, code)
    listed_cases = pack_cases.cases_of(pack, found.code)
    chosen = next((one for one in listed_cases if one.number == number), None)
    if chosen is None:
        raise Http404
    context |= {
        "crumb": _("第 %(number)s 例") % {"number": number},
        "case": pack_cases.case_shown(pack, chosen, moment),
        "scheme": library.scheme_line(pack, found, moment),
        "back": moment.at(reverse("desk:scheme_cases", args=[found.code])),
        "count": len(listed_cases),
    }
    return render(request, "desk/library/case.html", _of_pack(pack, moment, context))


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What of the policy has these words."""
    moment, pack, context = asked_for(request)
    words = request.GET.get("q", "").strip()[: searching.LONGEST]
    kind = request.GET.get("kind", "")
    every = searching.found(pack, words, moment)
    url = reverse("desk:policy_search")
    chosen = kind if kind in every else ""
    context |= {
        "words": words,
        "kind": chosen,
        "kinds": [
            (name, title, len(every[name]), moment.at(url, q=words, kind=name))
            for name, title in searching.KINDS
            if name in every
        ],
        "all_url": moment.at(url, q=words),
        "count": sum(map(len, every.values())),
        "groups": [
            (
                title,
                every[name] if chosen else every[name][: searching.FIRST],
                len(every[name]),
                moment.at(url, q=words, kind=name),
            )
            for name, title in searching.KINDS
            if name in every and chosen in ("", name)
        ],
    }
    return render(request, "desk/library/search.html", _of_pack(pack, moment, context))
