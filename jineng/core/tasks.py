"""Jobs that belong to no context."""

import structlog
from procrastinate.contrib.django import app

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
