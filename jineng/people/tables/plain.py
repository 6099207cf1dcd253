"""An upload in plain, for libraries that want a path, and never on a disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def in_memory(content: IO[bytes]) -> Iterator[Path]:
    """A path at which the content can be read while the context lasts.

    It lies in memory where the system has files there (Linux), else in a folder that goes with the
    context.
    """
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("upload"), "w+b") as held:
            shutil.copyfileobj(content, held)
            held.flush()
            yield Path(f"/proc/self/fd/{held.fileno()}")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as held:
            shutil.copyfileobj(content, held)
        yield path
