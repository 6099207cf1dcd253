"""What one was told: listed, opened, read and not read."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from jineng.inbox import commands
from jineng.inbox.forms import FilterForm
from jineng.inbox.queries import notice_for, notices_of, topics_of, unread_count
from jineng.inbox.tellings import case_address, shown
from jineng.people.views.asking import signed_in

ON_A_PAGE = 30
UNDO = "jineng.inbox.undo"


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The notices, the latest first; by topic, and those alone that wait to be read."""
    user, form = signed_in(request), FilterForm(request.GET)
    wanted = form.wanted()
    number = _page_number(request)
    rows = list(notices_of(user, **wanted)[(number - 1) * ON_A_PAGE : number * ON_A_PAGE + 1])
    context = {
        "form": form,
        "topics": topics_of(user),
        "wanted": wanted,
        "notices": [shown(one) for one in rows[:ON_A_PAGE]],
        "unread": unread_count(user),
        "page": number,
        "newer": _address(wanted, number - 1) if number > 1 else "",
        "older": _address(wanted, number + 1) if len(rows) > ON_A_PAGE else "",
        "undo": request.session.pop(UNDO, None),
    }
    return render(request, "inbox/inbox.html", context)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def _address(wanted: dict[str, Any], page: int = 1) -> str:
    """The list with the same filters."""
    asked = {name: value for name, value in wanted.items() if value}
    if "unread" in asked:
        asked["unread"] = "on"
    if page > 1:
        asked["page"] = page
    return reverse("inbox:inbox") + (f"?{urlencode(asked)}" if asked else "")


@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice in full, which is read by that."""
    found = notice_for(signed_in(request), pk)
    commands.mark_read(found, at=timezone.now())
    return render(request, "inbox/notice.html", {"one": shown(found)})


@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to what a notice is about; it is read by that."""
    found = notice_for(signed_in(request), pk)
    commands.mark_read(found, at=timezone.now())
    return redirect(case_address(found))


@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks a notice as read or not."""
    found = notice_for(signed_in(request), pk)
    if request.POST.get("as") == "unread":
        commands.mark_unread(found)
    else:
        commands.mark_read(found, at=timezone.now())
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The list as it was filtered."""
    form = FilterForm(request.POST)
    return _address(form.wanted())


@require_POST
def mark_all(request: HttpRequest) -> HttpResponse:
    """Marks all that are listed as read, and offers to undo it."""
    user, at = signed_in(request), timezone.now()
    count = commands.mark_all_read(user, topic=FilterForm(request.POST).wanted()["topic"], at=at)
    if count:
        said = ngettext("%(count)s 条通知已标为已读。", "%(count)s 条通知已标为已读。", count)
        request.session[UNDO] = {
            "said": said % {"count": count},
            "token": signing.dumps(at.isoformat(), salt=UNDO),
        }
    return redirect(_back(request))


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Takes back that all were marked as read."""
    user = signed_in(request)
    try:
        at = signing.loads(request.POST.get("token", ""), salt=UNDO)
    except signing.BadSignature:
        messages.error(request, _("这次操作已不能撤销。"))
    else:
        commands.undo_all_read(user, at=datetime.fromisoformat(at))
        messages.success(request, _("已撤销，通知恢复为未读。"))
    return redirect(_back(request))
