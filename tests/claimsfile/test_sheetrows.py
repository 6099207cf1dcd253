"""Rows put into a finished workbook: cell by cell what XlsxWriter would have written."""

import io
import math
import tempfile
import zipfile
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from jineng import claimsfile, policy
from jineng.claimsfile import sheetrows
from jineng.claimsfile.saving import made_workbook
from jineng.claimsfile.sheetrows import FIRST_SHEET, put_rows
from tests.claimsfile import made
from tests.claimsfile.test_writing import decisions

_MONEY, _DAY = "0.00", "yyyy-mm-dd"

#: Letters, markup, what a sheet writes for control characters, and these themselves.
_ODD = st.sampled_from(
    [*"a汉😀&<>\"'-@ \u00a0\u3000\t\n\r\x00\x1b\ufffe", "_x0041_", "_x00", "=1+1", "]]>", "&amp;"]
)
_TEXTS = st.lists(_ODD, max_size=6).map("".join)
_KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "text": (pa.string(), _TEXTS),
    "code": (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["", "PRE", "a;b"])),
    "date": (pa.date32(), st.dates()),
    "money": (pa.decimal128(18, 2), st.integers(0, 10**16).map(lambda n: Decimal(n).scaleb(-2))),
    "whole": (pa.int64(), st.integers(-(2**53), 2**53)),
    "number": (pa.float64(), st.floats(-1e15, 1e15)),
    "yesno": (pa.bool_(), st.booleans()),
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Tables of columns of every type, in chunks of their own."""
    kinds = draw(st.lists(st.sampled_from(list(_KINDS)), min_size=1, max_size=30))
    count = draw(st.integers(1, 4))
    columns = []
    for kind in kinds:
        arrow, values = _KINDS[kind]
        cells = draw(st.lists(st.none() | values, min_size=count, max_size=count))
        cut = draw(st.integers(0, count))
        chunks = [pa.array(part, arrow) for part in (cells[:cut], cells[cut:])]
        columns.append(pa.chunked_array(chunks, type=arrow))
    return pa.table(columns, names=[f"{place} {kind}" for place, kind in enumerate(kinds)])


def put(path: Path, table: pa.Table) -> None:
    """A table as a workbook, its rows put in column by column."""
    finished = io.BytesIO()
    with made_workbook(finished) as book:
        sheet = book.add_worksheet("决定")
        styles = {"date": book.add_format({"num_format": _DAY})}
        styles["money"] = book.add_format({"num_format": _MONEY})
        for place, name in enumerate(table.column_names):
            sheet.write_string(0, place, name)
            style = styles.get(name.split()[1])
            if style:
                sheet.write_blank(1, place, None, style)
    put_rows(finished, path, FIRST_SHEET, table, lambda done: None)


def written_by_cell(path: Path, table: pa.Table) -> None:
    """The same table as XlsxWriter writes it cell by cell, texts beside their cells."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "constant_memory": True})
    sheet = book.add_worksheet("决定")
    day, money = book.add_format({"num_format": _DAY}), book.add_format({"num_format": _MONEY})
    for place, name in enumerate(table.column_names):
        sheet.write_string(0, place, name)
    for row, line in enumerate(zip(*(column.to_pylist() for column in table.columns), strict=True)):
        for place, cell in enumerate(line):
            if cell is None or cell == "":
                continue
            if isinstance(cell, bool):
                sheet.write_string(row + 1, place, "是" if cell else "否")
            elif isinstance(cell, str):
                sheet.write_string(row + 1, place, cell)
            elif isinstance(cell, date) and cell < date(1901, 1, 1):
                sheet.write_string(row + 1, place, str(cell), day)
            elif isinstance(cell, date):
                sheet.write_datetime(row + 1, place, cell, day)
            else:
                style = money if isinstance(cell, Decimal) else None
                sheet.write_number(row + 1, place, float(cell), style)
    book.close()


def cells_of(path: Path) -> list[tuple[str, str, object, str]]:
    """Every cell that holds something: place, type, value, number format."""
    sheet = openpyxl.load_workbook(path)["决定"]
    return [
        (cell.coordinate, cell.data_type, cell.value, cell.number_format)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def same(one: Any, other: Any) -> bool:
    """Whether cells are equal; XlsxWriter writes numbers with 16 digits."""
    if isinstance(one, float | int) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=1e-15)
    return bool(one == other)


