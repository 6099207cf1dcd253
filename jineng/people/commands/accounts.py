"""Accounts as such: untied from a record, closed, opened again. Who runs the platform does it."""

from datetime import date

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.people.errors import Refused
from jineng.people.models import User
from jineng.people.permissions import require

RUNS_ACCOUNTS = "account:manage"


def untie_account(user: User, *, by: User | None, on: date, why: str) -> None:
    """Makes an account nobody's: whoever has it proves once more to be the person.

    The way to merge two records that both have accounts, and out of a tie that was wrong. Raises
    PermissionDenied, and Refused where it is tied to no record. ``by``: None is the command line.
    """
    with acting(by=by, why=_reason(why)):
        user = _held(user, by, on)
        if user.person_id is None:
            raise Refused(_("这个账号没有绑定档案。"))
        user.person = None
        user.save(update_fields=["person"])
    _end_sessions(user)


def close_account(user: User, *, by: User | None, on: date, why: str) -> None:
    """Lets nobody in by this account any more; what it holds stays. Raises as `untie_account`."""
    with acting(by=by, why=_reason(why)):
        user = _held(user, by, on)
        if not user.is_active:
            raise Refused(_("这个账号已经停用。"))
        user.is_active = False
        user.save(update_fields=["is_active"])
    _end_sessions(user)


def open_account(user: User, *, by: User | None, on: date, why: str) -> None:
    """Lets a closed account in again, as it was. Raises as `untie_account`."""
    with acting(by=by, why=_reason(why)):
        user = _held(user, by, on)
        if user.is_active:
            raise Refused(_("这个账号没有停用。"))
        user.is_active = True
        user.save(update_fields=["is_active"])


def _reason(why: str) -> str:
    if not why.strip():
        raise Refused(_("请写明理由。"))
    return why.strip()


def _held(user: User, by: User | None, on: date) -> User:
    """The account as it is now, which `by` may dispose of."""
    if by is not None:
        require(by, RUNS_ACCOUNTS, on=on)
        if by.pk == user.pk:
            # So that somebody is always left to run the platform, and nobody hides own deeds.
            raise Refused(_("不能处理自己的账号，请由其他平台管理员办理。"))
    return User.objects.select_for_update().get(pk=user.pk)


def _end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()
