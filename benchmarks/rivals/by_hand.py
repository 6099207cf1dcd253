"""Run by_hand.sql: claims in Parquet in, decisions in Parquet out.

python benchmarks/rivals/by_hand.py IN.parquet OUT.parquet
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import duckdb


def main(source: str, target: str) -> None:
    """Decide the claims of `source` into `target`, with the seconds of each step on stderr."""
    script = Path(__file__).with_name("by_hand.sql").read_text(encoding="utf-8")
    steps = dict(re.findall(r"^-- step: (\w+)\n(.*?)(?=^-- step|\Z)", script, re.M | re.S))
    database = duckdb.connect()
    began = time.perf_counter()

    def run(name: str, sql: str) -> None:
        database.execute(sql)
        print(f"{name} {time.perf_counter() - began:.2f} s", file=sys.stderr)

    run(
        "read",
        "CREATE TEMP VIEW claims AS SELECT * RENAME (file_row_number AS line)"
        f" FROM read_parquet('{source}', file_row_number = true)",
    )
    run("judge", steps["judge"])
    while database.sql("SELECT count(*) FROM standing").fetchall() != [(0,)]:
        run("round", steps["round"])
    run("decide", steps["decide"])
    run("write", f"COPY (FROM decided) TO '{target}' (FORMAT parquet)")


if __name__ == "__main__":
    main(*sys.argv[1:])
