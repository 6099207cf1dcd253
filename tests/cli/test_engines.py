"""``jineng adjudicate --engine``: what is missing is told before anything is read for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claimsfile import made
from tests.cli.run import jineng


def test_without_java_spark_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.csv_file(tmp_path / "in.csv", made.table([made.claim()]))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    done = jineng("adjudicate", path, "--engine", "spark")
    assert (done.returncode, done.stdout) == (1, "")
    assert "apt-get install default-jre-headless" in done.stderr


def test_a_folder_wants_an_output_and_spark(tmp_path: Path) -> None:
    done = jineng("adjudicate", tmp_path, "--engine", "spark")
    assert (done.returncode, "审核文件夹要写 -o OUT" in done.stderr) == (2, True)
    done = jineng("adjudicate", tmp_path, "--engine", "duckdb")
    assert (done.returncode, "是文件夹，请写明文件" in done.stderr) == (2, True)
    done = jineng("adjudicate", tmp_path, "--engine", "abacus")
    assert (done.returncode, "numpy" in done.stderr) == (2, True)


def test_duckdb_decides_the_same(tmp_path: Path) -> None:
    path = made.csv_file(tmp_path / "in.csv", made.table([made.claim(n) for n in range(1, 4)]))
    shown = [jineng("adjudicate", path, "--engine", e).stdout for e in ("numpy", "duckdb")]
    assert shown[0] == shown[1]
    assert "审核结果（3 行）" in shown[0]
