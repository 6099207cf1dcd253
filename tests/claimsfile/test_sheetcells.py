"""A sheet read in pieces gives what it gives when read whole; what is not plain is read whole."""

import random
import re
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from jineng import claimsfile
from jineng.claimsfile import plainrows, sheetcells
from jineng.claimsfile.blocks import Block
from jineng.claimsfile.container import Workbook
from jineng.claimsfile.plainrows import Unusual
from jineng.claimsfile.sheetcells import plain_blocks, whole_blocks
from jineng.claimsfile.sheetxml import SheetScan
from tests.claimsfile import made

_CELLS = st.none() | st.one_of(
    st.sampled_from(["甲", "a & b", " x ", "<r>", "1", "真\n假", "\x01"]),
    st.integers(-5, 10**6),
    st.sampled_from([0.5, 24.0, 1e-9]),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.just(datetime(2020, 7, 6, 9, 30)),  # noqa: DTZ001 - sheets know no time zones
    st.just("=1+1"),
)
#: Rows far enough apart that there are several thousands between them.
_GAPS = st.sampled_from([1, 1, 1, 1, 2, 40, 1_500])


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of a row or two, whatever else the workbook holds."""
    _cut_small(monkeypatch)


def _cut_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheetcells, "_PIECE", 50)
    monkeypatch.setattr(sheetcells, "_SHARE", 0)
    # a part is unpacked in blocks far larger than the sheets of these tests
    monkeypatch.setattr(
        Workbook,
        "blocks",
        lambda book, name, whole=Workbook.blocks: (
            text[start : start + 100]
            for text in whole(book, name)
            for start in range(0, len(text), 100)
        ),
    )


def grid(blocks: Iterator[Block]) -> dict[tuple[int, int], object]:
    """Every cell that is not empty, by row and column."""
    return {
        (row, column): cell
        for block in blocks
        for row in range(block.row, block.end)
        for column, cell in enumerate(block.line(row - block.row))
        if cell != ""
    }


def both(path: Path) -> tuple[tuple[Any, SheetScan], tuple[Any, SheetScan]]:
    """The first sheet, read in pieces and read whole; None in place of the cells if not plain."""
    where = ("申请", made.SHEET_XML)
    pieces, whole = SheetScan(), SheetScan()
    with Workbook(path) as archive:
        try:
            plain = grid(plain_blocks(archive, *where, pieces))
        except Unusual:
            plain = None
        return (plain, pieces), (grid(whole_blocks(path, archive, *where, whole)), whole)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_GAPS, st.lists(_CELLS, min_size=1, max_size=6)), min_size=1, max_size=12),
    st.integers(0, 60),
    st.booleans(),
)
def test_pieces_are_the_whole(lines: list[tuple[int, list[Any]]], left: int, shared: bool) -> None:
    """Whatever the cells, gaps between rows, and wherever texts are kept."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        path = Path(folder) / "a.xlsx"
        book = xlsxwriter.Workbook(path, {"constant_memory": not shared})
        sheet = book.add_worksheet("申请")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        row = 0
        for gap, cells in lines:
            row += gap
            for column, cell in enumerate(cells, start=left):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, cell, day)
                elif cell == "=1+1":
                    sheet.write_formula(row, column, cell, None, 2)
                elif cell is not None:
                    sheet.write(row, column, cell)
            sheet.set_row(row, 20)
        sheet.merge_range(row + 2, left, row + 3, left + 1, "x")
        book.close()
        _cut_small(monkeypatch)
        (plain, pieces), (cells_, whole) = both(path)
        assert plain == cells_
        assert pieces.merged == whole.merged
        assert (whole.errors, whole.unreckoned) == ([], [])


def claims(tmp_path: Path, count: int = 5) -> Path:
    """Claims in a plain sheet."""
    lines = made.table([made.claim(n, hours=24) for n in range(count)])
    return made.one_sheet(tmp_path / "plain.xlsx", lines)


