"""Files of persons and of organisations, imported: all of a file or nothing."""

from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.events import acting, noted
from jineng.people.commands.records import PROBLEMS_KEPT, Imported, end
from jineng.people.errors import Refused
from jineng.people.models import ImportProblem, ImportRun, User
from jineng.people.permissions import (
    access_of,
    organisations_in_reach,
    persons_in_reach,
    require,
)
from jineng.people.queries.imports import REFUSED_LINES, imports_for
from jineng.people.registers import organisations, persons
from jineng.people.registers.bulk import Lines, Spec
from jineng.people.tables import Progress, Told, read
from jineng.people.tables.columns import silent

Kind = ImportRun.Kind


class _Wrong(Exception):
    """Lines are wrong: what was written goes back."""


def import_register(
    path: Path,
    *,
    file_name: str,
    kind: str | None = None,
    by: User | None,
    on: date,
    at: datetime,
    check: bool = False,
    progress: Progress = silent,
) -> Imported:
    """Brings a file into the registers; the run says what became of its lines.

    ``kind``: persons or organisations; None: told by its headings. ``by``: None is the command
    line. ``check``: change nothing, say what would come of it. A file with wrong lines changes
    nothing, and its run tells them.

    Raises PermissionDenied, and Refused for what can't be read as a file of either.
    """
    if by is not None:
        require(by, "import:run", on=on)
    kind, lines = _read(path, kind, on, progress)
    run = ImportRun(
        kind=kind,
        file_name=file_name[-200:],
        file_sha256=lines.table.sha256,
        by=by,
        organisation_id=imports_for(by, on=on),
        at=at,
        lines=lines.count + len(lines.table.torn),
    )
    try:
        with (
            acting(by=by, why=gettext_lazy("导入 %(file)s") % {"file": file_name}),
            transaction.atomic(),
        ):
            _import(lines, run, by, on)
            transaction.set_rollback(check)
    except _Wrong:
        return Imported(run, _keep_refused(lines, run, by, check=check))
    except IntegrityError as refused:
        if "one_person_of_a_number" in str(refused) or "credit_code" in str(refused):
            raise Refused(_("同时有人登记了文件里的人员或单位，请再导入一次。")) from None
        raise
    if check:
        run.pk = None
    return Imported(run, [])


def _read(path: Path, kind: str | None, on: date, progress: Progress) -> tuple[str, Lines]:
    """The file as the kind that its headings fit."""
    specs: dict[str, list[Spec]] = {
        Kind.PERSONS: persons.specs(on),
        Kind.ORGANISATIONS: organisations.specs(on),
    }
    refused: Refused | None = None
    for one in [kind] if kind else list(specs):
        try:
            table = read(path, [spec.heading for spec in specs[one]], progress)
        except Refused as why:
            refused = refused or why
        else:
            return one, Lines(table, specs[one])
    assert refused is not None
    raise refused


def _import(lines: Lines, run: ImportRun, by: User | None, on: date) -> None:
    """Checks the lines and writes them. Raises _Wrong where any is wrong."""
    if run.kind == Kind.PERSONS:
        persons.check(lines)
    else:
        departments = by is None or any(
            one.organisation_id is None for one in access_of(by, on=on).by("organisation:register")
        )
        organisations.check(lines, departments=departments)
    if by is not None and not lines.wrong:
        _require_known_in_reach(lines, run.kind, by, on)
    if lines.wrong:
        raise _Wrong
    run.state = ImportRun.State.DONE
    run.save(force_insert=True)
    if run.kind == Kind.PERSONS:
        outcome = persons.write(lines, run)
    else:
        outcome = organisations.write(lines, run, on)
    if by is not None and not lines.wrong:
        _require_reach(lines, run.kind, outcome, by, on)
    if lines.wrong:
        raise _Wrong
    run.added, run.changed, run.unchanged = outcome.added, outcome.changed, outcome.unchanged
    run.finished_at = run.at
    end(run)


def _require_known_in_reach(lines: Lines, kind: str, by: User, on: date) -> None:
    """Notes the lines about whom the register knows already, and `by` does not reach before.

    Else whoever knows a number could bring anybody within reach, and change what is said of them.
    """
    outcome = persons.Outcome()
    known = organisations.known_organisations
    if kind == Kind.PERSONS:
        known = persons.known_persons
    for chunk in lines.chunks():
        outcome.touched |= {pk: line for line, pk in known(lines, chunk).items()}
    if kind == Kind.ORGANISATIONS:
        near = organisations_in_reach(by, on=on, action="organisation:edit")
        message = _("已在别处登记，不在您的辖区内；请由当地办理变更")
        persons.beyond(lines, outcome, near, column="code", message=message)
        return
    own = outcome.touched.pop(by.person_id, None) if by.person_id else None
    if own is not None:
        lines.blame("number", _("这是您本人的档案，须由他人办理；请从文件中去掉"), [own])
    reached = persons_in_reach(by, on=on, action="person:edit")
    message = _("已有档案，不在您的辖区或业务条线内；请由当地办理变更")
    persons.beyond(lines, outcome, reached, column="number", message=message)


def _require_reach(lines: Lines, kind: str, outcome: persons.Outcome, by: User, on: date) -> None:
    """Notes the lines about whom `by` does not reach, as it is after the import."""
    if kind == Kind.PERSONS:
        persons.beyond(
            lines,
            outcome,
            persons_in_reach(by, on=on, action="person:edit"),
            column="number",
            message=_("户籍地、居住地、工作地至少一处须在您的辖区内，并属于您的业务条线"),
        )
    else:
        persons.beyond(
            lines,
            outcome,
            organisations_in_reach(by, on=on, action="organisation:edit"),
            column="code",
            message=_("单位所在地须在您的辖区内"),
        )


def _keep_refused(lines: Lines, run: ImportRun, by: User | None, *, check: bool) -> list[Told]:
    """Keeps the run of a file that changed nothing, with what is wrong with it."""
    run.pk, run.state, run.finished_at = None, ImportRun.State.REFUSED, run.at
    run.added = run.changed = run.unchanged = 0
    wrong = {int(line) for problem in lines.problems for line in problem.lines}
    run.refused = len(wrong) + len({one.line for one in lines.table.torn})
    run.problems_found = lines.table.count_of(lines.problems)
    told = lines.table.told(lines.problems, PROBLEMS_KEPT)
    if check:
        return told
    with acting(by=by):
        run.save(force_insert=True)
        ImportProblem.objects.bulk_create(
            ImportProblem(
                run=run,
                line=one.line,
                column=one.column,
                value=one.value[:200],
                message=one.message,
            )
            for one in told
        )
        noted(REFUSED_LINES, run, lines=run.refused)
    return told
