"""Employment files: each line says when a person began to work for an employer, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _

from jineng.people.models import ImportRun
from jineng.people.records import headings
from jineng.people.records.copying import copy_in, copy_out, supersede
from jineng.people.records.lines import Good, values_of
from jineng.people.records.subjects import Subjects, empty_cells
from jineng.people.tables import Problem, Table
from jineng.people.tables.columns import EMPTY, problems_of

# A day that no record has, for one that is not known.
_NO_DAY = date(1, 1, 1)
_NO_MONTHS = -1

_KNOWN = """
    SELECT spell.id, record.person_id, spell.employer_id, spell.started_on,
        coalesce(spell.ended_on, '0001-01-01'), coalesce(spell.contract_signed_on, '0001-01-01'),
        coalesce(spell.contract_months, -1)
    FROM asked_record record JOIN people_employmentspell spell ON spell.person_id = record.record_id
    WHERE spell.superseded_by_id IS NULL
"""
_COLUMNS = {"id": pa.int64(), "person": pa.int64(), "employer": pa.int64()} | {
    "started": pa.date32(), "ended": pa.date32(), "signed": pa.date32(), "months": pa.int64()
}  # fmt: skip
_SAID = ("ended", "signed", "months")


@dataclass(frozen=True)
class Employments:
    """What a file's lines say, a line each; ``valid``: whether the record holds."""

    started: np.ndarray
    ended: np.ndarray
    signed: np.ndarray
    months: np.ndarray
    valid: np.ndarray

    @classmethod
    def read(cls, table: Table, *, on: date) -> tuple[Employments, list[Problem]]:
        """The lines of a file, and what is wrong with its cells."""
        problems = empty_cells(
            table, ["started_on", *(["valid"] if "valid" in table.given else [])]
        )
        made = {}
        for name, canonical, otherwise, kind in (
            ("started_on", headings.day, _NO_DAY, "datetime64[D]"),
            ("ended_on", headings.day, _NO_DAY, "datetime64[D]"),
            ("signed_on", headings.day, _NO_DAY, "datetime64[D]"),
            ("contract_months", headings.contract_months, _NO_MONTHS, np.int64),
            ("valid", headings.valid, True, np.bool_),
        ):
            checked = table.columns[name].checked(canonical)
            problems += problems_of(name, table.columns[name], checked.wrong)
            made[name] = values_of(table.columns[name], checked.values, otherwise, kind)
        said = cls(*made.values())
        early = (said.ended < said.started) & (said.ended > np.datetime64(_NO_DAY))
        if early.any():
            message = _("离职日期早于入职日期，请核对")
            problems.append(Problem("ended_on", message, np.flatnonzero(early)))
        return said, problems

    def between(self, subjects: Subjects) -> list[Problem]:
        """Lines that say of one employment otherwise than a line before them."""
        named = np.flatnonzero(
            (subjects.person != EMPTY)
            & (subjects.employer != EMPTY)
            & (self.started != np.datetime64(_NO_DAY))
        )
        key = np.stack([subjects.person, subjects.employer, self.started.astype(np.int64)])[
            :, named
        ]
        _one, first, of = np.unique(key, axis=1, return_index=True, return_inverse=True)
        other = np.zeros(len(named), dtype=bool)
        for column in vars(self).values():
            other |= column[named] != column[named[first[of]]]
        message = _("同一人在同一单位同一入职日期另有一行，内容不同；请只保留一行")
        return [Problem("started_on", message, named[other])] if other.any() else []

    def write(self, cursor: Any, good: Good, run: ImportRun) -> None:
        """Changes the register so that it says what the good lines say; counts are put in the run.

        What the file says of one person, employer and first day stands for what was said before.
        """
        key, first = np.unique(self._keys(good), return_index=True)
        said = {
            "ended": good.of(self.ended)[first],
            "signed": good.of(self.signed)[first],
            "months": good.of(self.months)[first],
        }
        valid = good.of(self.valid)[first]
        known = _known(cursor, good)
        place = np.minimum(np.searchsorted(key, known["key"]), len(key) - 1)
        hit = key[place] == known["key"]
        same = hit & valid[place]
        for name in _SAID:
            same &= said[name][place] == known[name]
        confirmed, replaced = np.zeros(len(key), dtype=bool), np.zeros(len(key), dtype=bool)
        confirmed[place[same]] = True
        replaced[place[hit & ~same]] = True
        new = np.flatnonzero(valid & ~confirmed)
        superseded = known["id"][hit & ~same]
        supersede(cursor, "people_employmentspell", superseded, run.pk)
        _save(cursor, good, run, key[new], {name: column[new] for name, column in said.items()})
        run.changed = int((replaced & ~confirmed).sum())
        run.added = len(new) - int((replaced & ~confirmed & valid).sum())
        run.unchanged = len(key) - run.changed - run.added
        run.told |= {"written": len(new), "superseded": len(superseded)}

    def _keys(self, good: Good) -> np.ndarray:
        started = good.of(self.started).astype(np.int64)
        return _key(good, good.person, good.employer, started)


# Days from 1949 to 2100 fit into so many bits, counted from 1900.
_DAY_BITS = 17
_FROM = int(np.datetime64("1900-01-01").astype(np.int64))


def _key(good: Good, person: np.ndarray, employer: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Person, employer and first day as one number, in this order."""
    pair = person.astype(np.int64) * len(good.employer_ids) + employer
    return (pair << _DAY_BITS) + (day - _FROM)


def _known(cursor: Any, good: Good) -> dict[str, np.ndarray]:
    """What is in force of the file's persons with its employers."""
    found = copy_out(cursor, _KNOWN, _COLUMNS)
    columns = {name: found[name].to_numpy() for name in _COLUMNS}
    employer = good.place_of_employer(columns["employer"])
    person = np.searchsorted(good.person_ids, columns["person"])
    started = columns["started"].astype("datetime64[D]").astype(np.int64)
    columns["key"] = _key(good, person, employer, started)
    for name in ("ended", "signed"):
        columns[name] = columns[name].astype("datetime64[D]")
    return {name: column[employer >= 0] for name, column in columns.items()}


def _save(
    cursor: Any, good: Good, run: ImportRun, key: np.ndarray, said: dict[str, np.ndarray]
) -> None:
    pair = key >> _DAY_BITS
    started = (key & ((1 << _DAY_BITS) - 1)) + _FROM
    no_day = np.datetime64(_NO_DAY)
    table = pa.table(
        {
            "person_id": good.person_ids[pair // len(good.employer_ids)],
            "employer_id": good.employer_ids[pair % len(good.employer_ids)],
            "started_on": pa.array(started.astype("datetime64[D]")),
            "ended_on": pa.array(said["ended"], mask=said["ended"] == no_day),
            "contract_signed_on": pa.array(said["signed"], mask=said["signed"] == no_day),
            "contract_months": pa.array(said["months"], mask=said["months"] == _NO_MONTHS),
            "run_id": np.full(len(key), run.pk),
        }
    )
    copy_in(cursor, f"people_employmentspell ({', '.join(table.column_names)})", table)
