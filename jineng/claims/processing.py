"""What the worker does with a batch: read and check it, decide it.

Each part takes what earlier parts left on the disk, writes files whole, and ends with a guarded
transition. So a worker may be killed anywhere, or two may be at the same batch: whoever begins
again comes to the same end, and only one of them gets there. Each time that it tells how far it is,
it learns whether it is still wanted; where not, it stops and takes away what it made.
"""

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from jineng import claimsfile, policy
from jineng.claims import engine
from jineng.claims.decided import facts_of
from jineng.claims.files import BatchFiles, plain_room, sweep_plain_rooms
from jineng.claims.listing import Decisions, keep_list, listing_of
from jineng.claims.models import Batch, Stage, State
from jineng.claims.workflow import NotAllowed, move
from jineng.claimsfile.sheetxml import MAX_ROWS

#: A batch that broke off so many workers is not given to a further one.
MOST_RUNS = 3
SECONDS_BETWEEN_REPORTS = 0.4
BROKEN_OFF = {
    "message": gettext_noop("处理多次中断，可能是文件过大，内存不足。请拆成几份分别上传。")
}

log = structlog.get_logger("jineng.claims")


def process_batch(batch_id: uuid.UUID) -> None:
    """Brings a batch as far as it comes without its owner. May be broken off and run again."""
    sweep_plain_rooms()
    batch = _take_up(batch_id)
    if batch is None:
        return
    try:
        if batch.state == State.CHECKING:
            batch = _Check(batch).run()
        if batch.state == State.DECIDING:
            _decide(batch)
    except NotAllowed:
        log.info("batch left to another, cancelled or gone", batch=str(batch_id))
        _take_away(batch_id)
    except Exception as error:
        if _take_away(batch_id):
            return  # cancelled or deleted in the midst of it, its files with it
        log.exception("batch failed", batch=str(batch_id))
        with suppress(NotAllowed):
            move(batch_id, State.FAILED, trouble=trouble_of(error))


def _take_away(batch_id: uuid.UUID) -> bool:
    """Deletes what was made of a batch that is no longer wanted; whether it is not.

    The row is locked, so that nobody begins anew meanwhile.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is None:
            return True
        unwanted = batch.state in (State.CANCELLED, State.WAITING)
        if unwanted:
            BatchFiles(batch_id).delete_made()
        return unwanted


def _take_up(batch_id: uuid.UUID) -> Batch | None:
    """The batch, taken up once more; None where there is nothing to do."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is not None and batch.state == State.CANCELLED:
            BatchFiles(batch_id).delete_made()  # of a worker that was killed
        if batch is None or not batch.is_underway:
            return None
        if batch.runs >= MOST_RUNS:
            return move(batch_id, State.FAILED, trouble=BROKEN_OFF)
        runs = batch.runs + 1
        if batch.state == State.WAITING:
            return move(batch_id, State.CHECKING, since=State.WAITING, runs=runs)
        Batch.objects.filter(pk=batch_id).update(runs=runs)
        return batch


def trouble_of(error: Exception) -> dict[str, str]:
    """An error of ours in plain words, without what it says."""
    if isinstance(error, OSError):
        message = gettext_noop(
            "服务器的磁盘空间不足或无法写入，未作任何决定。请稍后重试，或联系管理员。"
        )
        return {"message": message}
    message = gettext_noop("处理过程中出了错，未作任何决定。请重试；仍不成功的，请联系管理员。")
    return {"message": message}


