"""Run by_hand.sql: claims in Parquet in, decisions in Parquet out.

python benchmarks/rivals/by_hand.py IN.parquet OUT.parquet RELEASE
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import duckdb


def main(source: str, target: str, release: str) -> None:
    """Decide the claims of `source` into `target`, with the seconds of each step on stderr."""
    script = Path(__file__).with_name("by_hand.sql").read_text(encoding="utf-8")
    steps = dict(
        re.findall(r"^-- step: (\w+)\n(.*?)(?=^-- step|\Z)", script, re.MULTILINE | re.DOTALL)
    )
    database = duckdb.connect()
    began = time.perf_counter()

    def run(step: str) -> None:
        database.execute(steps[step])
        print(f"{step} {time.perf_counter() - began:.2f} s", file=sys.stderr)

    claims = database.read_parquet(source, file_row_number=True)
    claims.project("* RENAME (file_row_number AS line)").create_view("claims")
    # Written out: to bind a value, DuckDB would import pandas, which takes it a second.
    database.execute(f"SET VARIABLE release = '{release}'")
    run("judge")
    while database.table("standing").limit(1).fetchall():
        run("round")
    run("decide")
    database.view("decided").write_parquet(target)
    print(f"write {time.perf_counter() - began:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
