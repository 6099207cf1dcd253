"""What a draft changes, into a file: a workbook to be discussed, or the lines alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jineng.claimsfile.canonical import presentable
from jineng.claimsfile.container import ending_of
from jineng.claimsfile.decisions import write_csv
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.saving import made_workbook, refuse_long_cells, refuse_too_long, saved
from jineng.claimsfile.sheetrows import put_rows
from jineng.policy.facts import FACT, OUTCOMES, SCHEME_NAMES, STANDARD_NOT_SET
from jineng.policy.impact import BREAKDOWNS, CHANGES, BudgetLine
from jineng.policy.schemes import Scheme
from jineng.policy.whatif import WhatIf

_SIDES = {"before": "现行", "after": "草案"}
_LINE_HEADINGS = {
    "change": "变化",
    **{f"outcome_{side}": f"{word}结论" for side, word in _SIDES.items()},
    **{f"amount_yuan_{side}": f"{word}金额（元）" for side, word in _SIDES.items()},
    **{f"failed_{side}": f"{word}未满足的条件" for side, word in _SIDES.items()},
    **{f"missing_{side}": f"{word}缺少的信息" for side, word in _SIDES.items()},
    "difference_yuan": "差额（元）",
}
#: The columns of a breakdown, as people read them.
HEADINGS = {
    "claims": "申请数",
    "eligible_before": "现行符合",
    "eligible_after": "草案符合",
    **CHANGES,
    "persons": "金额变动人数",
    "before_yuan": "现行金额（元）",
    "after_yuan": "草案金额（元）",
    "difference_yuan": "差额（元）",
}
_SHEET = "逐条"


def write_impact(
    path: str | Path,
    result: WhatIf,
    schemes: Mapping[str, Scheme],
    *,
    regions: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> None:
    """Write what a draft changes.

    XLSX: an overview, a sheet for each breakdown, and the lines, all in words. CSV and Parquet: the
    lines alone, under the names of ``WhatIf.lines``, codes as they are. ``schemes``: those of the
    pack; ``regions``: names by code, where they are known.

    The file appears whole or not at all; nothing in it runs as a formula.

    Errors: FileError for an unknown ending, too many lines for a sheet, a full disk, no permission.
    """
    path = Path(path)
    ending = ending_of(path)
    lines = presentable(result.lines)
    if ending == ".csv":
        write_csv(path, lines)
    elif ending == ".parquet":
        with saved(path) as temporary:
            pq.write_table(lines, temporary)
    else:
        _write_workbook(path, result, _in_words(lines, schemes), regions or {}, progress or silent)


def _write_workbook(
    path: Path, result: WhatIf, lines: pa.Table, regions: Mapping[str, str], progress: Progress
) -> None:
    refuse_too_long(lines.num_rows)
    for column in lines.columns:
        refuse_long_cells(column)
    finished = BytesIO()
    with made_workbook(finished) as book:
        _write_overview(book, result)
        for name, heading in BREAKDOWNS.items():
            _write_breakdown(book, heading, result.by[name], regions)
        _write_line_headings(book, lines)
        part = f"xl/worksheets/sheet{len(book.worksheets())}.xml"
    count = lines.num_rows
    with saved(path) as temporary:
        put_rows(finished, temporary, part, lines, lambda done: progress("写出逐条", done, count))


def _write_overview(book: Any, result: WhatIf) -> None:
    """The draft, what it says, what comes of it, and the budgets."""
    sheet = book.add_worksheet("概览")
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 6, 24)
    row = 0
    for word, text in (
        ("草案", result.title),
        ("现行政策版本", result.release),
        ("草案版本", result.draft_release),
    ):
        sheet.write_string(row, 0, word)
        sheet.write_string(row, 1, text)
        row += 1
    row += 1
    for place, word in enumerate(("草案的改动", "项目", "地区", "自", "现行", "草案", "依据")):
        sheet.write_string(row, place, word, bold)
    for one in result.differences:
        row += 1
        names = "、".join(SCHEME_NAMES[code] for code in one.schemes)
        cells = (one.label, names, one.region or "", one.start)
        said = (one.before or "未规定", one.after or "无", "；".join(one.cites))
        for place, text in enumerate((*cells, *said)):
            sheet.write_string(row, place, text)
    row += 2
    total = result.total.to_pylist()[0]
    for name, heading in HEADINGS.items():
        sheet.write_string(row, 0, heading)
        _write_number(book, sheet, row, 1, total[name])
        row += 1
    row += 1
    if result.budgets:
        words = ("预算", "预算（元）", *(f"{w}{x}" for w in _SIDES.values() for x in _BUDGET))
        for place, word in enumerate(words):
            sheet.write_string(row, place, word, bold)
        for line in result.budgets:
            row += 1
            _write_budget(book, sheet, row, line)


_BUDGET = ("用完之日", "超出（元）")


def _write_budget(book: Any, sheet: Any, row: int, line: BudgetLine) -> None:
    sheet.write_string(row, 0, line.label)
    _write_number(book, sheet, row, 1, line.budget_fen / 100)
    for place, side in enumerate((line.before, line.after)):
        spent = str(side.spent_on) if side.spent_on else "未用完"
        sheet.write_string(row, 2 + 2 * place, spent)
        _write_number(book, sheet, row, 3 + 2 * place, side.passed_fen / 100)


def _write_number(book: Any, sheet: Any, row: int, place: int, number: Any) -> None:
    whole = isinstance(number, int)
    sheet.write_number(row, place, number, _format(book, "#,##0" if whole else "#,##0.00"))


def _format(book: Any, number: str) -> Any:
    """One format of a workbook for each way of showing numbers."""
    known = book.__dict__.setdefault("_jineng_formats", {})
    if number not in known:
        known[number] = book.add_format({"num_format": number})
    return known[number]


def _write_breakdown(book: Any, heading: str, table: pa.Table, regions: Mapping[str, str]) -> None:
    sheet = book.add_worksheet(f"按{heading}")
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 1 + len(HEADINGS), 13)
    for place, word in enumerate(("代码", heading, *HEADINGS.values())):
        sheet.write_string(0, place, word, bold)
    for row, line in enumerate(table.to_pylist(), start=1):
        sheet.write_string(row, 0, line["key"])
        sheet.write_string(row, 1, regions.get(line["key"], line["label"]))
        for place, name in enumerate(HEADINGS, start=2):
            _write_number(book, sheet, row, place, line[name])
    if heading == BREAKDOWNS["group"]:
        note = "一人可属于几类，各类都计入，各行之和大于总数"
        sheet.write_string(table.num_rows + 2, 1, note)


def _write_line_headings(book: Any, lines: pa.Table) -> None:
    """The headings of the lines, and below them a row that shows each column's style."""
    sheet = book.add_worksheet(_SHEET)
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    money = book.add_format({"num_format": "0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, lines.num_rows, lines.num_columns - 1)
    for place, name in enumerate(lines.column_names):
        heading = FACT[name].heading if name in FACT else _LINE_HEADINGS[name]
        sheet.set_column(place, place, 30 if name.startswith(("failed", "missing")) else 16)
        sheet.write_string(0, place, heading, bold)
        if pa.types.is_decimal(lines[name].type):
            sheet.write_blank(1, place, None, money)
        elif pa.types.is_date(lines[name].type):
            sheet.write_blank(1, place, None, day)


# ---------------------------------------------------------------- words


def _in_words(lines: pa.Table, schemes: Mapping[str, Scheme]) -> pa.Table:
    """The lines with what codes mean in their place."""
    titles = {
        f"{scheme.code} {condition.code}": condition.title
        for scheme in schemes.values()
        for condition in scheme.conditions
    }
    codes = lines["scheme"].cast(pa.string())
    for name, known in (
        ("scheme", SCHEME_NAMES),
        ("change", CHANGES),
        ("outcome_before", OUTCOMES),
        ("outcome_after", OUTCOMES),
    ):
        lines = _replaced(lines, name, lines[name], known.__getitem__)
    for side in _SIDES:
        named = pc.binary_join_element_wise(codes, lines[f"failed_{side}"].cast(pa.string()), " ")
        lines = _replaced(lines, f"failed_{side}", named, lambda text: _titled(text, titles))
        missing = lines[f"missing_{side}"]
        lines = _replaced(lines, f"missing_{side}", missing, _lacking)
    return lines


def _replaced(
    lines: pa.Table, name: str, column: pa.ChunkedArray, word: Callable[[str], str]
) -> pa.Table:
    """A column with each distinct text put into words once."""
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    words = pa.array([word(text) for text in encoded.dictionary.to_pylist()], pa.string())
    place = lines.column_names.index(name)
    return lines.set_column(place, name, words.take(encoded.indices))


def _titled(text: str, titles: Mapping[str, str]) -> str:
    scheme, _, codes = text.partition(" ")
    return "；".join(titles[f"{scheme} {code}"] for code in codes.split(";") if code)


def _lacking(text: str) -> str:
    names = [name for name in text.split(";") if name]
    return "；".join(
        "补贴标准尚未规定" if name == STANDARD_NOT_SET else FACT[name].heading for name in names
    )
