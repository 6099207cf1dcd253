"""Tables of cases handed in, and drafts put in force by them."""

import base64
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.desk.commands.enacting import enact, in_turn
from jineng.desk.models import CaseTable, Draft, Enactment
from jineng.desk.models.standards import LONGEST_NUMBER
from jineng.desk.permissions.drafts import draft_for
from jineng.desk.permissions.standards import EDIT
from jineng.desk.queries.cases import MOST_ROWS, as_path, newest_of, outcome_of
from jineng.desk.queries.in_force import (
    DRAFT,
    Content,
    coming,
    laid_over,
    pack_before,
    pack_in_force,
)
from jineng.desk.queries.proof import enacts, reasons_against, written_by
from jineng.people.errors import Refused
from jineng.people.models import User
from jineng.people.permissions import require

if TYPE_CHECKING:
    from jineng.policy import Pack


def hand_in_cases(
    *, file_name: str, content: bytes, draft: Draft | None = None, by: User, on: date, at: datetime
) -> CaseTable:
    """Keeps a table of cases; for a draft, as the one by which it is judged from now on.

    Raises PermissionDenied, and Refused where the file can't be read as a whole or is too long.
    """
    access = require(by, EDIT, on=on)
    if draft is not None:
        draft_for(by, draft.pk, "edit", on=on)
        if getattr(draft, "enactment", None) is not None:
            raise Refused(_("草案已经施行，案例不再更换。"))
    rows = _rows(file_name, content)
    held = access.by(EDIT)[0]
    with acting(by=by):
        return CaseTable.objects.create(
            draft=draft,
            file_name=file_name,
            file=base64.b64encode(content).decode(),
            rows=rows,
            by=by,
            department_id=held.organisation_id,
            at=at,
        )


def _rows(file_name: str, content: bytes) -> int:
    from jineng.claimsfile import FileError
    from jineng.claimsfile.reading import read_cells

    try:
        with as_path(file_name, content) as path:
            rows = read_cells(path).num_rows
    except FileError as error:
        told = {"problem": _(error.message), "advice": _(error.advice)}
        raise Refused(_("%(problem)s。%(advice)s。") % told) from None
    if rows > MOST_ROWS:
        told = {"rows": f"{rows:,}", "most": f"{MOST_ROWS:,}"}
        raise Refused(_("共 %(rows)s 行，超过 %(most)s 行；请拆开，或用命令行运行。") % told)
    return rows


def put_in_force(
    draft: Draft,
    *,
    version: int,
    numbers: dict[str, str],
    effective_on: date,
    by: User,
    on: date,
    at: datetime,
) -> Enactment:
    """Lays a draft over the pack for good, from a day on. ``numbers``: see `policy.issued`.

    ``version``: the one that `by` had before their eyes. Raises Http404 and PermissionDenied as
    `draft_for` does, and for whoever wrote it; Refused where another version was saved since, its
    cases don't pass, or it doesn't fit what is in force or will be.
    """
    draft_for(by, draft.pk, "see", on=on)
    if not enacts(by, on=on) or written_by(draft, by):
        raise PermissionDenied
    if effective_on < on:
        raise Refused(_("不能早于今天（%(day)s）：已作出的决定不再改变。") % {"day": on})
    with acting(by=by), in_turn():
        draft = Draft.objects.select_for_update().get(pk=draft.pk)
        if getattr(draft, "enactment", None) is not None:
            raise Refused(_("这份草案已经施行。"))
        if draft.version != version:
            raise Refused(
                _("草案刚刚改为第 %(version)s 版，没有施行。") % {"version": draft.version}
            )
        table = newest_of(draft)
        if table is None:
            raise Refused(_("草案还没有案例；案例全部相符才能施行。"))
        content = {
            DRAFT: _issued(draft, numbers),
            "title": draft.title,
            "version": draft.version,
        }
        _require_proven(table, content, effective_on)
        return enact(
            content,
            number=_in_short(list(filter(None, numbers.values()))),
            effective_on=effective_on,
            author=(draft.author_id, draft.author.person_id),
            by=by,
            at=at,
            draft=draft,
            cases=table,
        )


def _in_short(numbers: list[str]) -> str:
    """The numbers of documents, as far as there is room for them."""
    whole = " / ".join(numbers)
    if len(whole) <= LONGEST_NUMBER:
        return whole
    return _("%(number)s 等 %(count)s 份") % {"number": numbers[0], "count": len(numbers)}


def _issued(draft: Draft, numbers: dict[str, str]) -> str:
    from jineng.policy import PackError, issued

    try:
        return issued(draft.policy_draft(), numbers)
    except PackError as error:
        raise Refused(_("；").join(error.reasons)) from None


def _require_proven(table: CaseTable, content: Content, effective_on: date) -> None:
    """Raises Refused where the cases don't pass on that day, or something later doesn't fit."""
    from jineng.policy import PackError, draft_of

    pack = pack_in_force(effective_on)
    try:
        drafted = pack.with_draft(draft_of(content[DRAFT], content["title"]))
        reasons = reasons_against(table, pack, drafted, outcome_of(table, drafted))
        reasons = reasons or tuple(_broken(drafted.enacted(), effective_on))
    except PackError as error:
        reasons = tuple(error.reasons)
    if reasons:
        raise Refused(_("；").join(reasons))


def _broken(pack: "Pack", effective_on: date) -> Iterator[str]:
    """Drafts that wait to come in force after this day, whose cases would no longer pass."""
    for one in coming(effective_on):
        pack = laid_over(pack, [one.content])
        if one.cases is None or outcome_of(one.cases, pack).passes:
            continue
        if outcome_of(one.cases, laid_over(pack_before(one), [one.content])).passes:
            told = {"title": one.content["title"], "day": one.effective_on}
            yield _("“%(title)s”自 %(day)s 起施行，它的案例将不再相符；请自该日或以后施行") % told