@pytest.mark.usefixtures("small_pieces")
def test_a_plain_sheet_is_read_in_pieces(tmp_path: Path) -> None:
    with Workbook(claims(tmp_path)) as archive:
        blocks = list(plain_blocks(archive, "申请", made.SHEET_XML, SheetScan()))
    assert [(block.row, block.end) for block in blocks] == [(row, row + 1) for row in range(6)]


ROW_4 = rb'<row r="4"[^>]*>.*?</row>'
UNUSUAL = {
    "an error in a late row": (rb'<c r="F5"[^>]*><v>24</v>', rb'<c r="F5" t="e"><v>#N/A</v>'),
    "a formula without a value": (rb'<c r="F5"[^>]*><v>24</v>', rb'<c r="F5"><f>12+12</f>'),
    "a comment": (rb'(<row r="4")', rb"<!-- </row> -->\1"),
    "characters as they are": (rb"<t>P3</t>", rb"<t><![CDATA[P3</row>]]></t>"),
    "rich text": (rb"<is><t>P3</t></is>", rb"<is><r><t>P</t></r><r><t>3</t></r></is>"),
    "rows out of order": (rb"(" + ROW_4 + rb")(.*)(</sheetData>)", rb"\2\1\3"),
    "cells that don't say where they are": (rb'<c r="[B-F]4"', rb"<c"),
    "rows that don't say which they are": (rb'<row r="[0-9]+"', rb"<row"),
    "a cell in another row": (rb'<c r="F5"', rb'<c r="F9000"'),
    "a cell in the row with one digit more": (rb'<c r="F5"', rb'<c r="F55"'),
    "a place without a column": (rb'<c r="F5"', rb'<c r="5"'),
    "a place without a row": (rb'<c r="F5"', rb'<c r="F"'),
    "a place that is empty": (rb'<c r="F5"', rb'<c r=""'),
    "a place in small letters": (rb'<c r="F5"', rb'<c r="f5"'),
    "a place of a column in small letters": (rb'<c r="F5"', rb'<c r="Af5"'),
    "a place with a letter behind it": (rb'<c r="F5"', rb'<c r="F5x"'),
    "a place that never ends": (rb'<c r="F5".*?</c>', rb'<c r="F5'),
    "nothing but the beginning of a cell": (rb'<c r="F5".*?</c>', rb'<c r="'),
    "a row twice": (rb'<row r="5"', rb'<row r="4"'),
    "row zero": (rb'<row r="1"', rb'<row r="0"'),
    "rows very far apart": (rb'<row r="5".*?</row>', rb'<row r="900000"></row>'),
    "a cell far to the right": (rb'<c r="F5"', rb'<c r="CA5"'),
    "white space between elements": (rb"<c ", rb"\n  <c "),
    "something unknown in a cell": (rb'(<c r="F5"[^>]*><v>24</v>)', rb"\1<extLst/>"),
    "no rows": (rb"<sheetData>.*</sheetData>", rb"<sheetData/>"),
    "rows of another name": (rb"</sheetData>", rb'<x:row xmlns:x="x" r="9"/></sheetData>'),
    "cells before the cells": (
        rb"<sheetData>",
        rb'<x:sheetData xmlns:x="x"><x:row r="1"><x:c r="ZZ9"/></x:row></x:sheetData><sheetData>',
    ),
}


@pytest.mark.parametrize("change", UNUSUAL.values(), ids=UNUSUAL)
@pytest.mark.usefixtures("small_pieces")
def test_what_is_not_plain_is_read_whole(tmp_path: Path, change: tuple[bytes, bytes]) -> None:
    path = made.sheet_changed(claims(tmp_path), tmp_path / "a.xlsx", *change)
    with Workbook(path) as archive, pytest.raises(Unusual):
        list(plain_blocks(archive, "申请", made.SHEET_XML, SheetScan()))


@pytest.mark.usefixtures("small_pieces")
def test_problems_far_down_are_told_with_their_rows(tmp_path: Path) -> None:
    for name, place in (("an error in a late row", 5), ("a formula without a value", 5)):
        path = made.sheet_changed(claims(tmp_path, 9), tmp_path / "a.xlsx", *UNUSUAL[name])
        file = claimsfile.read(path)
        assert [p.rows for p in file.intake.problems] == [(place - 2,)]
        assert file.intake.table.num_rows == 9


