"""A role offered to somebody with an account: it is theirs once they take it, and not before.

Whether there is such an account is not told to whoever offers.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.events import acting
from jineng.people.commands.members import begin_role, require_place
from jineng.people.errors import Refused
from jineng.people.models import Invitation, Membership, Organisation, User
from jineng.people.permissions import may_manage_members
from jineng.people.queries.members import INVITED_FOR


def invite(
    *,
    username: str,
    organisation: Organisation,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    on: date,
    at: datetime,
    why: str,
) -> Invitation:
    """Offers a role to whoever has this user name.

    Raises PermissionDenied, and Refused where the role is none of the organisation's, is one's own,
    or is offered to that name already.
    """
    if not may_manage_members(by, organisation, role, on=on):
        raise PermissionDenied
    require_place(role, organisation, on)
    username = User.normalize_username(username.strip())
    if username.casefold() == by.username.casefold():
        raise Refused(_("不能给自己授予岗位。"))
    same = Invitation.objects.filter(
        username__iexact=username, organisation=organisation, role=role, answer=""
    )
    with acting(by=by, why=why):
        # What was not answered in time makes room.
        same.filter(made_at__lte=at - INVITED_FOR).update(
            answer=Invitation.Answer.WITHDRAWN, answered_at=at
        )
        try:
            with transaction.atomic():
                return Invitation.objects.create(
                    username=username,
                    user=User.objects.filter(username__iexact=username, is_active=True).first(),
                    organisation=organisation,
                    role=role,
                    by=by,
                    made_at=at,
                    starts_on=starts_on,
                    ends_on=ends_on,
                )
        except IntegrityError as refused:
            if "invitation_waits_once" not in str(refused):
                raise
            raise Refused(_("已邀请过这个用户名担任这个岗位，正在等待对方答复。")) from None


def accept(invitation: Invitation, *, by: User, on: date, at: datetime) -> Membership:
    """Takes the role, from today on or from the first day that was said.

    Raises PermissionDenied unless it was offered to `by`; Refused where it is not offered any more,
    or does not go together with what `by` holds.
    """
    with acting(by=by, why=gettext_lazy("本人接受单位邀请")):
        offered = _waiting(invitation, by, at)
        if not may_manage_members(offered.by, offered.organisation, offered.role, on=on):
            raise Refused(_("邀请您的人已不再管理该单位的成员，请对方单位重新邀请。"))
        if offered.ends_on is not None and offered.ends_on < on:
            raise Refused(_("邀请的任期已经结束。"))
        member = begin_role(
            user=by,
            organisation=offered.organisation,
            role=offered.role,
            starts_on=max(offered.starts_on, on),
            ends_on=offered.ends_on,
            on=on,
        )
        _answer(offered, Invitation.Answer.ACCEPTED, at)
    return member


def decline(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Leaves it. Raises as `accept` does."""
    with acting(by=by, why=gettext_lazy("本人谢绝单位邀请")):
        _answer(_waiting(invitation, by, at), Invitation.Answer.DECLINED, at)


def withdraw(invitation: Invitation, *, by: User, on: date, at: datetime) -> None:
    """Takes the offer back. Raises PermissionDenied, and Refused where it was answered."""
    if not may_manage_members(by, invitation.organisation, invitation.role, on=on):
        raise PermissionDenied
    with acting(by=by, why=gettext_lazy("撤回邀请")):
        offered = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if offered.answer:
            raise Refused(_("这项邀请已经答复或撤回。"))
        _answer(offered, Invitation.Answer.WITHDRAWN, at)


def _waiting(invitation: Invitation, by: User, at: datetime) -> Invitation:
    offered = (
        Invitation.objects.select_for_update(of=["self"])
        .select_related("organisation", "by")
        .get(pk=invitation.pk)
    )
    if offered.user_id != by.pk:
        raise PermissionDenied
    if offered.answer or offered.made_at <= at - INVITED_FOR:
        raise Refused(_("这项邀请已经答复、撤回或过期。"))
    return offered


def _answer(offered: Invitation, answer: Invitation.Answer, at: datetime) -> None:
    offered.answer, offered.answered_at = answer, at
    offered.save(update_fields=["answer", "answered_at"])
