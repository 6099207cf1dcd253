"""A short cut for Parquet whose cells are all as the contract wants them: nothing is rewritten.

One scan asks whether that is so. If it is, the engine reads the facts straight from the file; if
anything at all is odd, the long way (``intake``) reads it and tells what is wrong. Both ways give
the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from jineng.policy import identity
from jineng.policy.facts import FACT, FACTS, HISTORY_OUTCOME, Fact
from jineng.policy.intake import (
    ODD_DATES,
    Intake,
    Problem,
    fact_of_heading,
    is_out_column,
)
from jineng.policy.values import parse

# white space at either end, nothing at all, a spreadsheet's error or a number it has shortened
_ODD_TEXT = r"^[\p{Z}\s\x0b\x1c-\x1f\x{85}#]|[\p{Z}\s\x0b\x1c-\x1f\x{85}]$|^$|[Ee]\+"
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_MOST_DISTINCT = 100_000


@dataclass(frozen=True)
class _Column:
    """How one column is read: canonical value, and what must never be true of a cell."""

    fact: Fact
    value: str
    wrong: str = ""
    #: values whose meaning is looked up, and the table that says it
    meanings: pa.Table | None = None


class ParquetIntake(Intake):
    """Facts that stay in their file. ``table`` reads them where somebody needs them all."""

    def __init__(
        self, path: Path, columns: list[_Column], num_rows: int, warnings: list[Problem]
    ) -> None:
        super().__init__(None, [], warnings)
        self._path = path
        self._columns = columns
        self._num_rows = num_rows

    @property
    def num_rows(self) -> int:
        """How many lines there are."""
        return self._num_rows

    @property
    def column_names(self) -> list[str]:
        """The columns that were given, in the contract's order."""
        return [column.fact.name for column in self._columns]

    @cached_property
    def table(self) -> pa.Table:
        """All facts as a typed table."""
        with duckdb.connect() as connection:
            self.show(connection, "claims")
            names = ", ".join(f'"{name}"' for name in self.column_names)
            return connection.execute(f"SELECT {names} FROM claims ORDER BY line").to_arrow_table()

    def select(self, names: list[str]) -> pa.Table:
        """Some columns of all lines."""
        with duckdb.connect() as connection:
            self.show(connection, "claims")
            listed = ", ".join(f'"{name}"' for name in names)
            return connection.execute(f"SELECT {listed} FROM claims ORDER BY line").to_arrow_table()

    def _source(
        self, connection: duckdb.DuckDBPyConnection, view: str
    ) -> tuple[str, dict[str, str]]:
        joins = []
        for column in self._columns:
            if column.meanings is not None:
                table = f"{view}_{column.fact.name}"
                connection.register(table, column.meanings)
                joins.append(f'LEFT JOIN {table} ON {table}.written = f."{column.fact.name}"')
        source = f"{_scan(self._path)} AS f {' '.join(joins)}"
        values = {c.fact.name: c.value.replace("{view}", view) for c in self._columns}
        return source, values | {"line": "f.file_row_number"}


def _scan(path: Path) -> str:
    """The file as DuckDB reads it, with the number of each row."""
    quoted = str(path).replace("'", "''")
    return f"read_parquet('{quoted}', file_row_number = true)"


def parquet_intake(path: Path, *, history: bool = False) -> ParquetIntake | None:
    """The facts of a Parquet file where all of them are canonical, else None."""
    with duckdb.connect() as connection:
        try:
            connection.execute(f"CREATE TEMP VIEW given AS SELECT * FROM {_scan(path)}")
        except duckdb.Error:  # not Parquet, or damaged: the long way says so
            return None
        described = connection.execute("DESCRIBE given").fetchall()
        headings = [(name, kind) for name, kind, *_ in described if name != "file_row_number"]
        columns = _columns(connection, headings, history)
        if columns is None:
            return None
        return _checked(connection, path, columns, history)


def _columns(
    connection: duckdb.DuckDBPyConnection, headings: list[tuple[str, str]], history: bool
) -> list[_Column] | None:
    """Each column's way of being read, in the contract's order; None where one has none."""
    named: dict[str, _Column] = {}
    for heading, kind in headings:
        name = fact_of_heading(heading, history=history)
        if name is None and history and is_out_column(heading):
            continue
        if name is None or name != heading or name in named:
            return None
        column = _column(connection, HISTORY_OUTCOME if name == "outcome" else FACT[name], kind)
        if column is None:
            return None
        named[name] = column
    wanted = [*FACTS, HISTORY_OUTCOME] if history else list(FACTS)
    if any(fact.required and fact.name not in named for fact in wanted):
        return None
    return [named[fact.name] for fact in wanted if fact.name in named]


