"""With whom a draft is shared."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jineng.core.calendar import business_date
from jineng.desk.commands import drafts as commands
from jineng.desk.forms.drafts import ShareForm
from jineng.desk.models import DraftShare
from jineng.desk.permissions.drafts import draft_for
from jineng.desk.queries.drafts import shares_of
from jineng.people.views.asking import asked, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """With whom it is shared, and somebody more."""
    user, on = signed_in(request), business_date()
    draft = draft_for(user, pk, "own", on=on)
    form = ShareForm(request.POST or None, draft=draft, on=on, initial={"may_edit": ""})

    def add(given: dict[str, Any]) -> DraftShare:
        return commands.share_draft(draft, **given, by=user, on=on, at=timezone.now())

    if form.is_bound and asked(form, add):
        messages.success(request, _("已共享。"))
        return redirect("desk:share_draft", pk=pk)
    context = {"draft": draft, "form": form, "shares": shares_of(draft)}
    status = 422 if form.is_bound else 200
    return render(request, "desk/drafts/share.html", context, status=status)


@require_POST
def end(request: HttpRequest, pk: int, share: int) -> HttpResponse:
    """Takes a share back."""
    user = signed_in(request)
    draft = draft_for(user, pk, "own", on=business_date())
    commands.end_share(get_object_or_404(DraftShare, draft=draft, pk=share), by=user)
    messages.success(request, _("已收回。"))
    return redirect("desk:share_draft", pk=pk)
