"""Whom the lines of a file are about: persons and employers, as the file names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from jineng.people import values
from jineng.people.tables import Column, Problem, Table
from jineng.people.tables.columns import EMPTY, problems_of
from jineng.policy import identity

# A name as almost all are: nothing to be made canonical.
_PLAIN_NAME = r"^\p{Han}{2,4}$"


@dataclass(frozen=True)
class Subjects:
    """``numbers``, ``codes``: of the persons and employers of a file, each once, in canonical form;
    ``person``, ``employer``: a line's place in them, `EMPTY` where it has none.

    ``names``, ``firms``: what the file calls them, None where it does not.
    """

    numbers: pa.Array
    codes: pa.Array
    names: list[str | None]
    firms: list[str | None]
    person: np.ndarray
    employer: np.ndarray

    def lines_of_persons(self, wrong: np.ndarray) -> np.ndarray:
        """The lines about persons for whom `wrong` is true."""
        return np.flatnonzero(np.append(wrong, False)[self.person])

    def lines_of_employers(self, wrong: np.ndarray) -> np.ndarray:
        """The lines about employers for whom `wrong` is true."""
        return np.flatnonzero(np.append(wrong, False)[self.employer])


def subjects_of(table: Table, *, on: date) -> tuple[Subjects, list[Problem]]:
    """Persons and employers of a file, and what is wrong with them in the file itself."""
    numbers, problems = _numbers(table.columns["number"], on)
    names, wrong = _canonical(table, "name", _names)
    codes, wrong_codes = _canonical(table, "credit_code", _codes)
    firms, _nothing = _canonical(table, "employer", _firms)
    problems += [*wrong, *wrong_codes]
    first, differing = _said_of(numbers, names)
    if len(differing):
        message = _("与文件中同一身份证号另一行的姓名不同，请核对")
        problems.append(Problem("name", message, differing))
    called, _differing = _said_of(codes, firms)
    subjects = Subjects(
        numbers=numbers.values,
        codes=codes.values,
        names=first,
        firms=called,
        person=numbers.codes,
        employer=codes.codes,
    )
    return subjects, problems


def empty_cells(table: Table, names: Sequence[str]) -> list[Problem]:
    """Lines in which one of these columns is empty, though the file has it."""
    found = [(name, np.flatnonzero(table.columns[name].codes == EMPTY)) for name in names]
    return [Problem(name, _("不能为空"), lines) for name, lines in found if len(lines)]


def _numbers(column: Column, on: date) -> tuple[Column, list[Problem]]:
    """Identity numbers in canonical form. Almost all are, and are looked at side by side."""
    texts = column.values
    long = np.flatnonzero(pc.equal(pc.binary_length(texts), 18).to_numpy(zero_copy_only=False))
    good = np.zeros(len(texts), dtype=bool)
    some = texts.take(pa.array(long))
    good[long] = identity.all_canonical(some) if len(long) else False
    sure = np.flatnonzero(good)
    born = pc.utf8_slice_codeunits(texts.take(pa.array(sure)), 6, 14).cast(pa.int32()).to_numpy()
    good[sure] = (born >= 1900_00_00) & (born <= int(f"{on:%Y%m%d}"))
    odd = np.flatnonzero(~good)
    if not len(odd):
        return column, []
    given = texts.to_pylist()
    wrong = {}
    for place in odd.tolist():
        try:
            given[place] = values.identity_number(given[place], on=on)
        except ValueError as error:
            given[place], wrong[place] = None, str(error)
    return column.same_values(given), problems_of("number", column, wrong)


def _canonical(table: Table, name: str, canonical: object) -> tuple[Column, list[Problem]]:
    column = table.columns[name]
    given, wrong = canonical(column)  # type: ignore[operator]
    problems = problems_of(name, column, wrong)
    return (column if given is None else column.same_values(given)), problems


def _names(column: Column) -> tuple[list[str | None] | None, dict[int, str]]:
    plain = pc.match_substring_regex(column.values, _PLAIN_NAME).to_numpy(zero_copy_only=False)
    odd = np.flatnonzero(~plain).tolist()
    if not odd:
        return None, {}
    given: list[str | None] = column.values.to_pylist()
    wrong = {}
    for place in odd:
        try:
            given[place] = values.person_name(str(given[place]))
        except ValueError as error:
            given[place], wrong[place] = None, str(error)
    return given, wrong


def _codes(column: Column) -> tuple[list[str | None], dict[int, str]]:
    checked = column.checked(values.credit_code)
    return checked.values, dict(checked.wrong)


def _firms(column: Column) -> tuple[list[str | None], dict[int, str]]:
    return column.checked(values.organisation_name).values, {}


def _said_of(subject: Column, said: Column) -> tuple[list[str | None], np.ndarray]:
    """What a file first says of each subject, and the lines where it says otherwise."""
    known = np.flatnonzero((subject.codes != EMPTY) & (said.codes != EMPTY))
    of = subject.codes[known]
    first = np.full(len(subject.values), EMPTY, dtype=np.int32)
    # The last to be written stays, so the lines are gone through from the end.
    first[of[::-1]] = said.codes[known[::-1]]
    differing = known[said.codes[known] != first[of]]
    texts = [*said.values.to_pylist(), None]
    return [texts[place] for place in first.tolist()], differing