@dataclass
class _Report:
    """Tells whoever waits how far it has come; not so often that it costs anything.

    Raises NotAllowed where the batch is no longer in the state in which it is worked at.
    """

    batch_id: uuid.UUID
    state: State
    stage: str = ""
    at: float = 0.0

    def __call__(self, stage: Stage, done: int = 0, total: int = 0) -> None:
        now = time.monotonic()
        if stage != self.stage or now - self.at > SECONDS_BETWEEN_REPORTS:
            self.stage, self.at = stage, now
            mine = Batch.objects.filter(pk=self.batch_id, state=self.state)
            if not mine.update(stage=stage, done=done, total=total):
                raise NotAllowed(f"{self.batch_id} is not {self.state} any more")

    def reading(self, words: str, done: int, total: int) -> None:
        """For `claimsfile.read`, which ends with checking what it has read."""
        self(Stage.CHECKING if words == "核对内容" else Stage.READING, done, total)

    def marking(self, words: str, done: int, total: int) -> None:
        """For `claimsfile.write_marked`."""
        self(Stage.MARKING, done, total)

    def writing(self, done: int, total: int) -> None:
        """For `BatchFiles.write_table`."""
        self(Stage.WRITING, done, total)

    def keeping(self, done: int, total: int) -> None:
        """The same of what was read and checked."""
        self(Stage.CHECKING, done, total)


@dataclass
class _Check:
    """Reads both files of a batch, keeps their facts and problems."""

    batch: Batch
    report: _Report = field(init=False)
    files: BatchFiles = field(init=False)

    def __post_init__(self) -> None:
        self.report = _Report(self.batch.pk, State.CHECKING)
        self.files = BatchFiles(self.batch.pk)

    def run(self) -> Batch:
        """The batch, taken to what follows: refused, faulty, or to be decided."""
        with plain_room() as room:
            try:
                claims = self._read(room, "claims", self.batch.file_name)
                past = self.batch.history_name
                history = self._read(room, "history", past) if past else None
            except _Refused as refused:
                return self._move(State.REFUSED, trouble=refused.trouble)
            if history is not None:
                self._find_decided_twice(claims.intake, history.intake)
                self.files.write_table("past", history.intake.table)
            self._keep_facts(claims)
            self.files.write_table("problems", _problem_table(claims, history))
            if claims.intake.problems:
                self._mark(room, "marked", claims)
            if history is not None and history.intake.problems:
                self._mark(room, "marked_history", history)
        checked = _counts(claims, history)
        faulty = checked["problems"] or checked["history_problems"]
        return self._move(State.FAULTY if faulty else State.DECIDING, checked=checked)

    def _move(self, to: State, **changes: Any) -> Batch:
        # The same job goes on with what follows, so the count of its runs goes on too.
        runs = 1 if to == State.DECIDING else 0
        return move(self.batch.pk, to, since=State.CHECKING, runs=runs, **changes)

    def _read(self, room: Path, name: str, file_name: str) -> claimsfile.ClaimsFile:
        self.report(Stage.READING)
        path = room / f"{name}{Path(file_name).suffix.lower()}"
        self.files.unseal(name, path)
        try:
            history = name == "history"
            return claimsfile.read(path, history=history, progress=self.report.reading)
        except claimsfile.FileError as error:
            trouble = {"file": name, "message": error.message, "advice": error.advice}
            raise _Refused(trouble) from None

    def _find_decided_twice(self, claims: policy.Intake, history: policy.Intake) -> None:
        both_have_ids = all("claim_id" in each.table.column_names for each in (claims, history))
        if both_have_ids:
            claims.problems += policy.decided_twice(claims, history)

    def _keep_facts(self, claims: claimsfile.ClaimsFile) -> None:
        """The clean lines, each with its row in the file."""
        keep = np.ones(claims.intake.table.num_rows, dtype=bool)
        keep[claims.intake.bad_rows] = False
        rows = pa.array(np.asarray(claims.source.rows, dtype=np.int64)[keep])
        facts = claims.intake.table.filter(pa.array(keep))
        self.files.write_table("facts", facts.append_column("row", rows), told=self.report.keeping)

    def _mark(self, room: Path, name: str, claims: claimsfile.ClaimsFile) -> None:
        """A copy with the errors marked: a text stays a text, all else becomes a workbook."""
        self.report(Stage.MARKING)
        workbook = claims.path.suffix != ".csv" and claims.intake.table.num_rows < MAX_ROWS
        path = room / f"{name}{'.xlsx' if workbook else '.csv'}"
        claimsfile.write_marked(path, claims, progress=self.report.marking)
        self.files.seal(name, path)


