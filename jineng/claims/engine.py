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
    """The pack in force: with what was laid over its files since. Asked for once in a request."""
    from jineng.desk.queries.in_force import pack_in_force

    return pack_in_force()


def pack_of(release: str) -> "Pack":
    """The pack that decided under this release; the one in force where that is not known here."""
    from jineng.desk.queries.in_force import pack_of_release

    try:
        return pack_of_release(release)
    except LookupError:
        return pack()


def make_ready() -> None:
    """Loads the pack's files in a thread of its own, which asks no database; once is enough."""
    if not _STARTED.is_set():
        _STARTED.set()
        threading.Thread(target=_load, name="load the pack", daemon=True).start()


def _load() -> None:
    from jineng import policy

    policy.load(settings.POLICY_PACK)


_STARTED = threading.Event()
