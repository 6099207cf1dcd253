"""Users and the roles they hold: given, ended, stood in for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import psycopg
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.people import values
from jineng.people.errors import Refused, told
from jineng.people.models import Delegation, Membership, Organisation, Role, TextCode, User
from jineng.people.permissions import (
    appoints,
    kinds_of,
    may_manage_members,
    may_manage_user,
)
from jineng.people.roles import RIGHTS

LONGEST_LEAVE = timedelta(days=180)


def invite_member(
    *,
    username: str,
    organisation: Organisation | None,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    on: date,
    why: str,
) -> Membership:
    """Makes a user with a role and without a password, who gets in by an invitation.

    Raises PermissionDenied and Refused as `grant_role` does, and Refused for a name that is taken.
    """
    if by is not None and not may_manage_members(by, organisation, role, on=on):
        raise PermissionDenied
    with told():
        user = User(username=User.normalize_username(values.username(username)))
    user.set_unusable_password()
    taken = _("用户名“%(name)s”已被使用。请换一个。") % {"name": user.username}
    if User.objects.filter(username__iexact=user.username).exists():
        raise Refused(taken)
    with acting(by=by, why=why):
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            # Somebody else was quicker.
            raise Refused(taken) from None
        return begin_role(
            user=user,
            organisation=organisation,
            role=role,
            starts_on=starts_on,
            ends_on=ends_on,
            on=on,
        )


def grant_role(
    *,
    user: User,
    organisation: Organisation | None,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    on: date,
    why: str,
) -> Membership:
    """Makes a user a member of an organisation in a role. ``by``: None is the command line.

    Who runs the platform appoints; an organisation itself asks its user (`invitations.invite`).
    Raises PermissionDenied, and Refused where role, organisation and what the user holds already
    don't go together.
    """
    if by is not None:
        if by.pk == user.pk:
            raise Refused(_("不能给自己授予岗位。"))
        if not appoints(by, on=on):
            raise PermissionDenied
    with acting(by=by, why=why):
        return begin_role(
            user=user,
            organisation=organisation,
            role=role,
            starts_on=starts_on,
            ends_on=ends_on,
            on=on,
        )


def begin_role(
    *,
    user: User,
    organisation: Organisation | None,
    role: str,
    starts_on: date,
    ends_on: date | None,
    on: date,
) -> Membership:
    """The membership itself, inside the command of whoever may make it. Raises Refused."""
    require_place(role, organisation, on)
    if organisation is not None and _holds(user, organisation, role, starts_on, ends_on):
        raise Refused(_("该用户在这段时间已有这个岗位。"))
    member = Membership(
        user=user, organisation=organisation, role=role, starts_on=starts_on, ends_on=ends_on
    )
    with _told_what_does_not_go_together():
        member.save(force_insert=True)
    return member


def require_place(role: str, organisation: Organisation | None, on: date) -> None:
    """Raises Refused where the role is none of such an organisation."""
    if organisation is None:
        if role != Role.PLATFORM_ADMIN:
            raise Refused(_("这个岗位须属于一个单位。"))
        return
    if not RIGHTS[role].kinds & kinds_of(organisation, on=on):
        raise Refused(
            _("“%(organisation)s”没有“%(role)s”岗位：单位类别不符。")
            % {"organisation": organisation.name, "role": Role(role).label}
        )


def _holds(
    user: User, organisation: Organisation, role: str, starts_on: date, ends_on: date | None
) -> bool:
    same = Membership.objects.filter(user=user, organisation=organisation, role=role)
    return same.within(starts_on, ends_on or date.max).exists()


@contextmanager
def _told_what_does_not_go_together() -> Iterator[None]:
    """The database holds it; here it is put into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        cause = refused.__cause__
        if (
            not isinstance(cause, psycopg.Error)
            or cause.diag.constraint_name != "holdings_compatible"
        ):
            raise
        raise Refused(
            _("岗位不相容：同一部门的审批与出纳不得由一人担任；平台管理员不得兼任其他岗位。")
        ) from None


