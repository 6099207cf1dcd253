"""What tests stand on: a PostgreSQL of this run, and the whole demo as a process of its own.

A run has a folder under `var/test`, named after the process that started it. Folders of runs that
were killed are cleared away by the next run.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from jineng.config import launcher
from jineng.config.database import DatabaseUrl, Roles, prepare
from jineng.config.embedded import EmbeddedPostgres
from jineng.config.processes import MARK

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "var" / "test"
NAME = "jineng_test"


def this_run() -> Path:
    """The folder of this run, the same for all of its processes."""
    os.environ.setdefault("JINENG_TEST_RUN", str(os.getpid()))
    folder = RUNS / os.environ["JINENG_TEST_RUN"]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clear_killed_runs() -> None:
    """Stops and deletes what runs left behind that can't clear up any more."""
    for folder in RUNS.glob("*"):
        if folder.name.isdecimal() and not psutil.pid_exists(int(folder.name)):
            end_run(folder)


def end_run(folder: Path) -> None:
    """Stops the run's databases and deletes all it made."""
    for data in folder.glob("*/postgres"):
        EmbeddedPostgres(data).stop()
    if (url := os.environ.get("DATABASE_URL")) and (folder / "lock").exists():
        with psycopg.connect(url, autocommit=True) as connection:
            made = f"^{NAME}_{folder.name}(_|$)"
            names = connection.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [made])
            for (name,) in names.fetchall():
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def once(run: Path, name: str) -> Iterator[bool]:
    """Whether something is still to be made in this run; the other processes wait meanwhile."""
    made = run / f"{name}-made"
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not made.exists()
        made.touch()


def test_database(worker: str) -> Roles:
    """A database for this worker, with all migrations made, seen by both roles.

    On a server of the worker's own: whoever writes to a server holds its sealer back. With
    DATABASE_URL all workers share that server.
    """
    if url := os.environ.get("DATABASE_URL"):
        return _copy_on_server(DatabaseUrl(url), worker)
    var = this_run() / worker
    var.mkdir()
    return prepare(EmbeddedPostgres(with_database(var) / "postgres", kept=False).start(), "jineng")


def _copy_on_server(admin: DatabaseUrl, worker: str) -> Roles:
    run = this_run()
    name = f"{NAME}_{run.name}"
    with once(run, "template") as new:
        template = prepare(admin, name)
        if new:
            migrate(template.owner)
        copy = f"{name}_{worker}"
        with psycopg.connect(admin.text, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{copy}"')
            connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}" OWNER owner')
        return prepare(admin, copy)


def with_database(var: Path) -> Path:
    """The folder, with the data of a server in it whose database is as the launcher makes it.

    They are made once in a run and copied. A crash of the machine would spoil them, no more.
    """
    run = this_run()
    data = run / "made" / "postgres"
    with once(run, "data") as new:
        if new:
            data.parent.mkdir()
            server = EmbeddedPostgres(data, kept=False)
            migrate(prepare(server.start(), "jineng", trusted=True).owner)
            server.stop()
            (data / "jineng_migrated").write_text(launcher.migrations())
    # As they are: where root runs the tests, they are another user's.
    subprocess.run(["cp", "-Rp", data, var / "postgres"], check=True)
    return var


def migrate(owner: DatabaseUrl) -> None:
    """Makes all migrations and brings reference data, as the role that may."""
    environment = os.environ | {
        "DATABASE_URL": owner.text,
        "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
    }
    made = (
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('migrate', interactive=False, verbosity=0);"
        "call_command('reference', verbosity=0)"
    )
    command = [sys.executable, "-c", made]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """A launcher that was started as its user starts it, with its data in `var`."""

    var: Path
    port: int
    process: "subprocess.Popen[Any]"
    #: The lines that it printed, up to the address.
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://localhost:{self.port}"

    def wait_until_up(self, seconds: float = 90) -> float:
        """Reads what it prints up to the address; how many seconds that took."""
        began = time.monotonic()
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.strip())
            if line.strip() == self.url:
                return time.monotonic() - began
            assert time.monotonic() - began < seconds, line
        raise AssertionError(f"it ended with {self.process.wait()}: {self.said}")

    def processes(self) -> list[psutil.Process]:
        """All that run for it now: launcher, site, worker, database."""
        return [process for process in psutil.process_iter() if self._is_part(process)]

    def _is_part(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and (
                process.pid == self.process.pid
                or process.environ().get(MARK) == str(self.var)
                or f"{self.var}/postgres" in process.cmdline()
            )
        except psutil.Error:
            return False

    def send(self, number: signal.Signals) -> None:
        """Sends a signal as a terminal does: to the whole group."""
        os.killpg(self.process.pid, number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends it with a signal; fails where it complains or anything stays."""
        self.send(number)
        status = self.process.wait(30)
        self.forget()
        assert status == 0
        self.wait_until_gone(seconds=1)

    def forget(self) -> None:
        """Lets go of a launcher that has ended."""
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def wait_until_gone(self, seconds: float = 30) -> None:
        """Fails where anything still runs by then, naming it."""
        give_up = time.monotonic() + seconds
        while left := self.processes():
            assert time.monotonic() < give_up, left
            time.sleep(0.1)


def start_demo(var: Path, port: int, **environment: str) -> Demo:
    """Starts the launcher in a process group of its own: an empty site, unless JINENG_DEMO is 1."""
    environment = {"JINENG_DEMO": "0"} | environment
    given = {name: text for name, text in os.environ.items() if name != "JINENG_TEST_RUN"}
    process = subprocess.Popen(
        [sys.executable, "-m", "jineng.config.launcher"],
        env=given | {"JINENG_VAR": str(var), "JINENG_PORT": str(port)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    return Demo(var, port, process)


@contextmanager
def running_demo(var: Path, seconds: float = 90, **environment: str) -> Iterator[Demo]:
    """The whole demo, up and answering; stopped at the end."""
    demo = start_demo(var, free_port(), **environment)
    try:
        demo.wait_until_up(seconds)
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.end()
        demo.forget()
