"""The worker as a process of its own, killed in the midst of a batch."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from jineng import policy
from jineng.claims.files import PLAIN, BatchFiles
from jineng.claims.models import Batch, State
from jineng.config.database import Roles
from tests.claims.files import claim, csv_bytes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("jobs")]

WORKER = [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "1"]
LINES = 60_000


@pytest.fixture
def environment(database_roles: Roles, tmp_path: Path, settings: Any) -> dict[str, str]:
    """The worker's environment: this test's database, uploads and keys."""
    assert tmp_path / "uploads" == settings.UPLOADS_ROOT
    ring = [f"{name}:{base64.b64encode(key).decode()}" for name, key in settings.FILE_KEYS.items()]
    return os.environ | {
        "DATABASE_URL": database_roles.app.text,
        "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
        "JINENG_VAR": str(tmp_path),
        "JINENG_FILE_KEYS": ",".join(ring),
    }


def until(batch: Batch, reached: Callable[[Batch], bool]) -> None:
    """Waits for a state of the batch."""
    give_up = time.monotonic() + 90
    while not reached(batch):
        assert time.monotonic() < give_up, (batch.state, batch.stage, batch.trouble)
        time.sleep(0.002)
        batch.refresh_from_db()


def killed_when(environment: dict[str, str], batch: Batch, state: State) -> None:
    """Starts a worker and kills it as soon as it has the batch in that state."""
    log = subprocess.DEVNULL
    worker = subprocess.Popen(WORKER, env=environment, stdout=log, stderr=log)
    try:
        until(batch, lambda found: found.state == state and found.stage != "")
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    batch.refresh_from_db()
    assert batch.state == state
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        assert cursor.fetchone() == (1,)
        # As if the half minute had passed after which a silent worker counts as dead.
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )


def retry_stalled_jobs(environment: dict[str, str]) -> None:
    """What the worker does every minute."""
    defer = [*WORKER[:4], "defer", "jineng.core.tasks.retry_stalled_jobs"]
    arguments = json.dumps({"timestamp": 0})
    # Where a worker has queued it already, it is not queued twice.
    subprocess.run([*defer, arguments], env=environment, check=False, capture_output=True)


def test_a_batch_is_finished_though_its_worker_is_killed_twice(
    client: Client, environment: dict[str, str], settings: Any
) -> None:
    lines = [claim(n, person_id=f"P-{n // 3}", hours=str(18 + n % 5)) for n in range(LINES)]
    file = SimpleUploadedFile("六万行.csv", csv_bytes(lines))
    answer = client.post("/batches/", {"claims": file})
    batch = Batch.objects.get(pk=answer["Location"].split("/")[-2])

    killed_when(environment, batch, State.CHECKING)
    retry_stalled_jobs(environment)
    killed_when(environment, batch, State.DECIDING)
    retry_stalled_jobs(environment)
    worker = subprocess.Popen(
        WORKER, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(batch, lambda found: not found.is_underway)
    finally:
        worker.terminate()
        worker.wait(30)

    assert batch.state == State.DECIDED
    decisions = BatchFiles(batch.pk).read_table("decisions")
    expected = policy.load("hubei").decide(lines)
    assert decisions.select(expected.column_names).to_pylist() == expected.to_pylist()
    # Nothing plain is left of what the killed workers had open.
    assert [path for path in (settings.UPLOADS_ROOT / PLAIN).rglob("*") if path.is_file()] == []


def test_row_and_job_are_committed_together(client: Client, settings: Any) -> None:
    """Where the job can't be queued, nothing is kept of the batch."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE owner")
        cursor.execute("ALTER TABLE procrastinate_jobs RENAME TO procrastinate_jobs_aside")
        cursor.execute("SET ROLE app")
    try:
        client.raise_request_exception = False
        file = SimpleUploadedFile("一行.csv", csv_bytes([claim(1)]))
        assert client.post("/batches/", {"claims": file}).status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE owner")
            cursor.execute("ALTER TABLE procrastinate_jobs_aside RENAME TO procrastinate_jobs")
            cursor.execute("SET ROLE app")
    assert not Batch.objects.exists()
    assert list((settings.UPLOADS_ROOT / "batches").iterdir()) == []
