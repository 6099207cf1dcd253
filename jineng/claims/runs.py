"""What the worker does with a run: something that takes long and is made of a decided batch.

It may be killed anywhere and run again: what is made is written whole, and the end is guarded.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from jineng.claims.files import BatchFiles, sweep_plain_rooms
from jineng.claims.models import Run, RunState
from jineng.claims.processing import (
    BROKEN_OFF,
    MOST_RUNS,
    SECONDS_BETWEEN_REPORTS,
    trouble_of,
)
from jineng.claims.workflow import NotAllowed, move_run
from jineng.claimsfile import FileError

log = structlog.get_logger("jineng.claims")


class Stopped(Exception):
    """Nobody wants it any more: it was cancelled, or went with its batch."""


@dataclass
class Report:
    """Tells whoever waits how far a run is. Raises Stopped where nobody does any more."""

    run_id: uuid.UUID
    at: float = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.at > SECONDS_BETWEEN_REPORTS:
            self.at = now
            mine = Run.objects.filter(pk=self.run_id, state=RunState.WORKING)
            if not mine.update(done=done, total=total):
                raise Stopped


Make = Callable[[Run, Report], dict[str, Any]]


def process_run(run_id: uuid.UUID, making: Callable[[str], Make]) -> None:
    """Makes what was asked for. ``making``: what makes runs of a kind."""
    sweep_plain_rooms()
    run = _take_up(run_id)
    if run is None:
        return
    trouble: dict[str, str] = {}
    try:
        result = making(run.kind)(run, Report(run.pk))
        move_run(run.pk, RunState.DONE, result=result, ended_at=timezone.now())
        return
    except (Stopped, NotAllowed):
        log.info("run stopped", run=str(run_id))
    except FileError as error:
        trouble = {"message": error.message, "advice": error.advice}
    except Exception as error:
        # Its batch may have been deleted or decided anew, and its files gone with that.
        if Run.objects.filter(pk=run_id, state=RunState.WORKING).exists():
            log.exception("run failed", run=str(run_id))
            trouble = trouble_of(error)
    BatchFiles(run.batch_id).path(run.file).unlink(missing_ok=True)
    if trouble:
        with suppress(NotAllowed):
            move_run(run_id, RunState.FAILED, trouble=trouble, ended_at=timezone.now())


def _take_up(run_id: uuid.UUID) -> Run | None:
    """The run, taken up once more; None where there is nothing to do."""
    with transaction.atomic():
        found = Run.objects.select_related("batch").select_for_update(of=("self",))
        run = found.filter(pk=run_id).first()
        if run is None:
            return None
        if not run.is_underway:
            if run.state == RunState.CANCELLED:
                BatchFiles(run.batch_id).path(run.file).unlink(missing_ok=True)
            return None
        if run.runs >= MOST_RUNS:
            move_run(run_id, RunState.FAILED, trouble=BROKEN_OFF, ended_at=timezone.now())
            return None
        run.runs += 1
        run.state = RunState.WORKING
        run.save(update_fields=["runs", "state"])
        return run
