"""Two records of one person become one, and two again."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.utils import timezone

from jineng.core.events import events_of
from jineng.people.commands.blacklist import blacklist
from jineng.people.commands.merging import merge_persons, undo_merge
from jineng.people.commands.persons import add_person, begin_group, change_person
from jineng.people.errors import Refused
from jineng.people.models import (
    EmploymentSpell,
    GroupMembership,
    Person,
    PersonMerge,
    Region,
    Role,
    User,
)
from jineng.people.queries.persons import (
    groups_on,
    person_of_number,
    persons_found,
    status_on,
)
from tests.access.world import TODAY, World
from tests.people.numbers import identity_number

DAY = date(2026, 3, 1)


def added(**details: Any) -> Person:
    living = Region.objects.current().get(code="420106")
    given: dict[str, Any] = {"name": "李明华", "living_region": living, "by": None, "on": TODAY}
    return add_person(identity_number=identity_number(), **given | details)


def grouped(person: Person, group: str, proof: str = "证") -> GroupMembership:
    told: dict[str, Any] = {"proof": proof, "source": "人社", "starts_on": DAY, "ends_on": None}
    return begin_group(person, group=group, **told, by=None, on=TODAY)


def merge(survivor: Person, merged: Person, **given: Any) -> PersonMerge:
    told = {"by": None, "on": TODAY, "at": timezone.now(), "why": "姓名与证件一致"} | given
    return merge_persons(survivor, merged, **told)


def undo(made: PersonMerge, **given: Any) -> PersonMerge:
    told = {"by": None, "on": TODAY, "at": timezone.now(), "why": "误认"} | given
    return undo_merge(made, **told)


def state() -> dict[str, Any]:
    """Whose every row is."""
    return {
        "groups": set(GroupMembership.objects.values_list("pk", "person")),
        "spells": set(EmploymentSpell.objects.values_list("pk", "person")),
        "into": set(Person.objects.values_list("pk", "merged_into")),
        "users": set(User.objects.values_list("pk", "person")),
    }


def test_everything_that_was_said_of_one_is_said_of_the_other(world: World) -> None:
    one, other = added(phone="13800000001"), added(phone="13800000002")
    grouped(one, "laid_off")
    twice = grouped(other, "laid_off", "另一份证")
    veteran = grouped(other, "veteran")
    blacklist(other, reason="r", decision_number="1", starts_on=DAY, by=None, on=TODAY)
    firm = world.home.bodies["enterprise"]
    spell = EmploymentSpell.objects.create(person=other, employer=firm, started_on=DAY)
    user = User.objects.create(username="other", person=other)
    before = state()

    by = world.home.users[Role.ACCEPTOR]
    made = merge(one, other, by=by)
    assert groups_on(one, DAY) == ["laid_off", "veteran"]
    assert status_on(one, DAY).blacklisted
    spell.refresh_from_db()
    user.refresh_from_db()
    twice.refresh_from_db()
    veteran.refresh_from_db()
    assert spell.person == user.person == veteran.person == one
    # The survivor has this one already; it stays where it was.
    assert twice.person == other
    assert person_of_number(str(other.identity_number)) == one
    assert list(persons_found(Person.objects.standing(), "13800000002", on=TODAY)) == [one]
    assert set(Person.objects.standing()) & {one, other} == {one}
    assert (made.by, events_of(made)[0].why) == (by, "姓名与证件一致")

    since = grouped(one, "disabled")
    undo(made, by=by)
    assert groups_on(other, DAY) == ["laid_off", "veteran"]
    assert groups_on(one, DAY) == ["laid_off", "disabled"]
    since.delete()
    assert state() == before
    assert person_of_number(str(other.identity_number)) == other
    assert person_of_number(str(one.identity_number)) == one
    # Undone, it may be done again, the other way round.
    merge(other, one, by=by)
    assert person_of_number(str(one.identity_number)) == other


@pytest.mark.django_db
def test_what_is_merged_away_is_out_of_use() -> None:
    one, other = added(), added()
    made = merge(one, other)
    with pytest.raises(Refused, match="已并入"):
        change_person(other, name="王芳", by=None, on=TODAY, why="")
    with pytest.raises(Refused, match="已并入"):
        grouped(other, "veteran")
    with pytest.raises(Refused, match="已并入"):
        blacklist(other, reason="r", decision_number="1", starts_on=DAY, by=None, on=TODAY)
    with pytest.raises(Refused, match="已并入"):
        merge(one, other)
    with pytest.raises(Refused, match="已并入"):
        merge(other, added())
    with pytest.raises(Refused, match="已有档案"):
        add_person(identity_number=str(other.identity_number), name="李", by=None, on=TODAY)
    undo(made)
    with pytest.raises(Refused, match="已经撤销"):
        undo(made)


@pytest.mark.django_db
def test_merges_are_undone_from_the_last() -> None:
    one, two, three = added(), added(), added()
    grouped(three, "veteran")
    first = merge(two, three)
    second = merge(one, two)
    three.refresh_from_db()
    assert three.merged_into == one
    assert groups_on(one, DAY) == ["veteran"]
    assert person_of_number(str(three.identity_number)) == one
    with pytest.raises(Refused, match="先撤销后面"):
        undo(first)
    undo(second)
    three.refresh_from_db()
    assert three.merged_into == two
    undo(first)
    assert groups_on(three, DAY) == ["veteran"]
    assert person_of_number(str(three.identity_number)) == three


@pytest.mark.django_db
def test_what_can_t_be_merged_is_told() -> None:
    one, other = added(), added()
    with pytest.raises(Refused, match="同一份"):
        merge(one, one)
    with pytest.raises(Refused, match="依据"):
        merge(one, other, why=" ")
    for person in (one, other):
        User.objects.create(username=f"u{person.pk}", person=person)
    with pytest.raises(Refused, match="登录账号"):
        merge(one, other)


def test_who_may_merge(world: World) -> None:
    one, other = added(), added()
    far = added(living_region=Region.objects.current().get(code="420502"))
    by = world.home.users[Role.ACCEPTOR]
    with pytest.raises(Http404):
        merge(one, far, by=by)
    for role in (Role.AUDITOR, Role.SUPERVISOR):
        with pytest.raises(PermissionDenied):
            merge(one, other, by=world.home.users[role])
    made = merge(one, other, by=by)
    with pytest.raises(PermissionDenied):
        undo(made, by=world.home.users[Role.SUPERVISOR])


@pytest.mark.django_db
def test_a_merge_that_fails_leaves_nothing_behind() -> None:
    one, other = added(), added()
    grouped(other, "veteran")
    before = state()
    PersonMerge.objects.create(survivor=one, merged=other, moved={}, at=timezone.now(), why="w")
    with pytest.raises(IntegrityError, match="merged_once"):
        merge(one, other)
    assert state() == before
