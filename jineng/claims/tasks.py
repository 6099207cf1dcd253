"""Jobs of the context `claims`. Each may be broken off and run again."""

import uuid

from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from jineng.claims import commands
from jineng.claims.models import Run


@app.task(name=commands.PROCESS)
def process(batch: str) -> None:
    """Brings a batch as far as it comes without its owner."""
    # The engine takes seconds to import: nobody but the worker is to wait for it.
    from jineng.claims.processing import process_batch

    close_old_connections()
    try:
        process_batch(uuid.UUID(batch))
    finally:
        close_old_connections()


#: What makes each kind of run: takes the run and a `runs.Report`, returns the run's result.
#: A context downstream puts its own in when it is ready.
RUNS: dict[str, str] = {Run.Kind.EXPORT: "jineng.claims.exporting.made"}


@app.task(name=commands.MAKE)
def make(run: str) -> None:
    """Makes what was asked for of a decided batch."""
    from jineng.claims.runs import process_run

    close_old_connections()
    try:
        process_run(uuid.UUID(run), lambda kind: import_string(RUNS[Run.Kind(kind)]))
    finally:
        close_old_connections()


@app.periodic(cron="*/5 * * * *")
@app.task(name="jineng.claims.tasks.delete_expired", queueing_lock="delete-expired-batches")
def delete_expired(timestamp: int) -> None:
    """Deletes what was kept long enough."""
    close_old_connections()
    try:
        commands.delete_expired(at=timezone.now())
    finally:
        close_old_connections()
