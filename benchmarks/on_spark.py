"""Decide a folder of claims on Spark in this machine, and say what it took as one JSON line.

    python benchmarks/on_spark.py CLAIMS.parquet DECISIONS --master local[2]

Seconds are those from the first look at the claims to the last decision written, twice: the first
run also pays for what Java and the workers do once. ``processor`` is of all processes together.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from jineng import policy
from jineng.policy import spark

FILES = 8


def folder_of(path: Path) -> Path:
    """The claims as a folder of several files, as a cluster has them."""
    folder = path.with_suffix("")
    if not folder.exists():
        folder.mkdir()
        table = pq.read_table(path)
        size = -(-table.num_rows // FILES)
        for number in range(FILES):
            pq.write_table(table.slice(number * size, size), folder / f"{number}.parquet")
    return folder


def processor() -> float:
    """Seconds of processor time of this process and all that it has started."""
    me = psutil.Process()
    own = [one.cpu_times() for one in (me, *me.children(recursive=True))]
    # of workers that have ended, their parents know
    return sum(t.user + t.system + t.children_user + t.children_system for t in own)


def main() -> None:
    """Decides twice."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("claims", type=Path)
    arguments.add_argument("decisions", type=Path)
    arguments.add_argument("--master", default="local[2]")
    given = arguments.parse_args()
    folder = folder_of(given.claims)
    began = time.perf_counter()
    session = spark.session(given.master, settings={"spark.driver.memory": "4g"})
    pack = policy.load("hubei")
    started = time.perf_counter() - began
    runs = []
    for _ in range(2):
        shutil.rmtree(given.decisions, ignore_errors=True)
        before, began = processor(), time.perf_counter()
        claims = spark.claims_of(session, str(folder)).persist()
        told = spark.problems(claims)
        if told:
            sys.exit("\n".join(told))
        spark.decide(session, pack, claims).drop("line").write.parquet(str(given.decisions))
        runs.append((time.perf_counter() - began, processor() - before))
        claims.unpersist()
    lines = pq.read_table(given.decisions, columns=["claim_id"]).num_rows
    session.stop()
    names = ("seconds", "processor")
    first, second = (dict(zip(names, map(round, run, (1, 1)), strict=True)) for run in runs)
    print(json.dumps({"lines": lines, "start": round(started, 1), "first": first, "then": second}))


if __name__ == "__main__":
    main()
