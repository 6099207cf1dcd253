"""Measure the policy desk's engine: a draft over 1.8 million claims, and Spark against ourselves.

    .venv/bin/python benchmarks/policy_desk.py

The last line of stdout is one JSON object. `whatif_1_8m_s` is the whole command, the middle of
three; `batch_filter_ms` the worst whole request of a batch's page at as many lines, told by
`batch_desk.py`; `quote_ms` is told by `quote.py`. `spark_equal` says that DuckDB and Spark wrote
the very bytes that we write, for all cases with their history and for 100,000 generated claims.
Exits with 1 where they didn't.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import pyarrow.parquet as pq
from adjudicate import DATA, HERE, JINENG, claims, run, tell

from jineng import policy
from jineng.claimsfile.canonical import presentable
from jineng.policy.cases import case_facts, read_cases

DRAFT = HERE / "draft.yaml"


def whatif(rows: int, times: int) -> dict[str, float]:
    """Seconds of the command, and of all processors together."""
    out = DATA / "whatif.parquet"
    path = claims(rows, 1)
    command = (JINENG, "policy", "whatif", path, "--draft", DRAFT, "--budget", "10亿", "-o", out)
    runs = [run(*command) for _ in range(times)]
    for one in runs:
        tell(f"what if, {rows:,} claims: {one}")
    tell(f"{pq.read_metadata(out).num_rows:,} claims come out otherwise")
    return {
        "whatif_1_8m_s": round(median(one.seconds for one in runs), 2),
        "whatif_processor_s": round(median(one.processor for one in runs), 2),
        "whatif_peak_mb": round(max(one.peak_mb for one in runs)),
    }


def cases() -> tuple[Path, Path]:
    """Every case of the pack as a claims file, and their earlier decisions as another."""
    table, history = case_facts(read_cases(policy.load("hubei")))
    paths = DATA / "cases.parquet", DATA / "cases-history.parquet"
    for path, intake in zip(paths, (table, history), strict=True):
        pq.write_table(presentable(intake.table), path)
    return paths


def same_everywhere(rows: int) -> bool:
    """Whether all engines write the same bytes."""
    given, earlier = cases()
    equal = True
    for words in ((given, "--history", earlier), (claims(rows, 3),)):
        written = {}
        for engine in ("numpy", "duckdb", "spark"):
            out = DATA / f"decisions-{engine}.parquet"
            run(JINENG, "adjudicate", *words, "--engine", engine, "--master", "local[2]", "-o", out)
            written[engine] = out.read_bytes()
        same = len(set(written.values())) == 1
        said = "the same bytes" if same else "DIFFERENT"
        tell(f"{words[0].name}: {said} from {', '.join(written)}")
        equal &= same
    return equal


def quotes() -> dict[str, float]:
    """Milliseconds of one answer to the questionnaire (see ``quote.py``)."""
    told = run(sys.executable, HERE / "quote.py").output
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    tell(f"what could I get: {found}")
    return found


def batches(rows: int) -> dict[str, float]:
    """What `batch_desk.py` tells of a batch of so many lines."""
    command = [sys.executable, str(HERE / "batch_desk.py"), "--rows", str(rows)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures: dict[str, float] = json.loads(told.splitlines()[-1])
    return figures


def main() -> None:
    """Measures, and prints the figures."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=1_800_000)
    arguments.add_argument("--spark-rows", type=int, default=100_000)
    arguments.add_argument("--times", type=int, default=3)
    given = arguments.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    figures: dict[str, float | bool] = dict(whatif(given.rows, given.times))
    figures |= quotes()
    figures |= batches(given.rows)
    figures["spark_equal"] = same_everywhere(given.spark_rows)
    print(json.dumps(figures))
    sys.exit(not figures["spark_equal"])


if __name__ == "__main__":
    main()
