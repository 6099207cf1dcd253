"""A database of a benchmark's own, as durable as the demo's, with the tables of the site."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jineng.config.database import Roles


@contextmanager
def own_database(var: Path, name: str, **environment: str) -> Iterator[Roles]:
    """Of this name, for this process and those that it starts, with this environment.

    Its data stay in `var`.
    """
    from jineng.config import keys
    from jineng.config.database import prepare
    from jineng.config.embedded import EmbeddedPostgres

    keys.make_all(var / "keys")
    server = EmbeddedPostgres(var / "postgres")
    try:
        roles = prepare(server.start(), name, trusted=True)
        os.environ |= {
            "JINENG_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
            **environment,
        }
        for words in (["migrate", "--no-input"], ["reference"]):
            command = [sys.executable, "-m", "django", *words, "-v0"]
            as_owner = os.environ | {"DATABASE_URL": roles.owner.text}
            subprocess.run(command, env=as_owner, check=True, stdout=subprocess.DEVNULL)
        os.environ["DATABASE_URL"] = roles.app.text
        yield roles
    finally:
        server.stop()
