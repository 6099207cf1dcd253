"""Progress on standard error, for whatever takes more than a second."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

_QUIET = 1.0
_TERMINAL_EVERY = 0.2
_PLAIN_EVERY = 5.0


class Telling:
    """Tells the stage and how much of it is done: a living line on a terminal, else now and then.

    ``with Telling() as progress: progress("读取工作表", 10, 100)``
    """

    def __init__(self) -> None:
        self._stage, self._done, self._total = "", 0, 0
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> Telling:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note how far things have come."""
        self._stage, self._done, self._total = stage, done, total

    def _tell(self) -> None:
        if self._ended.wait(_QUIET):
            return
        while True:
            line = self._line()
            if self._terminal:
                sys.stderr.write(f"\r\033[K{line}")
            else:
                sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
            if self._ended.wait(_TERMINAL_EVERY if self._terminal else _PLAIN_EVERY):
                break
        if self._terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def _line(self) -> str:
        share = f" {100 * self._done // self._total}%" if self._total else ""
        return f"{self._stage}{share}…（{time.monotonic() - self._began:.0f} 秒）"
