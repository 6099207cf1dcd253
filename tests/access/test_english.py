"""Every page in English: what is left in Chinese is somebody's name, or is marked as Chinese."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jineng.people.forms.pickers import occupations
from jineng.people.models import Organisation, Person, Region, User
from jineng.portal.views.components import ROWS as SAMPLES
from tests.access.table import ROWS, Row
from tests.access.test_walk import freshly_confirmed
from tests.access.world import World

CHINESE = re.compile("[\u3001-\u3011\u3400-\u9fff\uff00-\uff5e]+")
#: What people wrote in the world that is walked, and what bodies are called there.
WRITTEN = ["欧阳", "年休假", "虚报", "市人社局", "明德纺织", "同一人", "人社", "证"]
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"}
SAID = ("alt", "aria-label", "placeholder", "title", "data-label", "content")


class Texts(HTMLParser):
    """What a page says to whoever reads no Chinese: its texts and what is read out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        skipped = self.skipping or tag in ("script", "style")
        if "lang" in given and tag != "html":
            skipped = (given["lang"] or "").startswith("zh")
        if not skipped:
            names = [name for name in given if name in SAID or name.startswith("data-")]
            self.texts += [given[name] or "" for name in names]
        if tag not in VOID:
            self.open.append((tag, skipped))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.texts.append(data)

    @property
    def skipping(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def left_in_chinese(page: str, names: re.Pattern[str]) -> set[str]:
    """The texts of a page that are not English, without names."""
    texts = Texts()
    texts.feed(page)
    plain = (names.sub(" ", " ".join(text.split())) for text in texts.texts)
    return {text for text in plain if CHINESE.search(text)}


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
    return re.compile("|".join(map(re.escape, ordered)))


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
