"""What an owner does with a batch, and what is done with batches kept long enough."""

import os
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from procrastinate.contrib.django import app

from jineng.claims import files
from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch, Run, RunState, State
from jineng.claims.workflow import NotAllowed, move, move_run
from jineng.core.uploads import keep
from jineng.people.models import User

PROCESS, MAKE = "jineng.claims.tasks.process", "jineng.claims.tasks.make"


def receive_batch(
    *,
    claims: UploadedFile,
    history: UploadedFile | None = None,
    instead_of: Batch | None = None,
    by: str,
    user: User | None = None,
    at: datetime,
) -> Batch:
    """Keeps a claims file and hands it to the worker. ``user``: who is told how it ends.

    ``history``: earlier decisions. ``instead_of``: the batch that this one corrects, which is
    deleted; its history is taken over where no other is given.
    """
    batch = Batch(
        owner=by,
        user=user,
        file_name=_name(claims),
        file_size=claims.size or 0,
        history_name=_name(history) if history else "",
        created_at=at,
        expires_at=at + timedelta(hours=settings.UPLOADS_KEPT_HOURS),
    )
    kept = BatchFiles(batch.pk)
    try:
        kept.make_folder()
        keep(claims, kept.path("claims"))
        if history:
            keep(history, kept.path("history"))
        elif instead_of is not None and instead_of.history_name:
            os.link(BatchFiles(instead_of.pk).path("history"), kept.path("history"))
            batch.history_name = instead_of.history_name
        with transaction.atomic():
            batch.save(force_insert=True)
            _hand_over(batch)
            if instead_of is not None:
                delete_batch(instead_of, by=by)
    except BaseException:
        kept.delete()
        raise
    return batch


def decide_clean_lines(batch: Batch, *, by: str) -> Batch:
    """Decides the lines without an error and leaves the others out. Raises NotAllowed."""
    _require_owner(batch, by)
    if not batch.checked.get("clean_lines"):
        raise NotAllowed("no line is clean, or a whole column or the history is wrong")
    with transaction.atomic():
        moved = move(batch.pk, State.DECIDING, since=State.FAULTY, clean_only=True)
        _hand_over(moved)
    return moved


def decide_again(batch: Batch, *, by: str) -> Batch:
    """Decides a decided batch by the release in force now. Raises NotAllowed."""
    _require_owner(batch, by)
    with transaction.atomic():
        moved = move(batch.pk, State.DECIDING, since=State.DECIDED)
        moved.made.all().delete()
        _hand_over(moved)
        transaction.on_commit(BatchFiles(batch.pk).delete_runs)
    return moved


def try_again(batch: Batch, *, by: str) -> Batch:
    """Takes up a batch anew that did not come through, or was cancelled. Raises NotAllowed."""
    _require_owner(batch, by)
    with transaction.atomic():
        moved = move(batch.pk, State.WAITING, trouble={})
        _hand_over(moved)
    return moved


def cancel_batch(batch: Batch, *, by: str) -> Batch:
    """Stops what is done with a batch; what was handed in stays. Raises NotAllowed.

    A worker that has it learns of it the next time that it tells how far it is.
    """
    _require_owner(batch, by)
    nothing: dict[str, Any] = {"checked": {}, "decided": {}, "release": "", "clean_only": False}
    with transaction.atomic():
        moved = move(batch.pk, State.CANCELLED, **nothing)
        moved.made.all().delete()
        transaction.on_commit(BatchFiles(batch.pk).delete_made)
    return moved


def start_run(batch: Batch, *, kind: Run.Kind, asked: dict[str, Any], by: str, at: datetime) -> Run:
    """Has something made of a decided batch. Raises NotAllowed."""
    _require_owner(batch, by)
    with transaction.atomic():
        found = Batch.objects.select_for_update().filter(pk=batch.pk, state=State.DECIDED).first()
        if found is None:
            raise NotAllowed("the batch is not decided, or gone")
        run = Run.objects.create(batch=found, kind=kind, asked=asked, created_at=at)
        app.configure_task(MAKE, lock=f"run {run.pk}").defer(run=str(run.pk))
    return run


def cancel_run(run: Run, *, by: str, at: datetime) -> Run:
    """Stops what is being made. Raises NotAllowed."""
    _require_owner(run.batch, by)
    return move_run(run.pk, RunState.CANCELLED, ended_at=at)


def delete_batch(batch: Batch, *, by: str) -> None:
    """Deletes a batch and its files; a worker that has it finds it gone and stops."""
    _require_owner(batch, by)
    Batch.objects.filter(pk=batch.pk).delete()
    transaction.on_commit(BatchFiles(batch.pk).delete)


def hand_over(*, by: str, to: str, user: User) -> None:
    """What a browser handed in is from now on the user's who signs in on it."""
    Batch.objects.filter(owner=by).update(owner=to, user=user)


def delete_expired(*, at: datetime) -> int:
    """Deletes the batches kept long enough, and files that nothing belongs to; how many batches."""
    expired = list(Batch.objects.expired(at).values_list("pk", flat=True))
    Batch.objects.filter(pk__in=expired).delete()
    for pk in expired:
        BatchFiles(pk).delete()
    for leftover in files.leftover_batches(set(Batch.objects.values_list("pk", flat=True))):
        leftover.delete()
    files.sweep_plain_rooms()
    files.sweep_receiving()
    return len(expired)


def _hand_over(batch: Batch) -> None:
    """Job and row are committed together. No two jobs are at the same batch at once."""
    app.configure_task(PROCESS, lock=f"batch {batch.pk}").defer(batch=str(batch.pk))


def _require_owner(batch: Batch, by: str) -> None:
    if not by or batch.owner != by:
        raise NotAllowed("not the owner's")


def _name(upload: UploadedFile) -> str:
    """The file's name, short enough to be kept, its ending kept whole."""
    stem, ending = os.path.splitext(upload.name or "")  # noqa: PTH122  a name, not a path
    return stem[: 200 - len(ending)] + ending[:200]
