"""Many connections racing for the chances of the same persons, and what came of it."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CONNECTIONS = 8
PERSONS = 100_000
#: Of each kind of claim a person has few trainings and occupations to choose from, so claims meet.
SCHEMES = ("SKIL", "SKIL", "ONLN", "POST", "PRE", "FREE", "VETE", "WORK")
OCCUPATIONS = ("电工", "焊工", "钳工", "育婴员")
YEARS = (2020, 2021)


@dataclass(frozen=True)
class Raced:
    """What came of a race."""

    reservations: int
    taken: int
    seconds: float
    breaches: int


def claim(chance: random.Random) -> dict[str, Any]:
    """Facts of a claim, as far as its places go."""
    return {
        "scheme": chance.choice(SCHEMES),
        "applied_on": dt.date(chance.choice(YEARS), chance.randint(1, 12), chance.randint(1, 28)),
        "region": "420100",
        "employer_id": f"企业{chance.randrange(3)}",
        "training_id": f"班{chance.randrange(12)}",
        "occupation": chance.choice(OCCUPATIONS),
        "level": chance.choice("345"),
        "service_month": f"2020-{chance.randint(1, 12):02}",
    }


def _race(seed: int, count: int, persons: list[int], start: Any, done: Any) -> None:
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from jineng import policy
    from jineng.people.commands.entitlements import reserve
    from jineng.policy.entitlement import Places

    places = Places(policy.load("hubei").schemes.values())
    chance = random.Random(seed)  # noqa: S311
    connection.ensure_connection()
    start.wait()
    taken = 0
    for number in range(count):
        wanted = places.of(claim(chance))
        who = chance.choice(persons)
        at = timezone.now()
        stopped = reserve(who, wanted, reference=f"race:{seed}:{number}", by=None, at=at)
        taken += stopped is None
    connection.close()
    done.put(taken)


def race(persons: list[int], reservations: int, tell: Callable[[str], None]) -> Raced:
    """So many reservations from `CONNECTIONS` processes, each with a connection of its own."""
    context = multiprocessing.get_context("spawn")
    start, done = context.Barrier(CONNECTIONS + 1), context.Queue()
    each = reservations // CONNECTIONS
    racers = [
        context.Process(target=_race, args=(seed, each, persons, start, done))
        for seed in range(CONNECTIONS)
    ]
    for racer in racers:
        racer.start()
    start.wait()
    began = time.perf_counter()
    tell(f"{each * CONNECTIONS:,} reservations from {CONNECTIONS} connections")
    for racer in racers:
        racer.join()
    seconds = time.perf_counter() - began
    if any(racer.exitcode for racer in racers):
        raise SystemExit("a racer came to grief")
    taken = sum(done.get() for _ in racers)
    return Raced(each * CONNECTIONS, taken, seconds, breaches(taken))


#: Reckoned anew from the history alone: what every reference holds by its last row.
_HELD = """
    CREATE TEMPORARY TABLE held AS
    SELECT last.person_id, place.key, place.period, place.thing
    FROM (SELECT DISTINCT ON (reference) * FROM people_entitlementuse
          ORDER BY reference, id DESC) AS last
        CROSS JOIN unnest(last.keys, last.periods, last.things) AS place (key, period, thing)
    WHERE last.state <> 'released'
"""
#: Too many trainings in a year, or months with an employer.
_TOO_MANY = """
    SELECT count(*) FROM (
        SELECT FROM held
        WHERE key LIKE '["trainings"%' OR key LIKE '["months"%'
        GROUP BY person_id, key, period
        HAVING count(DISTINCT thing) > CASE WHEN key LIKE '["months"%' THEN 6 ELSE 3 END
    ) AS over
"""
#: Schemes that may not share an occupation and level, or a training; or one that is there twice.
_SHARED = """
    SELECT count(*) FROM (
        SELECT FROM held
        WHERE key LIKE '["once"%' OR key LIKE '["training",%'
        GROUP BY person_id, key, period
        HAVING (key LIKE '["once"%' AND count(*) > count(DISTINCT thing))
            OR (key LIKE '["once","occupation"%' AND count(*) > 1
                AND array_agg(thing) && '{FREE,VETE}')
            OR (key LIKE '["training",%' AND count(DISTINCT thing) > 1
                AND NOT array_agg(DISTINCT thing) <@ '{SKIL,ONLN}')
    ) AS shared
"""
#: Balances that differ from the history.
_DIFFERING = """
    SELECT count(*) FROM (
        SELECT person_id, key, period, array_agg(thing ORDER BY thing) AS things
        FROM held GROUP BY person_id, key, period
    ) AS history FULL JOIN (
        SELECT person_id, key, period,
            (SELECT array_agg(thing ORDER BY thing) FROM unnest(things) AS thing) AS things
        FROM people_entitlement WHERE things <> '{}'
    ) AS balance USING (person_id, key, period)
    WHERE history.things IS DISTINCT FROM balance.things
"""
_TAKEN = "SELECT count(DISTINCT reference) FROM people_entitlementuse WHERE reference LIKE 'race:%'"


def breaches(taken: int) -> int:
    """How often a limit is passed, or what was said to a racer is not what is kept."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HELD)
        found = 0
        for query in (_TOO_MANY, _SHARED, _DIFFERING):
            cursor.execute(query)
            found += cursor.fetchone()[0]
        cursor.execute(_TAKEN)
        found += abs(cursor.fetchone()[0] - taken)
        cursor.execute("DROP TABLE held")
    return found
