"""The pages of the frame, as anybody gets them."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_home_says_what_this_is(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "政府补贴性职业技能培训" in page.content.decode()


def test_health_asks_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