@pytest.mark.usefixtures("small_pieces")
def test_merged_cells_are_told_from_pieces_too(tmp_path: Path) -> None:
    path = made.sheet_changed(
        claims(tmp_path),
        tmp_path / "a.xlsx",
        rb"</sheetData>",
        rb'</sheetData><mergeCells count="1"><mergeCell ref="F3:F4"/></mergeCells>',
    )
    [problem] = claimsfile.read(path).intake.problems
    assert (problem.kind, problem.rows) == ("merged", (1, 2))


@pytest.mark.usefixtures("small_pieces")
def test_headings_below_a_title_and_empty_rows(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2020年10月申请汇总"],
        [None],
        [None],
        *made.table([made.claim(1)]),
    ]
    rows += [[None] * 5, ["C2", "PRE", "2020-10-15", "420100", "P2", None, "no heading"]]
    file = claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", rows))
    assert file.source.header_row == 4
    assert file.source.rows.tolist() == [5, 7]
    assert [problem.kind for problem in file.intake.problems] == ["no-heading"]


def test_columns_of_several_types_down_the_sheet(tmp_path: Path, small_pieces: None) -> None:
    hours: list[object] = [24, "25", None, "二十六", 27.5, True, None, date(2020, 1, 1)]
    lines = made.table([made.claim(n, hours=cell) for n, cell in enumerate(hours)])
    file = claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", lines))
    assert file.intake.table["hours"].to_pylist()[:3] == [24, 25, None]
    told = [(p.column, p.rows) for p in file.intake.problems]
    assert ("hours", (3,)) in told
    assert ("hours", (7,)) in told


def test_very_many_shared_texts_are_not_handed_out_with_each_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheetcells, "_MOST_SHARED", 100)
    path = claims(tmp_path)
    with Workbook(path) as archive, pytest.raises(Unusual):
        list(plain_blocks(archive, "申请", made.SHEET_XML, SheetScan()))
    assert claimsfile.read(path).intake.table.num_rows == 5


def test_a_plain_sheet_may_not_make_much_room_of_little(tmp_path: Path) -> None:
    """Two filled rows with all rows of a sheet between them are read, and not by way of pieces."""
    path = made.sheet_changed(
        claims(tmp_path),
        tmp_path / "a.xlsx",
        rb"</sheetData>",
        rb'<row r="1000000"><c r="A1000000"><v>1</v></c></row></sheetData>',
    )
    with Workbook(path) as archive, pytest.raises(Unusual):
        list(plain_blocks(archive, "申请", made.SHEET_XML, SheetScan()))


@pytest.mark.parametrize("seed", range(3))
def test_a_sheet_changed_at_random_tells_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Bits of the sheet's XML left out, doubled or exchanged: in pieces or whole, no difference."""
    chance = random.Random(seed)
    plain = claims(tmp_path, 4)

    def change(name: str, part: bytes) -> bytes:
        if name != made.SHEET_XML:
            return part
        bits = re.findall(rb"<[^>]*>|[^<]+", part)
        one, other = chance.choices(range(len(bits)), k=2)
        kind = chance.randrange(3)
        if kind == 0:
            del bits[one]
        elif kind == 1:
            bits.insert(other, bits[one])
        else:
            bits[one], bits[other] = bits[other], bits[one]
        return b"".join(bits)

    _cut_small(monkeypatch)
    furthest = plainrows.MAX_SPAN
    for _ in range(60):
        path = made.rezipped(plain, tmp_path / "a.xlsx", change)
        said: list[tuple[object, object]] = []
        for span in (furthest, 0):  # where no row may lie anywhere, no sheet is plain
            monkeypatch.setattr(plainrows, "MAX_SPAN", span)
            try:
                file = claimsfile.read(path)
            except claimsfile.FileError as error:
                said.append((str(error), []))
            else:
                said.append((file.intake.table.to_pylist(), file.intake.problems))
        assert said[0] == said[1]
