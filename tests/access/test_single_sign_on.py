"""Signing in by OpenID Connect, against a provider that is a process of its own."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.db import connection
from django.test import Client

from jineng.core.events import events_of
from jineng.people.models import Role, User
from jineng.people.roles import Kind
from tests.access.provider import PASSWORD as THERE
from tests.access.provider import SECRET
from tests.access.single_sign_on import provider
from tests.access.world import PASSWORD, identity_number, member, organisation, person, user
from tests.stand import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("provider")]

BORN = date(1988, 8, 8)
NUMBER = identity_number("420106", BORN)
CALLBACK = "/accounts/oidc/gov/login/callback/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider."""
    folder = tmp_path_factory.mktemp("provider")
    with provider(free_port(), folder, f"http://testserver{CALLBACK}", NUMBER) as address:
        yield address


@pytest.fixture(autouse=True)
def set_up(server: str, settings: Any) -> None:
    """The site knows the provider."""
    app = {
        "provider_id": "gov",
        "name": "统一身份认证",
        "client_id": "jineng",
        "secret": SECRET,
        "settings": {"server_url": server},
    }
    settings.SINGLE_SIGN_ON = server
    settings.FORMS_LEAD_TO = [server]
    settings.SINGLE_SIGN_ON_IDENTITY_CLAIM = "id_number"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": [app]}
    }


def asked(client: Client, process: str = "login") -> str:
    """Where the site sends the browser."""
    answer = client.post(f"/accounts/oidc/gov/login/?process={process}")
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def granted(address: str, server: str, name: str) -> str:
    """Signs in at the provider and lets the site know; where that sends the browser back to."""
    browser = requests.Session()
    page = browser.get(address, timeout=10)
    token = TOKEN.search(page.text)
    assert token, page.text
    words = {"login": name, "password": THERE, "csrfmiddlewaretoken": token[1]}
    page = browser.post(page.url, words, timeout=10)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    token = TOKEN.search(page.text)
    assert token, page.text
    hidden = {name: value.replace("&quot;", '"') for name, value in fields.items()}
    grant = hidden | {"csrfmiddlewaretoken": token[1], "action": "grant", "scopes": "openid"}
    answer = browser.post(
        f"{server}/identity/o/authorize", grant, timeout=10, allow_redirects=False
    )
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def comes_back(client: Client, server: str, name: str, process: str = "login") -> Any:
    """The whole way."""
    back = urlsplit(granted(asked(client, process), server, name))
    assert f"{back.scheme}://{back.netloc}" == "http://testserver"
    return client.get(f"{back.path}?{back.query}")


