"""`make demo`, with real processes: it starts, it answers, and nothing stays when it ends."""

import os
import pty
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from jineng.config import launcher
from jineng.config.database import DatabaseUrl, Roles
from tests.conftest import new_var
from tests.stand import Demo, free_port, running_demo, start_demo, with_database

# They share a folder of data.
pytestmark = pytest.mark.xdist_group("launcher")

# Makes its standard input the terminal that it ends with, then becomes what it was given.
ON_ITS_OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

SECONDS_OF_A_SECOND_START = 5


@pytest.fixture(scope="module", autouse=True)
def hearing_hangups() -> Iterator[None]:
    """A run under nohup ignores SIGHUP, and so would every process that it starts.

    One that is handled, even by doing nothing, is not ignored by what is started from here.
    """
    before = signal.signal(signal.SIGHUP, lambda number, frame: None)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture(scope="module")
def used(hearing_hangups: None) -> Path:
    """The data of a demo that has run once."""
    var = with_database(new_var())
    with running_demo(var) as demo:
        everything = {process.name() for process in demo.processes()}
        assert "postgres" in everything
    return var


@pytest.fixture(scope="module")
def demo(hearing_hangups: None) -> Iterator[Demo]:
    """A demo that runs beside the others, with data of its own."""
    with running_demo(with_database(new_var())) as started:
        yield started


def status(demo: Demo, path: str = "/") -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}{path}", timeout=10) as page:
        return int(page.status)


def refused(var: Path, port: int, **environment: str) -> str:
    """The one line that a launcher says which does not start."""
    started = start_demo(var, port, **environment)
    output, _ = started.process.communicate(timeout=60)
    assert started.process.returncode == 1
    assert output.count("\n") == 1, output
    assert "Traceback" not in output
    return output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_of_it(used: Path, number: signal.Signals) -> None:
    demo = start_demo(used, free_port())
    demo.wait_until_up()
    assert status(demo) == 200
    assert len(demo.processes()) > 5
    demo.end(number)


def test_a_signal_during_the_start_ends_it_too(used: Path) -> None:
    demo = start_demo(used, free_port())
    give_up = time.monotonic() + 30
    while not any(process.name() == "postgres" for process in demo.processes()):
        assert time.monotonic() < give_up
        time.sleep(0.02)
    demo.end(signal.SIGINT)


def test_a_closed_terminal_ends_it(used: Path) -> None:
    outside, inside = pty.openpty()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_ITS_OWN_TERMINAL, "-m", "jineng.config.launcher"],
        env=os.environ | {"JINENG_VAR": str(used), "JINENG_PORT": str(port), "JINENG_DEMO": "0"},
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    demo = Demo(used, port, process)
    said = b""
    while b"http://localhost" not in said:
        said += os.read(outside, 1000)
    os.close(outside)
    assert process.wait(30) == 0
    demo.wait_until_gone(seconds=1)


def test_it_ends_with_whoever_started_it(used: Path) -> None:
    port = free_port()
    shell = subprocess.Popen(
        ["sh", "-c", f"{sys.executable} -m jineng.config.launcher; true"],
        env=os.environ | {"JINENG_VAR": str(used), "JINENG_PORT": str(port), "JINENG_DEMO": "0"},
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    demo = Demo(used, port, shell)
    demo.wait_until_up()
    shell.kill()
    demo.forget()
    demo.wait_until_gone()


@pytest.mark.parametrize("also", ["launcher alone", "database too"])
def test_after_a_kill_the_next_start_cleans_up(used: Path, also: str) -> None:
    port = free_port()
    killed = start_demo(used, port)
    killed.wait_until_up()
    before = {process.pid for process in killed.processes()}
    for process in killed.processes():
        if process.pid == killed.process.pid or (
            also == "database too" and process.name() == "postgres"
        ):
            process.kill()
    killed.forget()
    assert len(killed.processes()) > 2

    again = start_demo(used, port)
    again.wait_until_up()
    assert status(again) == 200
    assert before.isdisjoint(process.pid for process in again.processes())
    again.end()


def test_what_is_killed_while_it_runs_is_started_again(demo: Demo) -> None:
    def workers() -> set[int]:
        found = set()
        for one in demo.processes():
            # One that was killed has no words any more, and then isn't there.
            with suppress(psutil.NoSuchProcess):
                if "procrastinate" in one.cmdline():
                    found.add(one.pid)
        return found

    (killed,) = workers()
    psutil.Process(killed).kill()
    give_up = time.monotonic() + 30
    while not workers() - {killed}:
        assert time.monotonic() < give_up
        time.sleep(0.1)
    assert status(demo) == 200


def test_site_and_worker_sign_in_as_app(demo: Demo) -> None:
    own = DatabaseUrl((demo.var / "run" / "database_url").read_text())
    with psycopg.connect(own.with_(user="postgres").text) as connection:
        names = connection.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity"
            " WHERE datname = 'jineng' AND pid <> pg_backend_pid()"
        ).fetchall()
    assert names == [("app",)]
    assert status(demo, "/healthz") == 200


