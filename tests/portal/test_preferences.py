"""Dark, large and keys: cookies that the server reads, so that the first byte is right."""

import re

import pytest
from django.http import SimpleCookie
from django.test import Client, RequestFactory, override_settings

from jineng.pages.columns import kept_with
from jineng.portal.preferences import CHOICES, Preferences

pytestmark = pytest.mark.django_db


def test_without_a_choice_the_system_decides(client: Client) -> None:
    page = client.get("/keys/").content.decode()
    assert 'data-text="normal" data-keys="on"' in page
    assert 'media="screen and (prefers-color-scheme: dark)"' in page


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("theme", "dark", 'media="screen"'),
        ("theme", "light", 'media="not all"'),
        ("text", "large", 'data-text="large"'),
        ("keys", "off", 'data-keys="off"'),
    ],
)
def test_what_was_chosen_is_in_the_first_byte(
    client: Client, name: str, value: str, said: str
) -> None:
    assert said not in client.get("/keys/").content.decode()
    answer = client.post("/preferences/set/", {name: value, "next": "/keys/"}, follow=True)
    assert answer.redirect_chain == [("/keys/", 302)]
    assert said in answer.content.decode()
    # And on every page from then on.
    assert said in client.get("/accounts/login/").content.decode()


def test_one_choice_leaves_the_others(client: Client) -> None:
    client.post("/preferences/set/", {"theme": "dark"})
    client.post("/preferences/set/", {"text": "large"})
    page = client.get("/keys/").content.decode()
    assert 'media="screen"' in page
    assert 'data-text="large"' in page


def test_what_is_not_known_is_left_aside(client: Client) -> None:
    answer = client.post("/preferences/set/", {"theme": "pink", "colour": "red"})
    assert answer.cookies == SimpleCookie()
    request = RequestFactory(headers={"cookie": 'jineng_theme="><script>; jineng_text=large'}).get(
        "/"
    )
    assert Preferences.of(request) == Preferences(text="large")


def test_no_request_no_choice() -> None:
    assert Preferences.of(None) == Preferences()
    assert Preferences() == Preferences(*(next(iter(known)) for known in CHOICES.values()))


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_one_is_not_led_elsewhere(client: Client, address: str) -> None:
    answer = client.post("/preferences/set/", {"theme": "dark", "next": address})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_the_cookies_are_nobody_elses(client: Client) -> None:
    answer = client.post("/preferences/set/", {"theme": "dark"})
    cookie = answer.cookies["jineng_theme"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    with override_settings(HTTPS=True):
        answer = client.post("/preferences/set/", {"theme": "dark"})
    assert answer.cookies["jineng_theme"]["secure"]


def test_a_form_is_needed(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/preferences/set/", {"theme": "dark"}).status_code == 403


def headings(client: Client, query: str = "") -> list[str]:
    """The columns of a list, as it is shown."""
    page = client.get(f"/components/{query}").content.decode()
    table = page[page.index('id="list-claims"') :]
    return re.findall(r'id="sort-claims-(\w+)"', table[: table.index("</thead>")])


def test_columns_that_were_chosen_are_shown_from_then_on(client: Client) -> None:
    usual = headings(client)
    chosen = {"table": "claims", "columns": ["person", "on"], "next": "/components/?state=paid"}
    answer = client.post("/preferences/columns/", chosen)
    assert answer.headers["Location"] == "/components/?state=paid"
    # And other lists keep theirs.
    client.post("/preferences/columns/", {"table": "persons", "columns": ["name"]})
    assert headings(client) == ["person", "on"]
    # An address that names columns goes first, and changes nothing.
    assert headings(client, "?columns=person&columns=trade") == ["person", "trade"]
    assert headings(client) == ["person", "on"]
    client.post("/preferences/columns/", {"table": "claims", "columns": ["person"], "usual": "1"})
    assert headings(client) == usual
    assert client.cookies["jineng_columns"].value == "persons:name"


def test_a_cookie_of_columns_that_says_nothing_known_is_passed_over(client: Client) -> None:
    usual = headings(client)
    for said in ("claims:gone", "claims", "|:.", 'claims:"><script>', "x" * 4000):
        client.cookies["jineng_columns"] = said
        assert headings(client) == usual
    client.post("/preferences/columns/", {"table": "claims|x", "columns": ["person"]})
    assert headings(client) == usual


def test_columns_of_so_many_lists_are_kept() -> None:
    cookie = ""
    for number in range(40):
        cookie = kept_with(cookie, f"list-{number}", ["name", "at"])
    assert cookie.startswith("list-16:name.at|")
    assert cookie.endswith("|list-39:name.at")
