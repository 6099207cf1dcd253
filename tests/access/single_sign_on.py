"""Starts and stops the provider."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stand import ROOT


@contextmanager
def provider(port: int, folder: Path, redirect_uri: str, id_number: str) -> Iterator[str]:
    """The provider's address, while it runs."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.access.provider"]
    process = subprocess.Popen(
        [*command, str(port), str(folder), redirect_uri],
        cwd=ROOT,
        env=os.environ | {"ID_NUMBER": id_number},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()
