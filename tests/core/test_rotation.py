"""New master and file keys: nothing is lost wherever the rotation is killed."""

import secrets
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from jineng.config.database import Roles
from jineng.core import sealed
from jineng.core.crypto import Unreadable, create_encrypted, key_of, open_encrypted
from jineng.core.events import events_of
from jineng.core.models import DataKey, Event
from jineng.core.rotation import (
    file_keys_used,
    master_keys_used,
    reencrypt_files,
    rewrap_data_keys,
)
from jineng.core.sealed import seal_many, unseal
from tests.core.rotating import as_text, finish, kill_when, start, with_new

PLACE = "people_organisation.bank_account"


def silent(stage: str, done: int, total: int) -> None:
    """Nobody asks how far things are."""


def values(count: int) -> list[bytes]:
    """Values, each sealed by a data key of its own."""
    made = []
    for at in range(count):
        DataKey.objects.update(retired_at="2026-01-01T00:00Z")
        sealed.forget_keys()
        made += seal_many([f"{at}"], PLACE)
    return made


@pytest.mark.django_db
def test_data_keys_are_wrapped_by_the_new_master_key(settings: Any) -> None:
    kept = values(3)
    (old,) = settings.DATA_KEYS
    settings.DATA_KEYS = with_new(settings.DATA_KEYS)
    assert master_keys_used() == {old: 3}
    assert rewrap_data_keys(silent) == 3
    assert rewrap_data_keys(silent) == 0
    assert master_keys_used() == {"new": 3}
    del settings.DATA_KEYS[old]
    sealed.forget_keys()
    assert [unseal(value, PLACE) for value in kept] == ["0", "1", "2"]
    told = Event.objects.filter(kind="rewrapped")
    assert [event.after for event in told] == [{"master": [old, "new"]}] * 3


@pytest.mark.django_db
def test_a_data_key_that_is_overwritten_is_in_the_log() -> None:
    values(1)
    row = DataKey.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_datakey SET wrapped = '\\x00' WHERE id = %s", [row.pk])
        event = events_of(row)[0]
        assert (event.kind, event.after) == ("update", {"wrapped": "…"})
        for wrong in ("made_at = now()", "xact = '1'", "id = 9"):
            with pytest.raises(ProgrammingError, match="permission"), transaction.atomic():
                cursor.execute(f"UPDATE core_datakey SET {wrong}")


@pytest.mark.django_db
def test_what_was_wrapped_by_the_old_seals_nothing_new(settings: Any) -> None:
    before = values(1)[0]
    settings.DATA_KEYS = with_new(settings.DATA_KEYS)
    rewrap_data_keys(silent)
    sealed.forget_keys()
    assert seal_many(["a"], PLACE)[0][:8] != before[:8]


@pytest.mark.django_db
def test_a_master_key_that_is_missing_is_named(settings: Any) -> None:
    values(1)
    (old,) = settings.DATA_KEYS
    settings.DATA_KEYS = {"new": secrets.token_bytes(32)}
    with pytest.raises(Unreadable, match=old):
        rewrap_data_keys(silent)
    assert master_keys_used() == {old: 1}


@pytest.mark.django_db(transaction=True)
def test_killed_between_two_data_keys(settings: Any, database_roles: Roles, tmp_path: Path) -> None:
    kept = values(4)
    ring = with_new(settings.DATA_KEYS)
    told: dict[str, Any] = {
        "roles": database_roles,
        "var": tmp_path,
        "JINENG_DATA_KEYS": as_text(ring),
    }
    third = DataKey.objects.order_by("pk")[2].pk
    with psycopg.connect(database_roles.app.text) as other:
        other.execute("SELECT FROM core_datakey WHERE id = %s FOR UPDATE", [third])
        process = start("keys", "rotate", "data", **told)
        kill_when(process, lambda: master_keys_used()["new"] == 2)
    settings.DATA_KEYS = ring
    sealed.forget_keys()
    assert [unseal(value, PLACE) for value in kept] == ["0", "1", "2", "3"]
    assert "2 把数据密钥改由 new 封装" in finish(start("keys", "rotate", "data", **told))
    assert master_keys_used() == {"new": 4}
    settings.DATA_KEYS = {"new": ring["new"]}
    sealed.forget_keys()
    assert [unseal(value, PLACE) for value in kept] == ["0", "1", "2", "3"]


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with create_encrypted(path) as file:
        file.write(content)


