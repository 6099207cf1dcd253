"""What the tests need of the system: looked for, and installed where that may be done."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Needed:
    """``there``: whether it is there; ``what`` and ``why``: told where it can't be installed.

    ``packages``: by the name of a package manager of `MANAGERS`.
    """

    there: Callable[[], bool]
    what: str
    why: str
    packages: dict[str, tuple[str, ...]]


MANAGERS = {
    "apt-get": ("install", "-y", "--no-install-recommends"),
    "dnf": ("install", "-y"),
    "zypper": ("--non-interactive", "install"),
    "pacman": ("-S", "--noconfirm"),
}


def install(needed: Needed) -> int:
    """Installs what is not there yet; the exit status."""
    if needed.there():
        return 0
    manager = next((name for name in MANAGERS if shutil.which(name)), None)
    if manager is None:
        sys.stderr.write(f"{needed.what}\n")
        return 1
    command = [manager, *MANAGERS[manager], *needed.packages[manager]]
    line = f"sudo {' '.join(command)}"
    root = _as_root()
    if root is None:
        sys.stderr.write(f"{needed.why}; type: {line}\n")
        return 1
    if manager == "apt-get":
        subprocess.run([*root, "apt-get", "update", "-q"], check=False)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run([*root, *command], env=environment, check=False)
    if done.returncode or not needed.there():
        sys.stderr.write(f"没有装上，请输入 / could not install it; type: {line}\n")
        return 1
    return 0


def _as_root() -> list[str] | None:
    """What a command needs in front to be the administrator's, unasked; None: it can't be."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run([*sudo, "true"], capture_output=True, check=False)
    return None if asked.returncode else sudo
