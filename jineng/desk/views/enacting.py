"""A draft is put in force, after all that follows from it was told."""

from collections.abc import Sequence
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
from jineng.desk.queries.drafts import changes_shown, reading_of
from jineng.desk.queries.proof import enacts, proof_of
from jineng.people.views.asking import asked, signed_in

if TYPE_CHECKING:
    from jineng.policy import Difference


@require_http_methods(["GET", "HEAD", "POST"])
def put_in_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a draft in force from a day on."""
    from jineng.policy import differences
    from jineng.policy.checking import outdated

    user, on = signed_in(request), business_date()
    draft = draft_for(user, pk, "see", on=on)
    if not enacts(user, on=on):
        raise PermissionDenied
    proof = proof_of(draft, user, on=on)
    context: dict[str, Any] = {"draft": draft, "proof": proof, "back": _back(draft)}
    context["crumb"] = _("付诸施行")
    if not (proof.proven and proof.may_enact):
        return render(request, "desk/cases/in_force.html", context)
    form = InForceForm(
        request.POST or None, documents=_documents(draft), version=draft.version, on=on
    )
    if form.is_bound and form["version"].value() != str(draft.version):
        messages.error(request, _("草案刚刚有改动，没有施行；请看过改了什么再决定。"))
        return redirect("desk:put_in_force", pk=pk)

    def put(given: dict[str, Any]) -> Any:
        return command(
            draft,
            version=given["version"],
            numbers=form.numbers,
            effective_on=given["effective_on"],
            by=user,
            on=on,
            at=timezone.now(),
        )

    if form.is_bound and asked(form, put):
        messages.success(request, _("草案已付诸施行。"))
        return redirect(_back(draft))
    read = reading_of(draft)
    assert read.drafted is not None
    context |= {
        "form": form,
        "changes": changes_shown(read, on=on),
        "consequences": _consequences(differences(read.pack, read.drafted), on),
        "outdated": outdated(read.pack, read.drafted),
    }
    status = 422 if form.is_bound else 200
    return render(request, "desk/cases/in_force.html", context, status=status)


def _back(draft: Draft) -> str:
    return reverse("desk:draft", args=[draft.pk])


def _documents(draft: Draft) -> dict[str, str]:
    """The documents with which the draft comes: titles by key."""
    documents = draft.policy_draft().content.get("documents") or {}
    return {str(key): str(entry.get("title") or key) for key, entry in documents.items()}


def _consequences(changes: "Sequence[Difference]", on: date) -> list[str]:
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
