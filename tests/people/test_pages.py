"""Pages of the registers: what they show, what they hide, and what their forms do."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jineng.core.events import events_of
from jineng.people import permissions
from jineng.people.commands.persons import add_person
from jineng.people.models import (
    BlacklistEntry,
    GroupMembership,
    Organisation,
    Person,
    PersonMerge,
    Qualification,
    Region,
    Role,
    User,
)
from jineng.people.queries import listing
from jineng.people.roles import Kind
from tests.access.world import TODAY, World, signed_in
from tests.people.numbers import credit_code, identity_number
from tests.people.reading import post, text


@pytest.fixture
def world(made: Callable[[], World], db: None) -> World:
    """Two districts with one of everybody."""
    return made()


def added(**details: Any) -> Person:
    living = Region.objects.current().get(code="420106")
    given: dict[str, Any] = {"name": "李明华", "living_region": living, "by": None, "on": TODAY}
    return add_person(identity_number=identity_number(), **given | details)


def test_numbers_are_masked_everywhere(acceptor: Client) -> None:
    person = added(phone="13812345678", bank_account="6222000011112222")
    other = added(name="李明")
    for page in (
        reverse("people:persons"),
        reverse("people:person", args=[person.pk]),
        reverse("people:edit_person", args=[person.pk]),
        reverse("people:correct_number", args=[person.pk]),
        reverse("people:merge_with", args=[person.pk, other.pk]),
    ):
        shown = acceptor.get(page).content.decode()
        assert str(person.identity_number) not in shown
        assert str(person.identity_number)[6:14] not in shown
        assert "13812345678" not in shown
        assert "6222000011112222" not in shown
    assert "4201************" in text(acceptor.get(reverse("people:persons")))


@pytest.mark.parametrize("search", ["李明", "lmh", "number", "13812345678"])
def test_a_search_is_not_read_in_the_address(acceptor: Client, search: str) -> None:
    person = added(phone="13812345678")
    added(name="赵云")
    words = str(person.identity_number) if search == "number" else search
    answer = post(acceptor, "search_persons", search=words, group="veteran")
    address = answer.headers["Location"]
    assert words not in address
    assert parse_qs(urlsplit(address).query)["group"] == ["veteran"]
    listed = acceptor.get(address.replace("group=veteran", ""))
    names = [one.name for one in listed.context["table"].things]
    assert names == ["李明华"]
    # What was searched for stands in the field, and leads nowhere in anybody else's hands.
    assert words in listed.content.decode()
    wrong = acceptor.get(reverse("people:persons") + "?search=AAAA")
    assert not wrong.context["table"].wanted.narrows


@pytest.mark.parametrize("few", [0, 8])
def test_a_group_is_found_wherever_in_reach_its_people_live(
    acceptor: Client, world: World, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(listing, "FEW_REGIONS", few)
    here, far = (Region.objects.current().get(code=code) for code in ("420106", "420502"))
    homes = ("household_region", "living_region", "working_region")
    made = [added(**{"living_region": far} | {home: here}) for home in homes]
    me, own = added(living_region=far), world.home.users[Role.ACCEPTOR]
    User.objects.filter(pk=own.pk).update(person=me)
    told = {"group": "veteran", "starts_on": TODAY, "proof": "x", "source": "x"}
    for person in (*made, added(living_region=far), me):
        GroupMembership.objects.create(person=person, **told)

    def listed(query: str) -> set[Person]:
        address = f"{reverse('people:persons')}?group=veteran&{query}"
        return set(acceptor.get(address).context["table"].things)

    assert listed("") == {*made, me}
    assert listed("region=420106") == set(made)
    assert listed("region=420502") == {made[0], made[2], me}


@pytest.mark.parametrize("place", ["420106", "420100", "420000"])
def test_a_large_place_lists_whom_a_small_one_would(
    world: World, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However they are found: walked to, by their name, or by where they live."""
    regions = {code: Region.objects.current().get(code=code) for code in (place, "420107")}
    made = [added(name=f"林{n}", living_region=regions["420107"]) for n in "甲乙丙"]
    for one, code in zip(made, ("420106", "420502", "420107"), strict=True):
        working = Region.objects.current().get(code=code)
        Person.objects.filter(pk=one.pk).update(working_region=working)
    department = world.home.bodies[Kind.HUMAN_RESOURCES]
    Organisation.objects.filter(pk=department.pk).update(region=regions[place])
    user = world.home.users[Role.ACCEPTOR]

    def listed() -> dict[str, list[int]]:
        access = signed_in(user)
        asked = {query: query for query in ("", "region=420107", "region=420500", "group=laid_off")}
        for words in ("林", "linjia", "世"):
            sought = {"search": words, "region": "420107"}
            asked[words] = urlsplit(post(access, "search_persons", search=words).url).query
            asked[f"{words}, 420107"] = urlsplit(post(access, "search_persons", **sought).url).query
        page = reverse("people:persons")
        return {
            name: [one.pk for one in access.get(f"{page}?{query}").context["table"].things]
            for name, query in asked.items()
        }

    as_is = listed()
    assert {*as_is["林"]} == {one.pk for one in (made[:1] if place == "420106" else made)}
    for few in (0, 1_000):
        monkeypatch.setattr(permissions, "FEW_REGIONS", few)
        monkeypatch.setattr(listing, "FEW_REGIONS", few)
        assert listed() == as_is


