"""What is written: whole or not at all, never a formula, and read again it is the same."""

import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jineng import claimsfile
from jineng.policy import OUT, read_facts
from tests.claimsfile import made

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "＝1", "=cmd|' /C calc'!A0"]
ENDINGS = ["csv", "xlsx", "parquet"]


def decisions(ids: list[str]) -> pa.Table:
    """Decisions as the engine gives them."""
    count = len(ids)
    words = {
        "outcome": ["eligible", "ineligible", "needs_evidence"],
        "payee": ["enterprise", "person", "institution"],
        "fund": ["special_account", "education", "veterans"],
        "failed": ["", "contract-term;min-hours", ""],
        "missing": ["", "", "hours"],
        "basis": ["D6 一(二)1;D7 四(二)", "D6 一(二)1", "D6 一(二)1"],
        "release": ["hubei-0123456789abcdef"] * 3,
    }
    columns: dict[str, pa.Array] = {"claim_id": pa.array(ids, pa.string())}
    for name, cells in words.items():
        cells = [cells[n % 3] for n in range(count)]
        columns[name] = pa.array(cells, pa.string()).dictionary_encode()
    money = [Decimal("1650.50") if n % 3 == 0 else Decimal("0.00") for n in range(count)]
    columns["amount_yuan"] = pa.array(money, pa.decimal128(12, 2))
    return pa.table({out.name: columns[out.name] for out in OUT})


