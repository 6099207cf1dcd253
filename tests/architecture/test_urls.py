"""Every address, and what somebody gets there who has not signed in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

# The view's name: what fills its address, and the status of a GET by a stranger.
# 405 is a view that takes no GET; 404 one that shows only what is one's own.
ANONYMOUS: dict[str, tuple[dict[str, Any], int]] = {
    "home": ({}, 200),
    "healthz": ({}, 200),
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
    filled, status = ANONYMOUS[view]
    answer = client.get(reverse(view, kwargs=filled))
    assert answer.status_code == status
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"]
