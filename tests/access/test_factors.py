"""The second factor: officials must have one, and nobody gets past it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jineng.people.models import Delegation, Membership, Role, User
from jineng.people.roles import Kind
from tests.access.totp import code
from tests.access.world import PASSWORD, SINCE, TODAY, member, organisation, user

pytestmark = pytest.mark.django_db

NEW_HOME = {"login": "reviewer", "password": PASSWORD}


@pytest.fixture
def reviewer() -> User:
    """An official who has just got in for the first time."""
    of = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    return member(of, Role.FIRST_REVIEWER, "reviewer", factor=False)


def sign_in(client: Client) -> Any:
    """The password alone."""
    return client.post("/accounts/login/", NEW_HOME)


def set_up(client: Client) -> str:
    """Sets a second factor up as a phone would; its secret."""
    page = client.get("/accounts/factors/totp/activate/").content.decode()
    found = re.search(r"user-select-all\">([A-Z2-7]{32})<", page)
    assert found, page
    words = {"code": code(found[1], timezone.now() - timedelta(seconds=30))}
    answer = client.post("/accounts/factors/totp/activate/", words)
    assert answer.status_code == 302, answer.content.decode()
    return found[1]


def test_an_official_reaches_nothing_before_setting_one_up(client: Client, reviewer: User) -> None:
    assert sign_in(client).status_code == 302
    # The home shows what waits.
    for address in ("/", "/mine/", "/mine/archive/", "/accounts/sessions/", "/corrections/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            "/accounts/factors/totp/activate/",
        )
    page = client.get("/accounts/factors/totp/activate/").content.decode()
    assert "您的岗位必须使用双重验证" in page
    assert "data:image/svg+xml;base64," in page
    # What is everybody's stays open.
    assert client.get(reverse("people:sign_up")).status_code == 200
    set_up(client)
    assert client.get("/mine/").status_code == 200
    assert client.get("/accounts/factors/codes/").status_code == 200


def test_others_need_none(client: Client) -> None:
    user("reviewer")
    sign_in(client)
    assert client.get("/mine/").status_code == 200


def test_who_stands_in_for_an_official_needs_one(client: Client, reviewer: User) -> None:
    held = Membership.objects.get(user=reviewer)
    stand_in = user("stand-in")
    Membership.objects.create(
        user=stand_in, organisation=held.organisation, role=Role.TEACHER, starts_on=SINCE
    )
    client.force_login(stand_in)
    assert client.get("/mine/").status_code == 200
    Delegation.objects.create(
        membership=held, to_user=stand_in, starts_on=TODAY, ends_on=TODAY, reason="年休假"
    )
    assert client.get("/mine/").status_code == 302


def test_the_password_alone_does_not_get_in(client: Client, reviewer: User) -> None:
    sign_in(client)
    secret = set_up(client)
    client.post("/accounts/logout/")
    answer = sign_in(client)
    assert answer.headers["Location"] == "/accounts/factors/authenticate/"
    assert client.get("/mine/").status_code == 302
    page = client.post("/accounts/factors/authenticate/", {"code": "000000"}).content.decode()
    assert "验证码不正确" in page
    now = code(secret, timezone.now())
    answer = client.post("/accounts/factors/authenticate/", {"code": f"{now[:3]} {now[3:]}"})
    assert answer.status_code == 302
    assert client.get("/mine/").status_code == 200


def test_a_number_is_taken_once(reviewer: User) -> None:
    first, second = Client(), Client()
    sign_in(first)
    secret = set_up(first)
    first.post("/accounts/logout/")
    now = code(secret, timezone.now())
    for client, status in ((first, 302), (second, 200)):
        sign_in(client)
        answer = client.post("/accounts/factors/authenticate/", {"code": now})
        assert answer.status_code == status


def test_a_recovery_code_gets_in_once(client: Client, reviewer: User) -> None:
    sign_in(client)
    set_up(client)
    page = client.get("/accounts/factors/codes/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    text = client.get("/accounts/factors/codes/codes.txt").content.decode()
    assert text.split() == codes
    for status in (302, 200):
        client.post("/accounts/logout/")
        sign_in(client)
        answer = client.post("/accounts/factors/authenticate/", {"code": codes[0]})
        assert answer.status_code == status


def test_numbers_cannot_be_tried_out(client: Client, reviewer: User) -> None:
    sign_in(client)
    secret = set_up(client)
    stranger = Client()
    sign_in(stranger)
    for _ in range(5):
        stranger.post("/accounts/factors/authenticate/", {"code": "000000"}, REMOTE_ADDR="10.0.0.1")
    right = {"code": code(secret, timezone.now())}
    page = stranger.post("/accounts/factors/authenticate/", right, REMOTE_ADDR="10.0.0.1")
    assert "尝试次数过多" in page.content.decode()
    # Whoever has the password doesn't lock the owner's own device.
    client.post("/accounts/logout/")
    sign_in(client)
    assert client.post("/accounts/factors/authenticate/", right).status_code == 302


def test_an_official_cannot_drop_the_last_one(client: Client, reviewer: User) -> None:
    sign_in(client)
    set_up(client)
    page = client.post("/accounts/factors/totp/deactivate/").content.decode()
    assert "您的岗位必须使用双重验证" in page
    assert Authenticator.objects.filter(user=reviewer, type="totp").exists()
    Membership.objects.filter(user=reviewer).update(ends_on=SINCE)
    assert client.post("/accounts/factors/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=reviewer).exists()


def test_secrets_are_sealed_and_the_log_veils_them(client: Client, reviewer: User) -> None:
    sign_in(client)
    secret = set_up(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        (kept,) = cursor.fetchone()
        cursor.execute(
            "SELECT string_agg(after::text, ' ') FROM core_event"
            " WHERE table_name = 'mfa_authenticator'"
        )
        (logged,) = cursor.fetchone()
    assert secret not in kept
    assert secret not in logged
    assert "…" in logged
