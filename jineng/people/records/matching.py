"""The persons and employers of a file among those of the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.utils.translation import gettext as _

from jineng.core.locks import RECORDS
from jineng.core.sealed import lookup_hash_many, lookup_hashes
from jineng.people.records.copying import copy_in, copy_out
from jineng.people.records.subjects import Subjects
from jineng.people.tables import Problem


def lock(cursor: Any) -> None:
    """Whoever changes records waits for whoever does so already, to the transaction's end."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RECORDS])


@dataclass(frozen=True)
class Matched:
    """Ids of the file's persons and employers; 0 where the register has none."""

    persons: np.ndarray
    employers: np.ndarray


def matched(cursor: Any, subjects: Subjects) -> tuple[Matched, list[Problem]]:
    """Finds persons by number, the present before a former one, and employers by credit code.

    Leaves the table `asked_record` behind for the rest of the transaction: the person of each
    record, their own and those merged into it. The problems: those who are not there, and persons
    under another name.
    """
    persons, names = _persons(cursor, subjects.numbers)
    employers = _employers(cursor, subjects.codes)
    problems = []
    other_name = _differing(subjects.names, names) & (persons > 0)
    for column, message, lines in (
        (
            "number",
            _("系统中没有这个人的档案，请先登记"),
            subjects.lines_of_persons(persons == 0),
        ),
        (
            "name",
            _("与档案中的姓名不同，请核对；姓名已更改的，请先更正档案"),
            subjects.lines_of_persons(other_name),
        ),
        (
            "credit_code",
            _("系统中没有这个单位，请先登记"),
            subjects.lines_of_employers(employers == 0),
        ),
    ):
        if len(lines):
            problems.append(Problem(column, message, lines))
    return Matched(persons, employers), problems


_ASKED = """
    CREATE TEMPORARY TABLE asked_number (n integer, hash bytea) ON COMMIT DROP;
    CREATE TEMPORARY TABLE asked_person (n integer, person_id bigint, name text) ON COMMIT DROP
"""
_RECORDS = """
    CREATE TEMPORARY TABLE asked_record ON COMMIT DROP AS
    SELECT DISTINCT person_id AS record_id, person_id FROM asked_person
    UNION ALL
    SELECT DISTINCT record.id, asked.person_id
    FROM people_person record JOIN asked_person asked ON asked.person_id = record.merged_into_id
    WHERE record.merged_into_id IS NOT NULL
"""
_BY_IDENTITY = """
    INSERT INTO asked_person
    SELECT asked.n, coalesce(person.merged_into_id, person.id), person.name
    FROM asked_number asked
        JOIN people_personkey key ON key.hash = asked.hash AND key.kind = 'identity'
        JOIN people_person person ON person.id = key.person_id
"""
# A former number leads to its person where it leads to one alone.
_BY_FORMER = """
    INSERT INTO asked_person
    SELECT asked.n, min(coalesce(person.merged_into_id, person.id)), min(person.name)
    FROM asked_number asked
        JOIN people_personkey key ON key.hash = asked.hash AND key.kind = 'former'
        JOIN people_person person ON person.id = key.person_id
    WHERE asked.n NOT IN (SELECT n FROM asked_person)
    GROUP BY asked.n HAVING count(DISTINCT coalesce(person.merged_into_id, person.id)) = 1
"""


def _persons(cursor: Any, numbers: pa.Array) -> tuple[np.ndarray, list[str | None]]:
    """Ids, 0 where nobody is known, and names."""
    cursor.execute("DROP TABLE IF EXISTS asked_number, asked_person, asked_record")
    cursor.execute(_ASKED)
    ids = np.zeros(len(numbers), dtype=np.int64)
    names: list[str | None] = [None] * len(numbers)
    missing = np.arange(len(numbers))
    for key in range(len(settings.LOOKUP_KEYS)):
        if not len(missing):
            break
        cursor.execute("TRUNCATE asked_number")
        _ask(cursor, missing, numbers, key)
        cursor.execute("ANALYZE asked_number")
        cursor.execute(_BY_IDENTITY)
        if cursor.rowcount < len(missing):
            cursor.execute(_BY_FORMER)
        found = copy_out(
            cursor,
            "SELECT n, person_id, name FROM asked_person",
            {"n": pa.int32(), "person": pa.int64(), "name": pa.string()},
        )
        places = found["n"].to_numpy()
        ids[places] = found["person"].to_numpy()
        for place, name in zip(places.tolist(), found["name"].to_pylist(), strict=True):
            names[place] = name
        missing = np.flatnonzero(ids == 0)
    cursor.execute(_RECORDS)
    cursor.execute("ANALYZE asked_record")
    return ids, names


def _ask(cursor: Any, places: np.ndarray, numbers: pa.Array, key: int) -> None:
    """Asks for numbers by the hashes of one of the look-up keys, the first being in use."""
    texts = numbers.take(pa.array(places)).to_pylist()
    if key == 0:
        found = lookup_hash_many("identity", texts)
    else:
        found = [lookup_hashes("identity", text)[key] for text in texts]
    hashes = pa.array([f"\\x{one.hex()}" for one in found], pa.string())
    copy_in(cursor, "asked_number (n, hash)", pa.table({"n": places, "hash": hashes}))


def _employers(cursor: Any, codes: pa.Array) -> np.ndarray:
    cursor.execute(
        "SELECT credit_code, id FROM people_organisation WHERE credit_code = ANY(%s)",
        [codes.to_pylist()],
    )
    known = dict(cursor.fetchall())
    return np.array([known.get(code, 0) for code in codes.to_pylist()], dtype=np.int64)


def _differing(said: list[str | None], known: list[str | None]) -> np.ndarray:
    """Where a name is said that is not the one known."""
    differing = pc.not_equal(pa.array(said, pa.string()), pa.array(known, pa.string()))
    return pc.fill_null(differing, False).to_numpy(zero_copy_only=False)
