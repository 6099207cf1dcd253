"""Tables of cases: read, run against a pack, and told row by row."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from jineng.desk.models import CaseTable, Draft
from jineng.desk.permissions.drafts import drafts_in_reach
from jineng.desk.permissions.standards import SEE
from jineng.desk.queries.drafts import pack_under
from jineng.desk.queries.in_force import pack_in_force
from jineng.pages.kept import Kept
from jineng.people.models import User
from jineng.people.permissions import require
from jineng.people.tables.plain import in_memory

if TYPE_CHECKING:
    from jineng.claimsfile import CasesFile
    from jineng.claimsfile.reading import CellProblem
    from jineng.policy import CheckedRow, Pack
    from jineng.policy.cases import Verdict
    from jineng.policy.checking import Expected

#: More are run by the command line.
MOST_ROWS = 2_000
_MOST_KEPT = 32


@dataclass(frozen=True)
class Told:
    """A decision as far as it was expected, or as it came. ``amount``: in yuan."""

    outcome: str
    amount: Decimal | None
    failed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def words(self) -> str:
        """In an official's words, in the reader's language."""
        said = [_(self.outcome)]
        if self.amount is not None:
            said.append(_("%(yuan)s 元") % {"yuan": f"{self.amount:,.2f}"})
        for text, things in (
            (_("未满足：%(what)s"), self.failed),
            (_("缺少：%(what)s"), self.missing),
        ):
            if things:
                said.append(text % {"what": _("、").join(map(_, things))})
        return _("；").join(said)


@dataclass(frozen=True)
class CaseRow:
    """A row that expects something. ``row``: in the file, counted from 1."""

    row: int
    case: str
    about: str
    scheme: str
    expected: Told
    got: Told
    differs: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it came out as expected."""
        return not self.differs


@dataclass(frozen=True)
class Outcome:
    """What became of a table. ``problems``: cells that can't be read; then nothing was run.

    ``refused``: why the file as a whole can't be read.
    """

    release: str
    rows: tuple[CaseRow, ...] = ()
    problems: "tuple[CellProblem, ...]" = ()
    refused: str = ""

    @property
    def differing(self) -> int:
        """How many rows came out otherwise."""
        return sum(not one.holds for one in self.rows)

    @property
    def passes(self) -> bool:
        """Whether all were run and came out as expected."""
        return bool(self.rows) and not self.differing


def case_tables_in_reach(user: User, *, on: date) -> "QuerySet[CaseTable]":
    """The tables of one's own, of one's department, and of drafts in reach.

    Raises PermissionDenied where no role of the user has to do with policy.
    """
    access = require(user, SEE, on=on)
    rows = CaseTable.objects.select_related("draft__enactment", "by", "department").defer("file")
    if any(one.rights.sees_all for one in access.by(SEE)):
        return rows
    departments = [one.organisation_id for one in access.by(SEE)]
    drafts = drafts_in_reach(user, on=on).values("pk")
    return rows.filter(Q(by=user) | Q(department__in=departments, draft=None) | Q(draft__in=drafts))


def case_table_for(user: User, pk: int, *, on: date) -> CaseTable:
    """One of them. Raises PermissionDenied as above, Http404 out of reach."""
    found = case_tables_in_reach(user, on=on).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def newest_of(draft: Draft) -> CaseTable | None:
    """The table by which a draft is judged."""
    return draft.case_tables.select_related("by").defer("file").order_by("-at", "-pk").first()


def pack_for(table: CaseTable) -> "Pack":
    """The pack against which a table is run: the draft's, or the one in force.

    Raises policy.PackError where the draft can't be used.
    """
    draft = table.draft
    return pack_under(draft).with_draft(draft.policy_draft()) if draft else pack_in_force()


@contextmanager
def as_path(file_name: str, content: bytes) -> Iterator[Path]:
    """A path at which the content lies, in memory, under a name with its ending."""
    with in_memory(BytesIO(content)) as held, TemporaryDirectory() as folder:
        path = Path(folder) / f"cases{Path(file_name).suffix.lower()}"
        path.symlink_to(held)
        yield path


def content_of(table: CaseTable) -> bytes:
    """The file that was handed in."""
    return base64.b64decode(table.file)


@contextmanager
def read(table: CaseTable, pack: "Pack") -> "Iterator[CasesFile]":
    """The table as read for a pack. Raises claimsfile.FileError."""
    from jineng.claimsfile import read_cases

    with as_path(table.file_name, content_of(table)) as path:
        yield read_cases(path, pack)


_OUTCOMES: Kept[tuple[int, str], Outcome] = Kept(_MOST_KEPT)


def outcome_of(table: CaseTable, pack: "Pack") -> Outcome:
    """What comes of the table under a pack; from memory where that was asked lately."""
    return _OUTCOMES.of((table.pk, pack.release), lambda: _run(table, pack))


def _run(table: CaseTable, pack: "Pack") -> Outcome:
    from jineng.claimsfile import FileError
    from jineng.policy import check

    try:
        with read(table, pack) as file:
            if file.table.problems:
                return Outcome(pack.release, problems=tuple(file.cell_problems()))
            rows = check(pack, file.table)
            told = tuple(_told(pack, row, file.row(row.line)) for row in rows)
            return Outcome(pack.release, rows=told)
    except FileError as error:
        return Outcome(pack.release, refused=str(error))


def marked_copy(table: CaseTable, pack: "Pack") -> bytes:
    """The file as XLSX with what is wrong marked where it stands. Raises claimsfile.FileError."""
    from jineng.claimsfile import write_marked_cases
    from jineng.policy import check

    with read(table, pack) as file, TemporaryDirectory() as folder:
        rows = [] if file.table.problems else check(pack, file.table)
        path = Path(folder) / "marked.xlsx"
        write_marked_cases(path, file, rows)
        return path.read_bytes()


def template() -> bytes:
    """A table of cases with examples."""
    from jineng.claimsfile import write_cases_template

    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_cases_template(path)
        return path.read_bytes()


def _told(pack: "Pack", row: "CheckedRow", number: int) -> CaseRow:
    return CaseRow(
        row=number,
        case=row.case,
        about=row.about,
        scheme=pack.schemes[row.scheme].name,
        expected=_decision(pack, row.scheme, row.expected),
        got=_decision(pack, row.scheme, row.got),
        differs=row.differs,
    )


def _decision(pack: "Pack", scheme: str, one: "Expected | Verdict") -> Told:
    """What was not asked for, or is nothing, is left out."""
    from jineng.policy.checking import NOT_SET_WORDS
    from jineng.policy.facts import FACT, STANDARD_NOT_SET, outcome_word

    titles = {condition.code: condition.title for condition in pack.schemes[scheme].conditions}
    missing = one.missing or ()
    return Told(
        outcome_word(one.outcome, missing[0] if len(missing) == 1 else ""),
        one.amount if one.amount or one.outcome == "eligible" else None,
        tuple(titles[code] for code in one.failed or ()),
        tuple(
            NOT_SET_WORDS[1] if name == STANDARD_NOT_SET else FACT[name].heading for name in missing
        ),
    )
