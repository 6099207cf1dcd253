"""What may follow what in a batch's life."""

import uuid
from typing import Any

from django.db import transaction

from jineng.claims.models import Batch, Run, RunState, State
from jineng.core.events import noted

#: From each state, the states that may follow and what brings them about.
TRANSITIONS: dict[State, dict[State, str]] = {
    State.WAITING: {
        State.CHECKING: "the worker takes it up",
        State.FAILED: "the worker was broken off too often",
        State.CANCELLED: "the owner no longer wants it",
    },
    State.CHECKING: {
        State.REFUSED: "a file can't be read as a whole",
        State.FAULTY: "cells or columns are wrong",
        State.DECIDING: "nothing is wrong",
        State.FAILED: "an error of ours, or the worker was broken off too often",
        State.CANCELLED: "the owner no longer wants it",
    },
    State.FAULTY: {State.DECIDING: "the owner asks for the clean lines alone"},
    State.DECIDING: {
        State.DECIDED: "all lines are decided",
        State.FAILED: "an error of ours, or the worker was broken off too often",
        State.CANCELLED: "the owner no longer wants it",
    },
    State.DECIDED: {State.DECIDING: "the owner asks for it once more, by today's release"},
    State.FAILED: {State.WAITING: "the owner asks for it once more"},
    State.CANCELLED: {State.WAITING: "the owner wants it after all"},
    State.REFUSED: {},
}

#: The same of a run.
RUN_TRANSITIONS: dict[RunState, dict[RunState, str]] = {
    RunState.WAITING: {
        RunState.WORKING: "the worker takes it up",
        RunState.FAILED: "the worker was broken off too often",
        RunState.CANCELLED: "the owner no longer wants it",
    },
    RunState.WORKING: {
        RunState.DONE: "it is made",
        RunState.FAILED: "it can't be made, an error of ours, or broken off too often",
        RunState.CANCELLED: "the owner no longer wants it",
    },
    RunState.DONE: {},
    RunState.FAILED: {},
    RunState.CANCELLED: {},
}

#: States in which a batch waits for its owner, and what the event log calls it to get there.
ENDS = frozenset({State.REFUSED, State.FAULTY, State.DECIDED, State.FAILED})
ENDED = "ended"


class NotAllowed(Exception):
    """The batch is in a state from which this does not follow, or is gone."""


def move(batch_id: uuid.UUID, to: State, *, since: State | None = None, **changes: Any) -> Batch:
    """Takes a batch to another state, with other columns changed at the same time.

    ``since``: the state that the mover takes it to be in. Raises NotAllowed where the table
    doesn't know the transition, or where another mover was faster.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is None:
            raise NotAllowed(f"{batch_id} is gone")
        if to not in TRANSITIONS[State(batch.state)] or since not in (None, batch.state):
            raise NotAllowed(f"{batch_id}: {batch.state} → {to}")
        fresh: dict[str, Any] = {"stage": "", "done": 0, "total": 0, "runs": 0}
        for name, value in (fresh | changes | {"state": to}).items():
            setattr(batch, name, value)
        batch.save()
        if batch.user_id is not None and to in ENDS:
            noted(ENDED, batch, state=to.value)
        return batch


def move_run(run_id: uuid.UUID, to: RunState, **changes: Any) -> Run:
    """Takes a run to another state, with other columns changed. Raises NotAllowed."""
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
        if run is None:
            raise NotAllowed(f"{run_id} is gone")
        if to not in RUN_TRANSITIONS[RunState(run.state)]:
            raise NotAllowed(f"{run_id}: {run.state} → {to}")
        for name, value in (changes | {"state": to}).items():
            setattr(run, name, value)
        run.save()
        return run
