"""The command line, run as its user runs it."""

import io
import signal
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from jineng.cli import main


@dataclass
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def jineng(*arguments: str | Path) -> Done:
    """Run ``jineng`` with these arguments in this process: the packs it loads stay loaded."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    handler = signal.getsignal(signal.SIGTERM)
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0
        finally:
            signal.signal(signal.SIGTERM, handler)
    return Done(status, out.getvalue(), err.getvalue())
