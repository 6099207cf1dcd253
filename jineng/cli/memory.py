"""How the command keeps memory."""

from __future__ import annotations

import ctypes
import sys

# of mallopt(3)
_M_TRIM_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -4, -8
_NEVER = 2**31 - 1


def keep_freed_memory() -> None:
    """Let what was freed be used again, instead of giving it back to the system.

    A large file is read and decided in many columns that come and go. By default each of them is
    new memory, which the system has to clear page by page: up to a third of the time. A process
    that ends with its one file has nobody to give memory back to. Where the C library is not
    GNU's, nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, _NEVER)