def test_an_enterprise_narrows_its_people_to_a_group(world: World) -> None:
    hr = signed_in(world.home.users[Role.ENTERPRISE_HR])

    def listed(query: str) -> list[Person]:
        things: list[Person] = (
            hr.get(f"{reverse('people:persons')}?{query}").context["table"].things
        )
        return things

    everyone = listed("")
    assert everyone
    GroupMembership.objects.filter(person__in=everyone).delete()
    assert listed("group=laid_off") == []
    GroupMembership.objects.create(
        person=everyone[0], group="laid_off", starts_on=TODAY, proof="x", source="x"
    )
    assert listed("group=laid_off") == listed("group=laid_off&region=420000") == everyone[:1]


def test_students_are_no_choice_of_a_department_that_does_not_serve_them(world: World) -> None:
    offered = {}
    for role, user in world.home.users.items():
        answer = signed_in(user).get(reverse("people:persons"))
        if answer.status_code == 200:
            offered[role] = "student" in dict(answer.context["table"].wanted.choices["group"])
    assert not offered[Role.ACCEPTOR]
    assert offered[Role.AUDITOR]


def test_a_list_is_filtered_sorted_and_paged(acceptor: Client, world: World) -> None:
    made = [added(name=f"周{chr(0x4E00 + place)}") for place in range(55)]
    far = Region.objects.current().get(code="420111")
    Person.objects.filter(pk__in=[one.pk for one in made[:3]]).update(household_region=far)
    GroupMembership.objects.create(
        person=made[7], group="veteran", starts_on=TODAY - timedelta(days=1), proof="x", source="x"
    )
    GroupMembership.objects.create(
        person=made[8],
        group="veteran",
        starts_on=date(2020, 1, 1),
        ends_on=TODAY - timedelta(days=1),
        proof="x",
        source="x",
    )

    BlacklistEntry.objects.create(
        person=world.home.person, reason="虚报", decision_number="1", starts_on=TODAY
    )

    def listed(query: str) -> Any:
        return acceptor.get(f"{reverse('people:persons')}?{query}").context["table"]

    everyone = listed("")
    assert (everyone.pages, everyone.more) == (2, False)
    assert len(everyone.rows) == 50
    assert listed("page=2").number == 2
    assert listed("page=99999999999").number == 1
    assert listed("page=nan").number == 1
    assert listed("group=veteran").things == [made[7]]
    assert listed("group=king").count == everyone.count
    assert listed("region=420111").count == 3
    assert listed("region=420100").count == everyone.count
    assert listed("region=420502").count == 0
    assert listed("blacklisted=1").things == [world.home.person]
    newest = [one.pk for one in listed("sort=-record").things]
    assert newest == sorted(newest, reverse=True)
    names = [one.name_key for one in listed("sort=-name").things]
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize("view", ["persons", "organisations", "qualifications"])
def test_a_page_asks_as_often_for_three_rows_as_for_one(
    acceptor: Client, world: World, view: str
) -> None:
    page = reverse(f"people:{view}")

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert acceptor.get(page).status_code == 200
        return len(queries)

    firm = world.home.bodies["enterprise"]

    def add(place: int) -> None:
        person = added()
        GroupMembership.objects.create(
            person=person, group="veteran", starts_on=TODAY, proof="x", source="x"
        )
        Organisation.objects.create(
            credit_code=credit_code(), name=f"公司{place}", region=firm.region
        )
        Qualification.objects.create(
            organisation=firm, kind="school_permit", number=str(place), starts_on=TODAY
        )

    add(0)
    asked()
    before = asked()
    for place in (1, 2, 3):
        add(place)
    assert asked() == before


