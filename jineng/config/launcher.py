"""`make demo`: the database, the site and its worker, from one command, until Ctrl-C.

Everything listens on 127.0.0.1. Whatever ends the launcher (Ctrl-C, a closed terminal, TERM) ends
all of it, the database last; after kill -9 the next start cleans up first.
"""

import errno
import fcntl
import getpass
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from jineng.config import database, keys, mail, numbers, registers
from jineng.config.database import DatabaseUrl, Roles
from jineng.config.embedded import DidNotStart, EmbeddedPostgres
from jineng.config.processes import MARK, Child, Record, end_sessions

ROOT = Path(__file__).resolve().parents[2]
FREE_BYTES_NEEDED = 300 * 1024 * 1024
SECONDS_TO_ANSWER = 60
SECONDS_FOR_ANOTHER_TO_STOP = 20
LOG_BYTES_KEPT = 10 * 1024 * 1024
#: How `jineng demo --first-start` ends where the database holds data of somebody's own.
NOT_EMPTY = 3
LOADED, LEFT_ALONE = "loaded", "left alone"


class Refused(Exception):
    """Why the demo can't run, as one line for whoever started it."""


class Stopped(BaseException):
    """A signal asked the launcher to end."""


def say(line: str) -> None:
    """Prints a line; a terminal that is gone is no reason to fail."""
    with suppress(OSError):
        os.write(1, f"{line}\n".encode())


