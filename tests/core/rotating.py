"""Rings with a new key in front, and a command that is killed in the middle."""

import base64
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from jineng.config.database import Roles


def with_new(ring: Mapping[str, bytes]) -> dict[str, bytes]:
    """The ring with another key in front."""
    return {"new": secrets.token_bytes(32), **ring}


def as_text(ring: Mapping[str, bytes]) -> str:
    """As in the environment."""
    return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in ring.items())


def start(*words: str, roles: Roles, var: Path, **environment: str) -> "subprocess.Popen[str]":
    """Starts a command of ``jineng``."""
    return subprocess.Popen(
        [sys.executable, "-m", "jineng.cli", *words],
        env=os.environ | {"DATABASE_URL": roles.app.text, "JINENG_VAR": str(var)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_when(process: "subprocess.Popen[str]", ready: Callable[[], bool]) -> None:
    """Kills it as soon as it has come so far."""
    give_up = time.monotonic() + 60
    while not ready():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up
        time.sleep(0.001)
    process.kill()
    process.communicate()


def finish(process: "subprocess.Popen[str]") -> str:
    """What it prints when it comes to its end; fails where it complains."""
    out, complaints = process.communicate(timeout=60)
    assert process.returncode == 0, out + complaints
    return out
