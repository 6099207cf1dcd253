"""Measure how claims are decided against two rivals, and print the figures.

    .venv/bin/python benchmarks/adjudicate.py

Every program runs as a process of its own, so that its seconds and its peak memory are its alone.
What happens is told on stderr; the last line of stdout is one JSON object. `vs_openfisca` and
`vs_sql` are the rival's seconds divided by ours. Exits with 1 where decisions differ.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "var" / "bench"
PYTHON = sys.executable
JINENG = Path(PYTHON).with_name("jineng")
OPENFISCA = HERE / "rivals" / "openfisca"


class Run(NamedTuple):
    """What one program took."""

    seconds: float
    processor: float  # seconds of all cores together
    peak_mb: float
    output: str

    def __str__(self) -> str:
        """For people, with what tells a busy machine from a slow program."""
        return f"{self.seconds:.2f} s ({self.processor:.1f} s of processor), {self.peak_mb:.0f} MB"


def tell(text: str) -> None:
    """Say on stderr how far it is."""
    print(text, file=sys.stderr, flush=True)


def run(*command: str | Path, log: Path = DATA / "last.log") -> Run:
    """Run a program to its end; its own words go to a log, which is shown where it fails.

    This process must stay small: a child's peak begins with that of the process it came from.
    """
    with log.open("w", encoding="utf-8") as words:
        began = time.perf_counter()
        with subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=words, text=True
        ) as child:
            output = child.stdout.read() if child.stdout else ""
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - began
            child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tell(f"{' '.join(map(str, command))} ended with {child.returncode}:")
        tell(log.read_text(encoding="utf-8")[-3000:] + output[-3000:])
        sys.exit(1)
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def claims(rows: int, seed: int, ending: str = "parquet") -> Path:
    """A file of generated claims, made anew only where the generator is newer."""
    path = DATA / f"claims-{rows}-{seed}.{ending}"
    sources = [HERE / name for name in ("generate.py", "frame.py", "vocabulary.py")]
    newest = max(source.stat().st_mtime for source in sources)
    if not path.exists() or path.stat().st_mtime < newest:
        tell(f"generating {rows:,} claims ({ending})")
        kind = ["--xlsx"] if ending == "xlsx" else []
        run(PYTHON, HERE / "generate.py", path, "--rows", str(rows), "--seed", str(seed), *kind)
    return path


def openfisca_python() -> Path:
    """The Python of OpenFisca's own environment, built from its lock where it is not there yet."""
    home = DATA / "openfisca"
    lock = OPENFISCA / "requirements.txt"
    built = home / "requirements.txt"
    if not built.exists() or built.read_bytes() != lock.read_bytes():
        tell("building OpenFisca's environment")
        run(PYTHON, "-m", "venv", "--clear", home)
        pip = [home / "bin" / "python", "-m", "pip", "install", "--quiet"]
        run(*pip, "--disable-pip-version-check", "--require-hashes", "-r", lock)
        built.write_bytes(lock.read_bytes())
    return home / "bin" / "python"


def ours(source: Path, target: Path) -> Run:
    """Decide a file with this project's command."""
    return run(JINENG, "adjudicate", source, "-o", target)


def release() -> str:
    """The pack's hash, for the rivals to write too; asked in a process that may grow."""
    asked = "from jineng import policy; print(policy.load().release)"
    return run(PYTHON, "-c", asked).output.strip()


def by_hand(source: Path, target: Path, released: str) -> Run:
    """Decide a file with the SQL written by hand."""
    return run(PYTHON, HERE / "rivals" / "by_hand.py", source, target, released)


def openfisca(source: Path, target: Path, released: str) -> Run:
    """Decide a file with OpenFisca."""
    return run(openfisca_python(), OPENFISCA / "run.py", source, target, released)


def agree(source: Path, *decisions: Path) -> bool:
    """Whether files of decisions are equal line by line; where not, shows the first differences."""
    command = [PYTHON, HERE / "compare.py", source, *decisions]
    done = subprocess.run([str(part) for part in command], stdout=sys.stderr, check=False)
    return done.returncode == 0


def compare_programs(rows: int, runs: int) -> dict[str, object]:
    """Decide one file with all three, ours and the SQL in turns, OpenFisca last."""
    source = claims(rows, 1)
    openfisca_python()
    released = release()
    targets = [DATA / f"decisions-{name}.parquet" for name in ("ours", "sql", "openfisca")]
    mine, sql = [], []
    for _ in range(runs):
        mine.append(ours(source, targets[0]))
        sql.append(by_hand(source, targets[1], released))
        tell(f"ours {mine[-1]}; SQL by hand {sql[-1]}")
    stranger = [openfisca(source, targets[2], released) for _ in range(min(runs, 2))]
    for each in stranger:
        tell(f"OpenFisca {each}")
    seconds = median(each.seconds for each in mine)
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "peak_mb": round(max(each.peak_mb for each in mine)),
        "vs_openfisca": round(median(each.seconds for each in stranger) / seconds, 2),
        "vs_sql": round(median(each.seconds for each in sql) / seconds, 2),
        "decisions_agree": agree(source, *targets),
    }


def many(rows: int) -> dict[str, object]:
    """Decide a large file with ours alone."""
    done = ours(claims(rows, 2), DATA / "decisions-large.parquet")
    tell(f"ours, {rows:,} rows: {done}")
    return {
        "rows_65": rows,
        "seconds_65": round(done.seconds, 2),
        "peak_mb_65": round(done.peak_mb),
    }


def single(rows: int) -> dict[str, object]:
    """Decide and explain one claim at a time, in a process that has the policy loaded."""
    done = run(PYTHON, HERE / "single.py", claims(rows, 1))
    tell(f"one claim decided and explained: median {done.output.strip()} ms")
    return {"single_ms": float(done.output)}


def workbook(rows: int, runs: int) -> dict[str, object]:
    """Decide a workbook, against openpyxl merely reading it."""
    source = claims(rows, 3, "xlsx")
    mine, others = [], []
    for _ in range(runs):
        mine.append(ours(source, DATA / "decisions.xlsx"))
        others.append(run(PYTHON, HERE / "rivals" / "read_workbook.py", source))
        tell(f"workbook: ours {mine[-1]}; openpyxl reading it {others[-1]}")
    seconds = median(each.seconds for each in mine)
    return {
        "xlsx_seconds": round(seconds, 2),
        "xlsx_peak_mb": round(max(each.peak_mb for each in mine)),
        "xlsx_vs_openpyxl": round(median(each.seconds for each in others) / seconds, 2),
    }


def main() -> int:
    """Take all measurements and print them."""
    parser = argparse.ArgumentParser(description="Measure how claims are decided.")
    parser.add_argument("--rows", type=int, default=1_800_000)
    parser.add_argument("--large-rows", type=int, default=6_500_000)
    parser.add_argument("--workbook-rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    figures = compare_programs(options.rows, options.runs)
    figures |= many(options.large_rows)
    figures |= single(options.rows)
    figures |= workbook(options.workbook_rows, min(options.runs, 2))
    figures["cores"] = len(os.sched_getaffinity(0))
    print(json.dumps(figures))
    return 0 if figures["decisions_agree"] else 1


if __name__ == "__main__":
    sys.exit(main())
