"""``jineng keys``: a key is added, things are brought under it, and the old one goes."""

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jineng.config import keys
from jineng.config.database import Roles
from jineng.config.processes import MARK
from jineng.core.models import DataKey
from jineng.core.sealed import wrap

pytestmark = pytest.mark.django_db(transaction=True)


class Keys:
    """The command with a `var` of its own."""

    def __init__(self, var: Path, roles: Roles) -> None:
        self.var = var
        self.environment = os.environ | {"JINENG_VAR": str(var), "DATABASE_URL": roles.app.text}

    def __call__(self, *words: str, status: int = 0, **environment: str) -> str:
        """What it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "jineng.cli", "keys", *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def command(tmp_path: Path, database_roles: Roles, settings: Any) -> Keys:
    keys.make_all(tmp_path / "keys")
    settings.DATA_KEYS = keys.data_keys(tmp_path / "keys")
    master, wrapped = wrap(b"d" * 32)
    DataKey.objects.create(master=master, wrapped=wrapped)
    return Keys(tmp_path, database_roles)


def test_from_one_key_to_the_next(command: Keys) -> None:
    folder = command.var / "keys"
    assert "k1      使用中　1 把数据密钥" in command("list")
    assert "已启用新的主密钥 k2" in command("add", "data")
    assert list(keys.data_keys(folder)) == ["k2", "k1"]
    assert (folder / "data_keys").stat().st_mode & 0o777 == 0o600
    assert "k1      备查　1 把数据密钥" in command("list")
    assert "还有 1 把数据密钥在用 k1" in command("retire", "data", "k1", "--yes", status=1)
    assert "1 把数据密钥改由 k2 封装" in command("rotate")
    assert "k2      使用中　1 把数据密钥" in command("list")
    assert "k1 已停用" in command("retire", "data", "k1", "--yes")
    assert list(keys.data_keys(folder)) == ["k2"]
    assert "k2" in command("retire", "data", "k2", "--yes", status=1)
    assert "there is no key 'k7'" in command("retire", "data", "k7", "--yes", status=1)
    assert "k3" in command("add", "data")
    assert sorted(path.name for path in folder.iterdir()) == [
        "data_keys",
        "file_keys",
        "lookup_keys",
        "seal_key",
        "secret_key",
    ]


def test_a_key_that_is_missing_shows(command: Keys) -> None:
    other = base64.b64encode(b"o" * 32).decode()
    listed = command("list", JINENG_DATA_KEYS=f"other:{other}")
    assert "k1      缺失！　1 把数据密钥" in listed
    wrong = command("rotate", "data", status=1, JINENG_DATA_KEYS=f"other:{other}")
    assert "no master key 'k1'" in wrong


def test_a_ring_of_the_environment_is_not_changed(command: Keys) -> None:
    given = {"JINENG_LOOKUP_KEYS": "a:" + base64.b64encode(b"a" * 32).decode()}
    assert "JINENG_LOOKUP_KEYS is set in the environment" in command(
        "add", "lookup", status=1, **given
    )


def test_no_key_is_added_under_a_running_site(command: Keys) -> None:
    site = subprocess.Popen(["sleep", "60"], env=os.environ | {MARK: str(command.var)})
    try:
        assert "网站正在运行" in command("add", "lookup", status=1)
    finally:
        site.kill()
        site.wait()
    assert "k2" in command("add", "lookup")


def test_a_key_is_retired_only_when_asked_twice(command: Keys) -> None:
    command("add", "file")
    done = subprocess.run(
        [sys.executable, "-m", "jineng.cli", "keys", "retire", "file", "k1"],
        env=command.environment,
        input="n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert list(keys.file_keys(command.var / "keys")) == ["k2", "k1"]
