"""Chances: the same stops as the engine, never more than the limit, whoever races."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jineng import policy
from jineng.people.commands.entitlements import record_used, release, reserve, use
from jineng.people.commands.merging import merge_persons, undo_merge
from jineng.people.errors import Refused
from jineng.people.models import Entitlement, EntitlementUse, Person
from jineng.policy.entitlement import Place, Places, key_words
from jineng.policy.intake import as_lines
from tests.access.world import TODAY
from tests.people.numbers import identity_number
from tests.policy.claims import Line, claim, decided, small_world
from tests.policy.packs import all_standards_set
from tests.policy.test_across import alone, past

NOW = timezone.now()
WHO: dict[str, Any] = {"by": None, "at": NOW}


@pytest.fixture(scope="module")
def open_pack(tmp_path_factory: pytest.TempPathFactory) -> policy.Pack:
    """Hubei's pack with a standard wherever the documents leave one to the city."""
    return all_standards_set(tmp_path_factory.mktemp("open"))


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(policy.load("hubei").schemes.values())


def person(name: str = "李明") -> Person:
    return Person.objects.create(
        name=name, identity_number=identity_number(), birth_date=date(1990, 1, 1)
    )


def training(number: int, limit: int | None = 3, year: int = 2020) -> list[Place]:
    """A place among the trainings of a year, as `Places` gives it."""
    return [Place(("trainings",), year, f"班{number}", "annual-cap", limit)]


def once(scheme: str, *stopped_by: str) -> list[Place]:
    return [Place(("once", "job", "电工"), 0, scheme, "no-repeat", stopped_by=stopped_by)]


def canonical(lines: list[Line], *, history: bool = False) -> list[Line]:
    """The lines as typed facts, in the order in which they are decided."""
    found = as_lines(policy.read_facts(lines, history=history).table)
    return sorted(found, key=lambda line: (line["applied_on"], line["claim_id"]))


def stops(pack: policy.Pack, lines: list[Line], history: list[Line]) -> dict[str, str]:
    """What stops each claim where they are reserved one after the other; "" where it stands."""
    of = Places(pack.schemes.values())
    persons: dict[str, Person] = {}

    def who(line: Line) -> Person:
        return persons.setdefault(line["person_id"], person())

    for line in canonical(history, history=True) if history else []:
        if line["outcome"] == "eligible":
            record_used(who(line), of.of(line), reference=line["claim_id"], **WHO)
    found = {}
    for line in canonical(lines):
        stopped = reserve(who(line), of.of(line), reference=line["claim_id"], **WHO)
        found[line["claim_id"]] = stopped.code if stopped else ""
    return found


@pytest.mark.django_db
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_reserving_one_after_the_other_stops_what_the_engine_stops(
    seed: int, open_pack: policy.Pack
) -> None:
    chance = random.Random(seed)
    lines = small_world(chance, persons=30, claims_each=12)
    history = past(chance, small_world(chance, persons=30, claims_each=2))
    live = alone(open_pack, lines)
    engine = {line["claim_id"]: line["failed"] for line in decided(open_pack, lines, history)}
    with transaction.atomic():
        found = stops(open_pack, live, history)
        transaction.set_rollback(True)
    assert found == {name: engine[name] for name in found}
    assert len(found) > 100


@pytest.mark.django_db
def test_the_worlds_have_every_kind_of_stop(open_pack: policy.Pack) -> None:
    """The test above would prove little without collisions."""
    lines = small_world(random.Random(3), persons=40, claims_each=12)
    lines += [
        claim("WORK", f"月{n}", f"工{n % 5}", service_month=f"2020-{n // 5 % 12 + 1:02}")
        for n in range(60)
    ]
    found = stops(open_pack, alone(open_pack, lines), [])
    counted = Counter(found.values())
    assert set(counted) == {"", "no-repeat", "one-claim", "max-6-months", "annual-cap"}
    engine = {line["claim_id"]: line["failed"] for line in decided(open_pack, lines)}
    assert found == {name: engine[name] for name in found}


