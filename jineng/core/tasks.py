"""Jobs that belong to no context."""

from contextlib import suppress

import structlog
from django.db import DatabaseError, close_old_connections
from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from jineng.core.events import acting, noted
from jineng.core.models import Root
from jineng.core.seal import RootsLost, SignedRoot, seal

#: What the event log calls it that nothing was sealed.
ROOTS_LOST, SEALING_FAILED = "roots_lost", "sealing_failed"

log = structlog.get_logger("jineng.jobs")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry-stalled-jobs", pass_context=False)
async def retry_stalled_jobs(timestamp: int) -> None:
    """Takes up again what a worker was doing when it was killed.

    Such a job stays `doing` for ever; so every job must bear being run again.
    """
    for job in await app.job_manager.get_stalled_jobs():
        log.warning("job taken up again", job=job.id, task=job.task_name)
        await app.job_manager.retry_job(job)


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="delete-old-jobs", pass_context=False)
async def delete_old_jobs(timestamp: int) -> None:
    """Deletes jobs that came to an end a week ago, however they ended: the log tells what failed.

    Each worker queues several a minute; left alone they would be the largest table there is.
    """
    await app.job_manager.delete_old_jobs(
        nb_hours=24 * 7, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="seal-events")
def seal_events(timestamp: int) -> None:
    """Seals the event log once a day: after midnight, or as soon as a worker runs."""
    close_old_connections()
    try:
        last = Root.objects.order_by("-number").first()
        if last and localdate(SignedRoot.read(last.line).signed_at) == localdate():
            return
        root = seal()
        log.info("events sealed", root=root.number, position=root.position, count=root.count)
    except (RootsLost, ValueError) as lost:
        log.error("roots are not what they were; nothing was sealed", file=str(lost))
        _note(ROOTS_LOST)
        raise
    except Exception:
        _note(SEALING_FAILED)
        raise
    finally:
        close_old_connections()


def _note(kind: str) -> None:
    """So that whoever looks after the log is told; what failed may be the database itself."""
    with suppress(DatabaseError), acting(by=None):
        noted(kind, Root(number=0))