class Demo:
    """One run of the demo, with its data in `var`, on `port`."""

    def __init__(self, var: Path, port: int) -> None:
        self.var = var
        self.port = port
        self.postgres: EmbeddedPostgres | None = None
        self.children: list[Child] = []
        self.record = Record(var / "run" / "sessions.json")
        self.url_file = var / "run" / "database_url"
        self.port_file = var / "run" / "port"
        self.counts = var / "run" / "metrics"

    def start(self) -> None:
        """Brings everything up, or raises Refused."""
        _require_numbers()
        self._make_folders()
        self._require_room()
        self._make_keys()
        end_sessions(self.record.read(), self.var)
        self._require_port()
        roles = self._start_database()
        self._migrate(roles.owner)
        self._write_address(roles.app)
        self._load_province(roles.app)
        environment = self._environment(roles.app)
        self._start_child(self._web(environment))
        self._wait_for_answer()
        # Not before, so that the two don't keep each other from starting.
        self._start_child(self._worker(environment))

    def _make_folders(self) -> None:
        for name in ("run", "log"):
            (self.var / name).mkdir(parents=True, exist_ok=True)
        # What processes counted that are gone.
        shutil.rmtree(self.counts, ignore_errors=True)
        self.counts.mkdir()
        for log in (self.var / "log").glob("*.log"):
            if log.stat().st_size > LOG_BYTES_KEPT:
                log.rename(log.with_suffix(".log.1"))

    def _make_keys(self) -> None:
        """Before the site and its worker both look for them."""
        try:
            keys.make_all(self.var / "keys")
        except ValueError as problem:
            raise Refused(f"密钥不能使用 / a key can't be used: {problem}") from None

    def _require_room(self) -> None:
        free = shutil.disk_usage(self.var).free
        if free < FREE_BYTES_NEEDED:
            raise Refused(
                f"磁盘空间不足：{self.var} 只剩 {free // 2**20} MB，至少需要"
                f" {FREE_BYTES_NEEDED // 2**20} MB / disk full: not enough room for the demo"
            )

    def _require_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as problem:
                if problem.errno != errno.EADDRINUSE:
                    raise Refused(
                        f"端口 {self.port} 不能使用 / port {self.port}: {problem.strerror}"
                    ) from None
                raise Refused(
                    f"端口 {self.port} 已被占用，请停止占用者或换一个端口 / port {self.port}"
                    f" is in use; try: JINENG_PORT={self.port + 1} make demo"
                ) from None

    def _start_database(self) -> Roles:
        if url := os.environ.get("DATABASE_URL"):
            return server_roles(DatabaseUrl(url))
        self.postgres = EmbeddedPostgres(self.var / "postgres")
        try:
            return database.prepare(self.postgres.start(), "jineng", trusted=True)
        except DidNotStart as problem:
            raise Refused(
                f"内置数据库没有启动，原因见 / the bundled PostgreSQL did not start, see {problem}"
            ) from None

    def _migrate(self, owner: DatabaseUrl) -> None:
        # Kept with the data that it speaks of. A server of one's own is always asked.
        stamp = self.var / "postgres" / "jineng_migrated"
        state = migrations()
        if self.postgres and stamp.exists() and stamp.read_text() == state:
            return
        log = self.var / "log" / "migrate.log"
        for words in (["migrate", "--no-input"], ["reference"]):
            with log.open("ab") as output:
                done = subprocess.run(
                    [sys.executable, "-m", "django", *words, "--skip-checks"],
                    env=self._environment(owner),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    check=False,
                )
            if done.returncode:
                raise Refused(f"数据库结构更新失败，原因见 / migrations failed, see {log}")
        if self.postgres:
            stamp.write_text(state)

    def _load_province(self, app: DatabaseUrl) -> None:
        """Into a database that holds nothing; data of somebody's own are left alone, and told of.

        Killed, it begins anew at the next start: the load is one transaction.
        """
        stamp = self.var / "postgres" / "jineng_demo"
        if not numbers.demo():
            if self.postgres and stamp.exists() and stamp.read_text() == LOADED:
                say(
                    "库里是演示省的数据；要空的网站，请用 JINENG_VAR 另指定文件夹"
                    " / the demo province is in here; for an empty site name another JINENG_VAR"
                )
            return
        state = stamp.read_text() if self.postgres and stamp.exists() else self._run_load(app)
        if self.postgres:
            stamp.write_text(state)
        if state == LEFT_ALONE:
            say(
                "数据库里已有数据，保持原样，没有装入演示省"
                " / data are there and left alone: no demo province"
            )

    def _run_load(self, app: DatabaseUrl) -> str:
        log = self.var / "log" / "demo.log"
        with log.open("ab") as errors:
            load = subprocess.Popen(
                [sys.executable, "-m", "jineng.cli", "demo", "--first-start"],
                env=self._environment(app),
                stdin=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        # Were this process killed, the next start would end that one too.
        self.record.write({load.pid})
        try:
            status = load.wait()
        except BaseException:
            load.kill()
            load.wait()
            raise
        if status not in (0, NOT_EMPTY):
            raise Refused(f"演示省没有装入，原因见 / the demo province was not loaded, see {log}")
        return LEFT_ALONE if status == NOT_EMPTY else LOADED

    def _write_address(self, app: DatabaseUrl) -> None:
        descriptor = os.open(self.url_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(app.text)
        self.port_file.write_text(str(self.port))

    def _environment(self, url: DatabaseUrl) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": url.text,
            "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
            "JINENG_VAR": str(self.var),
            "JINENG_SMS": os.environ.get("JINENG_SMS", "page"),
            "PROMETHEUS_MULTIPROC_DIR": str(self.counts),
            MARK: str(self.var),
        }

    def _web(self, environment: dict[str, str]) -> Child:
        options = {
            "--interface": "wsgi",
            "--host": "127.0.0.1",
            "--port": str(self.port),
            "--workers": "2",
            "--blocking-threads": "4",
            "--workers-kill-timeout": "5",
        }
        command = [sys.executable, "-m", "granian", "--no-ws", "--respawn-failed-workers"]
        command += [word for option in options.items() for word in option]
        command.append("jineng.config.wsgi:application")
        return Child("web", command, environment, self.var / "log" / "web.log")

    def _worker(self, environment: dict[str, str]) -> Child:
        command = [sys.executable, "-m", "django", "procrastinate", "worker"]
        command += ["--concurrency", "2", "--shutdown-graceful-timeout", "5"]
        return Child("worker", command, environment, self.var / "log" / "worker.log")

    def _start_child(self, child: Child) -> None:
        if child not in self.children:
            self.children.append(child)
        child.start()
        self.record.write(self._sessions())

    def _sessions(self) -> set[int]:
        return {child.session for child in self.children if child.session is not None}

    def _wait_for_answer(self) -> None:
        give_up = time.monotonic() + SECONDS_TO_ANSWER
        while not self._answers():
            self.watch()
            if time.monotonic() > give_up:
                raise Refused(
                    f"网站没有应答，原因见 / the site does not answer, see {self.children[0].log}"
                )
            time.sleep(0.05)

    def _answers(self) -> bool:
        # Not through urllib, which would ask a proxy named in the environment.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def watch(self) -> None:
        """Starts again what has ended by itself; raises Refused for what won't stay up."""
        for child in self.children:
            if not child.ended():
                continue
            if child.ends_too_often():
                raise Refused(
                    f"{child.name} 反复退出，原因见 / {child.name} keeps ending, see {child.log}"
                )
            if child.session is not None:
                end_sessions({child.session}, self.var)
            self._start_child(child)

    def stop(self) -> None:
        """Ends site and worker, then the database."""
        end_sessions(self._sessions(), self.var)
        if self.postgres is not None:
            self.postgres.stop()
        self.url_file.unlink(missing_ok=True)
        self.port_file.unlink(missing_ok=True)
        self.record.forget()


def migrations() -> str:
    """One hash over migrations and reference data, and the packages that bring migrations."""
    total = hashlib.sha256()
    for package in ("django", "django-allauth", "procrastinate"):
        total.update(f"{package} {version(package)} ".encode())
    brought = [*(ROOT / "jineng").glob("*/migrations/*.py"), *(ROOT / "jineng").glob("*/data/*")]
    brought += (ROOT / "jineng").glob("*/reference.py")
    for path in sorted(brought):
        total.update(path.read_bytes())
    return total.hexdigest()


def server_roles(url: DatabaseUrl) -> Roles:
    """Both roles on a server of the user's own."""
    host = conninfo_to_dict(url.text).get("host") or "localhost"
    try:
        if owner := os.environ.get("DATABASE_OWNER_URL"):
            app_user = conninfo_to_dict(url.text).get("user") or getpass.getuser()
            database.grant(DatabaseUrl(owner), to=str(app_user))
            return Roles(owner=DatabaseUrl(owner), app=url)
        return database.prepare(url)
    except psycopg.errors.InsufficientPrivilege:
        say("数据库用户无权建立角色，迁移与运行使用同一用户 / one database role for everything")
        return Roles(owner=url, app=url)
    except psycopg.Error as problem:
        reason = str(problem).strip().splitlines()[-1].strip()
        raise Refused(
            f"连接不上 DATABASE_URL 指定的数据库 / can't reach the database at {host}: {reason}"
        ) from None


@contextmanager
def only_one(var: Path, port: int) -> Iterator[None]:
    """Holds the lock of this `var`; raises Refused where another launcher holds it."""
    (var / "run").mkdir(parents=True, exist_ok=True)
    with (var / "run" / "launcher").open("a+") as file:
        give_up = time.monotonic() + SECONDS_FOR_ANOTHER_TO_STOP
        while not _locked(file):
            if time.monotonic() > give_up or not _is_ending(file):
                file.seek(0)
                words = file.read().split()
                where, pid = (words[0], words[1]) if len(words) > 2 else (str(port), "?")
                raise Refused(
                    f"技能已在运行 / Jineng already runs: http://localhost:{where} (kill {pid})"
                )
            time.sleep(0.2)
        file.seek(0)
        file.truncate()
        file.write(f"{port} {os.getpid()} {os.getppid()}\n")
        file.flush()
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_ending(file: IO[str]) -> bool:
    """Whether what started the launcher that holds the lock is gone, so that it will end too."""
    file.seek(0)
    try:
        _, pid, parent = (int(word) for word in file.read().split())
        return psutil.Process(pid).ppid() != parent
    except (ValueError, psutil.Error):
        return True


def _on_signal(number: int, frame: FrameType | None) -> NoReturn:
    _ignore_signals()
    raise Stopped


def _handle_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_signal)
    # `nohup` says that a closed terminal is not to end it.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _on_signal)


