"""Every address, and what somebody gets there who has not signed in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

NOBODYS = {"pk": "00000000-0000-4000-8000-000000000000"}

# The view's name: the method, what fills its address, and the status that a stranger gets.
# 404 is what one gets for a batch that is not one's own, as for one that is not there.
ANONYMOUS: dict[str, tuple[str, dict[str, Any], int]] = {
    "home": ("GET", {}, 200),
    "healthz": ("GET", {}, 200),
    "claims:upload": ("GET", {}, 200),
    "claims:template": ("GET", {}, 200),
    "claims:batch": ("GET", NOBODYS, 404),
    "claims:progress": ("GET", NOBODYS, 404),
    "claims:problems": ("GET", NOBODYS, 404),
    "claims:marked": ("GET", NOBODYS | {"file": "claims"}, 404),
    "claims:corrected": ("POST", NOBODYS, 404),
    "claims:clean": ("POST", NOBODYS, 404),
    "claims:again": ("POST", NOBODYS, 404),
    "claims:delete": ("POST", NOBODYS, 404),
    "claims:search": ("POST", NOBODYS, 404),
    "claims:export": ("GET", NOBODYS | {"ending": "xlsx"}, 404),
    "claims:line": ("GET", NOBODYS | {"row": 1}, 404),
    "claims:line_json": ("GET", NOBODYS | {"row": 1}, 404),
    "claims:line_text": ("GET", NOBODYS | {"row": 1}, 404),
}


def views(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The full name of every view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_view_is_in_the_table() -> None:
    assert set(views()) == set(ANONYMOUS)


@pytest.mark.django_db
@pytest.mark.parametrize("view", ANONYMOUS)
def test_a_stranger_gets_what_the_table_says(client: Client, view: str) -> None:
    method, filled, status = ANONYMOUS[view]
    answer = client.generic(method, reverse(view, kwargs=filled))
    assert answer.status_code == status
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("view", ANONYMOUS)
def test_what_changes_something_takes_no_get(client: Client, view: str) -> None:
    method, filled, _ = ANONYMOUS[view]
    if method == "POST":
        # A page that asks "are you sure" may be shown to whoever owns the thing: 404 to strangers.
        assert client.get(reverse(view, kwargs=filled)).status_code in (404, 405)
    else:
        assert client.put(reverse(view, kwargs=filled)).status_code == 405
