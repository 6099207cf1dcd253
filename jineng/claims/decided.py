"""What a decided batch was decided on, for whoever reckons with it again."""

from __future__ import annotations

from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch
from jineng.policy import Intake


def facts_of(batch: Batch) -> tuple[Intake, Intake | None]:
    """The facts of a batch's lines without an error, typed, in the order of the file; and the
    earlier decisions that were handed in with them, None where there were none."""
    files = BatchFiles(batch.pk)
    facts = Intake(files.read_table("facts").drop_columns(["row"]))
    return facts, Intake(files.read_table("past")) if batch.history_name else None
