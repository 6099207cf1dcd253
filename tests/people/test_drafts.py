"""Drafts of forms: whose they are, how they are kept, and when they are gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jineng.people.commands.drafts import KEPT_FOR, forget_old
from jineng.people.forms.pickers import found_by, occupations
from jineng.people.models import Draft, Role
from tests.access.world import World, signed_in

pytestmark = pytest.mark.django_db

FIRST = {"step": "1", "name": "明德纺织", "credit_code": "9142", "region": "420106"}


def begin(client: Client, **more: Any) -> Any:
    return client.post(reverse("people:sign_up"), FIRST | {"later": ""} | more)


def shown(client: Client, step: str = "") -> Any:
    return client.get(reverse("people:sign_up") + step)


def test_a_draft_is_gone_on_with_where_it_was_left(world: World) -> None:
    client = signed_in(world.home.users[Role.ENTERPRISE_HR])
    assert begin(client).status_code == 302
    page = shown(client)
    assert page.context["resumed"]
    assert page.context["form"]["name"].value() == "明德纺织"
    # What is not filled in well yet is not held against anybody before the step is sent.
    assert page.context["form"].errors == {}
    assert page.context["steps"][0]["state"] == "current"
    again = client.post(reverse("people:sign_up"), FIRST | {"industry": ""})
    assert again.status_code == 422
    assert set(again.context["form"].errors) == {"industry"}
    # Who reads by ear hears it first.
    assert "<title>有误：" in again.content.decode()
    assert "<title>有误：" not in page.content.decode()
    assert client.post(reverse("people:sign_up"), FIRST | {"industry": "纺织"}).status_code == 302
    page = shown(client)
    assert [one["state"] for one in page.context["steps"]] == [
        "done",
        "current",
        "coming",
        "coming",
    ]
    assert "occupations" in page.context["form"].fields
    # Nobody goes past what is not filled in; everybody may go back.
    assert shown(client, "?step=4").context["step"] == 2
    assert shown(client, "?step=1").context["form"]["industry"].value() == "纺织"
    for bad in ("0", "-1", "x", "99999999999999"):
        assert shown(client, f"?step={bad}").status_code == 200


def test_a_draft_is_its_owners_alone_and_sealed(world: World, client: Client) -> None:
    begin(client, name="张三的公司")
    (draft,) = Draft.objects.all()
    assert draft.user is None
    assert bytes(draft.key_hash or b"") != b""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_draft::text FROM people_draft")
        (row,) = cursor.fetchone()
    assert "张三" not in row
    assert client.session["drafts"] not in row
    assert shown(client).context["form"]["name"].value() == "张三的公司"
    assert shown(Client()).context["form"]["name"].value() is None
    other = signed_in(world.home.users[Role.ENTERPRISE_HR])
    assert shown(other).context["form"]["name"].value() is None
    begin(other)
    assert Draft.objects.count() == 2
    assert client.post(reverse("people:sign_up"), {"drop": ""}).status_code == 302
    assert [one.user for one in Draft.objects.all()] == [world.home.users[Role.ENTERPRISE_HR]]


def test_a_draft_is_kept_for_thirty_days(world: World) -> None:
    client = signed_in(world.home.users[Role.ENTERPRISE_HR])
    begin(client)
    now = timezone.now()
    assert forget_old(at=now) == 0
    Draft.objects.update(saved_at=now - KEPT_FOR - timedelta(seconds=1))
    assert not shown(client).context["begun"]
    assert forget_old(at=now) == 1


def test_whoever_only_looks_gets_no_session(client: Client) -> None:
    assert shown(client).status_code == 200
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize(
    ("name", "words"), [("武汉市武昌区", "wuhanshiwuchangqu whswcq"), ("绿化工", "lvhuagong lhg")]
)
def test_a_choice_is_found_by_its_pinyin(name: str, words: str) -> None:
    assert found_by(name) == words


def test_pickers_are_selects_that_say_what_choices_are_found_by(world: World) -> None:
    page = shown(Client()).content.decode()
    assert 'data-picker="one"' in page
    assert 'value="420106" data-found-by="wuhanshiwuchangqu whswcq" data-code="420106"' in page
    names = [name for _industry, group in occupations() for name, _label in group]
    assert len(names) > 100
    assert "电工" in names
