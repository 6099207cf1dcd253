"""The good lines of a file, with persons and employers as the register has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jineng.people.records.matching import Matched
from jineng.people.records.subjects import Subjects
from jineng.people.tables import Column


def values_of(column: Column, values: Sequence[Any], otherwise: Any, kind: Any) -> np.ndarray:
    """A value for each line: of its distinct ones, or `otherwise` where it is empty or wrong."""
    known = [otherwise if value is None else value for value in values]
    return np.array([*known, otherwise], dtype=kind)[column.codes]


@dataclass(frozen=True)
class Good:
    """``person_ids``, ``employer_ids``: those of the lines, ascending, each once; ``person``,
    ``employer``: a line's place in them; ``lines``: the lines' own places, None for all."""

    person_ids: np.ndarray
    employer_ids: np.ndarray
    person: np.ndarray
    employer: np.ndarray
    lines: np.ndarray | None

    @classmethod
    def among(cls, subjects: Subjects, found: Matched, wrong: np.ndarray | None) -> Good:
        """The lines that are not wrong. Two numbers of one person are that person's."""
        person_ids, person_place = np.unique(found.persons, return_inverse=True)
        employer_ids, employer_place = np.unique(found.employers, return_inverse=True)
        lines = None if wrong is None else np.flatnonzero(~wrong)
        person, employer = subjects.person, subjects.employer
        if lines is not None:
            person, employer = person[lines], employer[lines]
        return cls(
            person_ids=person_ids,
            employer_ids=employer_ids,
            person=person_place.astype(np.int32)[person],
            employer=employer_place.astype(np.int32)[employer],
            lines=lines,
        )

    def of(self, column: np.ndarray) -> np.ndarray:
        """The good lines of something that every line has."""
        return column if self.lines is None else column[self.lines]

    def place_of_employer(self, ids: np.ndarray) -> np.ndarray:
        """Places of employers by their ids; -1 for those that no line is about."""
        place = np.minimum(np.searchsorted(self.employer_ids, ids), len(self.employer_ids) - 1)
        return np.where(self.employer_ids[place] == ids, place, -1)