def test_a_list_is_taken_along_as_it_is_shown(acceptor: Client) -> None:
    person = added(name="欧阳明", phone="13812345678")
    added(name="赵云")
    asked = post(acceptor, "search_persons", search="欧阳").headers["Location"]
    answer = acceptor.get(f"{asked}&columns=name&columns=number&columns=phone&export=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = b"".join(answer).decode().splitlines()
    number = str(person.identity_number)
    veiled = f"{number[:4]}{'*' * 12}{number[-2:]}"
    assert lines == ["\ufeff姓名,身份证号,手机号", f"欧阳明,{veiled},138******78"]
    book = acceptor.get(f"{asked}&export=xlsx")
    assert "attachment" in book.headers["Content-Disposition"]
    assert b"".join(book)[:2] == b"PK"
    # Who took what along is in the log; whom they searched for is not.
    clerk = User.objects.get(pk=acceptor.session["_auth_user_id"])
    event = events_of(clerk)[1]
    assert (event.kind, event.actor_id) == ("exported", clerk.pk)
    assert event.after == {
        "list": "persons",
        "rows": 1,
        "columns": ["name", "number", "phone"],
        "filters": {},
    }
    stranger = Client().get(f"{reverse('people:persons')}?export=csv")
    assert stranger.status_code == 302


def test_a_list_says_that_nothing_was_found(acceptor: Client, world: World) -> None:
    nobody = acceptor.get(reverse("people:persons") + "?region=420502")
    assert "没有符合条件的内容" in text(nobody)
    assert "地区：宜昌市西陵区" in text(nobody)
    none = acceptor.get(reverse("people:sign_ups"))
    assert "没有企业报名" in text(none)


def test_a_person_is_added_by_the_form(acceptor: Client) -> None:
    number = identity_number()
    form = {
        "identity_number": number,
        "name": "李明",
        "living_region": "420106",
        "phone": "138 0000 0001",
        "group": "veteran",
        "proof": "退役证 1",
        "source": "区退役军人事务局",
        "why": "窗口登记",
    }
    page = reverse("people:new_person")
    wrong = acceptor.post(page, form | {"identity_number": number[:-1]})
    assert wrong.status_code == 422
    assert "18 位" in text(wrong)
    assert "没有办理" in text(wrong)
    answer = acceptor.post(page, form)
    person = Person.objects.get(name="李明")
    assert answer.headers["Location"] == reverse("people:person", args=[person.pk])
    shown = text(acceptor.get(answer.headers["Location"]))
    assert "退役军人" in shown
    assert "已登记。" in shown
    assert GroupMembership.objects.get(person=person).starts_on == TODAY
    assert events_of(person)[0].origin
    again = acceptor.post(page, form)
    assert "已有档案" in text(again)


def test_a_form_leaves_hidden_numbers_as_they_are(acceptor: Client) -> None:
    person = added(phone="13812345678", bank_account="6222000011112222")
    form = {"name": "李明", "living_region": "420106", "why": "按身份证"}
    assert post(acceptor, "edit_person", person.pk, **form).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.phone, person.bank_account) == (
        "李明",
        "13812345678",
        "6222000011112222",
    )
    form |= {"no_phone": "on", "bank_account": "6222000011113333"}
    assert post(acceptor, "edit_person", person.pk, **form).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.bank_account) == (None, "6222000011113333")