def end_role(member: Membership, *, last_day: date, by: User | None, on: date, why: str) -> None:
    """Ends a membership with this day, which may be over. Raises PermissionDenied, Refused."""
    if by is not None:
        if not may_manage_members(by, member.organisation, member.role, on=on):
            raise PermissionDenied
        if by.pk == member.user_id:
            # So that somebody is always left to give roles.
            raise Refused(_("不能结束自己的岗位，请由其他管理员办理。"))
    if member.ends_on is not None and last_day >= member.ends_on:
        raise Refused(_("岗位已于 %(day)s 到期。") % {"day": member.ends_on})
    with acting(by=by, why=why):
        for stand_in in member.delegations.filter(revoked_at=None, starts_on__gt=last_day):
            stand_in.delete()
        if last_day < member.starts_on:
            # It never began; that it was granted stays in the log.
            if member.delegations.exists():
                raise Refused(_("已有代理记录的岗位，最早只能在开始当天结束。"))
            member.delete()
            return
        member.ends_on = last_day
        member.save(update_fields=["ends_on"])


def delegate(
    member: Membership,
    *,
    to_user: User,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: User | None,
    on: date,
) -> Delegation:
    """Lets a colleague stand in for a member on leave. Raises PermissionDenied, Refused.

    The member asks for it, or whoever manages the members.
    """
    _require_own_or_managed(member, by, on, member.user_id)
    if to_user.pk == member.user_id:
        raise Refused(_("不能由本人代理本人。"))
    if ends_on < starts_on or starts_on < on:
        raise Refused(_("代理从今天或以后开始，结束不早于开始。"))
    if ends_on - starts_on > LONGEST_LEAVE:
        raise Refused(_("一次代理最长 %(days)s 天。") % {"days": LONGEST_LEAVE.days})
    if member.starts_on > starts_on or (member.ends_on and member.ends_on < ends_on):
        raise Refused(_("代理期间超出了岗位的任期。"))
    colleagues = Membership.objects.filter(user=to_user, organisation=member.organisation)
    if not colleagues.within(starts_on, ends_on).exists():
        raise Refused(_("代理人须是同一单位的成员。"))
    stand_in = Delegation(
        membership=member, to_user=to_user, starts_on=starts_on, ends_on=ends_on, reason=reason
    )
    with acting(by=by, why=reason), _told_what_does_not_go_together():
        stand_in.save(force_insert=True)
    return stand_in


def _require_own_or_managed(member: Membership, by: User | None, on: date, *own: int) -> None:
    if by is None or by.pk in own:
        return
    if not may_manage_members(by, member.organisation, member.role, on=on):
        raise PermissionDenied


def revoke_delegation(
    stand_in: Delegation, *, by: User | None, at: datetime, on: date, why: str
) -> None:
    """Ends a delegation at once. Raises PermissionDenied, and Refused where it has ended."""
    member = stand_in.membership
    _require_own_or_managed(member, by, on, member.user_id, stand_in.to_user_id)
    if stand_in.revoked_at is not None or (stand_in.ends_on and stand_in.ends_on < on):
        raise Refused(_("代理已经结束。"))
    with acting(by=by, why=why):
        stand_in.revoked_at = at
        stand_in.save(update_fields=["revoked_at"])


def reset_sign_in(user: User, *, by: User | None, on: date, why: str) -> None:
    """Takes every way to sign in away; an invitation gives new ones.

    For somebody who lost the phone or whose password is known. An archive is nobody's then: who
    has the invitation proves once more to be the person. Raises PermissionDenied unless `by`
    manages every organisation that the user is a member of, and Refused for oneself.
    """
    if by is not None:
        if by.pk == user.pk:
            raise Refused(_("自己的登录方式在“我的账号”中修改。"))
        if not may_manage_user(by, user, on=on):
            raise PermissionDenied
    with acting(by=by, why=why):
        user.set_unusable_password()
        user.person = None
        user.save(update_fields=["password", "person"])
        for way in (Authenticator, SocialAccount, TextCode):
            way.objects.filter(user=user).delete()
        for session in UserSession.objects.filter(user=user):
            session.end()
