"""Persons and employers whom only a file knows, registered with what it says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from django.utils.translation import gettext as _

from jineng.core.sealed import lookup_hash_many, lookup_key_id, seal_many
from jineng.people import values
from jineng.people.models import ImportRun
from jineng.people.models.persons import KeyKind
from jineng.people.names import (
    organisation_key,
    organisation_tokens,
    person_key,
    person_tokens,
)
from jineng.people.records.matching import Matched
from jineng.people.records.subjects import Subjects
from jineng.people.registers.bulk import CHUNK, copy_rows, new_keys
from jineng.people.tables import Problem

_PERSON = {
    "id": "int8", "name": "varchar", "identity_number": "bytea", "birth_date": "date",
    "sex": "varchar", "education": "varchar", "bank_name": "varchar", "run_id": "int8",
    "name_key": "varchar", "name_tokens": "text",
}  # fmt: skip
_KEY = {"person_id": "int8", "kind": "varchar", "hash": "bytea", "key_id": "varchar"}
_EMPLOYER = {
    "id": "int8", "credit_code": "varchar", "name": "varchar", "size": "varchar",
    "industry": "varchar", "bank_name": "varchar", "run_id": "int8",
    "name_key": "varchar", "name_tokens": "text",
}  # fmt: skip


def unnamed(subjects: Subjects, found: Matched) -> list[Problem]:
    """Lines about employers who are not known, and whom the file does not name either."""
    named = np.array([firm is not None for firm in subjects.firms], dtype=bool)
    lines = subjects.lines_of_employers((found.employers == 0) & ~named)
    message = _("系统中没有这个单位，文件里也没有单位名称，不能登记")
    return [Problem("credit_code", message, lines)] if len(lines) else []


def add_unknown(subjects: Subjects, found: Matched, wrong: np.ndarray, run: ImportRun) -> Matched:
    """Registers those of the lines that are not wrong; everybody's ids."""
    good = np.flatnonzero(~wrong)
    persons, employers = found.persons.copy(), found.employers.copy()
    new = _new(persons, subjects.person[good])
    names = [str(subjects.names[place]) for place in new.tolist()]
    persons[new] = _add_persons(subjects.numbers.take(new).to_pylist(), names, run)
    new = _new(employers, subjects.employer[good])
    firms = [str(subjects.firms[place]) for place in new.tolist()]
    employers[new] = _add_employers(subjects.codes.take(new).to_pylist(), firms, run)
    return Matched(persons, employers)


def _new(ids: np.ndarray, named: np.ndarray) -> np.ndarray:
    """Places that lines name and that have no id."""
    wanted = np.zeros(len(ids), dtype=bool)
    wanted[named] = True
    return np.flatnonzero(wanted & (ids == 0))


def _add_persons(numbers: Sequence[str], names: Sequence[str], run: ImportRun) -> list[int]:
    made = []
    for part in _parts(len(numbers)):
        some, called = numbers[part], names[part]
        keys = new_keys("people_person", len(some))
        sealed = seal_many(some, "people_person.identity_number")
        rows = [
            (
                *(key, name, hidden, values.birth_date(number), values.sex_in(number), "", ""),
                *(run.pk, person_key(name), person_tokens(name)),
            )
            for key, name, number, hidden in zip(keys, called, some, sealed, strict=True)
        ]
        copy_rows("people_person", list(_PERSON), list(_PERSON.values()), rows)
        hashes = lookup_hash_many(KeyKind.IDENTITY, some)
        found = [
            (key, str(KeyKind.IDENTITY), hashed, lookup_key_id())
            for key, hashed in zip(keys, hashes, strict=True)
        ]
        copy_rows("people_personkey", list(_KEY), list(_KEY.values()), found)
        made += keys
    return made


def _add_employers(codes: Sequence[str], firms: Sequence[str], run: ImportRun) -> list[int]:
    made = []
    for part in _parts(len(codes)):
        keys = new_keys("people_organisation", len(codes[part]))
        rows = [
            (key, code, firm, "", "", "", run.pk, organisation_key(firm), organisation_tokens(firm))
            for key, code, firm in zip(keys, codes[part], firms[part], strict=True)
        ]
        copy_rows("people_organisation", list(_EMPLOYER), list(_EMPLOYER.values()), rows)
        made += keys
    return made


def _parts(count: int) -> Iterable[slice]:
    return (slice(start, start + CHUNK) for start in range(0, count, CHUNK))