class _Refused(Exception):
    """A file can't be read as a whole."""

    def __init__(self, trouble: dict[str, str]) -> None:
        super().__init__(trouble["message"])
        self.trouble = trouble


def _counts(claims: claimsfile.ClaimsFile, history: claimsfile.ClaimsFile | None) -> dict[str, Any]:
    """How many lines and problems; the clean lines only where they may be decided alone."""
    intake, lines = claims.intake, claims.intake.table.num_rows
    history_problems = len(history.intake.problems) if history else 0
    bad = len(intake.bad_rows)
    alone = not intake.hopeless and not history_problems
    return {
        "lines": lines,
        "bad_lines": bad,
        "clean_lines": lines - bad if alone else 0,
        "problems": len(intake.problems),
        "warnings": len(intake.warnings) + (len(history.intake.warnings) if history else 0),
        "history_lines": history.intake.table.num_rows if history else 0,
        "history_problems": history_problems,
        "marked_as": "csv" if claims.path.suffix == ".csv" or lines >= MAX_ROWS else "xlsx",
        "history_marked_as": "csv" if history and history.path.suffix == ".csv" else "xlsx",
    }


_PROBLEM = pa.schema(
    [
        ("file", pa.string()),
        ("severity", pa.string()),
        ("sheet", pa.string()),
        ("letters", pa.string()),
        ("heading", pa.string()),
        ("value", pa.string()),
        ("message", pa.string()),
        ("rows", pa.list_(pa.int64())),
    ]
)


def _problem_table(
    claims: claimsfile.ClaimsFile, history: claimsfile.ClaimsFile | None
) -> pa.Table:
    """All problems of both files, those of whole columns first, then in the order of rows."""
    told = [*_problems("claims", claims), *(_problems("history", history) if history else [])]
    return pa.Table.from_pylist(told, schema=_PROBLEM)


def _problems(name: str, file: claimsfile.ClaimsFile) -> list[dict[str, Any]]:
    found = (("error", file.intake.problems), ("warning", file.intake.warnings))
    return [
        {
            "file": name,
            "severity": severity,
            "sheet": file.source.sheet,
            "letters": file.column(problem),
            "heading": file.heading(problem),
            "value": problem.value,
            "message": problem.message,
            "rows": [int(file.source.rows[line]) for line in problem.rows],
        }
        for severity, problems in found
        for problem in sorted(problems, key=lambda one: one.rows[:1] or (-1,))
    ]


def _decide(batch: Batch) -> None:
    """Decides the facts that were kept, and keeps the decisions."""
    report, files = _Report(batch.pk, State.DECIDING), BatchFiles(batch.pk)
    report(Stage.DECIDING)
    pack = engine.pack()
    facts, history = facts_of(batch)
    lines = facts.table.num_rows
    decisions = pack.decide(
        facts, history=history, done=lambda end: report(Stage.DECIDING, end, lines)
    )
    report(Stage.WRITING)
    decisions = decisions.append_column("row", files.read_table("facts", ["row"])["row"])
    for name in ("scheme", "applied_on", "region", "person_id"):
        decisions = decisions.append_column(name, facts.table[name])
    files.write_table("decisions", decisions, told=report.writing)
    keep_list(files, decisions)
    move(
        batch.pk,
        State.DECIDED,
        since=State.DECIDING,
        decided=_summary(listing_of(batch)),
        release=pack.release,
    )


def _summary(listing: Decisions) -> dict[str, Any]:
    """What a list of batches shows of the decisions; plain data for JSON."""
    totals = listing.totals
    return {"lines": totals.lines, "fen": totals.fen, "outcomes": totals.outcomes}
