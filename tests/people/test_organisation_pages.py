"""Pages of organisations: registered, qualified, and signing up by themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jineng.core.events import events_of
from jineng.people.models import (
    Organisation,
    Qualification,
    Region,
    Role,
    SignUp,
)
from tests.access.world import PASSWORD, World, signed_in
from tests.people.numbers import credit_code
from tests.people.reading import post, text


@pytest.fixture
def world(made: Callable[[], World], db: None) -> World:
    """Two districts with one of everybody."""
    return made()


def test_an_organisation_is_registered_and_qualified(acceptor: Client) -> None:
    form = {
        "credit_code": credit_code(),
        "name": "明蛙教育",
        "kinds": ["institution", "platform"],
        "region": "420106",
        "size": "small",
        "industry": "83",
        "why": "营业执照",
    }
    answer = acceptor.post(reverse("people:new_organisation"), form)
    made = Organisation.objects.get(name="明蛙教育")
    assert answer.headers["Location"] == reverse("people:organisation", args=[made.pk])
    assert made.industry == "P83"
    held = {
        "kind": "skills_training",
        "number": "鄂 1",
        "issuer": "市人社局",
        "starts_on": "2026-01-01",
        "why": "证书",
    }
    assert post(acceptor, "new_qualification", made.pk, **held).status_code == 302
    row = Qualification.objects.get(organisation=made)
    held |= {"ends_on": "2026-06-30", "why": "到期"}
    assert post(acceptor, "edit_qualification", row.pk, **held).status_code == 302
    listed = text(acceptor.get(reverse("people:qualifications") + "?qualification=skills_training"))
    assert "已到期" in listed
    act = {"year": "2020", "kinds": ["key"], "source": "名单"}
    assert post(acceptor, "organisation_act", made.pk, "pillar", **act).status_code == 302
    still = {"reason": "疫情", "starts_on": "2026-02-01"}
    assert post(acceptor, "organisation_act", made.pk, "suspension", **still).status_code == 302
    suspension = made.suspensions.get()
    end = {"last_day": "2026-03-01", "why": "复工"}
    assert post(acceptor, "organisation_end", suspension.pk, "suspension", **end).status_code == 302
    shown = text(acceptor.get(reverse("people:organisation", args=[made.pk])))
    for word in ("重点企业", "停工停产", "2026-03-01", "职业技能培训许可", "培训机构", "登记单位"):
        assert word in shown
    found = post(acceptor, "search_organisations", search="mingwa").headers["Location"]
    assert acceptor.get(found).context["table"].things == [made]


def test_an_enterprise_changes_its_account_alone(world: World) -> None:
    hr = signed_in(world.home.users[Role.ENTERPRISE_HR])
    firm = world.home.bodies["enterprise"]
    page = reverse("people:edit_organisation", args=[firm.pk])
    # First it is asked who that is, and nothing of what was sent is kept.
    assert hr.get(page).headers["Location"].startswith("/accounts/reauthenticate/")
    sent = {"bank_account": "6222000011112222", "name": "另一家", "why": "开户证明"}
    late = hr.post(page, sent)
    assert late.headers["Location"] == page
    assert "6222000011112222" not in str(dict(hr.session))
    asking = hr.get(page, follow=True)
    assert "刚才填写的内容没有留存" in text(asking)
    firm.refresh_from_db()
    assert firm.bank_account != "6222000011112222"
    address = asking.redirect_chain[-1][0]
    assert hr.post(address, {"password": PASSWORD}).headers["Location"] == page
    assert set(hr.get(page).context["form"].fields) == {"bank_name", "bank_account", "why"}
    assert hr.post(page, sent).status_code == 302
    firm.refresh_from_db()
    assert (firm.bank_account, firm.name) == ("6222000011112222", "420106 企业")


STEPS: tuple[dict[str, Any], ...] = (
    {"name": "明德纺织", "region": "420106", "industry": "纺织业"},
    {
        "occupations": ["安全评价师", "电工"],
        "other_occupations": "养老护理员\n",
        "eligible_count": "120",
    },
    {"contact_name": "王芳", "contact_phone": "13812345678"},
    {},
)


def fill_in(client: Client, **given: Any) -> list[int]:
    """Goes through all steps of a sign-up; the status of each."""
    page = reverse("people:sign_up")
    return [
        client.post(page, step | given | {"step": number}).status_code
        for number, step in enumerate(STEPS, 1)
    ]


def test_an_enterprise_signs_up_without_an_account(world: World, client: Client) -> None:
    page = reverse("people:sign_up")
    assert fill_in(client, credit_code="1") == [422 if at == 3 else 302 for at in range(4)]
    assert "统一社会信用代码" in text(client.get(page + "?step=4"))
    assert SignUp.objects.count() == 0
    assert fill_in(client, credit_code=credit_code()) == [302] * 4
    assert "明德纺织" in text(client.get(page))
    entry = SignUp.objects.get()
    assert entry.occupations == "安全评价师\n电工\n养老护理员"
    acceptor = signed_in(world.home.users[Role.ACCEPTOR])
    shown = text(acceptor.get(reverse("people:sign_up_entry", args=[entry.pk])))
    assert "13812345678" in shown
    assert events_of(entry)[0].kind == "opened"
    arranged = {"note": "12 月班", "serve": ""}
    assert post(acceptor, "sign_up_entry", entry.pk, **arranged).status_code == 302
    entry.refresh_from_db()
    assert entry.served_at is not None
    assert "已安排" in text(acceptor.get(reverse("people:sign_ups") + "?state=served"))
    assert not SignUp.objects.filter(served_at=None).exists()


def test_one_address_signs_up_so_often_and_no_more(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jineng.people.views.sign_ups.MOST_FROM_ONE_ADDRESS", 2)
    last = [fill_in(client, credit_code=credit_code())[-1] for _ in range(2)]
    assert last == [302, 302]
    # Nor is another draft begun from there.
    answer = client.post(reverse("people:sign_up"), STEPS[0] | {"step": 1})
    assert answer.status_code == 422
    assert "报名太多" in text(answer)


def test_who_runs_the_platform_sees_no_contact(world: World) -> None:
    made = SignUp.objects.create(
        name="明德纺织",
        region=Region.objects.current().get(code="420106"),
        eligible_count=3,
        credit_code=credit_code(),
        contact_name="欧阳明",
        contact_phone="13812345678",
        signed_up_at=timezone.now(),
    )
    page = reverse("people:sign_up_entry", args=[made.pk])
    shown = text(signed_in(world.home.users[Role.ACCEPTOR]).get(page))
    assert "欧阳明 13812345678" in shown
    veiled = text(signed_in(world.home.users[Role.PLATFORM_ADMIN]).get(page))
    assert "欧** 138******78" in veiled
    assert "欧阳明" not in veiled
    assert events_of(made).filter(kind="opened").count() == 1
    made.refresh_from_db()
    assert made.contact_phone == "13812345678"
