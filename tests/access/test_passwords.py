"""What is taken as a password, and how it is kept."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from jineng.config import settings as as_served
from jineng.people.models import User
from tests.access.world import PASSWORD, user

pytestmark = pytest.mark.django_db

LEAKED = [
    "qwertyuiop",
    "basketball",
    "Basketball",
    "basketball!",
    "2024basketball",
    "b@sk3tb@ll2024",
    "dragondragon",
    "1q2w3e4r5t6y",
    "woaini1314520",
    "P@ssw0rd2024!!",
]


def refused(password: str, whose: User | None = None) -> set[str]:
    """The codes of what is wrong with it."""
    try:
        validate_password(password, whose)
    except ValidationError as wrong:
        return {str(one.code) for one in wrong.error_list}
    return set()


@pytest.mark.parametrize("password", LEAKED)
def test_leaked_ones_are_refused_with_their_trimmings(password: str) -> None:
    assert "password_leaked" in refused(password)


def test_short_numeric_and_telltale_ones_are_refused() -> None:
    assert "password_too_short" in refused("樱花-1893")
    assert "password_entirely_numeric" in refused("83749102837465")
    assert "password_too_similar" in refused("liming-hubei", User(username="liming-hubei"))


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery staple", "Xk9$vQ2#mLp7"])
def test_others_are_taken(password: str) -> None:
    assert refused(password, User(username="somebody")) == set()


def test_it_is_kept_as_argon2id_as_the_rfc_recommends(settings: Any) -> None:
    settings.PASSWORD_HASHERS = as_served.PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_worker_signs_up_and_is_in(client: Client) -> None:
    words = {"username": "chen-lei", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/accounts/signup/", words)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    made = User.objects.get(username="chen-lei")
    assert not made.memberships.exists()
    assert made.person is None
    assert "chen-lei" in client.get("/mine/").content.decode()


def test_signing_up_tells_all_that_is_wrong(client: Client) -> None:
    user("chen-lei")
    words = {"username": "Chen-Lei", "password1": "basketball1", "password2": "basketball1"}
    page = client.post("/accounts/signup/", words).content.decode()
    for told in ("已有人用这个用户名", "已在别处泄露过"):
        assert told in page
    words |= {"password1": PASSWORD}
    assert "密码必须相同" in client.post("/accounts/signup/", words).content.decode()


def test_changing_it_ends_the_sessions_elsewhere() -> None:
    made = user("chen-lei")
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/accounts/login/", {"login": "chen-lei", "password": PASSWORD})
        assert client.get("/mine/").status_code == 200
    new = "磨山下的梅花 1911"
    answer = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert here.get("/mine/").status_code == 200
    assert there.get("/mine/").status_code == 302
    made.refresh_from_db()
    assert made.check_password(new)


def test_a_wrong_password_and_an_unknown_name_read_alike(client: Client) -> None:
    user("chen-lei")
    pages = []
    for name in ("chen-lei", "nobody-here"):
        answer = client.post("/accounts/login/", {"login": name, "password": "wrong"})
        page = answer.content.decode().replace(name, "…")
        # But for the token against forged forms.
        pages.append([line for line in page.splitlines() if "csrfmiddlewaretoken" not in line])
    assert "用户名或密码不正确" in "".join(pages[0])
    assert pages[0] == pages[1]
