"""A new look-up key: persons are found before, after and wherever the rotation is killed."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from jineng.config.database import Roles
from jineng.core.events import acting, events_of
from jineng.core.sealed import lookup_hash, lookup_key_id
from jineng.people.commands import lookup_keys
from jineng.people.commands.lookup_keys import lookup_keys_used, rehash_persons
from jineng.people.commands.merging import merge_persons, undo_merge
from jineng.people.commands.persons import add_person, correct_number
from jineng.people.models import Person, PersonKey
from jineng.people.models.persons import KeyKind
from jineng.people.queries.persons import keys_of, person_of_number
from tests.access.world import TODAY
from tests.core.rotating import as_text, finish, kill_when, start, with_new
from tests.people.numbers import identity_number


def silent(stage: str, done: int, total: int) -> None:
    """Nobody asks how far things are."""


def added(number: str, **details: Any) -> Person:
    return add_person(identity_number=number, name="李明华", by=None, on=TODAY, **details)


def rotated(settings: Any) -> lookup_keys.Rehashed:
    """With the new key alone in the ring afterwards."""
    settings.LOOKUP_KEYS = with_new(settings.LOOKUP_KEYS)
    result = rehash_persons(silent)
    settings.LOOKUP_KEYS = {"new": settings.LOOKUP_KEYS["new"]}
    return result


@pytest.mark.django_db
def test_numbers_former_numbers_and_phones(settings: Any) -> None:
    former, number, other = (identity_number() for _ in range(3))
    one = added(former, phone="13800000001")
    two = added(other, phone="13800000001")
    correct_number(one, identity_number=number, by=None, on=TODAY, why="证件号登记有误")
    result = rotated(settings)
    assert (result.done, result.left) == (5, set())
    assert lookup_keys_used() == {"new": 5}
    assert person_of_number(number) == one
    assert person_of_number(other) == two
    assert keys_of(KeyKind.FORMER, former).get().person == one
    assert keys_of(KeyKind.PHONE, "13800000001").count() == 2
    assert rehash_persons(silent).done == 0


@pytest.mark.django_db
def test_of_merged_records_that_part_again_each_has_its_number(settings: Any) -> None:
    numbers = [identity_number() for _ in range(3)]
    one, two, three = (added(number) for number in numbers)
    said: dict[str, Any] = {"by": None, "on": TODAY, "at": timezone.now(), "why": "同一人"}
    merge_persons(two, three, **said)
    merge = merge_persons(one, two, **said)
    assert rotated(settings).left == set()
    assert [person_of_number(number) for number in numbers] == [one] * 3
    undo_merge(merge, **said)
    assert [person_of_number(number) for number in numbers] == [one, two, two]


@pytest.mark.django_db
def test_what_is_there_under_the_new_key_already(settings: Any) -> None:
    number = identity_number()
    made = added(number)
    settings.LOOKUP_KEYS = with_new(settings.LOOKUP_KEYS)
    PersonKey.objects.create(
        person=made, kind="identity", hash=lookup_hash("identity", number), key_id=lookup_key_id()
    )
    assert rehash_persons(silent).done == 1
    assert PersonKey.objects.get().key_id == "new"


@pytest.mark.django_db
def test_what_can_t_be_brought_over_is_named_and_kept(settings: Any) -> None:
    numbers = [identity_number() for _ in range(3)]
    gone, doubled, well = (added(number) for number in numbers)
    PersonKey.objects.filter(person=gone).update(hash=b"?" * 32)
    settings.LOOKUP_KEYS = with_new(settings.LOOKUP_KEYS)
    double = Person.objects.create(
        name="某人", identity_number=numbers[1], birth_date=date(1990, 1, 1)
    )
    PersonKey.objects.create(
        person=double, kind="identity", hash=lookup_hash("identity", numbers[1]), key_id="new"
    )
    result = rehash_persons(silent)
    assert (result.done, result.left) == (1, {gone.pk, doubled.pk})
    assert person_of_number(numbers[2]) == well
    assert PersonKey.objects.exclude(key_id="new").count() == 2


@pytest.mark.django_db
def test_after_a_look_up_key_was_lost_hashes_are_made_anew(settings: Any) -> None:
    former, number = identity_number(), identity_number()
    one = added(number, phone="13800000001")
    two = added(former)
    correct_number(two, identity_number=identity_number(), by=None, on=TODAY, why="证件号有误")
    settings.LOOKUP_KEYS = {"new": b"n" * 32}
    assert person_of_number(number) is None
    result = rehash_persons(silent)
    # What a former number was, nobody can tell by its hash alone.
    assert (result.done, result.left) == (3, {two.pk})
    assert person_of_number(number) == one
    assert keys_of(KeyKind.PHONE, "13800000001").get().person == one


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle(settings: Any, database_roles: Roles, tmp_path: Path) -> None:
    count = 2 * lookup_keys.BATCH + 50
    numbers = [
        identity_number(date(1960, 1, 1) + timedelta(days=at), "420103") for at in range(count)
    ]
    Person.objects.bulk_create(
        Person(name="某人", identity_number=number, birth_date=date(1960, 1, 1))
        for number in numbers
    )
    persons = dict(Person.objects.values_list("identity_number", "pk"))
    (old,) = settings.LOOKUP_KEYS
    PersonKey.objects.bulk_create(
        PersonKey(person_id=pk, kind="identity", hash=lookup_hash("identity", n), key_id=old)
        for n, pk in persons.items()
    )
    ring = with_new(settings.LOOKUP_KEYS)
    told: dict[str, Any] = {
        "roles": database_roles,
        "var": tmp_path,
        "JINENG_LOOKUP_KEYS": as_text(ring),
        "JINENG_DATA_KEYS": as_text(settings.DATA_KEYS),
    }
    settings.LOOKUP_KEYS = ring
    held = sorted(persons.values())[lookup_keys.BATCH + 10]
    with psycopg.connect(database_roles.app.text) as other:
        other.execute("SELECT FROM people_person WHERE id = %s FOR UPDATE", [held])
        process = start("keys", "rotate", "lookup", **told)
        kill_when(process, lambda: lookup_keys_used()["new"] == lookup_keys.BATCH)
    assert lookup_keys_used() == {"new": lookup_keys.BATCH, old: count - lookup_keys.BATCH}
    assert all(person_of_number(number).pk == pk for number, pk in persons.items())  # type: ignore[union-attr]
    out = finish(start("keys", "rotate", "lookup", **told))
    assert f"{count - lookup_keys.BATCH:,} 条散列改用 new" in out
    assert lookup_keys_used() == {"new": count}
    settings.LOOKUP_KEYS = {"new": ring["new"]}
    assert all(person_of_number(number).pk == pk for number, pk in persons.items())  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_key_that_is_pointed_elsewhere_is_in_the_log() -> None:
    """By raw SQL, too; the hash itself is not."""
    one, two = added(identity_number()), added(identity_number())
    key = PersonKey.objects.get(person=one)
    with acting(by=None, why="试"), connection.cursor() as cursor:
        cursor.execute("UPDATE people_personkey SET person_id = %s WHERE id = %s", [two.pk, key.pk])
        cursor.execute("UPDATE people_personkey SET hash = '\\x00' WHERE id = %s", [key.pk])
        cursor.execute("DELETE FROM people_personkey WHERE id = %s", [key.pk])
    gone, hashed, moved = events_of(key)
    assert (moved.before, moved.after) == ({"person_id": one.pk}, {"person_id": two.pk})
    assert (hashed.before, hashed.after) == ({"hash": "…"}, {"hash": "…"})
    assert (gone.kind, (gone.before or {})["hash"]) == ("delete", "…")
    assert {event.why for event in (gone, hashed, moved)} == {"试"}
