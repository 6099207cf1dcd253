"""The processes that the launcher starts, and those an earlier launcher may have left behind."""

import json
import os
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

# In the environment of everything that a launcher starts: whose `var` it works for.
MARK = "JINENG_DEMO_OF"

SECONDS_TO_STOP = 8
RESTARTS = 3
RESTARTS_WITHIN_SECONDS = 60


@dataclass
class Child:
    """A program kept running, in a session of its own: Ctrl-C reaches the launcher alone."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Starts it; what it prints is added to its log."""
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def session(self) -> int | None:
        """The session that it and its own children are in."""
        return self.process.pid if self.process else None

    def ended(self) -> bool:
        """Whether it has stopped by itself."""
        return self.process is not None and self.process.poll() is not None

    def ends_too_often(self) -> bool:
        """Whether starting it once more would be in vain."""
        since = time.monotonic() - RESTARTS_WITHIN_SECONDS
        return sum(1 for start in self.starts if start > since) > RESTARTS


@dataclass(frozen=True)
class Record:
    """The sessions of the children, on the disk, for the next launcher if this one is killed."""

    path: Path

    def write(self, sessions: set[int]) -> None:
        """Replaces what was recorded."""
        aside = self.path.with_suffix(".new")
        aside.write_text(json.dumps(sorted(sessions)))
        aside.rename(self.path)

    def read(self) -> set[int]:
        """What was recorded; nothing where there is no record or half of one."""
        try:
            return set(json.loads(self.path.read_text()))
        except (OSError, ValueError):
            return set()

    def forget(self) -> None:
        """Nothing runs any more."""
        self.path.unlink(missing_ok=True)


def end_sessions(sessions: set[int], var: Path) -> None:
    """Ends what runs in these sessions for this `var`: asks first, then kills what is left.

    A session's number may meanwhile be another's, so each process must carry our mark as well.
    """
    found = _members(sessions, var)
    for process in found:
        # A server's workers are its own to stop; those whose server is gone are asked directly.
        if process.pid in sessions or _parent_is_gone(process, sessions):
            with suppress(psutil.NoSuchProcess):
                process.terminate()
    if gone_within(SECONDS_TO_STOP, found):
        found = []
    left = {*found, *_members(sessions, var)}
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    gone_within(2, left)


def gone_within(seconds: float, processes: Iterable[psutil.Process]) -> bool:
    """Whether all of them have ended by then.

    One that has ended but that its new parent has not asked about yet counts as gone; the
    library's own waiting would go on.
    """
    give_up = time.monotonic() + seconds
    while any(_runs(process) for process in processes):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _members(sessions: set[int], var: Path) -> list[psutil.Process]:
    if not sessions:
        return []
    return [process for process in psutil.process_iter() if _is_ours(process, sessions, var)]


def _is_ours(process: psutil.Process, sessions: set[int], var: Path) -> bool:
    try:
        return (
            os.getsid(process.pid) in sessions
            and process.status() != psutil.STATUS_ZOMBIE
            and process.environ().get(MARK) == str(var)
        )
    except (OSError, psutil.Error):
        return False


def _parent_is_gone(process: psutil.Process, sessions: set[int]) -> bool:
    try:
        parent = process.parent()
        return parent is None or os.getsid(parent.pid) not in sessions
    except (OSError, psutil.Error):
        return True
