"""What one was told: listed, opened, read and not read."""

from datetime import datetime

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
from jineng.inbox.queries import notice_for, notices_of, topics_of, unread_count
from jineng.inbox.tellings import case_address, shown
from jineng.inbox.views.lists import notices_table
from jineng.pages.tables import Wanted
from jineng.people.views.asking import signed_in

UNDO = "jineng.inbox.undo"


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The notices, the latest first; by topic, and those alone that wait to be read."""
    user = signed_in(request)
    table = notices_table(topics_of(user))
    wanted = table.read(request.GET)
    found = notices_of(user, unread=bool(wanted["unread"]), topic=wanted["topic"])
    page = table.page(found, wanted)
    context = {
        "table": page,
        "notices": [shown(one) for one in page.things],
        "unread": unread_count(user),
        "undo": request.session.pop(UNDO, None),
    }
    return render(request, "inbox/inbox.html", context)


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


def _wanted(request: HttpRequest) -> Wanted:
    """How the list was filtered from which a form was sent."""
    return notices_table(topics_of(signed_in(request))).read(request.POST)


def _back(request: HttpRequest) -> str:
    """The list as it was filtered."""
    query = _wanted(request).query()
    return reverse("inbox:inbox") + (f"?{query}" if query else "")


@require_POST
def mark_all(request: HttpRequest) -> HttpResponse:
    """Marks all that are listed as read, and offers to undo it."""
    user, at = signed_in(request), timezone.now()
    count = commands.mark_all_read(user, topic=_wanted(request)["topic"], at=at)
    if count:
        said = ngettext("%(count)s 条消息已标为已读。", "%(count)s 条消息已标为已读。", count)
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
        messages.success(request, _("已撤销，消息恢复为未读。"))
    return redirect(_back(request))
