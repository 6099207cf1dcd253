"""``jineng audit``, as it is run from a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jineng.config.database import Roles
from jineng.core.models import Event, Root
from tests.audit.log import happen, tamper
from tests.cli.run import jineng

pytestmark = [pytest.mark.sealer, pytest.mark.django_db(transaction=True)]


def test_sealed_and_in_order(settings: Any) -> None:
    happen(3)
    done = jineng("audit", "seal")
    assert done.returncode == 0, done.stderr
    assert f"累计 {Event.objects.count():,} 条；根 #1" in done.stdout
    happen(2, start=3)
    done = jineng("audit", "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert "尚未封存 2 条" in done.stdout
    assert done.stdout.endswith("一切相符。\n")


def test_what_was_tampered_with_is_named(settings: Any) -> None:
    first, second, _ = happen(3)
    jineng("audit", "seal")
    tamper("UPDATE core_event SET why = '' WHERE id = %s", first)
    tamper("DELETE FROM core_event WHERE id = %s", second)
    done = jineng("audit", "verify")
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        f"事件 {first} 的内容在封存之后被改动。",
        f"事件 {second} 在封存之后被删除。",
    ]
    assert done.stdout.endswith("不符 2 处。\n")
    told = json.loads(jineng("audit", "verify", "--json").stdout)
    assert told["in_order"] is False
    assert [(one["kind"], one["first"]) for one in told["findings"]] == [
        ("changed", first),
        ("removed", second),
    ]
    assert told["newest"]["number"] == 1


def test_a_copy_of_roots_and_key_is_what_counts(settings: Any, tmp_path: Path) -> None:
    happen(1)
    jineng("audit", "seal")
    folder: Path = settings.SEALS_ROOT
    (key,) = folder.glob("*.pub")
    given = ("--roots", folder / "roots", "--public-key", key)
    assert jineng("audit", "verify", *given).returncode == 0
    (tmp_path / "none.pub").write_text("")
    done = jineng("audit", "verify", "--public-key", tmp_path / "none.pub")
    assert done.returncode == 1
    assert "不是 Ed25519 公钥" in done.stderr
    assert jineng("audit", "verify", "--roots", tmp_path / "nowhere").returncode == 2


def test_a_lost_file_of_roots_can_be_written_anew(settings: Any) -> None:
    jineng("audit", "seal")
    jineng("audit", "seal")
    file: Path = settings.SEALS_ROOT / "roots"
    whole = file.read_text()
    file.write_text(whole.splitlines()[1] + "\n")
    done = jineng("audit", "seal")
    assert done.returncode == 1
    assert "--rewrite-roots" in done.stderr
    assert jineng("audit", "seal", "--rewrite-roots").returncode == 0
    assert file.read_text().startswith(whole)
    assert Root.objects.count() == 3
    assert len(list(file.parent.glob("roots.*"))) == 1
    assert jineng("audit", "verify").returncode == 0


def test_as_a_process_of_its_own(database_roles: Roles, tmp_path: Path) -> None:
    happen(1)
    environment = os.environ | {"JINENG_VAR": str(tmp_path)}
    for url, status, words in (
        (database_roles.app.text, 0, "累计"),
        ("host=127.0.0.1 port=1 dbname=none", 1, "连接不上数据库"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "jineng.cli", "audit", "seal"],
            env=environment | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert words in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "seals" / "roots").read_text().count("\n") == 1
    wrong = environment | {"JINENG_SEAL_KEY": "short", "DATABASE_URL": database_roles.app.text}
    done = subprocess.run(
        [sys.executable, "-m", "jineng.cli", "audit", "verify"],
        env=wrong,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        1,
        "设置有误：JINENG_SEAL_KEY is not 32 bytes in base64\n",
    )
