"""Decisions, their grounds and what is wrong with a file, read in English."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from jineng.claims.models import Batch, State
from jineng.claims.words import place_name, region_name
from tests.claims.files import claim
from tests.english import left_in_chinese

pytestmark = pytest.mark.django_db

#: Regions, numbers of documents, and what was typed or is to be typed into the file.
WRITTEN = ["“军人”", "是 or 否", r"申领表\.csv", r"鄂\w+〔\d{4}〕\d+号", r"六\(二\)"]
PLACES = ("420100", "420500")
NAMES = re.compile("|".join([*map(region_name, PLACES), *map(place_name, PLACES), *WRITTEN]))


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["jineng_language"] = "en"
    return client


def test_decisions_and_explanations(english: Client, decided: Batch) -> None:
    addresses = ["", *(f"lines/{row}/" for row in (2, 3, 4, 5)), "delete"]
    for address in addresses:
        page = english.get(f"/batches/{decided.pk}/{address}").content.decode()
        assert left_in_chinese(page, NAMES) == set(), address
    page = english.get(f"/batches/{decided.pk}/lines/2/").content.decode()
    assert "All conditions of Pre-job training hold; 500.00 yuan are due to: Enterprise." in page
    assert "A labour contract of a year or longer is signed" in page


def test_what_is_wrong_with_a_file(english: Client, hand_in: Callable[..., Batch]) -> None:
    batch = hand_in(
        [
            claim(1, applied_on="2020-13-01", hire_status="新"),
            claim(2, contract_months="一年", passed="好", hours="-1"),
            claim(3, region="武汉", level="9", fee_yuan="1.234", person_groups="军人"),
        ]
    )
    assert batch.state == State.FAULTY
    page = english.get(f"/batches/{batch.pk}/").content.decode()
    assert left_in_chinese(page, NAMES) == set()
    assert "Should be a whole number of months, such as 12; enter open if open-ended" in page
