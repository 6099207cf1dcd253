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


def facts_of_person(batch: Batch, person_id: str) -> tuple[Intake, Intake | None, dict[str, int]]:
    """The same of one person's lines alone, and in which row each of these claims stands."""
    files = BatchFiles(batch.pk)
    mine, past = files.lines_of_person("facts", person_id), None
    if batch.history_name:
        earlier = files.lines_of_person("past", person_id)
        past = Intake(earlier) if earlier.num_rows else None
    rows = dict(zip(mine["claim_id"].to_pylist(), mine["row"].to_pylist(), strict=True))
    return Intake(mine.drop_columns(["row"])), past, rows
