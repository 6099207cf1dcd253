"""The same claims decided by SQL that somebody else wrote by hand, from the catalogue alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jineng import policy

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_twenty_thousand_claims_come_out_as_by_hand(tmp_path: Path, pack: policy.Pack) -> None:
    """Line by line, in all columns."""
    claims, by_hand = tmp_path / "claims.parquet", tmp_path / "by_hand.parquet"
    _run("generate.py", claims, "--rows", "20000", "--seed", "7")
    _run("rivals/by_hand.py", claims, by_hand, pack.release)
    ours = pack.decide(pq.read_table(claims))
    assert _texts(ours) == _texts(pq.read_table(by_hand))


def _run(program: str, *arguments: object) -> None:
    command = [sys.executable, BENCHMARKS / program, *arguments]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


def _texts(decisions: pa.Table) -> list[tuple[str, ...]]:
    columns = [
        ["" if cell is None else str(cell) for cell in decisions[name].to_pylist()]
        for name in [out.name for out in policy.OUT]
    ]
    return list(zip(*columns, strict=True))
