"""A page with one form for one command."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jineng.people.views.asking import asked


def form_page(
    request: HttpRequest,
    form: Form | None,
    command: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    done: str,
    back: str,
    submit: str,
    lead: str = "",
    then: Callable[[Any], str] | None = None,
    consequences: Sequence[str] = (),
    undo: str = "",
    question: str = "",
    about: str = "",
    danger: bool = False,
) -> HttpResponse:
    """The form; filled in well, the command is done and `done` said on the page `back`.

    ``form``: None where there is nothing to fill in. ``then``: leads elsewhere instead, by what
    the command gives. ``consequences``: what follows, where it is hard to undo; then it is asked
    whether that is meant (`question`, where it is not the usual one), and `undo` says what can be
    taken back. ``about``: the name of what the page `back` is about. ``danger``: something is lost.
    """
    if form is None:
        form = Form(request.POST if request.method == "POST" else None)
    if form.is_bound and (result := asked(form, command)):
        messages.success(request, done)
        return redirect(then(result) if then else back)
    context = {"form": form, "title": title, "lead": lead, "back": back, "submit": submit}
    context |= {"consequences": consequences, "undo": undo, "danger": danger}
    context["about"] = about
    context["question"] = question or _("确定%(deed)s吗？") % {"deed": submit}
    template = "people/confirm.html" if consequences else "people/form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)
