"""A role that is offered to an account is its user's to take, and tells nobody who has one."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from jineng.core.events import events_of
from jineng.people.commands import invitations as commands
from jineng.people.commands import members
from jineng.people.errors import Refused
from jineng.people.models import Invitation, Membership, Organisation, Role, User
from jineng.people.permissions import access_of
from jineng.people.roles import Kind
from tests.access.world import SINCE, TODAY, member, organisation, signed_in, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    """An enterprise that trains, too."""
    return organisation("明德", "420106", Kind.ENTERPRISE, Kind.INSTITUTION)


@pytest.fixture
def personnel(firm: Organisation) -> User:
    """Who manages its members."""
    return member(firm, Role.ENTERPRISE_HR, "hr")


def offered(firm: Organisation, by: User, name: str = "worker", **other: Any) -> Invitation:
    """A teacher's role, offered to this name."""
    given: dict[str, Any] = {"role": Role.TEACHER, "starts_on": SINCE, "on": TODAY}
    given |= {"at": timezone.now()} | other
    return commands.invite(username=name, organisation=firm, by=by, why="聘任", **given)


def test_it_gives_nothing_until_it_is_taken(firm: Organisation, personnel: User) -> None:
    worker = user("worker")
    browser, own = signed_in(personnel), signed_in(worker)
    page = f"/organisations/{firm.pk}/members/"
    words = {"account": "known", "role": "teacher", "starts_on": "2026-11-01", "why": "聘任"}
    answers = [browser.post(page, words | {"username": name}) for name in ("Worker", "nobody")]
    # It is not told which of the two there is.
    assert [answer.headers["Location"] for answer in answers] == [page, page]
    listed = browser.get(page).content.decode()
    assert listed.count("30 天内有效") == 2
    assert "没有这个用户名" not in listed
    assert not Membership.objects.filter(user=worker).exists()
    assert access_of(worker, on=TODAY).holdings == ()
    with pytest.raises(PermissionDenied):
        members.reset_sign_in(worker, by=personnel, on=TODAY, why="x")
    assert "明德" in own.get("/mine/").content.decode()
    found = Invitation.objects.get(user=worker)
    # Nobody else answers it, and no word is no answer.
    answer = f"/invitations/{found.pk}/answer"
    assert browser.post(answer, {"accept": "1"}).status_code == 404
    own.post(answer)
    assert not Membership.objects.filter(user=worker).exists()
    own.post(answer, {"accept": "1"})
    held = Membership.objects.get(user=worker)
    assert (held.role, held.organisation, held.starts_on) == ("teacher", firm, TODAY)
    assert events_of(held).get().actor_id == worker.pk
    assert "等您答复的邀请" not in own.get("/mine/").content.decode()
    with pytest.raises(Refused, match="已经答复"):
        commands.accept(found, by=worker, on=TODAY, at=timezone.now())


def test_it_is_left_taken_back_or_forgotten(firm: Organisation, personnel: User) -> None:
    worker, now = user("worker"), timezone.now()
    left = offered(firm, personnel)
    with pytest.raises(Refused, match="已邀请过"):
        offered(firm, personnel, "WORKER")
    commands.decline(left, by=worker, at=now)
    back = offered(firm, personnel)
    commands.withdraw(back, by=personnel, on=TODAY, at=now)
    old = offered(firm, personnel, at=now - timedelta(days=31))
    for gone in (left, back, old):
        with pytest.raises(Refused, match="已经答复、撤回或过期"):
            commands.accept(gone, by=worker, on=TODAY, at=now)
    assert offered(firm, personnel).pk
    assert not Membership.objects.filter(user=worker).exists()


def test_who_may_offer_what(firm: Organisation, personnel: User) -> None:
    other = organisation("别家", "420106", Kind.ENTERPRISE)
    for of, role in ((other, Role.ENTERPRISE_HR), (firm, Role.CASHIER)):
        with pytest.raises(PermissionDenied):
            offered(of, personnel, role=role)
    with pytest.raises(Refused, match="不能给自己"):
        offered(firm, personnel, "HR")
    with pytest.raises(Refused, match="单位类别不符"):
        offered(firm, personnel, role=Role.EXAMINER)
    # Who has left offers nothing any more.
    worker, left = user("worker"), offered(firm, personnel)
    Membership.objects.filter(user=personnel).update(ends_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="已不再管理"):
        commands.accept(left, by=worker, on=TODAY, at=timezone.now())
    # Nor does a role come to somebody with whose others it does not go together.
    platform = member(None, Role.PLATFORM_ADMIN, "platform")
    fresh = offered(firm, member(firm, Role.INSTITUTION_ADMIN, "head"), "platform")
    with pytest.raises(Refused, match="平台管理员不得兼任"):
        commands.accept(fresh, by=platform, on=TODAY, at=timezone.now())
    fresh.refresh_from_db()
    assert fresh.answer == ""
