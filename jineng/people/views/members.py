"""Members of an organisation and their roles; standing in for somebody on leave."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jineng.core.calendar import business_date, business_now
from jineng.pages.exports import listed
from jineng.people.commands import invitations
from jineng.people.commands import members as commands
from jineng.people.errors import Refused
from jineng.people.forms.members import DelegationForm, EndForm, MemberForm, WhyForm
from jineng.people.models import Delegation, Invitation, Membership, Organisation, Role, User
from jineng.people.permissions import (
    access_of,
    appoints,
    kinds_of,
    may_manage_members,
    may_manage_user,
    organisation_for,
)
from jineng.people.queries.members import (
    invitation_path,
    invitations_of,
    member_for,
    members_of,
    officials_unproved,
)
from jineng.people.roles import RIGHTS
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.lists import members_for


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An organisation's members; whoever manages them adds one here."""
    organisation = organisation_for(request.user, pk, "members:see", on=business_date())
    return _members(request, organisation)


@require_http_methods(["GET", "HEAD", "POST"])
def platform(request: HttpRequest) -> HttpResponseBase:
    """Those who run the platform."""
    access = access_of(request.user, on=business_date())
    if not any(one.organisation_id is None for one in access.by("members:see")):
        raise Http404
    return _members(request, None)


def _members(request: HttpRequest, organisation: Organisation | None) -> HttpResponseBase:
    on, user = business_date(), signed_in(request)
    roles = _roles_to_give(user, organisation)
    if request.method == "POST" and not roles:
        raise PermissionDenied
    tells = appoints(user, on=on)
    form = MemberForm(request.POST or None, roles=roles, tells=tells, initial={"starts_on": on})
    if form.is_bound and (added := asked(form, lambda given: _added(given, organisation, user))):
        if isinstance(added, Invitation):
            messages.success(
                request, _("邀请已登记。有这个用户名的，会在“我的账号”看到，接受后生效。")
            )
            return redirect(request.path)
        if form.cleaned_data["user"] is None:
            return _invited(request, added.user, organisation)
        messages.success(request, _("岗位已授予。"))
        return redirect(request.path)
    table, held = members_for(_roles_held(organisation)), members_of(organisation)
    wanted = table.read(request.GET)
    if role := wanted.filters.get("role"):
        held = held.filter(role=role)
    context: dict[str, Any] = {"organisation": organisation, "form": form if roles else None}
    if roles and organisation is not None:
        context["invitations"] = invitations_of(organisation, at=business_now())
        context["unproved"] = officials_unproved(organisation, on=on)
    answer = listed(request, "people/members.html", table, wanted, held, context)
    if form.is_bound:
        answer.status_code = 422
    return answer


def _roles_to_give(user: User, organisation: Organisation | None) -> list[str]:
    on, offered = business_date(), [str(Role.PLATFORM_ADMIN)]
    if organisation is not None:
        offered = _roles_in(kinds_of(organisation, on=on))
    return [role for role in offered if may_manage_members(user, organisation, role, on=on)]


def _roles_held(organisation: Organisation | None) -> list[str]:
    """Those that somebody may hold here, or may have held before."""
    if organisation is None:
        return [str(Role.PLATFORM_ADMIN)]
    return _roles_in(frozenset(one.kind for one in organisation.kinds.all()))


def _roles_in(kinds: frozenset[str]) -> list[str]:
    return [str(role) for role, rights in RIGHTS.items() if rights.kinds & kinds]


def _added(
    given: dict[str, Any], organisation: Organisation | None, by: User
) -> Membership | Invitation:
    words = {
        "organisation": organisation,
        "role": given["role"],
        "starts_on": given["starts_on"],
        "ends_on": given["ends_on"],
        "by": by,
        "on": business_date(),
        "why": given["why"],
    }
    if given["invites"] and organisation is not None:
        return invitations.invite(
            username=given["username"], at=business_now(), **words | {"organisation": organisation}
        )
    if given["user"] is None:
        return commands.invite_member(username=given["username"], **words)
    return commands.grant_role(user=given["user"], **words)


def _invited(request: HttpRequest, user: User, organisation: Organisation | None) -> HttpResponse:
    """The invitation, shown this once: whoever has it can get in."""
    context = {
        "invited": user,
        "organisation": organisation,
        "link": request.build_absolute_uri(invitation_path(user)),
    }
    return render(request, "people/invited.html", context)