def rows_of(path: Path) -> list[list[object]]:
    """All cells of a written file, headings first."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return [table.column_names, *([*line.values()] for line in table.to_pylist())]
    sheet = openpyxl.load_workbook(path)["决定"]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_decisions_in_every_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    claimsfile.write_decisions(path, decisions(["A", "B", "C"]))
    headings, first, second, third = rows_of(path)
    assert headings == [out.heading if ending == "xlsx" else out.name for out in OUT]
    money = {"csv": "1650.50", "xlsx": 1650.5, "parquet": Decimal("1650.50")}[ending]
    nothing = None if ending == "xlsx" else ""
    assert first == [
        "A", "eligible", money, "enterprise", "special_account", nothing, nothing,
        "D6 一(二)1;D7 四(二)", "hubei-0123456789abcdef",
    ]  # fmt: skip
    assert [str(second[0]), str(third[0])] == ["B", "C"]
    assert second[5] == "contract-term;min-hours"
    assert third[6] == "hours"


def test_amounts_have_two_decimals_in_csv_and_on_the_sheet(tmp_path: Path) -> None:
    claimsfile.write_decisions(tmp_path / "a.csv", decisions(["A", "B"]))
    assert [row[2] for row in rows_of(tmp_path / "a.csv")[1:]] == ["1650.50", "0.00"]
    claimsfile.write_decisions(tmp_path / "a.xlsx", decisions(["A", "B"]))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["决定"]
    assert sheet["C3"].number_format == "0.00"


def test_a_csv_for_excel_begins_with_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    claimsfile.write_decisions(path, decisions(["A"]), for_excel=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    claimsfile.write_decisions(path, decisions(["A"]))
    assert path.read_bytes().startswith(b'"claim_id"')


def test_no_cell_of_a_csv_runs_as_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    claimsfile.write_decisions(path, decisions(FORMULAS))
    for row in rows_of(path):
        for cell in row:
            assert not str(cell).startswith(tuple("=+-@\t\r＝＋－＠"))


def test_no_cell_of_a_sheet_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    claimsfile.write_decisions(path, decisions(FORMULAS))
    sheet = openpyxl.load_workbook(path)["决定"]
    assert [cell.value for cell in sheet["A"][1:]] == FORMULAS
    assert {cell.data_type for cell in sheet["A"]} == {"s"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_ids_that_look_like_formulas_come_back_as_they_were(tmp_path: Path, ending: str) -> None:
    facts = read_facts([made.claim(n, claim_id=key) for n, key in enumerate(FORMULAS)])
    ids = facts.table["claim_id"].to_pylist()
    path = tmp_path / f"a.{ending}"
    claimsfile.write_decisions(path, decisions(ids), facts=facts)
    again = claimsfile.read(path, history=True)
    assert again.intake.problems == []
    assert again.intake.table["claim_id"].to_pylist() == ids


@pytest.mark.parametrize("ending", ENDINGS)
def test_decisions_with_their_facts_are_a_history(tmp_path: Path, ending: str) -> None:
    given = [
        made.claim(1, person_groups="veteran;disabled", contract_months="open", fee_yuan="0.10"),
        made.claim(2, person_groups="none", contract_months="12", passed="no", hours="24.5"),
    ]
    facts = read_facts(given)
    path = tmp_path / f"a.{ending}"
    claimsfile.write_decisions(path, decisions(["C1", "C2"]), facts=facts)
    again = claimsfile.read(path, history=True)
    assert [again.told(problem) for problem in again.intake.problems] == []
    assert again.intake.table.drop_columns(["outcome"]).equals(facts.table)
    assert again.intake.table["outcome"].to_pylist() == ["eligible", "ineligible"]


@pytest.mark.parametrize("source", ENDINGS)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_marked_copy_says_everything_and_can_be_corrected(
    tmp_path: Path, source: str, ending: str
) -> None:
    claims = [
        made.claim(
            1, applied_on="2020-13-40", hours="24", programme="-1" if source == "xlsx" else "=1"
        ),
        made.claim(2, person_id=made.person(), region=None),
        made.claim(3, level="9"),
    ]
    path = tmp_path / f"in.{source}"
    if source == "csv":
        made.csv_file(path, made.table(claims))
    elif source == "xlsx":
        made.one_sheet(path, [["汇总"], *made.table(claims)])
    else:
        made.parquet(path, claims)
    file = claimsfile.read(path)
    copy = tmp_path / f"marked.{ending}"
    claimsfile.write_marked(copy, file)

    again = claimsfile.read(copy)
    assert again.intake.problems == file.intake.problems
    assert again.intake.table.equals(file.intake.table)

    if ending == "csv":
        text = copy.read_text(encoding="utf-8-sig")
        copy.write_text(
            text.replace("2020-13-40", "2020-10-15")
            .replace('"PRE","2020-10-15",,', '"PRE","2020-10-15","420100",')
            .replace('"9"', '"4"')
        )
    else:
        book = openpyxl.load_workbook(copy)
        sheet = book.worksheets[0]
        cells = {cell.value: place for place, cell in enumerate(sheet[1], start=1)}
        sheet.cell(2, cells["applied_on"]).value = "2020-10-15"
        sheet.cell(3, cells["region"]).value = "420100"
        sheet.cell(4, cells["level"]).value = "4"
        book.save(copy)
    assert claimsfile.read(copy).intake.problems == []


def test_marks_on_the_sheet(tmp_path: Path) -> None:
    claims = [made.claim(1, hours="?"), made.claim(2, hours="24"), made.claim(3, nonsense="1")]
    file = claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims)))
    copy = tmp_path / "marked.xlsx"
    claimsfile.write_marked(copy, file)
    book = openpyxl.load_workbook(copy)
    sheet, listed = book.worksheets
    assert listed.title == "错误清单"
    assert sheet["F2"].fill.start_color.rgb == "FFFFC7CE"
    assert "不小于零的数字" in sheet["F2"].comment.text
    assert sheet["F3"].fill.fill_type is None
    assert "没有这一列" in sheet["G1"].comment.text
    lines = [[cell.value for cell in row] for row in listed.iter_rows(min_row=2)]
    assert lines[0][:3] == ["G1", None, "nonsense"]
    assert lines[1][:4] == ["F2", 2, "hours", "?"]
    assert listed["A3"].hyperlink.location == "'申请'!F2"


def test_marks_in_a_csv(tmp_path: Path) -> None:
    claims = [made.claim(1, hours="24"), made.claim(2, hours="?", level="9")]
    file = claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims)))
    copy = tmp_path / "marked.csv"
    claimsfile.write_marked(copy, file)
    with copy.open(encoding="utf-8-sig", newline="") as lines:
        first, second = csv.DictReader(lines)
    assert first["错误"] == ""
    assert "“hours”应为不小于零的数字" in second["错误"]
    assert "“level”只能填" in second["错误"]


def test_a_marked_copy_has_no_formula(tmp_path: Path) -> None:
    claims = [made.claim(n, programme=text, hours="?") for n, text in enumerate(FORMULAS)]
    claims[0]["=HYPERLINK(1)"] = "=1"
    file = claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims)))
    claimsfile.write_marked(tmp_path / "marked.csv", file)
    with (tmp_path / "marked.csv").open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.reader(lines):
            for cell in row:
                assert not cell.startswith(tuple("=+-@\t\r＝＋－＠"))
    claimsfile.write_marked(tmp_path / "marked.xlsx", file)
    for sheet in openpyxl.load_workbook(tmp_path / "marked.xlsx").worksheets:
        for cells in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in cells)


def test_marked_copies_are_no_parquet(tmp_path: Path) -> None:
    file = claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table([made.claim(1)])))
    with pytest.raises(claimsfile.FileError, match="Parquet"):
        claimsfile.write_marked(tmp_path / "marked.parquet", file)


def test_too_many_lines_for_a_sheet(tmp_path: Path) -> None:
    one = decisions(["A"])
    many = pa.concat_tables([one] * 2).take(pa.array([0] * 1_048_576))
    with pytest.raises(claimsfile.FileError, match=r"1,048,575.*csv"):
        claimsfile.write_decisions(tmp_path / "a.xlsx", many)
    assert list(tmp_path.iterdir()) == []


def test_too_long_a_text_for_a_cell(tmp_path: Path) -> None:
    with pytest.raises(claimsfile.FileError, match="32,767"):
        claimsfile.write_decisions(tmp_path / "a.xlsx", decisions(["A" * 40_000]))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_that_is_not_there(tmp_path: Path, ending: str) -> None:
    with pytest.raises(claimsfile.FileError, match="没有这个文件或文件夹"):
        claimsfile.write_decisions(tmp_path / "no" / f"a.{ending}", decisions(["A"]))


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_there_stays_when_writing_fails(tmp_path: Path, ending: str) -> None:
    """A disk that takes no more: the file size is limited for the process that writes."""
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"as it was")
    code = f"claimsfile.write_decisions({str(path)!r}, many(100_000))"
    with in_process(tmp_path, code, limit=at_most_50_kilobytes) as process:
        said = process.communicate(timeout=120)[0]
    assert "失败" in said
    assert path.read_bytes() == b"as it was"
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ".py"] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_killed_while_writing_leaves_no_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    code = "table = many(900_000)\nprint('now', flush=True)\n"
    with in_process(tmp_path, f"{code}claimsfile.write_decisions({str(path)!r}, table)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        # CSV and Parquet grow under their temporary name; a workbook is put together at the end
        deadline = time.monotonic() + 1
        while not list(tmp_path.glob(".jineng-*.part")) and time.monotonic() < deadline:
            time.sleep(0.001)
        writing = process.poll() is None
        process.kill()
    assert writing
    assert not path.exists()


def at_most_50_kilobytes() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


def in_process(
    folder: Path, code: str, limit: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """Another Python that writes decisions; what it says comes on its standard output."""
    script = folder / "script.py"
    lines = [
        "from jineng import claimsfile",
        "from tests.claimsfile.test_writing import decisions",
        "many = lambda n: decisions([f'claim number {i}' for i in range(n)])",
        "try:",
        *(f"    {line}" for line in code.splitlines()),
        "except claimsfile.FileError as error:",
        "    print(error)",
    ]
    script.write_text("\n".join(lines))
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509 - the child only sets its own limit
    )
