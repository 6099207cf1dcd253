"""One claim at a time: each scheme's own expression with the claim's facts as its parameters."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jineng.policy.compiled import CLAIMS
from jineng.policy.intake import SQL_COLUMNS
from jineng.policy.judge import EMPTY_IS_NO, Judge

if TYPE_CHECKING:
    import duckdb

_ALWAYS = ("scheme", "applied_on", "region", "person_id", *EMPTY_IS_NO)


@dataclass(frozen=True)
class JudgedClaim:
    """One claim by itself: its scheme's condition columns by bit, and the amount in 分."""

    holds: dict[int, bool | None]
    amount: int | None
    amount_open: bool
    value_number: int


class SingleClaim:
    """Judges single claims. DuckDB connections are not shared between threads: one cursor each."""

    def __init__(self, judge: Judge) -> None:
        import duckdb  # files of claims are decided without it

        self._judge = judge
        self._connection = duckdb.connect(config={"threads": 1})
        self._local = threading.local()
        self._lock = threading.Lock()
        self._statements: dict[str, tuple[str, list[str]]] = {}

    def judge(self, line: Mapping[str, Any]) -> JudgedClaim:
        """The conditions and the amount for one line of canonical facts."""
        statement, facts = self._statement(line["scheme"])
        cursor = self._cursor()
        cursor.execute(statement, [line[name] for name in facts])
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchall()[0], strict=True))
        return JudgedClaim(
            {int(name[1:]): value for name, value in row.items() if name[1:].isdigit()},
            row["amount"],
            bool(row["amount_open"]),
            row["value_number"],
        )

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._local, "cursor"):
            with self._lock:
                self._local.cursor = self._connection.cursor()
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor

    def _statement(self, code: str) -> tuple[str, list[str]]:
        with self._lock:
            if code not in self._statements:
                facts = sorted({*self._judge.facts(code), *_ALWAYS})
                given = [
                    f'CAST(${place} AS {SQL_COLUMNS[name]}) AS "{name}"'
                    for place, name in enumerate(facts, start=1)
                ]
                source = f"SELECT {', '.join(given)}"
                sql = self._judge.one_scheme(code)
                self._statements[code] = (f"WITH {CLAIMS} AS ({source}) {sql}", facts)
            return self._statements[code]