def read(path: Path) -> bytes:
    with open_encrypted(path) as file:
        return file.read()


def test_files_are_encrypted_anew(settings: Any) -> None:
    root: Path = settings.UPLOADS_ROOT
    content = {
        root / "batches" / f"{at}" / "claims": secrets.token_bytes(at) for at in (0, 3 << 20)
    }
    for path, plain in content.items():
        write(path, plain)
    (root / "plain").mkdir()
    (root / "plain" / "note").write_text("not encrypted")
    write(root / "receiving" / "half", b"still coming")
    write(root / "batches" / "0" / ".aside", b"still written")
    times = [path.stat().st_mtime_ns for path in content]
    (old,) = settings.FILE_KEYS
    settings.FILE_KEYS = with_new(settings.FILE_KEYS)
    assert file_keys_used() == {old: 2}
    assert reencrypt_files(silent) == (2, [])
    assert reencrypt_files(silent) == (0, [])
    assert file_keys_used() == {"new": 2}
    assert [path.stat().st_mtime_ns for path in content] == times
    assert (root / "plain" / "note").read_text() == "not encrypted"
    assert key_of(root / "receiving" / "half") == key_of(root / "batches" / "0" / ".aside") == old
    settings.FILE_KEYS = {"new": settings.FILE_KEYS["new"]}
    assert {path: read(path) for path in content} == content
    assert {path.stat().st_mode & 0o777 for path in content} == {0o600}


def test_files_that_can_t_be_read_are_named_and_left(settings: Any) -> None:
    paths = [settings.UPLOADS_ROOT / name for name in ("cut", "good")]
    for path in paths:
        write(path, b"content")
    paths[0].write_bytes(paths[0].read_bytes()[:-1])
    before = paths[0].read_bytes()
    settings.FILE_KEYS = with_new(settings.FILE_KEYS)
    assert reencrypt_files(silent) == (1, [paths[0]])
    assert paths[0].read_bytes() == before
    assert sorted(settings.UPLOADS_ROOT.iterdir()) == paths


def test_a_file_that_was_replaced_or_deleted_meanwhile_stays_so(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    root: Path = settings.UPLOADS_ROOT
    for name in ("replaced", "deleted"):
        write(root / name, b"old")
    settings.FILE_KEYS = with_new(settings.FILE_KEYS)

    def meanwhile(source: Any, target: Any, length: int) -> None:
        write(root / "later", b"newer")
        (root / "later").replace(root / "replaced")
        (root / "deleted").unlink(missing_ok=True)
        target.write(source.read())

    monkeypatch.setattr("jineng.core.rotation.shutil.copyfileobj", meanwhile)
    reencrypt_files(silent)
    assert read(root / "replaced") == b"newer"
    assert [path.name for path in root.iterdir()] == ["replaced"]


@pytest.mark.django_db(transaction=True)
def test_killed_between_and_within_files(
    settings: Any, database_roles: Roles, tmp_path: Path
) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    content = {tmp_path / "uploads" / f"{at:02}": bytes([at]) * (1 << 20) for at in range(40)}
    for path, plain in content.items():
        write(path, plain)
    ring = with_new(settings.FILE_KEYS)
    told: dict[str, Any] = {
        "roles": database_roles,
        "var": tmp_path,
        "JINENG_FILE_KEYS": as_text(ring),
    }
    settings.FILE_KEYS = ring
    for far in (3, 9):
        process = start("keys", "rotate", "file", **told)
        kill_when(process, lambda far=far: file_keys_used()["new"] >= far)  # type: ignore[misc]
        assert file_keys_used()["new"] < 40
        assert {path: read(path) for path in content} == content
    finish(start("keys", "rotate", "file", **told))
    assert file_keys_used() == {"new": 40}
    settings.FILE_KEYS = {"new": ring["new"]}
    assert {path: read(path) for path in content} == content
    assert set((tmp_path / "uploads").iterdir()) == set(content)
