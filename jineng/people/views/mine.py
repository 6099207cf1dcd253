"""What is one's own: the account, its sessions, the archive and who looked into it."""

import json
from typing import Any

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jineng.core.calendar import business_date, business_now
from jineng.people.commands import archives as commands
from jineng.people.forms.archives import CorrectionForm
from jineng.people.models import Organisation, Person
from jineng.people.permissions import access_of
from jineng.people.queries.archives import archive_of, corrections_of, corrections_told, looks_at
from jineng.people.queries.members import invitations_to, roles_held, stand_ins
from jineng.people.signin.again import proved_again
from jineng.people.views.asking import asked, signed_in


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The account: roles, who stands in, how one signs in."""
    user, on = signed_in(request), business_date()
    access = access_of(user, on=on)
    context = {
        "held": roles_held(user, on=on),
        "stand_ins": stand_ins(user, on=on),
        "invitations": invitations_to(user, at=business_now()),
        "today": on,
        "has_single_sign_on": bool(settings.SINGLE_SIGN_ON),
        "answers_corrections": access.may("person:edit"),
        "runs_platform": any(one.organisation_id is None for one in access.by("members:see")),
        "member_lists": Organisation.objects.filter(
            pk__in=[one.organisation_id for one in access.by("members:see")]
        ),
    }
    return render(request, "people/mine.html", context)


@require_POST
def leave_everywhere(request: HttpRequest) -> HttpResponse:
    """Signs out on all devices, this one too."""
    end_sessions(request, UserSession.objects.filter(user=signed_in(request)))
    messages.success(request, _("已在所有设备上退出。"))
    return redirect("account_login")


def _own(request: HttpRequest) -> Person:
    person = signed_in(request).person
    if person is None:
        raise Http404
    return person


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """What is held on oneself, masked, and who looked."""
    return _archive(request, CorrectionForm())


def _archive(request: HttpRequest, form: CorrectionForm) -> HttpResponse:
    person = signed_in(request).person
    context: dict[str, Any] = {"person": person, "form": form}
    if person is not None:
        context |= {
            "sections": archive_of(person, mask=True, on=business_date()),
            "looks": looks_at(person),
            "corrections": corrections_of(person),
        }
    status = 422 if form.is_bound else 200
    return render(request, "people/archive.html", context, status=status)


@require_safe
@proved_again
def archive_file(request: HttpRequest) -> HttpResponse:
    """All that is held on oneself, in full, as JSON; the password is asked once more."""
    person = _own(request)
    held = {
        section.title: section.told()
        for section in archive_of(person, mask=False, on=business_date())
    }
    held[_("更正申请")] = corrections_told(person)
    held[_("查看记录")] = [look.told() for look in looks_at(person, most=None)]
    text = json.dumps(held, ensure_ascii=False, indent=1, default=str)
    headers = {"Content-Disposition": 'attachment; filename="archive.json"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


@require_POST
def correction(request: HttpRequest) -> HttpResponse:
    """Asks that something be put right."""
    person, user, form = _own(request), signed_in(request), CorrectionForm(request.POST)
    at = business_now()
    if not asked(form, lambda given: commands.ask_correction(person, **given, by=user, at=at)):
        return _archive(request, form)
    messages.success(request, _("更正申请已提交，答复会显示在这里。"))
    return redirect("people:archive")