def _ignore_signals() -> None:
    """What is being stopped is not stopped again."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _require_numbers() -> None:
    """Before the site reads them too and ends with a traceback in its log."""
    try:
        numbers.uploads_kept_hours()
        numbers.uploads_max_mb()
        numbers.business_date()
        numbers.session_minutes()
        numbers.official_session_minutes()
        numbers.proxies()
        numbers.demo()
        numbers.demo_persons(1)
        registers.outside_registers()
        mail.server()
        mail.sender()
        mail.site_address(ROOT / "var")
    except ValueError as problem:
        raise Refused(str(problem)) from None


def _port() -> int:
    text = os.environ.get("JINENG_PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refused(f"JINENG_PORT 不是端口号 / JINENG_PORT is not a port: {text}")
    return int(text)


def run(var: Path) -> int:
    """Runs the demo until it is asked to end; the exit status."""
    demo: Demo | None = None
    parent = os.getppid()
    _handle_signals()
    try:
        with only_one(var, port := _port()):
            demo = Demo(var, port)
            try:
                demo.start()
                say(f"http://localhost:{port}")
                say("按 Ctrl-C 停止 / Ctrl-C stops it")
                # Whoever started it may have been killed; nothing is left behind for that.
                while os.getppid() == parent or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
                    demo.watch()
                    time.sleep(0.3)
            finally:
                _ignore_signals()
                demo.stop()
    except Stopped:
        return 0
    except Refused as problem:
        say_error(str(problem))
    except OSError as problem:
        say_error(_in_one_line(problem, var))
    except Exception as problem:
        say_error(_kept_in_log(problem, var))
    return 1


def say_error(line: str) -> None:
    """Prints a line to standard error."""
    with suppress(OSError):
        os.write(2, f"{line}\n".encode())


def _in_one_line(problem: OSError, var: Path) -> str:
    if problem.errno == errno.ENOSPC:
        return f"磁盘已满 / disk full: {problem.filename or var}"
    return f"{problem.strerror}: {problem.filename or var}"


def _kept_in_log(problem: Exception, var: Path) -> str:
    log = var / "log" / "launcher.log"
    with log.open("a") as file:
        traceback.print_exception(problem, file=file)
    return f"意外的错误，详见 / unexpected error, see {log}: {type(problem).__name__}"


def main() -> None:
    """The entry of `make demo`."""
    os.environ.setdefault("JINENG_DEMO", "1")
    var = Path(os.environ.get("JINENG_VAR") or ROOT / "var").resolve()
    sys.exit(run(var))


if __name__ == "__main__":
    main()
