"""Server and worker as processes of their own, killed in the midst of a batch."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from jineng import policy
from jineng.claims import commands
from jineng.claims.files import PLAIN, BatchFiles
from jineng.claims.models import Batch, State
from jineng.config.database import Roles
from jineng.core.crypto import MAGIC
from jineng.core.uploads import RECEIVING
from tests.claims.files import claim, csv_bytes
from tests.stand import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("jobs")]

WORKER = ["django", "procrastinate", "worker", "--concurrency", "1"]
SERVER = ["granian", "--no-ws", "--interface", "wsgi", "--host", "127.0.0.1"]
FORM = "multipart/form-data; boundary=jn"
#: An upload that is under way is longer than its head.
MAGIC_BYTES = 1024
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


@dataclass
class Site:
    """The server and the worker as processes of their own, to be killed, and a visitor."""

    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    cookies: dict[str, str] = field(default_factory=dict)
    running: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """Starts a process that takes its children along when it is killed."""
        log = subprocess.DEVNULL
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def serve(self) -> None:
        """Starts the server, and waits until it answers."""
        self.start(*SERVER, "--port", str(self.port), "jineng.config.wsgi:application")
        give_up = time.monotonic() + 90
        while True:
            with suppress(OSError, http.client.HTTPException):
                self.get("/batches/")
                return
            assert time.monotonic() < give_up
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 of all that runs."""
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def asked(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
        """The status of an answer, and its text; where it leads to, if it does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": "localhost", "Cookie": self.cookie, "Content-Type": kind}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _is, word = value.partition(";")[0].partition("=")
                self.cookies[key] = word
        text = answer.getheader("Location") or answer.read().decode()
        connection.close()
        return answer.status, text

    @property
    def cookie(self) -> str:
        """What the visitor's browser keeps."""
        return "; ".join(f"{name}={word}" for name, word in self.cookies.items())

    def get(self, path: str) -> str:
        """A page."""
        return self.asked("GET", path)[1]

    def form(self, content: bytes) -> bytes:
        """The form of the upload, filled in."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/batches/"))
        assert token
        parts = [
            b'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
            + token[1].encode(),
            b'Content-Disposition: form-data; name="claims"; filename="lines.csv"\r\n'
            b"Content-Type: text/csv\r\n\r\n" + content,
        ]
        return b"".join(b"--jn\r\n" + part + b"\r\n" for part in parts) + b"--jn--\r\n"


def killed_in_the_midst_of_sending(site: Site, body: bytes, receiving: Path) -> None:
    """The server is killed when half of an upload has come."""
    head = (
        f"POST /batches/ HTTP/1.1\r\nHost: localhost\r\nCookie: {site.cookie}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site.port)) as sending:
        sending.sendall(head.encode() + body[: len(body) // 2])
        give_up = time.monotonic() + 60
        while not any(path.stat().st_size > MAGIC_BYTES for path in receiving.glob("*")):
            assert time.monotonic() < give_up
            time.sleep(0.01)
        site.kill()


def killed_when(site: Site, batch: Batch, state: State) -> None:
    """Starts a worker; kills it and the server as soon as it has the batch in that state."""
    site.start(*WORKER)
    try:
        until(batch, lambda found: found.state == state and found.stage != "")
    finally:
        site.kill()
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
    defer = [sys.executable, "-m", *WORKER[:2], "defer", "jineng.core.tasks.retry_stalled_jobs"]
    arguments = json.dumps({"timestamp": 0})
    # Where a worker has queued it already, it is not queued twice.
    subprocess.run([*defer, arguments], env=environment, check=False, capture_output=True)


def test_a_batch_is_finished_though_server_and_worker_are_killed_again_and_again(
    environment: dict[str, str], settings: Any
) -> None:
    """In the midst of sending, right after, while it is read, and while it is decided."""
    lines = [claim(n, person_id=f"P-{n // 3}", hours=str(18 + n % 5)) for n in range(LINES)]
    receiving = settings.UPLOADS_ROOT / RECEIVING
    site = Site(environment)
    try:
        site.serve()
        body = site.form(csv_bytes(lines))
        killed_in_the_midst_of_sending(site, body, receiving)
        assert not Batch.objects.exists()
        # What had come is encrypted, and swept once it is old.
        for half in receiving.iterdir():
            assert half.read_bytes().startswith(MAGIC)
            os.utime(half, (0, 0))
        commands.delete_expired(at=timezone.now())
        assert list(receiving.iterdir()) == []

        site.serve()
        status, address = site.asked("POST", "/batches/", body, FORM)
        site.kill()
        assert status == 302
        batch = Batch.objects.get(pk=address.split("/")[-2])
        killed_when(site, batch, State.CHECKING)
        retry_stalled_jobs(environment)
        killed_when(site, batch, State.DECIDING)
        retry_stalled_jobs(environment)
        site.serve()
        worker = site.start(*WORKER)
        until(batch, lambda found: not found.is_underway)
        page = site.get(address)
        worker.terminate()
        worker.wait(30)
    finally:
        site.kill()

    assert batch.state == State.DECIDED
    assert f"共 {LINES:,} 条" in page
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
