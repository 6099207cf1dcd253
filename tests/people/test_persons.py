"""Persons: added, changed, corrected, found, and what they are on a day."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from jineng.core.events import events_of
from jineng.people.commands.persons import (
    Group,
    add_person,
    begin_group,
    change_person,
    correct_number,
    end_group,
)
from jineng.people.errors import Refused
from jineng.people.models import GroupMembership, Person, PersonKey, Region, Role, User
from jineng.people.queries.persons import (
    groups_on,
    person_of_number,
    persons_found,
    status_on,
)
from jineng.policy.identity import check_character
from tests.access.world import TODAY, World, member
from tests.people.numbers import identity_number

DAY = date(2026, 3, 1)


def wuchang() -> Region:
    return Region.objects.current().get(code="420106")


def acceptor(world: World) -> User:
    return world.home.users[Role.ACCEPTOR]


def added(number: str | None = None, **details: Any) -> Person:
    given: dict[str, Any] = {"name": "李明华", "living_region": wuchang()} | details
    return add_person(identity_number=number or identity_number(), by=None, on=TODAY, **given)


@pytest.mark.django_db
def test_a_person_is_added_with_what_the_number_says() -> None:
    number = identity_number(date(1985, 12, 31))
    made = added(f"{number[:6]} {number[6:]}", phone="138 0000 0001", bank_account="6222 0000 1")
    kept = Person.objects.get(pk=made.pk)
    assert (kept.identity_number, kept.birth_date, kept.sex) == (number, date(1985, 12, 31), "")
    assert (kept.phone, kept.bank_account) == ("13800000001", "622200001")
    assert person_of_number(number) == made


@pytest.mark.django_db
@pytest.mark.parametrize("search", ["number", "13800000001", "李明", "liming", "lmh"])
def test_a_person_is_found(search: str) -> None:
    number = identity_number()
    made = added(number, phone="13800000001")
    added(name="王芳", phone="13800000002")
    text = number[:6] + number[8:17] if search == "number" and number[6:8] == "19" else search
    found = persons_found(Person.objects.all(), number if text == "number" else text, on=TODAY)
    assert list(found) == [made]


@pytest.mark.django_db
def test_a_number_that_is_known_is_refused_in_15_digits_too() -> None:
    number = identity_number(date(1985, 12, 31))
    added(number)
    with pytest.raises(Refused, match="已有档案"):
        added(number[:6] + number[8:17])
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"number": identity_number()[:-1]}, "18 位"),
        ({"name": "  "}, "姓名"),
        ({"phone": "12345"}, "手机号"),
        ({"bank_account": "6.2E+15"}, "科学计数法"),
    ],
)
def test_what_can_t_be_is_refused(details: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        added(**details)
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_the_sex_of_a_number_counts() -> None:
    number = identity_number()
    man = number[:14] + "123"
    made = added(man + check_character(man))
    assert made.sex == "M"
    with pytest.raises(Refused, match="性别"):
        change_person(made, sex="F", by=None, on=TODAY, why="")
    assert change_person(added(), sex="F", by=None, on=TODAY, why="").sex == "F"


def test_who_may_add_and_where(world: World) -> None:
    by = acceptor(world)
    home: dict[str, Any] = {
        "identity_number": identity_number(),
        "name": "李明",
        "by": by,
        "on": TODAY,
    }
    far = Region.objects.current().get(code="420502")
    with pytest.raises(Refused, match="辖区"):
        add_person(**home, living_region=far)
    made = add_person(**home, living_region=far, household_region=wuchang(), why="来电登记")
    event = events_of(made)[0]
    assert (event.kind, event.actor_id, event.why) == ("insert", by.pk, "来电登记")
    for role in (Role.AUDITOR, Role.CASHIER, Role.ENTERPRISE_HR, Role.PLATFORM_ADMIN):
        other = home | {"by": world.home.users[role], "identity_number": identity_number()}
        with pytest.raises(PermissionDenied):
            add_person(**other, living_region=wuchang())


def test_who_may_change(world: World) -> None:
    made = added()
    change_person(made, name="李明", by=acceptor(world), on=TODAY, why="按身份证")
    assert Person.objects.get(pk=made.pk).name == "李明"
    with pytest.raises(Http404):
        change_person(made, name="王", by=world.elsewhere.users[Role.ACCEPTOR], on=TODAY, why="x")
    with pytest.raises(PermissionDenied):
        change_person(made, name="王", by=world.home.users[Role.AUDITOR], on=TODAY, why="x")
    far = Region.objects.current().get(code="420502")
    with pytest.raises(Refused, match="辖区"):
        change_person(made, living_region=far, by=acceptor(world), on=TODAY, why="x")
    assert Person.objects.get(pk=made.pk).living_region == wuchang()


@pytest.mark.django_db
def test_a_phone_that_changes_leads_here_no_more() -> None:
    made = added(phone="13800000001", bank_account="622200001")
    before = made.bank_account
    change_person(made, phone="13800000002", by=None, on=TODAY, why="本人来电")
    assert not persons_found(Person.objects.all(), "13800000001", on=TODAY)
    assert list(persons_found(Person.objects.all(), "13800000002", on=TODAY)) == [made]
    change_person(made, phone="", bank_account=before, by=None, on=TODAY, why="")
    assert not persons_found(Person.objects.all(), "13800000002", on=TODAY)
    changed = events_of(made)[0]
    assert set(changed.after or {}) == {"phone"}


@pytest.mark.django_db
def test_a_number_that_was_wrong_is_put_right() -> None:
    wrong, right = identity_number(date(1985, 1, 1)), identity_number(date(1985, 1, 2))
    made = added(wrong)
    correct_number(made, identity_number=right, by=None, on=TODAY, why="按身份证原件")
    made.refresh_from_db()
    assert (made.identity_number, made.birth_date) == (right, date(1985, 1, 2))
    assert person_of_number(right) == made
    # The wrong number is somebody else's, who may come to be registered.
    assert person_of_number(wrong) is None
    other = added(wrong, name="王芳")
    assert person_of_number(wrong) == other
    assert set(persons_found(Person.objects.all(), wrong, on=TODAY)) == {made, other}
    with pytest.raises(Refused, match="已有档案"):
        correct_number(made, identity_number=wrong, by=None, on=TODAY, why="按身份证原件")
    with pytest.raises(Refused, match="相同"):
        correct_number(made, identity_number=right, by=None, on=TODAY, why="按身份证原件")
    with pytest.raises(Refused, match="依据"):
        correct_number(made, identity_number=wrong, by=None, on=TODAY, why=" ")


@pytest.mark.django_db
def test_look_up_keys_may_be_replaced(settings: Any) -> None:
    number = identity_number()
    made = added(number, phone="13800000001")
    settings.LOOKUP_KEYS = {"new": b"n" * 32} | settings.LOOKUP_KEYS
    assert person_of_number(number) == made
    with pytest.raises(Refused, match="已有档案"):
        added(number)
    change_person(made, name="李明", by=None, on=TODAY, why="")
    assert PersonKey.objects.filter(person=made).count() == 2


@pytest.mark.django_db
def test_groups_are_asked_on_a_day() -> None:
    made = added()
    told: Group = {
        "group": "laid_off",
        "proof": "失业登记证",
        "source": "人社",
        "starts_on": DAY,
        "ends_on": None,
    }
    laid_off = begin_group(made, **told, by=None, on=TODAY)
    begin_group(made, **told | {"group": "veteran"}, by=None, on=TODAY)
    assert groups_on(made, DAY - timedelta(days=1)) == []
    assert groups_on(made, DAY) == ["laid_off", "veteran"]
    with pytest.raises(Refused, match="已经登记为“下岗失业人员”"):
        begin_group(made, **told | {"starts_on": DAY + timedelta(days=9)}, by=None, on=TODAY)
    last = DAY + timedelta(days=30)
    end_group(laid_off, last_day=last, by=None, on=TODAY, why="已就业")
    assert groups_on(made, last) == ["laid_off", "veteran"]
    assert status_on(made, last + timedelta(days=1)).groups == ("veteran",)
    begin_group(made, **told | {"starts_on": last + timedelta(days=1)}, by=None, on=TODAY)
    with pytest.raises(Refused, match="不能早于"):
        end_group(laid_off, last_day=DAY - timedelta(days=1), by=None, on=TODAY, why="x")
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"group": "king"}, "king"),
        ({"group": "none"}, "none"),
        ({"proof": " ", "group": "disabled"}, "凭据"),
        ({"ends_on": DAY - timedelta(days=1), "group": "disabled"}, "不能早于"),
        ({"starts_on": date(20, 8, 1), "group": "disabled"}, "核对年份"),
    ]
    for wrong, said in wrongs:
        given: dict[str, Any] = {**told, **wrong}
        with pytest.raises(Refused, match=said):
            begin_group(made, **given, by=None, on=TODAY)


def test_education_adds_students_alone(world: World) -> None:
    """A department's line bounds whom it adds (D8 四1)."""
    by = member(world.home.bodies["education"], Role.ACCEPTOR, "教育受理")
    given: dict[str, Any] = {"name": "李明", "living_region": wuchang(), "by": by, "on": TODAY}
    with pytest.raises(Refused, match="条线"):
        add_person(identity_number=identity_number(), **given)
    student: Group = {
        "group": "student",
        "proof": "学籍号",
        "source": "学校",
        "starts_on": DAY,
        "ends_on": None,
    }
    made = add_person(identity_number=identity_number(), groups=[student], **given)
    assert GroupMembership.objects.get(person=made).group == "student"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_one_number_at_once_one_is_told() -> None:
    number, outcomes = identity_number(), []
    start = threading.Barrier(4)

    def register() -> None:
        start.wait()
        try:
            added(number)
            outcomes.append("added")
        except Refused as refused:
            outcomes.append(refused.message[:9])
        finally:
            connection.close()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["added", *["这个身份证号已有档"] * 3]
    assert Person.objects.count() == 1