def _column(connection: duckdb.DuckDBPyConnection, fact: Fact, kind: str) -> _Column | None:
    """How a column of this type is read; None where it needs the long way."""
    name = f'"{fact.name}"'
    cell = f"f.{name}"
    text = kind == "VARCHAR"
    if fact.kind in ("text", "person") and text:
        return _Column(fact, cell, f"regexp_matches({name}, '{_ODD_TEXT}')")
    if fact.kind == "code" and text:
        codes = ", ".join(f"'{code}'" for code in fact.codes)
        return _Column(fact, cell, f"{name} NOT IN ({codes})")
    if fact.kind == "region" and text:
        return _Column(fact, cell, f"NOT regexp_full_match({name}, '[1-9][0-9]{{5}}')")
    if fact.kind == "month" and text:
        return _Column(fact, cell, f"NOT regexp_full_match({name}, '[0-9]{{4}}-(0[1-9]|1[0-2])')")
    if (fact.kind == "groups" or fact.kind == "months_or_open") and text:
        return _looked_up(connection, fact)
    if (fact.kind, kind) in (("date", "DATE"), ("yesno", "BOOLEAN")):
        return _Column(fact, cell)
    if fact.kind == "number" and (kind in _WHOLE or kind == "DOUBLE"):
        wrong = f"NOT ({name} >= 0 AND {name} <= 1000000000)"
        return _Column(fact, f"CAST({cell} AS DOUBLE)", wrong)
    if fact.kind in ("whole", "months_or_open") and kind in _WHOLE:
        return _Column(fact, f"CAST({cell} AS BIGINT)", f"{name} < 0 OR {name} >= 99999")
    if fact.kind == "yuan" and kind.startswith("DECIMAL") and kind.endswith((",2)", ",1)", ",0)")):
        return _Column(fact, f"CAST({cell} * 100 AS BIGINT)", f"{name} < 0 OR {name} > 10000000")
    return None


def _looked_up(connection: duckdb.DuckDBPyConnection, fact: Fact) -> _Column | None:
    """A text column of few distinct values, each read once."""
    query = f'SELECT DISTINCT "{fact.name}" FROM given WHERE "{fact.name}" IS NOT NULL'
    written = [row[0] for row in connection.execute(f"{query} LIMIT {_MOST_DISTINCT}").fetchall()]
    if len(written) == _MOST_DISTINCT:
        return None
    try:
        meant = [parse(fact, text) for text in written]
    except ValueError:
        return None
    meanings = pa.table(
        {"written": pa.array(written, pa.string()), "meant": pa.array(meant, pa.int64())}
    )
    return _Column(fact, f"{{view}}_{fact.name}.meant", meanings=meanings)


def _checked(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: list[_Column], history: bool
) -> ParquetIntake | None:
    """The intake if no cell is wrong, no required one empty and no claim_id twice."""
    wrong = [column.wrong for column in columns if column.wrong]
    wrong += [f'"{column.fact.name}" IS NULL' for column in columns if column.fact.required]
    given = {column.fact.name for column in columns}
    pairs = [p for p in ODD_DATES if p[0] in given and p[1] in given]
    odd = [f'count(*) FILTER (WHERE "{later}" < "{earlier}")' for later, earlier, _ in pairs]
    any_wrong = " OR ".join(f"({one})" for one in wrong)
    checks = ", ".join(["count(*)", f"bool_or({any_wrong})", *odd])
    checked = connection.execute(f"SELECT {checks} FROM given").fetchone()
    num_rows, is_wrong, *counts = checked or (0, None)
    if not num_rows or is_wrong:
        return None
    distinct = connection.execute("SELECT count(DISTINCT claim_id) FROM given").fetchone()
    if distinct != (num_rows,) or not _plain_persons(connection):
        return None
    warnings = []
    for (later, earlier, message), count in zip(pairs, counts, strict=True):
        if count:
            query = f'SELECT file_row_number FROM given WHERE "{later}" < "{earlier}" ORDER BY 1'
            rows = connection.execute(query).to_arrow_table()["file_row_number"].to_pylist()
            warnings.append(Problem("odd-dates", later, None, message, tuple(rows)))
    return ParquetIntake(path, columns, num_rows, warnings)


def _plain_persons(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether every person's key is a pseudonym or a valid number in canonical form."""
    query = "SELECT person_id FROM given WHERE strlen(person_id) >= 15"
    long = (
        connection.execute(query).to_arrow_table()["person_id"].combine_chunks().cast(pa.string())
    )
    if not len(long):
        return True
    if isinstance(long, pa.ChunkedArray):
        long = pa.concat_arrays(long.chunks)
    length = np.asarray(pa.compute.binary_length(long))
    numbers = long.filter(pa.array(length == 18))
    if len(numbers):
        fine = identity.all_canonical(numbers)
        numbers = numbers.filter(pa.array(~fine))
    others = [*numbers.to_pylist(), *long.filter(pa.array(length != 18)).to_pylist()]
    try:
        return all(parse(FACT["person_id"], text) == text for text in set(others))
    except ValueError:
        return False