@pytest.mark.django_db
def test_a_lower_limit_takes_nothing_back(places: Places) -> None:
    who = person()
    for number in range(3):
        assert reserve(who, training(number), reference=f"{number}", **WHO) is None
    assert reserve(who, training(3), reference="3", **WHO) == training(3)[0]
    assert reserve(who, training(3, limit=2), reference="3", **WHO) == training(3, limit=2)[0]
    assert reserve(who, training(3, limit=4), reference="3", **WHO) is None
    assert reserve(who, training(9, year=2021), reference="9", **WHO) is None
    # Recorded as an exception it takes its place beyond the limit, and stops the next.
    assert reserve(who, training(4, limit=None), reference="4", **WHO) is None
    assert reserve(who, training(5, limit=5), reference="5", **WHO) is not None
    held = Entitlement.objects.get(person=who, period=2020)
    assert (held.taken, held.allowed) == (5, 5)


@pytest.mark.django_db
def test_a_thing_counts_once_and_until_the_last_gives_it_back() -> None:
    who = person()
    for reference in ("1", "2"):
        assert reserve(who, training(1, limit=1), reference=reference, **WHO) is None
    assert Entitlement.objects.get(person=who).taken == 1
    release(reference="1", **WHO)
    assert reserve(who, training(2, limit=1), reference="3", **WHO) is not None
    release(reference="2", **WHO)
    assert Entitlement.objects.get(person=who).things == []
    assert reserve(who, training(2, limit=1), reference="3", **WHO) is None


@pytest.mark.django_db
def test_none_of_the_places_is_taken_where_one_is_not_free() -> None:
    who = person()
    assert reserve(who, once("TECH", "TECH", "FREE"), reference="1", **WHO) is None
    assert reserve(who, once("SKIL", "SKIL", "FREE"), reference="2", **WHO) is None
    wanted = [*training(1), *once("FREE", "FREE", "TECH", "SKIL")]
    assert reserve(who, wanted, reference="3", **WHO) == wanted[1]
    assert not Entitlement.objects.filter(person=who, period=2020).exists()
    assert reserve(person(), wanted, reference="3", **WHO) is None


@pytest.mark.django_db
def test_each_command_may_be_given_again() -> None:
    who = person()
    for _again in range(2):
        assert reserve(who, training(1, limit=1), reference="1", **WHO) is None
    for _again in range(2):
        use(reference="1", **WHO)
    assert reserve(who, training(1, limit=1), reference="1", **WHO) is None
    for _again in range(2):
        release(reference="1", **WHO)
    states = (
        EntitlementUse.objects.filter(person=who).order_by("pk").values_list("state", flat=True)
    )
    assert list(states) == ["reserved", "used", "released"]
    with pytest.raises(Refused, match="退回"):
        use(reference="1", **WHO)
    assert reserve(who, training(2, limit=1), reference="1", **WHO) is None


@pytest.mark.django_db
def test_what_a_reference_does_not_hold() -> None:
    with pytest.raises(Refused, match="没有占用"):
        use(reference="?", **WHO)
    with pytest.raises(Refused, match="没有占用"):
        release(reference="?", **WHO)
    one, other = person(), person()
    assert reserve(one, training(1), reference="1", **WHO) is None
    with pytest.raises(Refused, match="不同的内容"):
        reserve(one, training(2), reference="1", **WHO)
    with pytest.raises(Refused, match="不同的内容"):
        reserve(other, training(1), reference="1", **WHO)


@pytest.mark.django_db
def test_merged_records_are_one_person_and_two_again() -> None:
    one, other = person(), person()
    told: dict[str, Any] = {"by": None, "on": TODAY, "at": NOW, "why": "同一人"}
    for number, who in enumerate((one, other, other)):
        assert reserve(who, training(number), reference=f"{number}", **WHO) is None
    made = merge_persons(one, other, **told)
    for who in (one, other):
        assert reserve(who, training(9), reference="9", **WHO) is not None
        # What the other record holds already is no further training.
        assert reserve(who, training(2), reference=f"同{who.pk}", **WHO) is None
        release(reference=f"同{who.pk}", **WHO)
    release(reference="2", **WHO)
    assert reserve(other, training(3), reference="3", **WHO) is None
    assert EntitlementUse.objects.get(reference="3").person == one
    undo_merge(made, **told)
    assert Entitlement.objects.get(person=one).taken == 2
    assert Entitlement.objects.get(person=other).taken == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_entitlement SET things = '{}'",
        "DELETE FROM people_entitlement",
        "INSERT INTO people_entitlement (person_id, key, period, things) VALUES (1, '', 0, '{}')",
        "UPDATE people_entitlementuse SET state = 'released'",
        "DELETE FROM people_entitlementuse",
        "TRUNCATE people_entitlementuse",
    ],
)
def test_the_application_writes_through_the_functions_alone(statement: str) -> None:
    reserve(person(), training(1), reference="1", **WHO)
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission"):
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["released", "taken", "", None])
def test_a_place_is_reserved_or_used_and_nothing_else(state: str | None) -> None:
    """Taken as given back it would be held for good."""
    who = person()
    with (
        connection.cursor() as cursor,
        pytest.raises(DataError, match="reserved or used"),
        transaction.atomic(),
    ):
        cursor.execute(
            "SELECT people_take(%s, 'x', %s, 'training', '2026', 'a', '1', '', now(), NULL)",
            [who.pk, state],
        )
    assert not Entitlement.objects.exists()
    assert reserve(who, training(1), reference="1", **WHO) is None


