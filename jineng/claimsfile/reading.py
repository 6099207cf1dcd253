"""A claims file read and checked, with every problem told by where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.claimsfile.container import check_content, ending_of
from jineng.claimsfile.csvfile import read_csv
from jineng.claimsfile.headings import nothing_below
from jineng.claimsfile.parquetfile import read_parquet
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.source import EXAMPLE_CLAIMS, Cells, Source, letters
from jineng.claimsfile.workbook import read_workbook
from jineng.policy.intake import Intake, Problem, fact_of_heading, read_columns

_LONGEST_SHOWN = 60
#: Problems whose column is the heading as written, which may be a column's name by mistake.
_ABOUT_HEADINGS = ("unknown-column", "out-column", "duplicate-column")


@dataclass(frozen=True)
class CellProblem:
    """One problem in one cell, or in a whole column or the whole file (``line`` None).

    ``line`` counts from 0; ``row`` is the row in the file, from 1; ``column`` its letters, ""
    where the file has none; ``heading`` as written in the file.
    """

    line: int | None
    row: int | None
    column: str
    heading: str
    value: str | None
    message: str


@dataclass
class ClaimsFile:
    """A claims file: its facts, what is wrong with them, and where that stands.

    ``intake``: typed facts and problems, lines counted from 0. ``source``: sheet, headings, rows.
    """

    path: Path
    intake: Intake
    source: Source
    history: bool = False
    _headings: dict[str, str] = field(default_factory=dict, repr=False)

    def heading(self, problem: Problem) -> str:
        """The heading of a problem's column as the file writes it."""
        if problem.kind in _ABOUT_HEADINGS:
            return problem.column or ""
        return self._headings.get(problem.column or "", problem.heading)

    def column(self, problem: Problem) -> str:
        """The letters of a problem's column; "" where the file has none, or not that column."""
        if self.source.sheet is None:
            return ""
        places = self.source.places(self.heading(problem))
        if problem.kind not in _ABOUT_HEADINGS:
            places = places[:1]
        return "、".join(map(letters, places))

    def told(self, problem: Problem, *, most: int | None = 8) -> str:
        """One line for the user: sheet, rows, column, value, what was expected and what to do.

        ``most``: name so many rows, or ranges of them, and count the rest; None names them all.
        """
        where = f"工作表“{self.source.sheet}”" if self.source.sheet is not None else ""
        if problem.rows:
            where += f"第 {_row_ranges(self.source.rows[list(problem.rows)], most)} 行"
        column, heading = self.column(problem), self.heading(problem)
        where += f" {column} 列" if column else ""
        where += f"“{heading}”" if heading else ""
        value = f"“{_short(problem.value)}”：" if problem.value else ""
        return f"{where}：{value}{problem.message}" if where else f"{value}{problem.message}"

    def refuse_decided(self, history: ClaimsFile) -> None:
        """Add to the problems each line whose claim is among the earlier decisions too."""
        if "claim_id" not in self.intake.table.column_names:
            return
        ids, past = (intake.table["claim_id"] for intake in (self.intake, history.intake))
        places = pc.index_in(ids, past.combine_chunks())
        found = pc.and_(pc.is_valid(places), pc.is_valid(ids)).to_numpy()
        for line in np.flatnonzero(found).tolist():
            row = history.source.rows[places[line].as_py()]
            message = (
                f"该申请已在历史文件 {history.path.name} 第 {row} 行，不能重复审核；"
                "请删去这一行，或更正编号"
            )
            value = ids[line].as_py()
            self.intake.problems.append(Problem("in-history", "claim_id", value, message, (line,)))

    def cell_problems(self) -> Iterator[CellProblem]:
        """Every problem cell by cell, those of whole columns first, then by line."""
        columns = [problem for problem in self.intake.problems if not problem.rows]
        for problem in columns:
            yield self._at(problem, None)
        cells = [(line, p) for p in self.intake.problems for line in p.rows]
        for line, problem in sorted(cells, key=lambda cell: cell[0]):
            yield self._at(problem, line)

    def _at(self, problem: Problem, line: int | None) -> CellProblem:
        return CellProblem(
            line=line,
            row=None if line is None else int(self.source.rows[line]),
            column=self.column(problem),
            heading=self.heading(problem),
            value=problem.value,
            message=problem.message,
        )


def read(
    path: str | Path, *, history: bool = False, progress: Progress | None = None
) -> ClaimsFile:
    """Read and check a claims file: CSV, XLSX or Parquet, told by its ending.

    ``history``: the lines are earlier decisions and carry ``outcome``. ``progress``: see
    ``Progress``. What is wrong with cells and columns is in ``intake.problems``, all of it.

    Errors: FileError where the file as a whole can't be read.
    """
    path = Path(path)
    progress = progress or silent
    cells = read_cells(path, progress)
    progress("核对内容", 0, 0)
    headings = {
        fact_of_heading(written, history=history) or written: written
        for written in reversed(cells.source.headings)
        if written
    }
    found = [
        replace(p, column=fact_of_heading(p.column or "", history=history) or p.column)
        for p in cells.problems
    ]
    named = [(heading, column) for heading, column in cells.columns if heading]
    intake = read_columns(named, cells.num_rows, history=history, found=found)
    if cells.source.header_row:  # Parquet has none, and no template either
        intake.warnings += _examples_left(intake)
    return ClaimsFile(path, intake, cells.source, history, headings)


def read_cells(path: Path, progress: Progress = silent) -> Cells:
    """The columns of a file before they are understood, without empty rows."""
    ending = ending_of(path)
    check_content(path, ending)
    readers = {".csv": read_csv, ".xlsx": read_workbook, ".parquet": read_parquet}
    cells = readers[ending](path, progress).without_empty_rows()
    if not cells.num_rows:
        sheet = cells.source.sheet
        raise nothing_below("文件" if sheet is None else f"工作表“{sheet}”")
    return cells


def _examples_left(intake: Intake) -> Iterator[Problem]:
    """The template's example lines, which somebody forgot to delete."""
    if "claim_id" not in intake.table.column_names:
        return
    left = pc.is_in(intake.table["claim_id"], pa.array(EXAMPLE_CLAIMS)).to_numpy()
    if left.any():
        message = "这是模板自带的示例行，会同其他各行一起审核；请删去"
        yield Problem("example", "claim_id", None, message, tuple(np.flatnonzero(left).tolist()))


def _row_ranges(rows: np.ndarray, most: int | None) -> str:
    """Row numbers for reading: ``5–8、12``, with the count where some are left out."""
    ordered = np.unique(rows)
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)
    named = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:most]]
    rest = f" 等 {len(ordered)}" if most is not None and len(runs) > most else ""
    return "、".join(named) + rest


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…"
