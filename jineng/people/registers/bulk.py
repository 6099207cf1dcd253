"""Many rows at once: distinct values checked once, rows written by COPY."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from jineng.people.tables import Heading, Problem, Table
from jineng.people.tables.columns import EMPTY, problems_of, without_numbers

#: So many lines of a file are matched and written at a time.
CHUNK = 20_000


@dataclass(frozen=True)
class Spec:
    """A column of a file, and how a text of it is brought into the form that is kept.

    ``parse`` raises ValueError that says what is wrong.
    """

    heading: Heading
    parse: Callable[[str], Any]


def spec(
    name: str,
    title: str,
    parse: Callable[[str], Any],
    *others: str,
    required: bool = False,
    mask: Callable[[str], str] = without_numbers,
) -> Spec:
    """A column, by its heading and what else the heading is called."""
    return Spec(Heading(name, title, others, required, mask), parse)


@dataclass
class Lines:
    """The lines of a file, in form; and what is wrong with them.

    A value is None where its cell is empty or the file has no such column.
    """

    table: Table
    specs: Sequence[Spec]
    problems: list[Problem] = field(default_factory=list)
    _values: dict[str, tuple[list[Any], np.ndarray]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.problems += self.table.problems
        for one in self.specs:
            name, column = one.heading.name, self.table.columns[one.heading.name]
            checked = column.checked(one.parse)
            self._values[name] = (checked.values, column.codes)
            self.problems += problems_of(name, column, checked.wrong)
            if one.heading.required:
                empty = np.flatnonzero(column.codes == EMPTY)
                if len(empty):
                    told = _("请填写%(title)s") % {"title": one.heading.title}
                    self.problems.append(Problem(name, told, empty))

    @property
    def wrong(self) -> bool:
        """Whether anything is."""
        return bool(self.problems or self.table.torn)

    @property
    def count(self) -> int:
        """How many lines."""
        return self.table.count

    def blame(self, name: str, message: str, lines: Iterable[int]) -> None:
        """Notes that cells of a column are wrong."""
        self.problems.append(Problem(name, message, np.array(sorted(lines), dtype=np.int64)))

    def row(self, line: int) -> int:
        """Where a line stands, as the file counts."""
        return int(self.table.rows(np.array([line]))[0])

    def value(self, name: str, line: int) -> Any:
        """One cell."""
        values, codes = self._values[name]
        code = codes[line]
        return None if code == EMPTY else values[code]

    def codes(self, name: str) -> np.ndarray:
        """Which of its distinct values each line has."""
        return self._values[name][1]

    def distinct(self, name: str) -> list[Any]:
        """The distinct values of a column, in form."""
        return self._values[name][0]

    def chunks(self) -> Iterable[range]:
        """The lines, so many at a time."""
        for start in range(0, self.count, CHUNK):
            yield range(start, min(start + CHUNK, self.count))


def refuse_repeated(lines: Lines, name: str) -> None:
    """Notes the lines whose value a line before them has: a thing has one line in a file."""
    form = lines.distinct(name)
    first: dict[Any, int] = {}
    for line, code in enumerate(lines.codes(name).tolist()):
        value = form[code] if code >= 0 else None
        if value is None:
            continue
        before = first.setdefault(value, line)
        if before != line:
            told = _("与第 %(row)s 行重复，一个文件里只能有一行；请删去其中一行")
            lines.blame(name, told % {"row": lines.row(before)}, [line])


def copy_rows(
    table: str, columns: Sequence[str], types: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Writes rows to a table; its triggers see them all at once."""
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(copy) as writer:
        writer.set_types(list(types))
        for row in rows:
            writer.write_row(row)


def new_keys(table: str, count: int) -> list[int]:
    """Keys for rows that are going to be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def change_rows(
    table: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Changes rows in one statement, so that the log gets one look at them; the key comes first."""
    if not rows:
        return
    aside = f"changed_{table}"
    names = [sql.Identifier(column) for column in columns[1:]]
    with connection.cursor() as cursor:
        every = sql.SQL(", ").join(map(sql.Identifier, columns))
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
                sql.Identifier(aside), every, sql.Identifier(table)
            )
        )
        copy_rows(aside, columns, types, rows)
        cursor.execute(
            sql.SQL("UPDATE {} AS kept SET {} FROM {} AS aside WHERE kept.id = aside.id").format(
                sql.Identifier(table),
                sql.SQL(", ").join(sql.SQL("{0} = aside.{0}").format(name) for name in names),
                sql.Identifier(aside),
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(aside)))