@pytest.mark.timed
def test_a_second_start_is_quick(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Up to the printed address; the quickest of three."""
    seconds: list[float] = []
    while len(seconds) < 3 and min(seconds, default=99.0) > SECONDS_OF_A_SECOND_START:
        began = time.monotonic()
        with running_demo(used) as demo:
            seconds.append(time.monotonic() - began)
            assert status(demo) == 200
    with capsys.disabled():
        sys.stdout.write(f"\nsecond start: {min(seconds):.1f} s\n")
    assert min(seconds) < SECONDS_OF_A_SECOND_START


def test_a_busy_port_is_said_in_one_line(used: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = refused(used, port)
    assert f"端口 {port} 已被占用" in line
    assert f"JINENG_PORT={port + 1} make demo" in line


def test_a_demo_that_runs_already_is_named(demo: Demo) -> None:
    line = refused(demo.var, free_port())
    assert demo.url in line
    assert f"kill {demo.process.pid}" in line
    assert status(demo) == 200


@pytest.mark.parametrize("text", ["eight", "0", "70000"])
def test_a_port_that_is_none(used: Path, text: str) -> None:
    assert "JINENG_PORT" in refused(used, 1, JINENG_PORT=text)


@pytest.mark.parametrize("name", ["JINENG_UPLOADS_KEPT_HOURS", "JINENG_UPLOADS_MAX_MB"])
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "a day"])
def test_a_number_that_is_none(used: Path, name: str, text: str) -> None:
    line = refused(used, free_port(), **{name: text})
    assert name in line
    assert text in line


def test_a_key_that_can_not_be_used(used: Path) -> None:
    assert "'k1'" in refused(used, free_port(), JINENG_FILE_KEYS="k1:c2hvcnQ=")


def test_a_database_that_is_not_there(used: Path) -> None:
    url = f"postgresql://somebody@127.0.0.1:{free_port()}/nothing"
    assert "127.0.0.1" in refused(used, free_port(), DATABASE_URL=url)


def test_a_full_disk(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "FREE_BYTES_NEEDED", 2**60)
    with pytest.raises(launcher.Refused, match="磁盘空间不足"):
        launcher.Demo(used, free_port()).start()


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    assert str(tmp_path / "var") in refused(tmp_path / "var", free_port())


def test_a_database_broken_off_while_it_was_made_is_made_anew() -> None:
    var = new_var()
    (var / "postgres" / "base" / "1").mkdir(parents=True)
    (var / "postgres" / "PG_VERSION").write_text("18\n")
    with running_demo(var) as demo:
        assert status(demo, "/healthz") == 200


def test_a_path_too_long_for_a_socket() -> None:
    var = new_var() / ("long" * 20)
    var.mkdir()
    with running_demo(with_database(var)) as demo:
        assert status(demo, "/healthz") == 200


def test_a_server_of_ones_own(used: Path, database_roles: Roles) -> None:
    """With DATABASE_URL no server is started or stopped; tables are the owner's."""
    admin = database_roles.app.with_(options="", dbname="postgres")
    name = f"{database_roles.app.name}_own"
    with psycopg.connect(admin.text, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        own = admin.with_(dbname=name)
        try:
            check_own_server(used, own)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def check_own_server(var: Path, own: DatabaseUrl) -> None:
    demo = start_demo(var, free_port(), DATABASE_URL=own.text)
    demo.wait_until_up()
    assert status(demo, "/healthz") == 200
    assert "postgres" not in {process.name() for process in demo.processes()}
    with psycopg.connect(own.text) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    assert owners == [("owner",)]
    demo.end()