@require_safe
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One membership: when it was held, who stood in."""
    return _member(request, member_for(signed_in(request), pk, "see", on=business_date()))


def _member(request: HttpRequest, found: Membership, **forms: Form) -> HttpResponse:
    on, user = business_date(), signed_in(request)
    manages = may_manage_members(user, found.organisation, found.role, on=on)
    above = found.organisation
    back = reverse("people:members", args=[above.pk]) if above else reverse("people:platform")
    context: dict[str, Any] = {
        "member": found,
        "organisation": above,
        "back": back,
        "today": on,
        "delegations": found.delegations.select_related("to_user").order_by("-starts_on"),
        "may_reset": user.pk != found.user_id and may_manage_user(user, found.user, on=on),
    }
    if manages:
        context["end_form"] = EndForm(initial={"last_day": on})
        context["delegation_form"] = DelegationForm(member=found, initial={"starts_on": on})
        context["reset_form"] = WhyForm()
    status = 422 if forms else 200
    return render(request, "people/member.html", context | forms, status=status)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a role."""
    user, on = signed_in(request), business_date()
    found = member_for(user, pk, "manage", on=on)
    form = EndForm(request.POST)
    if not asked(form, lambda given: commands.end_role(found, **given, by=user, on=on)):
        return _member(request, found, end_form=form)
    messages.success(request, _("岗位已结束。"))
    return _to_members(found)


def _to_members(found: Membership) -> HttpResponse:
    if found.organisation_id is None:
        return redirect("people:platform")
    return redirect("people:members", pk=found.organisation_id)


@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a member's ways to sign in away, and gives an invitation for new ones."""
    user, on = signed_in(request), business_date()
    found = member_for(user, pk, "manage", on=on)
    form = WhyForm(request.POST)
    if not asked(form, lambda given: commands.reset_sign_in(found.user, **given, by=user, on=on)):
        return _member(request, found, reset_form=form)
    return _invited(request, found.user, found.organisation)


@require_POST
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Has a colleague stand in for a member, as whoever manages the members asks."""
    user, on = signed_in(request), business_date()
    found = member_for(user, pk, "manage", on=on)
    form = DelegationForm(request.POST, member=found)
    if not asked(form, lambda given: _stood_in(found, given, user)):
        return _member(request, found, delegation_form=form)
    messages.success(request, _("代理已登记。"))
    return redirect("people:member", pk=pk)


def _stood_in(member: Membership, given: dict[str, Any], by: User) -> Delegation:
    return commands.delegate(
        member,
        to_user=given["username"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        reason=given["reason"],
        by=by,
        on=business_date(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def my_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own role, and who is to stand in for it."""
    user, on = signed_in(request), business_date()
    own = get_object_or_404(Membership.objects.on(on).filter(user=user), pk=pk)
    form = DelegationForm(request.POST or None, member=own, initial={"starts_on": on})
    if form.is_bound and asked(form, lambda given: _stood_in(own, given, user)):
        messages.success(request, _("代理已登记。"))
        return redirect("people:mine")
    context = {"member": own, "form": form}
    return render(request, "people/my_leave.html", context, status=422 if form.is_bound else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a delegation at once: who is on leave, who stands in, or who manages the members."""
    user, on = signed_in(request), business_date()
    found = get_object_or_404(Delegation.objects.select_related("membership"), pk=pk)
    if user.pk not in (found.to_user_id, found.membership.user_id):
        member_for(user, found.membership_id, "manage", on=on)
    try:
        why = _("提前结束代理")
        commands.revoke_delegation(found, by=user, at=business_now(), on=on, why=why)
        messages.success(request, _("代理已结束。"))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("people:mine")


@require_POST
def answer_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a role that one was offered, or leaves it."""
    user, on, at = signed_in(request), business_date(), business_now()
    found = get_object_or_404(Invitation.objects.filter(user=user), pk=pk)
    try:
        if "accept" in request.POST:
            invitations.accept(found, by=user, on=on, at=at)
            messages.success(request, _("已接受，岗位生效。"))
        elif "decline" in request.POST:
            invitations.decline(found, by=user, at=at)
            messages.success(request, _("已谢绝。"))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("people:mine")


@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an offer back."""
    user, on = signed_in(request), business_date()
    found = get_object_or_404(Invitation.objects.select_related("organisation"), pk=pk)
    organisation_for(user, found.organisation_id, "members:manage", on=on)
    try:
        invitations.withdraw(found, by=user, on=on, at=business_now())
        messages.success(request, _("邀请已撤回。"))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("people:members", pk=found.organisation_id)
