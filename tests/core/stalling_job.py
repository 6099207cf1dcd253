"""A job that never ends the first time and ends at once the second."""

import time
from pathlib import Path

from procrastinate.contrib.django import app


@app.task(name="stall_once")
def stall_once(folder: str) -> None:
    """Leaves a file for each time it was begun."""
    begun = len(list(Path(folder).glob("begun-*")))
    (Path(folder) / f"begun-{begun}").touch()
    if begun == 0:
        time.sleep(600)
    (Path(folder) / "done").touch()
