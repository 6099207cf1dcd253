"""Outside of demo mode its doors are not there; and nothing that others reach runs in it."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, get_resolver, reverse

from jineng.config import numbers
from jineng.demo import views
from jineng.demo.cast import CAST, GROUP
from jineng.people.models import User
from tests.access.test_walk import views as every_view

pytestmark = pytest.mark.django_db
ADDRESSES = ["/demo/cast/", *(f"/demo/cast/{seat.key}/" for seat in CAST)]


@pytest.fixture
def somebody() -> User:
    """One of the cast, in a database that a demo has left behind."""
    seat = CAST[0]
    made = User.objects.create(username=seat.username(seat.person.name))
    made.groups.add(Group.objects.create(name=GROUP))
    return made


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_leads_there(address: str, somebody: User) -> None:
    client = Client()
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert "_auth_user_id" not in client.session


def test_nothing_of_it_is_installed(settings: Any) -> None:
    assert settings.DEMO is False
    assert "jineng.demo" not in settings.INSTALLED_APPS
    assert not any(view.startswith("demo:") for view in every_view(get_resolver()))
    with pytest.raises(NoReverseMatch):
        reverse("demo:cast")


def test_the_sign_in_page_offers_nobody(somebody: User) -> None:
    page = Client().get(reverse("account_login")).content.decode()
    assert "cast" not in page
    assert CAST[0].person.name not in page
    assert "演示" not in page


def test_the_view_itself_lets_nobody_in(somebody: User, settings: Any) -> None:
    """Were it ever put among the addresses by mistake."""
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    with pytest.raises(Http404):
        views.enter(request, CAST[0].key)


def test_a_user_of_that_name_who_is_not_of_the_cast_is_left_alone(settings: Any) -> None:
    settings.DEMO = True
    seat = CAST[0]
    User.objects.create(username=seat.username(seat.person.name))
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    with pytest.raises(Http404):
        views.enter(request, seat.key)


@pytest.mark.parametrize("name", ["JINENG_HTTPS", "JINENG_HOSTS"])
def test_no_demo_where_others_reach_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_DEMO", "1")
    assert numbers.demo()
    monkeypatch.setenv(name, "1")
    with pytest.raises(ValueError, match=name):
        numbers.demo()
    monkeypatch.setenv("JINENG_DEMO", "0")
    assert not numbers.demo()


def test_a_word_that_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_DEMO", "yes")
    with pytest.raises(ValueError, match="JINENG_DEMO"):
        numbers.demo()


@pytest.mark.parametrize(
    "program", ["import jineng.config.wsgi", "from jineng.config import launcher; launcher.main()"]
)
def test_a_served_site_does_not_start_with_it(program: str) -> None:
    """Whatever starts it: in one line, without a traceback."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"JINENG_DEMO": "1", "JINENG_HOSTS": "jineng.example"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert (done.stdout + done.stderr).count("\n") == 1
    assert "JINENG_HOSTS" in done.stderr
