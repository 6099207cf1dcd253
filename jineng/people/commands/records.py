"""Files of insurance and employment records, imported: all of a file or nothing.

The run and its changes are one transaction, so whatever ends the process leaves the register as it
was. What a file says stands for what was said before of the same month, or the same employment;
what it replaces is kept, and names the run that replaced it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.events import acting, noted, origin_now
from jineng.people.models import ImportProblem, ImportRun, User
from jineng.people.permissions import persons_in_reach, require
from jineng.people.queries.imports import REFUSED_LINES, imports_for
from jineng.people.queries.persons import records
from jineng.people.records import headings
from jineng.people.records.adding import add_unknown, unnamed
from jineng.people.records.employment import Employments
from jineng.people.records.insurance import Months
from jineng.people.records.lines import Good
from jineng.people.records.matching import Matched, lock, matched
from jineng.people.records.subjects import Subjects, subjects_of
from jineng.people.tables import Problem, Progress, Table, Told, read
from jineng.people.tables.columns import silent

PROBLEMS_KEPT = 1_000


class Content(Protocol):
    """What the lines of a file say beside whom they are about."""

    def between(self, subjects: Subjects) -> list[Problem]:
        """What is wrong between lines."""

    def write(self, cursor: Any, good: Good, run: ImportRun) -> None:
        """Changes the register so that it says the same."""


Reader: TypeAlias = Callable[[Table], tuple[Content, list[Problem]]]


@dataclass(frozen=True)
class How:
    """How a file is to be taken.

    ``only_clean``: leave the lines out that are wrong, instead of the whole file; ``add_unknown``:
    register persons and employers whom only the file knows; ``again``: though the very same file
    was imported before; ``check``: change nothing, say what would come of it.
    """

    only_clean: bool = False
    add_unknown: bool = False
    again: bool = False
    check: bool = False


@dataclass(frozen=True)
class Imported:
    """``run``: not saved where nothing was to be changed; ``problems``: the first of them;
    ``same_as``: the run that imported the very same file before."""

    run: ImportRun
    problems: list[Told]
    same_as: ImportRun | None = None


class _Wrong(Exception):
    """Lines are wrong: what was written goes back."""


def import_insurance(
    path: Path,
    *,
    file_name: str,
    by: User | None,
    on: date,
    at: datetime,
    kinds: int = headings.ALL_KINDS,
    how: How | None = None,
    progress: Progress = silent,
) -> Imported:
    """Imports a file of insurance payments, a line for a month and one insurance or several.

    ``kinds``: the insurances of which the file speaks, others stay as they are. ``by``: None is the
    command line. Raises PermissionDenied, and Refused for what can't be read as such a file.
    """

    def content(table: Table) -> tuple[Content, list[Problem]]:
        return Months.read(table, on=on, scope=kinds)

    run = _run(ImportRun.Kind.INSURANCE, file_name, by, on, at)
    run.told |= {"kinds": kinds}
    return _import(path, headings.INSURANCE, content, run, on, how or How(), progress)


def import_employment(
    path: Path,
    *,
    file_name: str,
    by: User | None,
    on: date,
    at: datetime,
    how: How | None = None,
    progress: Progress = silent,
) -> Imported:
    """Imports a file of employments, a line each. Raises as `import_insurance` does."""

    def content(table: Table) -> tuple[Content, list[Problem]]:
        return Employments.read(table, on=on)

    run = _run(ImportRun.Kind.EMPLOYMENT, file_name, by, on, at)
    return _import(path, headings.EMPLOYMENT, content, run, on, how or How(), progress)


def _run(kind: str, file_name: str, by: User | None, on: date, at: datetime) -> ImportRun:
    if by is not None:
        require(by, "import:run", on=on)
    run = ImportRun(kind=kind, file_name=file_name[-200:], by=by, at=at)
    run.organisation_id = imports_for(by, on=on)
    run.told = {"origin": origin_now()} if by is None else {}
    return run


def _import(
    path: Path,
    columns: Any,
    reader: Reader,
    run: ImportRun,
    on: date,
    how: How,
    progress: Progress,
) -> Imported:
    table = read(path, columns, progress)
    run.file_sha256, run.lines = table.sha256, table.count + len(table.torn)
    run.told |= {"unused": list(table.unused)}
    same = None if how.again else _the_same(run)
    if same is not None:
        return _repeated(run, same, how)
    progress(_("核对内容"), 0, 0)
    subjects, problems = subjects_of(table, on=on)
    content, more = reader(table)
    problems += [*more, *content.between(subjects)]
    try:
        with (
            acting(by=run.by, why=gettext_lazy("导入 %(file)s") % {"file": run.file_name}),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            lock(cursor)
            progress(_("查找人员和单位"), 0, 0)
            wrong, found = _looked_up(cursor, table, subjects, problems, run, on, how)
            if how.add_unknown:
                run.save(force_insert=True)
                found = add_unknown(subjects, found, wrong, run)
            _write(cursor, content, subjects, found, wrong, run, progress)
            told = _keep(table, problems, wrong, run)
            transaction.set_rollback(how.check)
    except _Wrong:
        return Imported(run, _refused(table, problems, run, how))
    if how.check:
        run.pk = None
    return Imported(run, told)


def _looked_up(
    cursor: Any,
    table: Table,
    subjects: Subjects,
    problems: list[Problem],
    run: ImportRun,
    on: date,
    how: How,
) -> tuple[np.ndarray, Matched]:
    """Which lines are wrong, and whom the others are about. Raises _Wrong where that is the end."""
    found, unknown = matched(cursor, subjects)
    if how.add_unknown:
        unknown = [one for one in unknown if one.column == "name"]
        unknown += unnamed(subjects, found)
    problems += unknown
    if run.by is not None:
        problems += _beyond(subjects, found, run.by, on)
    wrong = np.zeros(table.count, dtype=bool)
    for problem in problems:
        wrong[problem.lines] = True
    if (problems or table.torn) and (not how.only_clean or wrong.all()):
        raise _Wrong
    return wrong, found


def _beyond(subjects: Subjects, found: Matched, by: User, on: date) -> list[Problem]:
    """Lines about persons for whom whoever imports has no say, and about the importer."""
    reached: set[int] = set()
    ids = found.persons[found.persons > 0].tolist()
    within = persons_in_reach(by, on=on, action="import:run")
    for start in range(0, len(ids), 10_000):
        part = within.filter(pk__in=ids[start : start + 10_000])
        reached.update(part.values_list("pk", flat=True))
    own = set(records(by.person)) if by.person else set[int]()
    told = (
        (lambda pk: pk in own, _("不能导入自己的记录，请由同事导入这一行")),
        (
            lambda pk: pk not in reached and pk not in own,
            _("户籍地、居住地、工作地至少一处须在您的辖区内，并属于您的业务条线"),
        ),
    )
    problems = []
    for wrong, message in told:
        of = np.array([pk > 0 and wrong(pk) for pk in found.persons.tolist()], dtype=bool)
        lines = subjects.lines_of_persons(of)
        if len(lines):
            problems.append(Problem("number", message, lines))
    return problems


def _write(
    cursor: Any,
    content: Content,
    subjects: Subjects,
    found: Matched,
    wrong: np.ndarray,
    run: ImportRun,
    progress: Progress,
) -> None:
    progress(_("比较并写入"), 0, 0)
    good = Good.among(subjects, found, wrong if wrong.any() else None)
    run.state = ImportRun.State.DONE
    known = run.pk is not None
    if not known:
        run.save(force_insert=True)
    content.write(cursor, good, run)
    run.told |= {
        "persons": int((good.person_ids > 0).sum()),
        "employers": int((good.employer_ids > 0).sum()),
    }
    # As long after its beginning as it took, whichever day that is by the business date.
    cursor.execute("SELECT %s + (clock_timestamp() - transaction_timestamp())", [run.at])
    (run.finished_at,) = cursor.fetchone()


def _keep(table: Table, problems: list[Problem], wrong: np.ndarray, run: ImportRun) -> list[Told]:
    """Keeps what is wrong with the file beside its run."""
    run.refused = int(wrong.sum()) + len({one.line for one in table.torn})
    run.problems_found = table.count_of(problems)
    known = run.pk is not None
    if known:
        end(run)
    else:
        run.save(force_insert=True)
    told = table.told(problems, PROBLEMS_KEPT)
    ImportProblem.objects.bulk_create(
        ImportProblem(
            run=run, line=one.line, column=one.column, value=one.value[:200], message=one.message
        )
        for one in told
    )
    if run.refused:
        noted(REFUSED_LINES, run, lines=run.refused)
    return told


def end(run: ImportRun) -> None:
    """Writes down what came of a run; the database lets nobody change it afterwards."""
    counts = ("added", "changed", "unchanged", "refused", "problems_found")
    run.save(update_fields=["state", "finished_at", *counts, "told"])


def _refused(table: Table, problems: list[Problem], run: ImportRun, how: How) -> list[Told]:
    """Keeps the run of a file that changed nothing."""
    run.pk, run.state, run.finished_at = None, ImportRun.State.REFUSED, run.at
    wrong = np.zeros(table.count, dtype=bool)
    for problem in problems:
        wrong[problem.lines] = True
    with acting(by=run.by), transaction.atomic():
        told = _keep(table, problems, wrong, run)
        transaction.set_rollback(how.check)
    if how.check:
        run.pk = None
    return told


def _the_same(run: ImportRun) -> ImportRun | None:
    """The run that imported the very same file, all of it and in the same way."""
    return (
        ImportRun.objects.filter(
            kind=run.kind,
            file_sha256=run.file_sha256,
            state=ImportRun.State.DONE,
            refused=0,
            **({"told__kinds": run.told["kinds"]} if "kinds" in run.told else {}),
        )
        .order_by("pk")
        .first()
    )


def _repeated(run: ImportRun, same: ImportRun, how: How) -> Imported:
    """Notes that somebody brought a file again, which changes nothing."""
    run.state, run.finished_at = ImportRun.State.DONE, run.at
    run.unchanged = same.added + same.changed + same.unchanged
    run.told = same.told | run.told | {"same_as": same.pk}
    if not how.check:
        with acting(by=run.by):
            run.save(force_insert=True)
    return Imported(run, [], same)
