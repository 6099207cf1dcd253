"""Compare decisions line by line.

    python benchmarks/compare.py CLAIMS.parquet DECISIONS.parquet OTHERS.parquet ...

Exits with 1 where any of the others differs, and prints the first lines that do, with their facts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

COLUMNS = ("claim_id", "outcome", "amount_yuan", "payee", "fund", "failed", "missing")
SHOWN = 20


def _lines(path: Path) -> str:
    """SQL for the compared columns of a file, with its line numbers and no difference of type."""
    values = ", ".join(
        f"CAST({column} AS DECIMAL(12, 2)) AS {column}"
        if column == "amount_yuan"
        else f"coalesce(CAST({column} AS TEXT), '') AS {column}"
        for column in COLUMNS
    )
    return f"(SELECT file_row_number AS line, {values} FROM read_parquet('{path}', file_row_number = true))"


def differences(claims: Path, one: Path, other: Path, out: object = sys.stderr) -> int:
    """Count the lines in which two files of decisions differ, and print the first of them."""
    database = duckdb.connect()
    differ = " OR ".join(f"a.{column} IS DISTINCT FROM b.{column}" for column in COLUMNS)
    database.execute(
        f"CREATE TEMP TABLE differing AS SELECT a, b FROM {_lines(one)} AS a"
        f" FULL JOIN {_lines(other)} AS b USING (line) WHERE {differ}"
    )
    rows = database.execute("SELECT a, b FROM differing ORDER BY coalesce(a.line, b.line)")
    found = rows.fetchall()
    for a, b in found[:SHOWN]:
        print(f"\n{one}: {_brief(a)}\n{other}: {_brief(b)}", file=out)  # type: ignore[call-overload]
        line = a["line"] if a["line"] is not None else b["line"]
        facts = database.execute(
            "SELECT * EXCLUDE file_row_number FROM read_parquet(?, file_row_number = true)"
            " WHERE file_row_number = ?",
            [str(claims), line],
        )
        names = [column[0] for column in facts.description or []]
        values = facts.fetchone() or ()
        known = {n: str(v) for n, v in zip(names, values, strict=False) if v is not None}
        print(f"  {known}", file=out)  # type: ignore[call-overload]
    return len(found)


def _brief(decision: dict[str, object]) -> str:
    return " · ".join(str(decision[column]) for column in COLUMNS)


def main(claims: str, first: str, *others: str) -> int:
    """Compare each of the other files with the first."""
    status = 0
    for other in others:
        count = differences(Path(claims), Path(first), Path(other), sys.stdout)
        print(f"{first} and {other}: {count} lines differ")
        status = status or int(count > 0)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