def test_the_site_asks_with_a_state_and_pkce(client: Client, server: str) -> None:
    address = urlsplit(asked(client))
    words = {name: value[0] for name, value in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == server
    assert words["code_challenge_method"] == "S256"
    assert len(words["state"]) >= 16
    assert (words["scope"], words["client_id"]) == ("openid", "jineng")


def test_a_new_user_is_a_worker_tied_to_the_archive(client: Client, server: str) -> None:
    own = person("王芳", "420106", BORN)
    answer = comes_back(client, server, "worker")
    assert answer.headers["Location"] == "/"
    made = User.objects.get()
    assert re.fullmatch(r"gov-[0-9a-f]{12}", made.username)
    assert made.person == own
    assert made.email == ""
    assert not made.has_usable_password()
    assert not made.memberships.exists()
    assert "王芳" in client.get("/mine/archive/").content.decode()
    assert "统一身份认证实名" in {event.why for event in events_of(made)}
    # Once more it is the same user.
    client.post("/accounts/logout/")
    comes_back(client, server, "worker")
    assert User.objects.count() == 1


def test_nothing_that_it_tells_is_kept(client: Client, server: str) -> None:
    person("王芳", "420106", BORN)
    comes_back(client, server, "worker")
    account = SocialAccount.objects.get()
    assert account.extra_data == {}
    assert not SocialToken.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(session_data, ' ') FROM django_session")
        (sessions,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(core_event::text, ' ') FROM core_event")
        (log,) = cursor.fetchone()
    assert NUMBER not in log
    assert NUMBER not in sessions
    assert NUMBER not in str(dict(client.session))


def test_an_archive_is_one_users(client: Client, server: str) -> None:
    own = person("王芳", "420106", BORN)
    first = user("first", person=own)
    page = comes_back(client, server, "worker")
    page = client.get(page.headers["Location"]).content.decode()
    assert "已与另一个账号对应" in page
    first.refresh_from_db()
    assert first.person == own
    assert User.objects.exclude(pk=first.pk).get().person is None


def test_a_known_user_connects_it_and_signs_in_by_it(client: Client, server: str) -> None:
    known = user("known")
    client.post("/accounts/login/", {"login": "known", "password": PASSWORD})
    answer = comes_back(client, server, "official", "connect")
    assert answer.headers["Location"] == "/accounts/gov/"
    assert "断开" in client.get("/accounts/gov/").content.decode()
    elsewhere = Client()
    comes_back(elsewhere, server, "official")
    assert elsewhere.session["_auth_user_id"] == str(known.pk)
    account = SocialAccount.objects.get()
    assert client.post("/accounts/gov/", {"account": account.pk}).status_code == 302
    assert not SocialAccount.objects.exists()


def test_connecting_asks_for_the_password_once_more(client: Client, server: str) -> None:
    client.force_login(user("known"))
    answer = comes_back(client, server, "official", "connect")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()


def test_an_official_needs_the_second_factor_here_all_the_same(client: Client, server: str) -> None:
    of = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    official = member(of, Role.ACCEPTOR, "clerk")
    client.post("/accounts/login/", {"login": "clerk", "password": PASSWORD})
    SocialAccount.objects.create(user=official, provider="gov", uid=_uid(server))
    elsewhere = Client()
    answer = comes_back(elsewhere, server, "official")
    assert answer.headers["Location"] == "/accounts/factors/authenticate/"
    assert "_auth_user_id" not in elsewhere.session
    Authenticator.objects.all().delete()
    bare = Client()
    comes_back(bare, server, "official")
    assert bare.get("/mine/").headers["Location"] == "/accounts/factors/totp/activate/"


def _uid(server: str) -> str:
    """How the provider calls its user `official`."""
    client = Client()
    comes_back(client, server, "official")
    account = SocialAccount.objects.get()
    uid: str = account.uid
    account.delete()
    return uid


@pytest.mark.parametrize(
    "tampered",
    [
        {"state": "of-somebody-else"},
        {"code": "made-up"},
        {"error": "server_error", "code": None},
    ],
)
def test_an_answer_that_was_not_asked_for_signs_nobody_in(
    client: Client, server: str, tampered: dict[str, str | None]
) -> None:
    back = urlsplit(granted(asked(client), server, "worker"))
    words = {name: value[0] for name, value in parse_qs(back.query).items()} | tampered
    given = {name: value for name, value in words.items() if value}
    answer = client.get(CALLBACK, given)
    assert "没有登录" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()


def test_a_code_is_of_the_browser_that_asked(client: Client, server: str) -> None:
    """An attacker's code, slipped to somebody else, signs nobody in as the attacker."""
    back = urlsplit(granted(asked(client), server, "worker"))
    victim = Client()
    assert "没有登录" in victim.get(f"{back.path}?{back.query}").content.decode()
    assert "_auth_user_id" not in victim.session


def test_a_provider_that_is_not_there_is_told(client: Client, settings: Any, server: str) -> None:
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"] = {"server_url": f"http://localhost:{free_port()}"}
    answer = client.post("/accounts/oidc/gov/login/")
    assert "没有登录" in answer.content.decode()


def test_forms_may_lead_to_the_provider_and_nowhere_else(client: Client, server: str) -> None:
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert f"form-action 'self' {server};" in policy


def test_without_a_provider_there_is_no_button(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": []}
    }
    assert "统一身份认证" not in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/oidc/gov/login/").status_code == 404
