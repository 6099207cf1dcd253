"""What could I get: one question after the other, then what comes of it.

The answers travel in the address, sealed, so that back and forward, another phone and a page
without script all work, and nothing is kept here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jineng.core.calendar import business_date
from jineng.desk.queries.in_force import pack_in_force
from jineng.desk.quote.answers import LONGEST, OCCASION, PARTY, Answers
from jineng.desk.quote.questions import question, read, told, words_of
from jineng.desk.quote.result import counts, result_of
from jineng.desk.quote.standing import FIRST, Asking, asking, make_ready, next_name, standing_of
from jineng.policy.facts import FACT

RESULT = "result"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def quote(request: HttpRequest) -> HttpResponse:
    """The next question, one that was answered before, or the result; takes an answer."""
    given = request.POST if request.method == "POST" else request.GET
    answers = Answers.unsealed(given.get("s", ""))
    if answers is None:
        messages.warning(request, _("这个链接打不开了，请从头回答。"))
        return redirect("desk:quote")
    if request.method != "POST" and not answers:
        return _first(request)
    asked = asking(pack_in_force())
    if request.method == "POST":
        return _answered(request, asked, answers)
    return _shown(request, asked, answers, given.get("ask", ""))


def _first(request: HttpRequest) -> HttpResponse:
    """The first question, for which nothing of the pack is needed: that is got ready meanwhile."""
    make_ready()
    context = {
        "question": question(PARTY, Answers(), None, today=business_date()),
        "start": reverse("desk:quote"),
        "answers": 0,
        "number": 1,
        "whole": len(FIRST),
    }
    return render(request, "desk/quote/quote.html", context)


def _answered(request: HttpRequest, asked: Asking, answers: Answers) -> HttpResponse:
    """Takes one answer; script gets the next page at once, others are led to it."""
    name, today = request.POST.get("name", ""), business_date()
    if name not in FIRST and name not in FACT:
        return redirect(address(answers))
    if "unknown" in request.POST and name not in FIRST[:2]:
        answers = answers.answering(name, "")
    else:
        words = request.POST.getlist("only") or request.POST.getlist("answer")
        try:
            text = read(name, words, asked.occasions, today=today)
        except ValueError as wrong:
            return _shown(request, asked, answers, name, str(wrong), ";".join(words)[:LONGEST])
        answers = answers.answering(name, text)
    if not getattr(request, "htmx", False):
        return redirect(address(answers))
    response = _shown(request, asked, answers, "")
    response.headers["HX-Push-Url"] = address(answers)
    return response


def _shown(
    request: HttpRequest,
    asked: Asking,
    answers: Answers,
    ask: str,
    wrong: str = "",
    typed: str = "",
) -> HttpResponse:
    """A page. ``ask``: the question that is wanted, or `RESULT`; "" for what comes next.

    ``wrong``: what is wrong with what was just ``typed``.
    """
    today = business_date()
    standing = standing_of(asked, answers, today=today)
    following = next_name(answers, standing)
    begun = all(name in answers for name in FIRST)
    context: dict[str, Any] = {
        "sealed": answers.sealed,
        "answers": len(answers),
        "given": _given(asked, answers),
        "counts": counts(standing) if begun else (),
        "start": reverse("desk:quote"),
    }
    known = ask in answers or ask in standing.asks or bool(wrong)
    if (following is None and not known) or (ask == RESULT and begun):
        context |= {
            "result": result_of(asked, standing, answers),
            "left": len(standing.asks),
            "go_on": address(answers) if following else "",
            "premises": {"day": standing.line["applied_on"], "region": answers.of("region")},
            "release": asked.pack.release,
            "another": address(answers, OCCASION),
        }
        return render(request, "desk/quote/quote.html", context)
    name = ask if known else str(following)
    left = sum(one not in answers for one in FIRST) + len(standing.asks)
    context |= {
        "question": question(name, answers, asked.occasions, today=today, wrong=wrong, typed=typed),
        "number": len(answers) + 1,
        # How many there are is known once it is known what it is about.
        "left": left - 1 if OCCASION in answers else None,
        "whole": len(answers) + left,
        "changing": name in answers,
        "back": address(answers.without_last()) if answers else "",
        "result_url": address(answers, RESULT) if begun else "",
    }
    return render(request, "desk/quote/quote.html", context, status=422 if wrong else 200)


def _given(asked: Asking, answers: Answers) -> list[dict[str, str]]:
    """What was answered, each with the address at which it can be changed."""
    today, shown = business_date(), []
    for name, text in answers.given:
        title, _hint = words_of(name)
        words = told(name, text, asked.occasions, today=today)
        shown.append({"title": title, "told": words, "url": address(answers, name)})
    return shown


def address(answers: Answers, ask: str = "") -> str:
    """Where one goes on from some answers. ``ask``: with this question, or `RESULT`."""
    words = {key: text for key, text in (("s", answers.sealed), ("ask", ask)) if text}
    return reverse("desk:quote") + (f"?{urlencode(words)}" if words else "")
