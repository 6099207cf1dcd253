"""Months as spells: what files say one after the other, against a plain dictionary."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jineng.people.errors import Refused
from jineng.people.records.months import Changes, Keys, Known, Spells, changes, stated

ALL = 31
FIRST, LAST = 24240, 24263  # 2020-01 to 2021-12
KEYS = Keys(persons=3, employers=2, first_month=FIRST, last_month=LAST)

#: A line of a file: person, employer, month, mask.
Line = tuple[int, int, int, int]
Units = dict[tuple[int, int, int], int]

LINES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(FIRST, FIRST + 7) | st.just(LAST),
        st.sampled_from([0, 1, 3, 3, 31]),
    ),
    min_size=1,
    max_size=24,
)
SCOPES = st.sampled_from([ALL, ALL, 2, 3, 29])


@dataclass
class Row:
    """A spell as the table has it."""

    person: int
    employer: int
    first: int
    last: int
    kinds: int
    record: int = 0
    superseded: bool = False


@dataclass
class Register:
    """Spells of a register that holds nothing else."""

    rows: list[Row] = field(default_factory=list)

    def take(self, lines: list[Line], scope: int = ALL, named: int = ALL) -> Changes:
        """What an import does."""
        columns = [np.array(column) for column in zip(*lines, strict=True)]
        said = stated(KEYS.made(*columns[:3]), columns[3].astype(np.uint8) & np.uint8(scope))
        first, last = columns[2].min(), columns[2].max()
        near = [
            (place, row)
            for place, row in enumerate(self.rows)
            if not row.superseded and row.first <= last and row.last >= first
        ]
        made = changes(KEYS, said, self._known(near), scope, named)
        for place in made.superseded.tolist():
            self.rows[place].superseded = True
        parts = zip(*KEYS.parts(made.new.key), made.new.length, made.new.kinds, strict=True)
        self.rows += [
            Row(int(p), int(e), int(m), int(m + length - 1), int(kinds), int(record))
            for (p, e, m, length, kinds), record in zip(parts, made.record, strict=True)
        ]
        return made

    def _known(self, near: list[tuple[int, Row]]) -> Known:
        rows = [row for _, row in near]

        def column(values: list[int]) -> np.ndarray:
            return np.array(values, dtype=np.int64)

        spells = Spells(
            KEYS.made(
                column([row.person for row in rows]),
                column([row.employer for row in rows]),
                column([row.first for row in rows]),
            ),
            column([row.last - row.first + 1 for row in rows]),
            column([row.kinds for row in rows]).astype(np.uint8),
        )
        return Known(
            spells, column([row.record for row in rows]), column([place for place, _ in near])
        )

    def units(self) -> Units:
        """What is in force, month by month; fails where two spells of one record say something."""
        found: dict[tuple[int, int, int, int], int] = {}
        for row in self.rows:
            for month in range(row.first, row.last + 1):
                if not row.superseded:
                    key = row.record, row.person, row.employer, month
                    assert key not in found
                    found[key] = row.kinds
        units: Units = {}
        for (_, *unit), kinds in found.items():
            month_of = (unit[0], unit[1], unit[2])
            units[month_of] = units.get(month_of, 0) | kinds
        return units


def after(units: Units, lines: list[Line], scope: int = ALL) -> Units:
    """What holds once a file has been read, month by month."""
    said: Units = {}
    for person, employer, month, kinds in lines:
        unit = person, employer, month
        said[unit] = said.get(unit, 0) | kinds & scope
    found = dict(units)
    for unit, kinds in said.items():
        found[unit] = found.get(unit, 0) & ~scope | kinds
    return {unit: kinds for unit, kinds in found.items() if kinds}


@given(files=st.lists(st.tuples(LINES, SCOPES), min_size=1, max_size=6))
def test_files_one_after_the_other_agree_with_a_dictionary(
    files: list[tuple[list[Line], int]],
) -> None:
    register, expected = Register(), Units()
    for lines, scope in files:
        before, expected = expected, after(expected, lines, scope)
        made = register.take(lines, scope)
        assert register.units() == expected
        said = {(person, employer, month) for person, employer, month, _ in lines}
        new = {unit for unit in said if unit in expected and unit not in before}
        changed = {u for u in said if u in before and before[u] != expected.get(u, 0)}
        assert made.added == len(new)
        assert made.changed == len(changed)
        assert made.unchanged == len(said) - len(new) - len(changed)
        # The same once more changes nothing.
        again = register.take(lines, scope)
        assert (again.added, again.changed, len(again.new), len(again.superseded)) == (0, 0, 0, 0)


@given(first=LINES, second=LINES)
def test_only_what_is_replaced_is_superseded(first: list[Line], second: list[Line]) -> None:
    register = Register()
    register.take(first)
    before = register.units()
    rows = list(register.rows)
    register.take(second)
    now = register.units()
    for row in rows:
        months = [(row.person, row.employer, m) for m in range(row.first, row.last + 1)]
        differs = any(before[unit] != now.get(unit, 0) for unit in months)
        assert row.superseded == differs


@given(mine=LINES, other=LINES, file=LINES)
def test_what_merged_records_say_is_replaced_too(
    mine: list[Line], other: list[Line], file: list[Line]
) -> None:
    """Spells of a record that was merged into the person's stay with it."""
    register = Register()
    register.take(other)
    for row in register.rows:
        row.record = 7
    merged = register.rows
    alone = Register()
    alone.take(mine)
    register.rows = merged + alone.rows
    register.take(file)
    found = register.units()
    expected = after({}, file)
    for person, employer, month, _ in file:
        unit = person, employer, month
        assert found.get(unit, 0) == expected.get(unit, 0)
    again = register.take(file)
    assert (again.added, again.changed, len(again.new)) == (0, 0, 0)


