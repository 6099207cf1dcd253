"""A draft is put in force, after all that follows from it was told."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from jineng.core.calendar import business_date
from jineng.desk.commands.cases import put_in_force as command
from jineng.desk.forms.cases import InForceForm
from jineng.desk.models import Draft
from jineng.desk.permissions.drafts import draft_for
from jineng.desk.queries.in_force import pack_in_force
from jineng.desk.queries.proof import enacts, proof_of
from jineng.people.views.asking import asked, signed_in

if TYPE_CHECKING:
    from jineng.policy import Difference, Pack


@require_http_methods(["GET", "HEAD", "POST"])
def put_in_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a draft in force from a day on."""
    user, on = signed_in(request), business_date()
    draft = draft_for(user, pk, "see", on=on)
    if not enacts(user, on=on):
        raise PermissionDenied
    proof = proof_of(draft, user, on=on)
    context: dict[str, Any] = {"draft": draft, "proof": proof, "back": _back(draft)}
    context["crumb"] = _("付诸施行")
    if not (proof.proven and proof.may_enact):
        return render(request, "desk/cases/in_force.html", context)
    form = InForceForm(request.POST or None, documents=_documents(draft), on=on)

    def put(given: dict[str, Any]) -> Any:
        day = given["effective_on"]
        at = timezone.now()
        return command(draft, numbers=form.numbers, effective_on=day, by=user, on=on, at=at)

    if form.is_bound and asked(form, put):
        messages.success(request, _("草案已付诸施行。"))
        return redirect(_back(draft))
    changes = _changes(draft)
    context |= {
        "form": form,
        "changes": changes,
        "consequences": _consequences(changes, on),
        "outdated": _outdated(draft),
    }
    status = 422 if form.is_bound else 200
    return render(request, "desk/cases/in_force.html", context, status=status)


def _back(draft: Draft) -> str:
    return reverse("desk:draft", args=[draft.pk])


def _documents(draft: Draft) -> dict[str, str]:
    """The documents with which the draft comes: titles by key."""
    documents = draft.policy_draft().content.get("documents") or {}
    return {str(key): str(entry.get("title") or key) for key, entry in documents.items()}


def _changes(draft: Draft) -> "list[Difference]":
    """What the draft changes, each beside what holds on its first day as things are."""
    from jineng.policy import differences

    pack = pack_in_force()
    found = differences(pack, pack.with_draft(draft.policy_draft()))
    return [replace(one, before=one.before or _now(pack, one)) for one in found]


def _now(pack: "Pack", change: "Difference") -> str | None:
    parameter = pack.schemes[change.schemes[0]].parameters[change.key]
    value = parameter.pick(date.fromisoformat(change.start), change.region or "")
    return parameter.text(value.value) if value else None


def _outdated(draft: Draft) -> tuple[str, ...]:
    from jineng.policy.checking import outdated

    pack = pack_in_force()
    return outdated(pack, pack.with_draft(draft.policy_draft()))


def _consequences(changes: "list[Difference]", on: date) -> list[str]:
    schemes = {code for one in changes for code in one.schemes}
    counted = ngettext(
        "%(values)s 项参数值改变，涉及 %(schemes)s 个补贴项目（见下表）。",
        "%(values)s 项参数值改变，涉及 %(schemes)s 个补贴项目（见下表）。",
        len(changes),
    ) % {"values": len(changes), "schemes": len(schemes)}
    first = min((one.start for one in changes), default="")
    told = [counted]
    if first:
        told.append(
            _("改变的值各自从表中所列日期起适用，最早为受理日期在 %(day)s 的申请。")
            % {"day": first}
        )
    if first and first < on.isoformat():
        told.append(_("其中有早于今天的日期：那以后受理、尚未核定的申请也按草案核定。"))
    return [
        *told,
        _("从您填写的日期起，全省按新的政策版本核定；已经作出的决定不变，仍按原版本说明。"),
        _("草案从此不能再改，案例表一并保存作为依据。"),
    ]
