"""Every page in English: what is left in Chinese is somebody's name, or is marked as Chinese."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jineng.people.forms.pickers import occupations
from jineng.people.models import Organisation, Person, Region, User
from jineng.portal.views.components import ROWS as SAMPLES
from tests.access.rows import Row
from tests.access.table import ROWS
from tests.access.test_walk import freshly_confirmed
from tests.access.world import World
from tests.english import left_in_chinese

#: What people wrote in the world that is walked, and what bodies are called there.
WRITTEN = ["欧阳", "年休假", "虚报", "市人社局", "明德纺织", "同一人", "人社", "证"]
#: Numbers of documents and places in them.
NUMBERS = r"[\u4e00-\u9fff]{2,6}[〔【]\d{4}[〕】]\d+号(?:附件\d)?|六\(二\)"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One for all pages."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World.furnished()
        transaction.set_rollback(True)


@pytest.fixture
def names(world: World) -> re.Pattern[str]:
    """Names of everybody and everything, the longest first."""
    found = {*WRITTEN}
    for model, field in ((Region, "name"), (Organisation, "name"), (Person, "name")):
        found |= set(model._default_manager.values_list(field, flat=True))
    found |= {one.name for one in SAMPLES} | {one.trade for one in SAMPLES}
    for industry, choices in occupations():
        found |= {industry, *(name for name, _label in choices)}
    found |= set(User.objects.values_list("username", flat=True))
    ordered = sorted(found, key=lambda name: (-len(name), name))
    return re.compile("|".join([NUMBERS, *map(re.escape, ordered)]))


def page_of(row: Row, world: World, user: User | None) -> str:
    at = {name: world.things.get(thing, thing) for name, thing in row.at.items()}
    client = Client()
    client.cookies["jineng_language"] = "en"
    with transaction.atomic():
        if user is not None:
            client.force_login(user)
            freshly_confirmed(client, user)
        answer = client.get(reverse(row.view, kwargs=at))
        transaction.set_rollback(True)
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.content.decode() if html and not answer.streaming else ""


def test_every_page_can_be_read_in_english(
    world: World, names: re.Pattern[str], settings: Any
) -> None:
    settings.TEXTS = "page"
    left, seen = {}, 0
    for row in ROWS:
        if row.method != "GET":
            continue
        # A home is another for each role.
        roles = sorted(row.yes) if row.view == "home" else sorted(row.yes)[:1]
        readers = [(role, world.home.users[role]) for role in roles]
        for role, user in [*readers, *([("stranger", None)] if row.stranger == 200 else [])]:
            page = page_of(row, world, user)
            seen += bool(page)
            if chinese := left_in_chinese(page, names):
                left[f"{row.view} ({role})"] = chinese
    assert seen > 60

    assert left == {}
