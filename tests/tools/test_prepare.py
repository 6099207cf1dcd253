"""Preparing a checkout: nothing is done twice, and what is missing is said in one line."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT
from tools import prepare


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_an_old_python_is_said_in_one_line(tmp_path: Path) -> None:
    old = script(tmp_path, "python3", '[ "$1" = --version ] && echo Python 3.9.2 && exit; exit 1')
    done = subprocess.run(
        [ROOT / "tools" / "prepare", "run"],
        env=os.environ | {"PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "需要 Python 3.11" in done.stderr
    assert "found: Python 3.9.2" in done.stderr


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that nothing was prepared in."""
    for name, place in (("ROOT", ""), ("VENV", ".venv"), ("PYTHON", ".venv/bin/python")):
        monkeypatch.setattr(prepare, name, tmp_path / place)
    monkeypatch.setattr(prepare, "DONE", tmp_path / ".venv" / "prepared.json")
    monkeypatch.setattr(prepare, "LOG", tmp_path / "var" / "log" / "setup.log")
    return tmp_path


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_missing_venv_module(empty: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == missing else real(name)
    )
    with pytest.raises(prepare.Refused, match=r"sudo apt-get install python3\.\d+-venv"):
        prepare.Steps("run").environment()
    assert list(empty.iterdir()) == []


def test_a_full_disk(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(prepare.BYTES_NEEDED, "run", 2**60)
    with pytest.raises(prepare.Refused, match="磁盘空间不足"):
        prepare.Steps("run").environment()
    assert list(empty.iterdir()) == []


def test_what_a_step_says_when_it_fails(empty: Path) -> None:
    fails = [sys.executable, "-c", "raise SystemExit('ERROR: no such package: nothing')"]
    with pytest.raises(prepare.Refused) as problem:
        prepare._run(fails)
    assert str(problem.value) == f"ERROR: no such package: nothing ({prepare.LOG})"


def test_an_environment_is_made_once_and_again_when_it_is_broken(empty: Path) -> None:
    prepare.Steps("run").environment()
    python = empty / ".venv" / "bin" / "python"
    made = python.lstat().st_mtime_ns
    prepare.Steps("run").environment()
    assert python.lstat().st_mtime_ns == made
    python.unlink()
    prepare.Steps("run").environment()
    assert subprocess.run([python, "-c", "import pip"], check=False).returncode == 0


def test_nothing_is_prepared_twice() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [ROOT / "tools" / "prepare", "run"], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("works", "status"), [("touch $0.done", 0), ("exit 100", 1)], ids=["installs", "fails"]
)
def test_a_browser_is_installed(tmp_path: Path, works: str, status: int) -> None:
    """With a stand-in for the system's package manager, which is not ours to change."""
    manager = script(
        tmp_path,
        "apt-get",
        f'echo "$*" >> {tmp_path}/asked\n[ "$1" = update ] && exit 0\n{works}\n'
        f"cp {tmp_path}/browser {tmp_path}/chromium\ncp {tmp_path}/fonts {tmp_path}/fc-list",
    )
    script(tmp_path, "browser", "exit 0")
    script(tmp_path, "fonts", "echo Noto Sans CJK SC")
    script(tmp_path, "sudo", 'shift; [ "$1" = true ] || exec "$@"')
    (tmp_path / "sh").symlink_to(shutil.which("sh") or "")
    for tool in ("touch", "cp"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    done = installing(tmp_path)
    assert manager.exists()
    assert done.returncode == status
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[-1] == "install -y --no-install-recommends chromium fonts-noto-cjk"
    if status:
        assert f"type: sudo apt-get {asked[-1]}" in done.stderr


def test_without_the_right_to_install_the_line_to_type_is_said(tmp_path: Path) -> None:
    script(tmp_path, "apt-get", "exit 100")
    script(tmp_path, "sudo", "exit 1")
    (tmp_path / "sh").symlink_to(shutil.which("sh") or "")
    done = installing(tmp_path)
    assert done.returncode == 1
    assert "type: sudo apt-get install -y --no-install-recommends chromium" in done.stderr


def installing(path: Path) -> Any:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "browser.py"],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
