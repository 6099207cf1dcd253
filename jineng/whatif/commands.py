"""What is done with trials: asked for, cancelled, deleted."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from jineng.claims import commands as claims
from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch, Run
from jineng.claims.permissions import owner_of_user
from jineng.core.events import acting
from jineng.desk.models import Draft
from jineng.people.models import User
from jineng.whatif.models import Trial


def try_drafts(
    batch: Batch, drafts: Iterable[Draft], *, budgets: Mapping[str, int], by: User, at: datetime
) -> list[Trial]:
    """A trial of a decided batch under each of some drafts, as they are now.

    ``budgets``: 分 by code of the fund, or "total". Raises claims.workflow.NotAllowed for a batch
    that is another's, or not decided.
    """
    trials = []
    with acting(by=by):
        for draft in drafts:
            run = claims.start_run(
                batch, kind=Run.Kind.WHATIF, asked={}, by=owner_of_user(by.pk), at=at
            )
            trials.append(
                Trial.objects.create(
                    by=by,
                    at=at,
                    run=run,
                    batch_key=batch.pk,
                    file_name=batch.file_name,
                    draft=draft,
                    title=draft.title,
                    version=draft.version,
                    text=draft.text,
                    budgets=dict(budgets),
                )
            )
    return trials


def cancel_trial(trial: Trial, *, by: User, at: datetime) -> None:
    """Ends a trial that is under way. Raises claims.workflow.NotAllowed where it is not."""
    if trial.run is not None:
        with acting(by=by):
            claims.cancel_run(trial.run, by=owner_of_user(by.pk), at=at)


def delete_trial(trial: Trial, *, by: User) -> None:
    """Deletes a trial with its lines; a worker that has it finds its work gone and stops."""
    run = trial.run
    with acting(by=by):
        trial.delete()
        if run is not None:
            run.delete()
    if run is not None:
        BatchFiles(run.batch_id).path(run.file).unlink(missing_ok=True)
