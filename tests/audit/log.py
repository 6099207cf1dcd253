"""An event log to tamper with, and the rights to do it."""

from pathlib import Path
from typing import Any

from jineng.core.events import acting
from jineng.core.models import Event
from jineng.people.models import Organisation
from tests.as_made import as_owner


def happen(count: int, start: int = 0) -> list[int]:
    """Makes so many events, each in a transaction of its own; their numbers."""
    before = set(Event.objects.values_list("pk", flat=True))
    for at in range(start, start + count):
        with acting(by=None, why=f"第 {at} 件事：\t“制表符”、\\ 和\n换行"):
            Organisation.objects.create(credit_code=f"{at:018}", name=f"单位{at}")
    return sorted(set(Event.objects.values_list("pk", flat=True)) - before)


def tamper(statement: str, *given: Any) -> None:
    """One statement of the owner, the worst tamperer the seals are to withstand."""
    with as_owner() as cursor:
        cursor.execute(statement, list(given))


def roots_of(folder: Path) -> Path:
    """The file of roots."""
    return folder / "roots"
