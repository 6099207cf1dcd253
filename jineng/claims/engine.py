"""The pack that decides here.

The engine takes two seconds to import, and the site is to answer before: so nothing imports it
while modules load, and whoever opens the first page has it made ready behind their back.
"""

import threading
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from jineng.policy import Pack


def pack() -> "Pack":
    """The pack named in the settings."""
    from jineng import policy

    return policy.load(settings.POLICY_PACK)


def make_ready() -> None:
    """Loads the pack in a thread of its own; once is enough."""
    if not _STARTED.is_set():
        _STARTED.set()
        threading.Thread(target=pack, name="load the pack", daemon=True).start()


_STARTED = threading.Event()
