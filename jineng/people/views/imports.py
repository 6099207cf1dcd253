"""Imports: listed, shown with what was wrong, and a file brought in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from jineng.core.calendar import business_date, business_now
from jineng.pages.exports import listed
from jineng.pages.uploads import led
from jineng.people.commands.records import How, Imported, import_employment, import_insurance
from jineng.people.commands.registers import import_register
from jineng.people.errors import Refused
from jineng.people.forms.imports import MOST_BYTES, ImportForm
from jineng.people.models import ImportRun, User
from jineng.people.permissions import require
from jineng.people.queries.imports import import_for, imports_listed, may_import, told_import
from jineng.people.tables.plain import in_memory
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.lists import IMPORTS, PROBLEMS


@require_safe
def imports(request: HttpRequest) -> HttpResponseBase:
    """The imports in reach."""
    user, on, wanted = signed_in(request), business_date(), IMPORTS.read(request.GET)
    found = imports_listed(user, wanted["kind"], on=on)
    context = {"may_import": may_import(user, on=on)}
    return listed(request, "people/imports.html", IMPORTS, wanted, found, context)


@require_safe
def one_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One import: its counts, who did it, and what was wrong, line by line."""
    user, on = signed_in(request), business_date()
    run = import_for(user, pk, on=on)
    problems, wanted = run.problems.all(), PROBLEMS.read(request.GET)
    more = max(0, run.problems_found - problems.count())
    context = {"run": run, "told": told_import(run), "more": more}
    return listed(request, "people/import.html", PROBLEMS, wanted, problems, context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_import(request: HttpRequest) -> HttpResponse:
    """Brings a file in: all of it, or nothing and what is wrong with it."""
    user, on = signed_in(request), business_date()
    require(user, "import:run", on=on)
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*bound)
    if form.is_bound and (done := asked(form, lambda given: _imported(form, given, user))):
        run = done.run
        if run.state == ImportRun.State.DONE:
            messages.success(request, _("已导入。"))
        else:
            messages.error(request, _("文件有错误，没有导入任何内容。"))
        return led(request, "people:import", run.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "limit_bytes": MOST_BYTES}
    return render(request, "people/new_import.html", context, status=status)


def _imported(form: ImportForm, given: dict[str, Any], user: User) -> Imported:
    upload, kind = given["file"], given["kind"]
    told: dict[str, Any] = {
        "file_name": upload.name or "",
        "by": user,
        "on": business_date(),
        "at": business_now(),
    }
    how = How(only_clean=given["only_clean"])
    with in_memory(upload) as path:
        try:
            # What is wrong with the lines is written down, and so in Chinese.
            with override(settings.LANGUAGE_CODE):
                return _brought(path, kind, form, how, told)
        except Refused:
            # A refusal is only told, and so in the reader's language.
            _brought(path, kind, form, replace(how, check=True), told)
            raise


def _brought(path: Path, kind: str, form: ImportForm, how: How, told: dict[str, Any]) -> Imported:
    if kind == ImportRun.Kind.INSURANCE:
        return import_insurance(path, kinds=form.scope, how=how, **told)
    if kind == ImportRun.Kind.EMPLOYMENT:
        return import_employment(path, how=how, **told)
    return import_register(path, kind=kind, check=how.check, **told)