def test_history_is_told_without_what_is_sealed(acceptor: Client, world: World) -> None:
    person = added(phone="13812345678")
    form = {"name": "李明", "living_region": "420106", "phone": "13912345678", "why": "本人来电"}
    post(acceptor, "edit_person", person.pk, **form)
    days = {"starts_on": "2026-01-01", "ends_on": ""}
    told = {"group": "disabled", "proof": "残疾证 1", "source": "区残联"}
    assert post(acceptor, "begin_group", person.pk, **told, **days).status_code == 302
    page = text(acceptor.get(reverse("people:person", args=[person.pk])))
    history = page[page.index("变更记录") :]
    assert "登记人员类别" in history
    assert "更改人员" in history
    assert "李明华 → 李明" in history
    assert "手机号： （加密保存） → （加密保存）" in history
    assert f"{Role.ACCEPTOR}-420106" in history
    assert "本人来电" in history
    assert "127.0.0.1" in history
    assert "13912345678" not in history
    # An employer sees the person, and neither records nor history.
    hr = signed_in(world.home.users[Role.ENTERPRISE_HR])
    seen = text(hr.get(reverse("people:person", args=[world.home.person.pk])))
    assert "基本信息" in seen
    for hidden in ("变更记录", "黑名单", "社会保险", "补贴次数", "查看完整号码"):
        assert hidden not in seen


def test_a_group_ends_and_a_number_is_corrected(acceptor: Client) -> None:
    person = added()
    days = {"starts_on": "2026-01-01", "ends_on": "2025-12-31"}
    told = {"group": "disabled", "proof": "残疾证 1", "source": "区残联"}
    assert post(acceptor, "begin_group", person.pk, **told, **days).status_code == 422
    post(acceptor, "begin_group", person.pk, **told, **days | {"ends_on": ""})
    group = GroupMembership.objects.get(person=person)
    post(acceptor, "end_group", group.pk, last_day="2026-02-28", why="证件到期")
    group.refresh_from_db()
    assert group.ends_on == date(2026, 2, 28)
    number = identity_number()
    post(acceptor, "correct_number", person.pk, identity_number=number, why="按证件")
    person.refresh_from_db()
    assert person.identity_number == number


def test_two_records_are_merged_and_parted_on_pages(acceptor: Client) -> None:
    one, other = added(), added(name="李明花")
    page = reverse("people:merge", args=[one.pk])
    assert "没有查到另一份" in text(acceptor.post(page, {"text": "无人"}))
    found = acceptor.post(page, {"text": str(other.identity_number)})
    assert [row["person"] for row in found.context["rows"]] == [other]
    confirm = reverse("people:merge_with", args=[one.pk, other.pk])
    assert confirm in found.content.decode()
    shown = text(acceptor.get(confirm))
    assert "李明花" in shown
    assert "不同" in shown
    assert acceptor.post(confirm, {"why": ""}).status_code == 422
    assert acceptor.post(confirm, {"why": "同一人"}).status_code == 302
    gone = text(acceptor.get(reverse("people:person", args=[other.pk])))
    assert "已并入另一份" in gone
    made = PersonMerge.objects.get(merged=other)
    undo = reverse("people:undo_merge", args=[made.pk])
    assert undo in acceptor.get(reverse("people:person", args=[one.pk])).content.decode()
    assert acceptor.post(undo, {"why": "误认"}).status_code == 302
    other.refresh_from_db()
    assert other.merged_into is None


def test_the_blacklist_on_pages(world: World) -> None:
    client = signed_in(world.home.users[Role.SUPERVISOR])
    person = world.home.person
    form = {"decision_number": "武人社罚 9", "reason": "虚报", "starts_on": "2026-01-01"}
    assert post(client, "blacklist_person", person.pk, **form).status_code == 302
    made = BlacklistEntry.objects.get(decision_number="武人社罚 9")
    appeal = {"appealed_on": "2026-02-01"}
    assert post(client, "blacklist_act", made.pk, "appeal", **appeal).status_code == 302
    outcome = {"outcome": "overturned", "decided_on": "2026-03-01", "note": "证据不足"}
    assert post(client, "blacklist_act", made.pk, "decide", **outcome).status_code == 302
    shown = text(client.get(reverse("people:person", args=[person.pk])))
    assert "撤销原决定：证据不足" in shown
    assert shown.count("武人社罚 9") == 1 + shown.partition("变更记录")[2].count("武人社罚 9")
    # Who may not see it, does not see it under another heading.
    cashier = signed_in(world.home.users[Role.CASHIER])
    assert "武人社罚 9" not in text(cashier.get(reverse("people:person", args=[person.pk])))
    own = signed_in(world.home.users[Role.WORKER])
    assert text(own.get(reverse("people:archive"))).count("武人社罚 9") == 1
    lift = reverse("people:blacklist_act", args=[made.pk, "king"])
    assert client.get(lift).status_code == 404
