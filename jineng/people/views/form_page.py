"""A page with one form for one command."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jineng.people.views.asking import asked


def form_page(
    request: HttpRequest,
    form: Form,
    command: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    done: str,
    back: str,
    submit: str,
    lead: str = "",
    then: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """The form; filled in well, the command is done and `done` said on the page `back`.

    ``then``: leads elsewhere instead, by what the command gives.
    """
    if form.is_bound and (result := asked(form, command)):
        messages.success(request, done)
        return redirect(then(result) if then else back)
    context = {"form": form, "title": title, "lead": lead, "back": back, "submit": submit}
    return render(request, "people/form.html", context, status=422 if form.is_bound else 200)
