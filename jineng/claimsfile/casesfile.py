"""Tables of cases: read with every bad cell told by where it stands, and their template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from jineng.claimsfile.container import ending_of
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.marked import write_marked
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.reading import CellProblem, ClaimsFile, read_cells
from jineng.claimsfile.saving import new_workbook
from jineng.claimsfile.source import GUIDE_SHEET, drawn
from jineng.claimsfile.template import choices_of
from jineng.policy.checking import (
    CASE_HEADINGS,
    LIKE_BASE,
    NOT_KNOWN,
    CaseTable,
    CheckedRow,
    read_case_table,
)
from jineng.policy.facts import FACT, FACTS, OUTCOMES
from jineng.policy.intake import Intake, Problem, fact_of_heading
from jineng.policy.pack import Pack

_SHEET = "案例"
_NOTES = {
    "case": "案例的编号或名称。同一案例的几行一起审核，默认是同一个人；不同案例互不影响。",
    "about": "这一例检验什么，例如“合同差一个月，不予补贴”。",
    "past": "填了结论的行是此前的决定，计入次数和重复，不再审核。",
    "rest": f"填“{LIKE_BASE}”：其余空白处照该项目样样符合的申请；要表示不清楚，填“{NOT_KNOWN}”。"
    "留空：空白就是不清楚。",
    "outcome": "应得的结论。同一案例中只作背景的行可以留空。",
    "amount": "应得的金额（元）。留空则不核对。",
    "failed": "应当未满足的条件，写条件代码或名称，用 ; 隔开；写“无”表示没有。留空则不核对。",
    "missing": "应当缺少的信息，写列名，用 ; 隔开；写“无”表示没有。留空则不核对。",
}
_CHOICES = {
    "past": list(OUTCOMES.values()),
    "rest": [LIKE_BASE],
    "outcome": list(OUTCOMES.values()),
}
_ROWS = 5_000  # with drop-downs


@dataclass
class CasesFile:
    """A table of cases as read, and where each cell stands."""

    table: CaseTable
    file: ClaimsFile

    def told(self) -> list[str]:
        """Every problem in one line: sheet, row, column, value, what was expected."""
        found = sorted(self.table.problems, key=lambda problem: problem.rows[:1])
        return [self.file.told(problem, most=None) for problem in found]

    def cell_problems(self) -> Iterator[CellProblem]:
        """Every problem cell by cell, those of whole columns first, then by line."""
        return _telling(self, self.table.problems).cell_problems()

    def row(self, line: int) -> int:
        """The row of the file on which a line stands, counted from 1."""
        return int(self.file.source.rows[line])


def read_cases(path: str | Path, pack: Pack, progress: Progress | None = None) -> CasesFile:
    """Read a table of cases (XLSX, CSV or Parquet) for a pack.

    What is wrong with cells is in ``table.problems``, all of it.

    Errors: FileError where the file as a whole can't be read.
    """
    path = Path(path)
    cells = read_cells(path, progress or silent)
    columns = [(heading, _listed(drawn(column))) for heading, column in cells.columns if heading]
    table = read_case_table(pack, columns, cells.num_rows)
    table.problems[:0] = cells.problems
    headings = {
        fact_of_heading(written) or written: written
        for written in reversed(cells.source.headings)
        if written
    }
    intake = table.intake
    return CasesFile(table, ClaimsFile(path, intake, cells.source, False, headings))


def write_marked_cases(path: str | Path, cases: CasesFile, rows: Sequence[CheckedRow] = ()) -> None:
    """Write a copy of a table of cases with what is wrong marked where it stands (XLSX or CSV).

    Marked are the cells that can't be read and, of ``rows``, those of which something else came
    than they expect. The copy can be corrected and handed in again.

    Errors: FileError as for ``write_marked``.
    """
    problems = list(cases.table.problems)
    for row in rows:
        for column, told in zip(row.where, row.differs, strict=True):
            heading = CASE_HEADINGS[column]
            problems.append(Problem("case", heading, None, told, (row.line,)))
    write_marked(path, _telling(cases, problems))


def _telling(cases: CasesFile, problems: Sequence[Problem]) -> ClaimsFile:
    """The file with these problems, its own and those of its cases."""
    return replace(cases.file, intake=Intake(cases.table.intake.table, problems))


def _listed(cells: Any) -> Sequence[object]:
    if isinstance(cells, pa.Array | pa.ChunkedArray):
        return list(cells.to_pylist())
    return list(cells)


def write_cases_template(path: str | Path) -> None:
    """Write a table of cases with examples as XLSX; all of them hold under Hubei's pack.

    Errors: FileError for another ending, a full disk, no permission.
    """
    path = Path(path)
    if ending_of(path) != ".xlsx":
        raise FileError("模板只能写成 Excel 工作簿", "请把文件名写成以 .xlsx 结尾")
    with new_workbook(path, constant_memory=False) as book:
        sheet = book.add_worksheet(_SHEET)
        _write_headings(book, sheet)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        names = [*CASE_HEADINGS, *FACT]
        for row, line in enumerate(_examples(), start=1):
            for name, cell in line.items():
                place = names.index(name)
                if isinstance(cell, date):
                    sheet.write_datetime(row, place, cell, day)
                elif isinstance(cell, int | float):
                    sheet.write_number(row, place, cell)
                else:
                    sheet.write_string(row, place, cell)
        _write_guide(book, book.add_worksheet(GUIDE_SHEET))


def _write_headings(book: Any, sheet: Any) -> None:
    plain = {"bold": True, "border": 1, "text_wrap": True, "valign": "top"}
    ours, asked, facts = (
        book.add_format({**plain, "bg_color": colour})
        for colour in ("#E2EFDA", "#F8CBAD", "#DDEBF7")
    )
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 32)
    formats = {"date": "yyyy-mm-dd", "number": "General", "whole": "0", "yuan": "0.00"}
    for place, (name, heading) in enumerate(CASE_HEADINGS.items()):
        sheet.set_column(place, place, 30 if name in ("about", "failed", "missing") else 12)
        sheet.write_string(0, place, heading, asked if name == "outcome" else ours)
        sheet.write_comment(0, place, _NOTES[name], {"x_scale": 2.2, "y_scale": 1.2})
        _drop_down(sheet, place, _CHOICES.get(name, []))
    for place, fact in enumerate(FACTS, start=len(CASE_HEADINGS)):
        cells = book.add_format({"num_format": formats.get(fact.kind, "@")})
        sheet.set_column(place, place, max(12, 2 * len(fact.heading) + 2), cells)
        needed = fact.required and fact.name not in ("claim_id", "person_id")
        sheet.write_string(0, place, fact.heading, asked if needed else facts)
        sheet.write_comment(0, place, fact.note, {"x_scale": 2.2})
        _drop_down(sheet, place, choices_of(fact))


def _drop_down(sheet: Any, place: int, choices: list[str]) -> None:
    if choices:
        source = {"validate": "list", "source": choices, "error_type": "warning"}
        sheet.data_validation(1, place, _ROWS, place, source)


def _examples() -> list[dict[str, Any]]:
    """Cases of each kind, as a good table has them."""
    like = {"rest": LIKE_BASE}
    return [
        {"case": "1", "about": "样样符合", **like, "outcome": "符合", "amount": 500,
         "scheme": "岗前培训"},
        {"case": "2", "about": "合同差一个月，不予补贴", **like, "outcome": "不符合",
         "failed": "签订一年及以上期限劳动合同", "scheme": "岗前培训", "contract_months": "11"},
        {"case": "3", "about": "课时不清楚，须补材料", **like, "outcome": "待补充材料",
         "missing": "课时", "scheme": "岗前培训", "hours": NOT_KNOWN},
        {"case": "4", "past": "符合", **like, "scheme": "岗前培训", "training_id": "上一班",
         "applied_on": date(2020, 9, 1)},
        {"case": "4", "about": "同一人在同一企业已享受过，不再享受", **like, "outcome": "不符合",
         "failed": "no-repeat", "scheme": "岗前培训"},
        {"case": "5", "about": "同一次培训，职工和企业可以各享一次", **like, "outcome": "符合",
         "scheme": "职工技能提升补贴", "training_id": "证书-1"},
        {"case": "5", **like, "outcome": "符合", "amount": 1000, "failed": "无",
         "scheme": "企业组织线上培训", "training_id": "证书-1"},
        {"case": "6", "about": "全部信息逐格填写", "outcome": "符合", "amount": 500,
         "scheme": "以工代训", "applied_on": date(2020, 9, 20), "region": "420100",
         "employer_id": "示例企业乙", "hire_status": "新录用", "enterprise_size": "小型",
         "enterprise_industry": "餐饮", "enterprise_suspended": "否", "enterprise_insured": "是",
         "person_groups": "registered_unemployed", "service_month": "2020-08", "wage_paid": "是"},
        {"case": "7", "about": "市州尚未规定标准", **like, "outcome": "暂不能核定",
         "scheme": "免费职业技能培训"},
    ]  # fmt: skip


def _write_guide(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    advice = (
        "每行一项申请和它应得的决定。示例可以直接运行，写自己的案例时请删去。",
        "申请编号、人员编号可以不填；同一案例中有几个人的，填不同的人员编号。",
        "运行：jineng policy check 案例.xlsx；对照草案运行：加 --draft 草案.yaml。",
    )
    for row, text in enumerate(advice):
        sheet.write_string(row, 0, text)
    top = len(advice) + 1
    for place, word in enumerate(("列名", "怎样填")):
        sheet.write_string(top, place, word, bold)
    lines = [(heading, _NOTES[name]) for name, heading in CASE_HEADINGS.items()]
    lines += [(fact.heading, fact.note) for fact in FACTS]
    for row, words in enumerate(lines, start=top + 1):
        for place, word in enumerate(words):
            sheet.write_string(row, place, word, wrap)
