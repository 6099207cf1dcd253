"""Claims lie encrypted on the disk; what is plain goes with the process that made it."""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jineng.claims import commands, files
from jineng.claims.files import BatchFiles, opened_and_gone, plain_room, sweep_plain_rooms
from jineng.claims.models import Batch
from jineng.claims.processing import process_batch
from jineng.core.crypto import MAGIC, Unreadable
from tests.claims.files import claim, identity_number, upload, workbook

HandIn = Callable[..., Batch]


@pytest.mark.django_db
def test_nothing_readable_lies_on_the_disk(client: Client, hand_in: HandIn, settings: Any) -> None:
    person = identity_number()
    told = [claim(1, person_id=person), claim(2, hours="二十"), claim(3)]
    batch = hand_in(told, history=[claim(9, person_id=person, outcome="ineligible")])
    client.get(f"/batches/{batch.pk}/")
    lying = [path for path in settings.UPLOADS_ROOT.rglob("*") if path.is_file()]
    names = {path.name for path in lying}
    assert names == {"claims", "history", "facts", "past", "problems", "marked"}
    for path in lying:
        content = path.read_bytes()
        assert content.startswith(MAGIC)
        assert person.encode() not in content
        assert b"PAR1" not in content
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_the_system_s_folder_for_temporary_files_is_not_used(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sweeps it; workbooks are taken apart and put together in rooms."""
    told = workbook(tmp_path / "表.xlsx", [claim(1), claim(2, hours="二十")]).read_bytes()
    handed_in = SimpleUploadedFile("表.xlsx", told)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    answer = client.post("/batches/", {"claims": handed_in})
    pk = uuid.UUID(answer["Location"].split("/")[-2])
    process_batch(pk)
    assert downloaded(client, f"/batches/{pk}/marked/claims").startswith(b"PK")
    client.post(f"/batches/{pk}/clean")
    process_batch(pk)
    for ending in ("xlsx", "csv", "parquet"):
        assert downloaded(client, f"/batches/{pk}/decisions.{ending}?facts=1")


def downloaded(client: Client, address: str) -> bytes:
    """What a download brings."""
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_large_upload_never_lies_in_plain(client: Client, settings: Any) -> None:
    """Larger than what Django keeps in memory."""
    lines = [claim(number, training_id="班次" * 20) for number in range(20_000)]
    assert client.post("/batches/", {"claims": upload(lines)}).status_code == 302
    (path,) = [path for path in settings.UPLOADS_ROOT.rglob("*") if path.is_file()]
    assert path.stat().st_size > 2_500_000
    assert "班次".encode() not in path.read_bytes()


def test_a_table_comes_back_as_it_was_kept() -> None:
    kept = BatchFiles(uuid.uuid4())
    kept.make_folder()
    table = pa.table({"row": range(50_000), "person_id": [str(n % 7) for n in range(50_000)]})
    kept.write_table("facts", table)
    assert kept.read_table("facts").equals(table)
    assert kept.read_table("facts", ["row"]).column_names == ["row"]
    mine = kept.lines_of_person("facts", "3")
    assert mine["row"].to_pylist() == list(range(3, 50_000, 7))
    assert kept.lines_of_person("facts", "nobody").num_rows == 0


def test_a_table_that_was_tampered_with_is_refused() -> None:
    kept = BatchFiles(uuid.uuid4())
    kept.make_folder()
    kept.write_table("facts", pa.table({"row": [1]}))
    content = bytearray(kept.path("facts").read_bytes())
    content[-20] ^= 1
    kept.path("facts").write_bytes(content)
    with pytest.raises(Unreadable):
        kept.read_table("facts")


def test_writing_that_is_broken_off_leaves_the_old_file() -> None:
    kept = BatchFiles(uuid.uuid4())
    kept.make_folder()
    kept.write_table("facts", pa.table({"row": [1]}))

    class BrokenOff(pa.ExtensionType):
        """A column that can't be written."""

        def __init__(self) -> None:
            super().__init__(pa.null(), "broken.off")

        def __arrow_ext_serialize__(self) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, pa.ArrowException)):
        kept.write_table("facts", pa.table({"row": pa.nulls(1, BrokenOff())}))
    assert kept.read_table("facts")["row"].to_pylist() == [1]
    assert [path.name for path in kept.folder.iterdir()] == ["facts"]


def test_a_room_goes_with_its_block(settings: Any) -> None:
    with pytest.raises(ZeroDivisionError), plain_room() as room:  # noqa: PT012
        (room / "claims.csv").write_text("plain")
        assert room.stat().st_mode & 0o077 == 0
        sweep_plain_rooms()
        assert (room / "claims.csv").exists(), "a room in use was swept"
        _ = 1 / 0
    assert list((settings.UPLOADS_ROOT / files.PLAIN).iterdir()) == []


KILLED = """
import os, signal, sys
import django
from django.conf import settings
django.setup()
from pathlib import Path
settings.UPLOADS_ROOT = Path(sys.argv[1])
from jineng.claims.files import plain_room
with plain_room() as room:
    (room / "claims.csv").write_text("plain")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_room_of_a_killed_process_is_swept(settings: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.UPLOADS_ROOT)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "jineng.config.settings"},
        check=False,
    )
    assert done.returncode == -9
    plain = settings.UPLOADS_ROOT / files.PLAIN
    assert list(plain.glob("*/claims.csv"))
    sweep_plain_rooms()
    assert list(plain.iterdir()) == []


def test_a_file_that_is_opened_and_gone_can_still_be_read(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_bytes(b"decisions")
    with opened_and_gone(path) as file:
        assert not path.exists()
        assert file.read() == b"decisions"


@pytest.mark.django_db
def test_folders_that_nobody_knows_are_deleted_after_an_hour(decided: Batch) -> None:
    left, fresh = BatchFiles(uuid.uuid4()), BatchFiles(uuid.uuid4())
    for each in (left, fresh):
        each.make_folder()
    hour_ago = time.time() - files.LEFT_BEHIND_SECONDS - 1
    for folder in (left.folder, BatchFiles(decided.pk).folder):
        os.utime(folder, (hour_ago, hour_ago))
    commands.delete_expired(at=decided.created_at)
    assert not left.folder.exists()
    assert fresh.folder.exists()
    assert BatchFiles(decided.pk).folder.exists()