@settings(max_examples=80, deadline=None)
@given(tables())
def test_cells_are_those_that_xlsxwriter_writes(table: pa.Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.xlsx", Path(folder) / "theirs.xlsx"
        put(ours, table)
        written_by_cell(theirs, table)
        for mine, his in zip(cells_of(ours), cells_of(theirs), strict=True):
            assert mine[:2] + mine[3:] == his[:2] + his[3:]
            assert same(mine[2], his[2])
        one, other = (
            CalamineWorkbook.from_path(path).get_sheet_by_name("决定") for path in (ours, theirs)
        )
        assert (one.start, one.end) == (other.start, other.end)
        for row, his_row in zip(one.to_python(), other.to_python(), strict=True):
            assert all(map(same, row, his_row))


def test_texts_that_xlsxwriter_takes_for_its_own_markup(tmp_path: Path) -> None:
    odd = ["<r></r>", "<r><t>x</t></r>", "<r>a<b</r>"]
    put(tmp_path / "a.xlsx", pa.table({"0 text": odd}))
    assert [cell[2] for cell in cells_of(tmp_path / "a.xlsx")[1:]] == odd


def test_rows_of_several_blocks_keep_their_numbers(tmp_path: Path) -> None:
    count = 12_345
    told: list[tuple[str, int, int]] = []
    path = tmp_path / "a.xlsx"
    table = decisions([f"C{n}" for n in range(count)])
    claimsfile.write_decisions(path, table, progress=lambda *stage: told.append(stage))
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        sheet = book["决定"]
        assert (sheet.max_row, sheet.max_column) == (count + 1, 9)
        ids = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert ids == table["claim_id"].to_pylist()
    assert told[-1] == ("写出决定", count, count)


def test_what_no_sheet_has_a_number_for_is_left_out(tmp_path: Path) -> None:
    table = pa.table({"0 number": [1.5, math.nan, math.inf, -math.inf, 2.5]})
    put(tmp_path / "a.xlsx", table)
    assert [cell[:3] for cell in cells_of(tmp_path / "a.xlsx")[1:]] == [
        ("A2", "n", 1.5),
        ("A6", "n", 2.5),
    ]


def test_every_amount_comes_back_to_the_cent(tmp_path: Path) -> None:
    """0.01 to 999.99 yuan, and some large ones."""
    fen = [*range(1, 100_000), 10**9, 123_456_789_01, 999_999_999_99]
    yuan = pa.array([Decimal(one).scaleb(-2) for one in fen], pa.decimal128(18, 2))
    put(tmp_path / "a.xlsx", pa.table({"0 money": yuan}))
    rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    cells = [row[0] for row in rows[1:]]
    assert cells == [one / 100 for one in fen]
    facts = policy.read_columns([("fee_yuan", cells)], len(cells)).table
    assert facts["fee_yuan"].to_pylist() == fen


def test_a_workbook_is_in_order(tmp_path: Path) -> None:
    """Each part once, whole, and every part of XML well-formed."""
    from xml.etree import ElementTree

    path = tmp_path / "a.xlsx"
    claimsfile.write_decisions(path, decisions(["A", "<&>\x01"]))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(set(names)) == len(names)
        for name in names:
            ElementTree.fromstring(archive.read(name))
        assert archive.read(FIRST_SHEET).count(b"<row ") == 3
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["决定", "说明"]
    assert book["决定"].auto_filter.ref == "A1:I3"
    assert book["决定"].freeze_panes == "B2"


def test_a_sheet_that_may_grow_beyond_what_a_zip_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written as such from its beginning; whoever reads it sees no difference."""
    monkeypatch.setattr(sheetrows, "_LARGE_PART", 0)
    path = tmp_path / "a.xlsx"
    claimsfile.write_decisions(path, decisions(["A", "B"]))
    assert [cell[2] for cell in cells_of(path) if cell[0] in ("A2", "A3")] == ["A", "B"]
    assert CalamineWorkbook.from_path(path).get_sheet_by_name("决定").end == (2, 8)


def test_the_codes_that_occur_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    table = decisions(["A", "B", "C"])
    claimsfile.write_decisions(path, table, schemes=policy.load("hubei").schemes)
    rows = openpyxl.load_workbook(path)["说明"].iter_rows(min_row=2, values_only=True)
    said = {(row[0], row[1]): str(row[2]) for row in rows}
    assert said["结论", "needs_evidence"] == "待补充材料"
    assert said["未满足的条件", "contract-term"] == "签订一年及以上期限劳动合同"
    # schemes differ in what they ask for under this code
    assert "岗前培训" in said["未满足的条件", "min-hours"]
    assert "课时" in said["缺少的信息", "hours"]
    assert not {code for column, code in said if column == "缺少的信息"} - {"hours"}
    assert ("未满足的条件", "passed") not in said


def test_a_marked_copy_keeps_texts_that_look_like_markup(tmp_path: Path) -> None:
    odd = "<r>a<b&</r>"
    claims = [made.claim(1, programme=odd, hours="?"), made.claim(2, hours=odd)]
    claims[0][odd] = "x"
    file = claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims)))
    claimsfile.write_marked(tmp_path / "m.xlsx", file)
    again = claimsfile.read(tmp_path / "m.xlsx")
    assert again.intake.table.equals(file.intake.table)
    assert [p.kind for p in again.intake.problems] == [p.kind for p in file.intake.problems]
