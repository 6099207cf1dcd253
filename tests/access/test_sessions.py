"""How long one stays signed in, and signing out elsewhere."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from jineng.people.models import Role, User
from jineng.people.roles import Kind
from jineng.people.signin import sessions
from tests.access.world import PASSWORD, member, organisation, signed_in, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def official() -> User:
    """With a second factor."""
    of = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    return member(of, Role.APPROVER, "approver")


def later(client: Client, minutes: float) -> int:
    """The status of a page so many minutes after the last one."""
    session = client.session
    for name in (sessions.BEGAN, sessions.SEEN):
        session[name] -= int(minutes * 60)
    session.save()
    return client.get("/mine/").status_code


def began(whose: User) -> Client:
    """A session that has begun."""
    client = signed_in(whose)
    assert client.get("/mine/").status_code == 200
    return client


def test_an_officials_idle_session_ends_soon(official: User) -> None:
    client = began(official)
    assert later(client, 29) == 200
    assert later(client, 31) == 302
    page = client.get("/accounts/login/").content.decode()
    assert "已较长时间没有操作" in page


def test_others_stay_longer() -> None:
    client = began(user("worker"))
    assert later(client, 31) == 200
    assert later(client, 721) == 302


def test_no_session_is_for_ever(official: User) -> None:
    client = began(official)
    for _ in range(25):
        last = later(client, 29)
    assert last == 302


def test_a_role_given_shortens_the_session_at_once() -> None:
    whose = user("worker")
    client = began(whose)
    of = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    whose.memberships.create(organisation=of, role=Role.CASHIER, starts_on="2020-01-01")
    assert later(client, 31) == 302
    assert client.get("/mine/").headers["Location"].startswith("/accounts/login/")


def test_the_cookie_and_the_database_know_when_it_ends(official: User) -> None:
    client = signed_in(official)
    cookie = client.get("/mine/").cookies["sessionid"]
    assert cookie["max-age"] == 30 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_page_a_second_writes_no_session(official: User) -> None:
    client = began(official)
    written = client.session[sessions.SEEN]
    time.sleep(1.1)
    client.get("/mine/")
    assert client.session[sessions.SEEN] == written


def three_devices(name: str) -> list[Client]:
    """Signed in on three."""
    devices = [Client(headers={"user-agent": f"device {number}"}) for number in range(3)]
    for device in devices:
        device.post("/accounts/login/", {"login": name, "password": PASSWORD})
    return devices


def test_sessions_are_listed_and_ended_elsewhere() -> None:
    user("worker")
    here, *others = three_devices("worker")
    page = here.get("/accounts/sessions/").content.decode()
    for number in range(3):
        assert f"device {number}" in page
    assert page.count("本机</span>") == 2  # the heading for screen readers, and this device
    here.post("/accounts/sessions/")
    assert [one.get("/mine/").status_code for one in (here, *others)] == [200, 302, 302]
    assert UserSession.objects.count() == 1


def test_signing_out_everywhere_is_this_device_too() -> None:
    user("worker")
    devices = three_devices("worker")
    devices[0].post("/mine/leave-everywhere")
    assert [one.get("/mine/").status_code for one in devices] == [302, 302, 302]
    assert not UserSession.objects.exists()


def test_sessions_that_are_over_are_swept() -> None:
    user("worker")
    here, there, _gone = three_devices("worker")
    Session.objects.filter(session_key=there.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    sessions.forget_ended()
    assert Session.objects.count() == 2
    assert UserSession.objects.count() == 2
    assert here.get("/mine/").status_code == 200


def test_behind_a_proxy_failures_count_for_the_visitor(client: Client, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user("worker")

    def tried(password: str, address: str) -> str:
        words = {"login": "worker", "password": password}
        through: dict[str, Any] = {
            "REMOTE_ADDR": "10.0.0.1",
            "HTTP_X_FORWARDED_FOR": f"1.2.3.4, {address}",
        }
        return Client().post("/accounts/login/", words, **through).content.decode()

    for _ in range(6):
        page = tried("wrong", "203.0.113.9")
    assert "尝试次数过多" in page
    assert "用户名或密码不正确" in tried("wrong", "198.51.100.7")


def test_who_is_made_inactive_is_out_at_once() -> None:
    whose = user("worker")
    client = began(whose)
    whose.is_active = False
    whose.save()
    assert client.get("/mine/").status_code == 302


def test_no_page_of_somebody_signed_in_is_kept_by_the_browser() -> None:
    client = began(user("worker"))
    assert client.get("/mine/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("told", "back"),
    [
        ({"Referer": "http://testserver/persons/?group=veteran"}, "/persons/%3Fgroup%3Dveteran"),
        ({"Referer": "https://elsewhere.example/persons/"}, "/"),
        ({}, "/"),
    ],
)
def test_what_was_sent_too_late_leads_back_to_its_page(told: dict[str, str], back: str) -> None:
    """Not to the address that it was sent to, where no page is."""
    answer = Client().post("/persons/search", {"search": "王"}, headers=told)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={back}")


def test_a_part_of_a_page_that_is_asked_for_too_late_is_not_the_page_for_signing_in() -> None:
    page = "http://testserver/persons/?page=2"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    for answer in (
        Client().get("/persons/?page=3", headers=headers),
        Client().post("/persons/search", headers=headers),
    ):
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer["HX-Redirect"] == "/accounts/login/?next=/persons/%3Fpage%3D2"
