"""What could I get: the pages, by a client without script."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

CERTIFICATE = {
    "party": "person",
    "occasion": "certificate",
    "region": "420100",
    "applied_on": "2020-09-15",
    "certificate_type": "skill_level",
    "certificate_issued_on": "2020-08-01",
    "unemployment_insurance_months": "14",
    "level": "4",
    "training_start": "2020-07-01",
    "training_end": "2020-07-20",
    "plan_filed_on": "2020-06-20",
    "certificate_verified": "yes",
    "training_mode": "online",
    "platform_licensed": "yes",
    "platform_accredited": "yes",
    "certificate_no": "有",
    "employer_id": "有",
    "occupation": "电工",
}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def answered(client: Client, told: dict[str, str], **more: str) -> tuple[str, list[str]]:
    """The page that follows when each question is answered as told, and what was asked."""
    asked, page = [], client.get("/quote/").content.decode()
    for _turn in range(60):
        name = hidden(page, "name")
        if not name:
            break
        asked.append(name)
        form = {"s": hidden(page, "s"), "name": name} | more
        form |= {"only": told[name]} if name in told else {"unknown": "1"}
        page = client.post("/quote/", form, follow=True).content.decode()
    return page, asked


def test_a_worker_with_a_certificate(client: Client) -> None:
    page, asked = answered(client, CERTIFICATE)
    assert set(asked) == set(CERTIFICATE)
    assert "1,500.00" in page