def test_months_in_a_row_are_one_spell() -> None:
    register = Register()
    register.take([(0, 0, month, 3) for month in (FIRST + 11, FIRST + 10, FIRST + 12)])
    register.take([(0, 1, FIRST + 13, 3), (1, 0, FIRST + 13, 3)])
    assert [(row.first, row.last) for row in register.rows] == [
        (FIRST + 10, FIRST + 12),
        (FIRST + 13, FIRST + 13),
        (FIRST + 13, FIRST + 13),
    ]


def test_the_last_month_of_one_does_not_run_into_the_first_of_the_next() -> None:
    register = Register()
    register.take([(0, 0, LAST, 3), (0, 1, FIRST, 3), (0, 1, LAST, 3), (1, 0, FIRST, 3)])
    assert len(register.rows) == 4


def test_a_spell_is_parted_where_its_middle_is_put_right() -> None:
    register = Register()
    register.take([(0, 0, FIRST + n, 3) for n in range(6)])
    made = register.take([(0, 0, FIRST + 2, 1), (0, 0, FIRST + 4, 0)], named=1)
    kept = sorted((row.first, row.last, row.kinds) for row in register.rows if not row.superseded)
    assert kept == [
        (FIRST, FIRST + 1, 3),
        (FIRST + 2, FIRST + 2, 1),
        (FIRST + 3, FIRST + 3, 3),
        (FIRST + 5, FIRST + 5, 3),
    ]
    assert (made.added, made.changed, made.lost) == (0, 2, {2: 2})


def test_a_longer_history_is_not_touched_by_the_months_that_follow() -> None:
    register = Register()
    register.take([(0, 0, FIRST + n, 3) for n in range(6)])
    made = register.take([(0, 0, FIRST + n, 3) for n in range(4, 8)])
    assert (made.added, made.unchanged, len(made.superseded)) == (2, 2, 0)


def test_what_does_not_fit_into_a_key_is_refused() -> None:
    Keys(persons=2**25, employers=2**20, first_month=0, last_month=2000)
    with pytest.raises(Refused, match="分成几个"):
        Keys(persons=2**30, employers=2**22, first_month=0, last_month=2000)
