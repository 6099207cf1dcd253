"""Measure the registers with a province behind them, and print the figures.

    .venv/bin/python benchmarks/registers.py

A PostgreSQL of its own under `var/bench`, as durable as the demo's. Its persons are registered
first, with one month of insurance each, by the project's own import; then a file of 24 months for
each of them is imported with the command line, from the start of the process to its end. What
happens is told on stderr; the last line of stdout is one JSON object. Exits with 1 where what the
register answers is not what the file said, or a limit was passed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT / "var" / "bench" / "registers"
TODAY = "2026-11-20"
ASKED = 1_000
BEGAN = time.monotonic()


def tell(text: str) -> None:
    """Say on stderr how far it is."""
    print(f"{time.monotonic() - BEGAN:6.0f} s  {text}", file=sys.stderr, flush=True)


@contextmanager
def database() -> Iterator[None]:
    """An empty database for this process and those that it starts."""
    from database import own_database

    shutil.rmtree(DATA, ignore_errors=True)
    try:
        with own_database(DATA, "registers", JINENG_BUSINESS_DATE=TODAY, PYTHONPATH=str(HERE)):
            yield
    finally:
        shutil.rmtree(DATA / "postgres", ignore_errors=True)


def imported(path: Path, *words: str) -> float:
    """Import a file with the command line; its seconds, and those of the processor."""
    command = [Path(sys.executable).with_name("jineng"), "people", "import", path, *words]
    before = os.times()
    began = time.perf_counter()
    subprocess.run([str(one) for one in command], check=True, stdout=sys.stderr)
    seconds = time.perf_counter() - began
    after = os.times()
    own = after.children_user + after.children_system
    own -= before.children_user + before.children_system
    tell(f"{seconds:.1f} s, of which {own:.1f} s of processor outside of the database")
    return seconds


def ask(people: Any, ids: list[int], numbers: dict[int, int], count: int) -> tuple[float, float]:
    """Ask what the policy asks of one person, and of a list; milliseconds (95 of 100 persons take
    less) and seconds. Fails where an answer is not what the file said."""
    from datetime import date

    from jineng.people.queries.employment import Question, employment_facts

    rng = random.Random(3)  # noqa: S311
    on = date(2020, 12, 15)
    one_by_one = []
    for person in rng.sample(ids, min(ASKED, len(ids))):
        began = time.perf_counter()
        (facts,) = employment_facts([Question(person, None, on)])
        one_by_one.append((time.perf_counter() - began) * 1000)
        expected = people.facts(numbers[person], on)
        if (facts.social_insurance_months, facts.unemployment_insurance_months) != expected:
            sys.exit(f"the register says {facts}, the file said {expected}")
    chosen = rng.sample(ids, min(count, len(ids)))
    seconds = []
    for _again in range(3):
        began = time.perf_counter()
        answers = employment_facts([Question(person, None, on) for person in chosen])
        seconds.append(time.perf_counter() - began)
    for person, facts in zip(chosen, answers, strict=True):
        if facts.social_insurance_months != people.facts(numbers[person], on)[0]:
            sys.exit("an answer for the list is not what the file said")
    return quantiles(one_by_one, n=20)[-1], sorted(seconds)[1]


def persons_by_id(people: Any) -> dict[int, int]:
    """Each person's place among those made up, by the id in the register."""
    from django.db import connection

    from jineng.core.sealed import lookup_hash_many

    with connection.cursor() as cursor:
        cursor.execute("SELECT hash, person_id FROM people_personkey WHERE kind = 'identity'")
        of = {bytes(hashed): person for hashed, person in cursor.fetchall()}
    hashes = lookup_hash_many("identity", people.numbers.to_pylist())
    return {of[hashed]: place for place, hashed in enumerate(hashes)}


def main() -> None:
    """Run all, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--persons", type=int, default=2_000_000)
    parser.add_argument("--reservations", type=int, default=1_000_000)
    parser.add_argument("--list", type=int, default=10_000)
    parser.add_argument("--keep-file", action="store_true", help="do not write the file anew")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    import insured
    import racing

    tell(f"making up {given.persons:,} persons")
    people = insured.insured(given.persons)
    file = DATA.with_name(f"insurance-{given.persons}.csv")
    first = DATA.with_name(f"insurance-{given.persons}-first.csv")
    if not (given.keep_file and file.exists()):
        lines = insured.write(people, file)
        tell(f"{lines:,} lines, {file.stat().st_size / 1e9:.1f} GB")
    insured.write_first(people, first)
    lines = given.persons * insured.MONTHS
    with database():
        tell("registering the persons")
        imported(first, "--kind", "insurance", "--add-unknown")
        tell(f"importing {lines:,} lines")
        seconds = imported(file, "--kind", "insurance")
        tell(f"{lines / seconds:,.0f} lines a second")
        import django

        django.setup()
        numbers = persons_by_id(people)
        ids = list(numbers)
        person_ms, list_s = ask(people, ids, numbers, given.list)
        tell(f"one person {person_ms:.2f} ms, {given.list:,} persons {list_s:.2f} s")
        raced = racing.race(ids[: racing.PERSONS], given.reservations, tell)
        rate = raced.reservations / raced.seconds
        tell(f"{raced.taken:,} stood; {raced.breaches} breaches; {rate:,.0f} a second")
    figures = {
        "insurance_lines_per_s": round(lines / seconds),
        "person_ms": round(person_ms, 2),
        "list_10k_s": round(list_s, 2),
        "reservations": raced.reservations,
        "breaches": raced.breaches,
        "reservations_per_s": round(rate),
        "cores": os.cpu_count(),
    }
    print(json.dumps(figures))
    sys.exit(1 if raced.breaches else 0)


if __name__ == "__main__":
    main()
