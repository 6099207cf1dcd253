"""Jobs of the context `claims`. Each may be broken off and run again."""

import uuid

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from jineng.claims import commands


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


@app.periodic(cron="*/5 * * * *")
@app.task(name="jineng.claims.tasks.delete_expired", queueing_lock="delete-expired-batches")
def delete_expired(timestamp: int) -> None:
    """Deletes what was kept long enough."""
    close_old_connections()
    try:
        commands.delete_expired(at=timezone.now())
    finally:
        close_old_connections()
