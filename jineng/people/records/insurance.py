"""Insurance files: lines to months, months to spells, spells to the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.people.models import ImportRun
from jineng.people.records import headings
from jineng.people.records.copying import copy_in, copy_out, supersede
from jineng.people.records.lines import Good, values_of
from jineng.people.records.months import Changes, Keys, Known, Spells, changes, stated
from jineng.people.records.subjects import Subjects, empty_cells
from jineng.people.tables import Problem, Table
from jineng.people.tables.columns import problems_of

_KNOWN = """
    SELECT spell.id, record.person_id,
        CASE WHEN record.record_id = record.person_id THEN 0 ELSE record.record_id END,
        spell.employer_id, spell.kinds, spell.first_month, spell.last_month
    FROM asked_record record JOIN people_insurancespell spell ON spell.person_id = record.record_id
    WHERE spell.superseded_by_id IS NULL
        AND spell.first_month <= {last} AND spell.last_month >= {first}
"""
_COLUMNS = ("id", "person", "record", "employer", "kinds", "first", "last")


@dataclass(frozen=True)
class Months:
    """What a file's lines say: the month and the mask of kinds that were paid, a line each.

    ``named``: the kinds that the file names anywhere; ``scope``: those of which it speaks.
    """

    month: np.ndarray
    kinds: np.ndarray
    named: int
    scope: int

    @classmethod
    def read(cls, table: Table, *, on: date, scope: int) -> tuple[Months, list[Problem]]:
        """The lines of a file, and what is wrong with its cells."""
        month = table.columns["month"].checked(partial(headings.month, on=on))
        kinds = table.columns["kinds"].checked(headings.kinds)
        paid = table.columns["paid"].checked(headings.paid)
        problems = empty_cells(
            table, ["month", "kinds", *(["paid"] if "paid" in table.given else [])]
        )
        for name, checked in (("month", month), ("kinds", kinds), ("paid", paid)):
            problems += problems_of(name, table.columns[name], checked.wrong)
        named = 0
        for mask in kinds.values:
            named |= mask or 0
        was_paid = values_of(table.columns["paid"], paid.values, True, np.bool_)
        masks = values_of(table.columns["kinds"], kinds.values, 0, np.uint8)
        masks &= np.uint8(scope)
        masks[~was_paid] = 0
        months = values_of(table.columns["month"], month.values, 0, np.int32)
        return cls(months, masks, named, scope), problems

    def between(self, subjects: Subjects) -> list[Problem]:
        """Nothing: what several lines say of one month counts together."""
        return []

    def write(self, cursor: Any, good: Good, run: ImportRun) -> None:
        """Changes the register so that it says what the good lines say; counts are put in the run.

        A month's records of one person and employer are what the file says of it last.
        """
        month, kinds = good.of(self.month), good.of(self.kinds)
        known = _known(cursor, good, int(month.min()), int(month.max()))
        first = np.min(known["first"], initial=month.min())
        last = np.max(known["last"], initial=month.max())
        keys = Keys(len(good.person_ids), len(good.employer_ids), int(first), int(last))
        said = stated(keys.made(good.person, good.employer, month), kinds)
        made = changes(keys, said, _as_known(keys, good, known), self.scope, self.named)
        _save(cursor, keys, good, made, run)
        run.added, run.changed, run.unchanged = made.added, made.changed, made.unchanged
        run.told |= {
            "first_month": int(month.min()),
            "last_month": int(month.max()),
            "written": len(made.new),
            "superseded": len(made.superseded),
            "kinds": self.scope,
            "lost": {str(kind): count for kind, count in made.lost.items()},
        }


def _known(cursor: Any, good: Good, first: int, last: int) -> dict[str, np.ndarray]:
    """Spells in force of the file's persons and employers that share a month with it."""
    found = copy_out(
        cursor, _KNOWN.format(first=first, last=last), dict.fromkeys(_COLUMNS, pa.int64())
    )
    columns = {name: found[name].to_numpy() for name in _COLUMNS}
    place = good.place_of_employer(columns["employer"])
    here = place >= 0
    columns["employer"] = place
    return {name: column[here] for name, column in columns.items()}


def _as_known(keys: Keys, good: Good, known: dict[str, np.ndarray]) -> Known:
    person = np.searchsorted(good.person_ids, known["person"])
    spells = Spells(
        keys.made(person, known["employer"], known["first"]),
        known["last"] - known["first"] + 1,
        known["kinds"].astype(np.uint8),
    )
    return Known(spells, known["record"], known["id"])


def _save(cursor: Any, keys: Keys, good: Good, made: Changes, run: ImportRun) -> None:
    supersede(cursor, "people_insurancespell", made.superseded, run.pk)
    person, employer, first = keys.parts(made.new.key)
    person = np.where(made.record > 0, made.record, good.person_ids[person])
    employer = good.employer_ids[employer]
    order = np.lexsort((first, employer, person))
    table = pa.table(
        {
            "person_id": person[order],
            "employer_id": employer[order],
            "kinds": made.new.kinds[order],
            "first_month": first[order],
            "last_month": (first + made.new.length - 1)[order],
            "run_id": np.full(len(order), run.pk),
        }
    )
    copy_in(cursor, f"people_insurancespell ({', '.join(table.column_names)})", table)
