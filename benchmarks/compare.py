"""Compare decisions line by line.

    python benchmarks/compare.py CLAIMS.parquet DECISIONS.parquet OTHERS.parquet ...

Exits with 1 where any of the others differs, and prints the first lines that do, with their facts.
"""

from __future__ import annotations

import sys

import duckdb

SHOWN = 20
COMPARED = """
    file_row_number AS line, claim_id, outcome, amount_yuan::DECIMAL(12, 2) AS amount_yuan, payee,
    fund, coalesce(failed::TEXT, '') AS failed, coalesce(missing::TEXT, '') AS missing,
    basis, release
"""
DIFFERING = """
    SELECT coalesce(one.line, other.line) AS line, one, other
    FROM one FULL JOIN other USING (line) WHERE one IS DISTINCT FROM other ORDER BY 1
"""


def _brief(decision: dict[str, object] | None) -> str:
    """A decision in a line."""
    if decision is None:
        return "no such line"
    return " · ".join(str(value) for name, value in decision.items() if name != "line")


def differences(claims: str, one: str, other: str) -> int:
    """Count the lines in which two files of decisions differ, and print the first of them."""
    database = duckdb.connect()
    for name, path in (("one", one), ("other", other)):
        lines = database.read_parquet(path, file_row_number=True)
        lines.project(COMPARED).create_view(name)
    found = database.execute(DIFFERING).fetchall()
    facts = database.read_parquet(claims, file_row_number=True)
    for line, first, second in found[:SHOWN]:
        print(f"\nline {line}\n  {one}: {_brief(first)}\n  {other}: {_brief(second)}")
        values = facts.filter(f"file_row_number = {line}").fetchone() or ()
        known = zip(facts.columns, values, strict=False)
        print("  " + ", ".join(f"{name} {value}" for name, value in known if value is not None))
    return len(found)


def main(claims: str, first: str, *others: str) -> int:
    """Compare each of the other files with the first."""
    counts = {other: differences(claims, first, other) for other in others}
    for other, count in counts.items():
        print(f"{first} and {other}: {count} lines differ")
    return int(any(counts.values()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
