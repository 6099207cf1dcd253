"""Accounts untied from a record, closed and opened again by who runs the platform."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from jineng.core.events import events_of
from jineng.people.commands import accounts as commands
from jineng.people.commands.archives import tie_archive
from jineng.people.commands.members import reset_sign_in
from jineng.people.commands.merging import merge_persons, undo_merge
from jineng.people.errors import Refused
from jineng.people.models import Role, User
from jineng.people.roles import Kind
from tests.access.world import (
    PASSWORD,
    TODAY,
    identity_number,
    member,
    organisation,
    person,
    signed_in,
    user,
)

pytestmark = pytest.mark.django_db

BORN, OTHER = date(1990, 5, 5), date(1990, 5, 6)


@pytest.fixture
def platform() -> User:
    """Who runs the platform."""
    return member(None, Role.PLATFORM_ADMIN, "platform")


def test_records_with_two_accounts_are_merged_once_one_is_untied(platform: User) -> None:
    one, two = person("王芳", "420106", BORN), person("王芳", "420106", OTHER)
    user("wang", person=one)
    spare = user("wang-2", person=two)
    department = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    acceptor = member(department, Role.ACCEPTOR, "acceptor")

    def merge() -> object:
        return merge_persons(one, two, by=acceptor, on=TODAY, at=timezone.now(), why="同一人")

    with pytest.raises(Refused, match=r"wang、wang-2.*平台管理员在“平台—账号”页解除"):
        merge()
    page = f"/platform/accounts/{spare.pk}/untie"
    browser = signed_in(platform)
    asked = browser.get(page).content.decode()
    assert "看不到原来的档案" in asked
    assert "重新认领档案" in asked
    assert "王芳" not in asked
    assert browser.post(page, {"why": ""}).status_code == 422
    assert browser.post(page, {"why": "两份档案是同一人"}).status_code == 302
    spare.refresh_from_db()
    assert spare.person_id is None
    event = events_of(spare)[0]
    assert (event.actor_id, event.why) == (platform.pk, "两份档案是同一人")
    assert event.before == {"person_id": two.pk}
    made = merge()
    # Apart again, the person claims the record as anybody does.
    undo_merge(made, by=acceptor, on=TODAY, at=timezone.now(), why="看错")  # type: ignore[arg-type]
    assert tie_archive(spare, number=identity_number("420106", OTHER), on=TODAY, why="本人") == two
    commands.untie_account(spare, by=platform, on=TODAY, why="x")
    with pytest.raises(Refused, match="没有绑定档案"):
        commands.untie_account(spare, by=platform, on=TODAY, why="x")


def test_a_closed_account_gets_in_nowhere_until_it_is_opened(platform: User) -> None:
    worker, browser = user("worker"), signed_in(platform)

    def gets_in() -> bool:
        client = Client()
        client.post("/accounts/login/", {"login": "worker", "password": PASSWORD})
        return "_auth_user_id" in client.session

    inside = Client()
    inside.post("/accounts/login/", {"login": "worker", "password": PASSWORD})
    assert inside.get("/mine/").status_code == 200
    page = f"/platform/accounts/{worker.pk}/"
    assert browser.post(page + "close", {"why": "本人要求"}).status_code == 302
    assert inside.get("/mine/").status_code == 302
    assert not gets_in()
    shown = browser.get(page).content.decode()
    assert "已停用" in shown
    assert page + "open" in shown
    assert page + "close" not in shown
    with pytest.raises(Refused, match="已经停用"):
        commands.close_account(worker, by=platform, on=TODAY, why="x")
    assert browser.post(page + "open", {"why": "本人要求"}).status_code == 302
    assert gets_in()
    changed = [event for event in events_of(worker) if "is_active" in (event.before or {})]
    assert [(event.actor_id, event.why) for event in changed] == [(platform.pk, "本人要求")] * 2


def test_a_worker_without_any_role_gets_a_new_way_in(platform: User) -> None:
    worker = user("worker", person=person("王芳", "420106", BORN))
    browser = signed_in(platform)
    found = browser.post("/platform/accounts/", {"username": "Worker"})
    assert found.headers["Location"] == f"/platform/accounts/{worker.pk}/"
    shown = browser.get(found.headers["Location"]).content.decode()
    assert "已绑定" in shown
    assert "王芳" not in shown
    answer = browser.post(f"/platform/accounts/{worker.pk}/reset", {"why": "手机丢失"})
    assert "/accounts/password/set/" in answer.content.decode()
    worker.refresh_from_db()
    assert worker.person_id is None
    assert not worker.has_usable_password()
    missing = browser.post("/platform/accounts/", {"username": "nobody"})
    assert missing.status_code == 422
    assert "没有这个用户名" in missing.content.decode()


def test_nobody_else_does_it_and_nobody_to_oneself(platform: User) -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    personnel, worker = member(firm, Role.ENTERPRISE_HR, "hr"), user("worker")
    for command in (commands.close_account, commands.open_account, commands.untie_account):
        with pytest.raises(PermissionDenied):
            command(worker, by=personnel, on=TODAY, why="x")
        with pytest.raises(Refused, match="自己的账号"):
            command(platform, by=platform, on=TODAY, why="x")
        with pytest.raises(Refused, match="理由"):
            command(worker, by=platform, on=TODAY, why=" ")
    with pytest.raises(PermissionDenied):
        reset_sign_in(worker, by=personnel, on=TODAY, why="x")
