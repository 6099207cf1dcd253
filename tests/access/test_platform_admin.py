"""The first user is made from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from jineng.core.events import events_of
from jineng.people.models import Membership, Role, User
from tests.access.world import PASSWORD

pytestmark = pytest.mark.django_db


def link(*words: str) -> str:
    """What the command prints."""
    printed = io.StringIO()
    call_command("platform_admin", *words, stdout=printed)
    return printed.getvalue().strip()


def test_the_link_sets_a_password() -> None:
    printed = link("li-ming", "--site", "http://testserver/")
    assert printed.startswith("http://testserver/accounts/password/set/")
    client = Client()
    address = client.get(printed, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    user = User.objects.get(username="li-ming")
    assert user.check_password(PASSWORD)
    held = Membership.objects.get(user=user)
    assert (held.role, held.organisation) == (Role.PLATFORM_ADMIN, None)
    event = events_of(held).get()
    assert event.actor_id is None
    assert event.origin == "manage.py platform_admin"
    assert "命令行" in event.why
    # And, as an official, to set up a second factor before anything else.
    client.post("/accounts/login/", {"login": "li-ming", "password": PASSWORD})
    assert client.get("/platform/members/").headers["Location"].endswith("totp/activate/")


def test_a_name_that_is_taken_is_told() -> None:
    link("li-ming")
    with pytest.raises(CommandError, match="已被使用"):
        link("Li-Ming")
    assert link("Li-Ming", "--reset").startswith("http://localhost:")
    with pytest.raises(CommandError, match="没有名为"):
        link("nobody", "--reset")