@pytest.mark.django_db
def test_the_tables_hold_the_limit_themselves() -> None:
    who = person()
    reserve(who, training(1, limit=1), reference="1", **WHO)
    for wrong in ("taken = 2", "taken = -1", "allowed = 0"):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE owner")
            with pytest.raises(IntegrityError, match="within_limit"), transaction.atomic():
                cursor.execute(f"UPDATE people_entitlement SET {wrong} WHERE person_id = {who.pk}")


def test_keys_read_back_as_they_were(places: Places) -> None:
    line = {"scheme": "SKIL", "applied_on": date(2020, 8, 1), "region": "420100"}
    line |= {"training_id": '班"1"', "occupation": "电工,焊工", "level": "3", "employer_id": "甲"}
    found = places.of(line)
    assert [place.code for place in found] == ["no-repeat", "one-claim", "annual-cap"]
    assert [key_words(place.text) for place in found] == [place.key for place in found]
    assert found[0].key == ("once", "occupation", "电工,焊工", "3")
    assert (found[2].period, found[2].limit) == (2020, 3)


@pytest.fixture
def threads() -> Iterator[list[threading.Thread]]:
    """Threads that close their connections and are waited for."""
    started: list[threading.Thread] = []
    yield started
    for thread in started:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_racing_for_the_same_chances_nobody_gets_more(threads: list[threading.Thread]) -> None:
    who = [person().pk for _ in range(5)]
    stood: list[tuple[int, str]] = []
    barrier = threading.Barrier(8)

    def race(seed: int) -> None:
        chance = random.Random(seed)
        barrier.wait()
        for number in range(60):
            one = chance.choice(who)
            reference = f"{one}-{seed}-{number}"
            wanted = [*training(chance.randrange(12)), *once("FREE")]
            if reserve(one, wanted, reference=reference, **WHO) is None:
                stood.append((one, reference))
                if chance.random() < 0.3:
                    release(reference=reference, **WHO)
        connection.close()

    threads += [threading.Thread(target=race, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stood) > 20
    for held in Entitlement.objects.all():
        last = {
            use_.reference: use_
            for use_ in EntitlementUse.objects.filter(person=held.person_id).order_by("pk")
        }
        things = [
            thing
            for use_ in last.values()
            if use_.state != "released"
            for key, thing in zip(use_.keys, use_.things, strict=True)
            if key == held.key
        ]
        assert sorted(things) == sorted(held.things)
        assert held.taken == len(set(things))
        assert held.period == 0 or len(set(things)) <= 3


@pytest.mark.django_db(transaction=True)
def test_who_takes_waits_for_who_merges(threads: list[threading.Thread]) -> None:
    """Else either would look at what the other has not said yet, and together be too many."""
    one, other = person(), person()
    assert reserve(other, training(1, limit=1), reference="1", **WHO) is None
    answered: list[Place | None] = []

    def take() -> None:
        answered.append(reserve(one, training(2, limit=1), reference="2", **WHO))
        connection.close()

    threads.append(threading.Thread(target=take))
    with transaction.atomic():
        merge_persons(other, one, by=None, on=TODAY, at=NOW, why="同一人")
        threads[0].start()
        threads[0].join(1)
        assert not answered
    threads[0].join()
    assert answered[0] is not None
