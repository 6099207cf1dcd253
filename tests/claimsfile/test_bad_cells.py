"""Cells and columns that can't be read: all are told at once, each by where it stands."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jineng import claimsfile
from jineng.claimsfile import ClaimsFile
from tests.claimsfile import made


def told(file: ClaimsFile) -> list[str]:
    return [file.told(problem) for problem in file.intake.problems]


def only(path: Path) -> str:
    """What is said of a file with one problem."""
    [said] = told(claimsfile.read(path))
    return said


def book_with(path: Path, **facts: Any) -> Path:
    return made.one_sheet(path, made.table([made.claim(1, **facts), made.claim(2)]))


@pytest.mark.parametrize(
    "written",
    [
        "2020-08-31",
        "2020/8/31",
        "2020.8.31",
        "2020年8月31日",
        "20200831",
        "２０２０－０８－３１",
        "2020-08-31 00:00:00",
        " 2020-8-31 ",
        date(2020, 8, 31),
        datetime.fromisoformat("2020-08-31 14:05"),
    ],
)
def test_dates_in_many_ways(tmp_path: Path, written: object) -> None:
    file = claimsfile.read(book_with(tmp_path / "a.xlsx", training_start=written))
    assert told(file) == []
    assert file.intake.table["training_start"][0].as_py() == date(2020, 8, 31)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("31/08/2020", "应为日期，例如 2020-08-31"),
        ("2020-02-30", "没有这一天"),
        ("八月底", "应为日期"),
        (44074, "日期序号"),
        (time(9, 30), "应为日期"),
        (True, "应为日期"),
    ],
)
def test_dates_that_are_none(tmp_path: Path, written: object, said: str) -> None:
    line = only(book_with(tmp_path / "a.xlsx", training_start=written))
    assert line.startswith("工作表“申请”第 2 行 F 列“training_start”：“")
    assert said in line


def test_full_width_digits_and_letters(tmp_path: Path) -> None:
    wide = {
        "region": "４２０１００",
        "level": "４",
        "hours": "２４",
        "person_id": made.person().translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}),
        "fee_yuan": "１６５０．５０",
        "passed": "ＹＥＳ",
    }
    file = claimsfile.read(book_with(tmp_path / "a.xlsx", **wide))
    assert told(file) == []
    line = file.intake.table.to_pylist()[0]
    assert (line["region"], line["level"], line["hours"]) == ("420100", "4", 24)
    assert (line["person_id"], line["fee_yuan"], line["passed"]) == (made.person(), 165050, True)


def test_identity_numbers_of_15_digits_become_18(tmp_path: Path) -> None:
    number = made.person()
    short = number[:6] + number[8:17]
    for path in (
        made.csv_file(tmp_path / "a.csv", made.table([made.claim(1, person_id=short)])),
        made.one_sheet(tmp_path / "a.xlsx", made.table([made.claim(1, person_id=int(short))])),
        made.parquet(tmp_path / "a.parquet", [made.claim(1, person_id=int(short))]),
    ):
        file = claimsfile.read(path)
        assert told(file) == []
        assert file.intake.table["person_id"].to_pylist() == [number]


def test_wrong_identity_numbers_are_told_masked(tmp_path: Path) -> None:
    number = made.person()
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    for path in (
        made.csv_file(tmp_path / "a.csv", made.table([made.claim(1, person_id=wrong)])),
        book_with(tmp_path / "a.xlsx", person_id=wrong),
    ):
        said = only(path)
        assert "校验位不对" in said
        assert "420106***" in said
        assert number[6:14] not in said


def test_an_identity_number_kept_as_a_number_has_lost_its_end(tmp_path: Path) -> None:
    said = only(book_with(tmp_path / "a.xlsx", person_id=float(made.person()[:17] + "0")))
    assert "末几位已经丢失" in said
    assert "文本" in said
    assert made.person()[6:14] not in said


def test_an_identity_number_in_scientific_notation_has_lost_its_end(tmp_path: Path) -> None:
    claims = [made.claim(1, person_id="4.20106E+17"), made.claim(2, certificate_no="1.2E+15")]
    said = told(claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims))))
    assert len(said) == 2
    assert all("科学计数法" in line for line in said)


def test_a_claim_twice_is_told_with_all_its_rows(tmp_path: Path) -> None:
    claims = [made.claim(n, claim_id=key) for n, key in enumerate("ABACBAD")]
    said = told(claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims))))
    assert said == [
        "第 2、4、7 行“claim_id”：“A”：申请编号重复，每行应有一个不同的编号",
        "第 3、6 行“claim_id”：“B”：申请编号重复，每行应有一个不同的编号",
    ]


def test_unknown_columns_are_told_with_the_nearest(tmp_path: Path) -> None:
    claims = [made.claim(1, applyed_on=1, 培训课时=24)]
    said = told(claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", made.table(claims))))
    assert said == [
        "工作表“申请” F 列“applyed_on”：没有这一列；最接近的是“applied_on”，请改名或删去",
        "工作表“申请” G 列“培训课时”：没有这一列；最接近的是“课时”，请改名或删去",
    ]


def test_headings_may_differ_in_width_case_and_spaces(tmp_path: Path) -> None:
    rows = [[" Claim_ID", "补贴 项目", "受理日期\n", "审核地区", "人员编号", "合同期限(月)"]]
    rows += [["C1", "PRE", "2020-10-15", "420100", "P1", "12"]]
    file = claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", rows))
    assert told(file) == []
    assert file.intake.table["contract_months"].to_pylist() == [12]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_headings_may_carry_the_marks_of_forms(tmp_path: Path, ending: str) -> None:
    rows = [
        ["*申请编号", "补贴项目（必填）", "受理日期 *", "＊审核地区", "人员编号", "合同期限（月）*"]
    ]
    rows += [["C1", "PRE", "2020-10-15", "?", "P1", "12"]]
    make = made.csv_file if ending == "csv" else made.one_sheet
    [said] = told(claimsfile.read(make(tmp_path / f"a.{ending}", rows)))
    assert "“＊审核地区”" in said


def test_a_column_twice(tmp_path: Path) -> None:
    rows = [[*made.NAMES, "地区", "课时", "hours"], [*made.claim(1).values(), None, 1, 2]]
    said = told(claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", rows)))
    assert any("H 列“hours”" in line and "出现了两次" in line for line in said)


def test_a_column_without_a_heading(tmp_path: Path) -> None:
    rows = [[*made.NAMES, None, None], [*made.claim(1).values(), None, "x"]]
    assert only(made.one_sheet(tmp_path / "a.xlsx", rows)).endswith(
        "G 列有内容却没有列名；请补上列名，或删去这一列"
    )
    assert "第 7 列有内容却没有列名" in only(made.csv_file(tmp_path / "a.csv", rows))


def test_columns_that_must_be_there(tmp_path: Path) -> None:
    rows = [["申请编号", "补贴项目", "课时"], ["C1", "PRE", "24"]]
    said = told(claimsfile.read(made.csv_file(tmp_path / "a.csv", rows)))
    for heading in ("受理日期", "审核地区", "人员编号"):
        assert any(f"缺少必填的列“{heading}”" in line for line in said)


def test_unknown_codes_are_told_with_the_known(tmp_path: Path) -> None:
    claims = [made.claim(1, scheme="岗前"), made.claim(2, person_groups="veteran;农民")]
    said = told(claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims))))
    assert "第 2 行“scheme”：“岗前”：只能填：PRE（岗前培训）" in said[0]
    assert "不认识“农民”" in said[1]
    assert "veteran（退役军人）" in said[1]


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    claims = [
        made.claim(1, applied_on="?", hours="-1"),
        made.claim(2, region=None, level="7"),
        made.claim(3, applied_on="?", fee_yuan="1.005"),
    ]
    file = claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", made.table(claims)))
    assert len(told(file)) == 5
    cells = [(cell.row, cell.column) for cell in file.cell_problems()]
    assert cells == [(2, "C"), (2, "F"), (3, "D"), (3, "G"), (4, "C"), (4, "H")]
    assert file.intake.bad_rows.tolist() == [0, 1, 2]


def test_many_rows_are_told_as_ranges(tmp_path: Path) -> None:
    claims = [made.claim(n, hours="x" if n % 2 or n > 30 else "1") for n in range(40)]
    file = claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims)))
    [problem] = file.intake.problems
    assert "第 3、5、7、9、11、13、15、17 等 24 行" in file.told(problem)
    assert file.told(problem, most=None).startswith("第 3、5、7、9、")
    assert "31、33–41 行" in file.told(problem, most=None)


@pytest.mark.parametrize("value", [b"", b"<v></v>", b"<v/>"])
def test_formulas_without_a_value(tmp_path: Path, value: bytes) -> None:
    plain = book_with(tmp_path / "plain.xlsx", hours=24)
    path = made.sheet_changed(
        plain, tmp_path / "a.xlsx", rb'(<c r="F2")[^>]*><v>24</v>', rb"\1><f>12+12</f>" + value
    )
    said = only(path)
    assert said.startswith("工作表“申请”第 2 行 F 列“hours”：公式没有计算结果")
    assert "重新保存" in said


def test_a_formula_without_a_value_in_a_cell_that_must_be_filled_is_told_once(
    tmp_path: Path,
) -> None:
    """As openpyxl writes formulas: none has a value."""
    path = book_with(tmp_path / "a.xlsx", region='="4201"&"00"')
    assert "D 列“region”：公式没有计算结果" in only(path)


def test_shared_formulas_without_a_value(tmp_path: Path) -> None:
    plain = made.one_sheet(
        tmp_path / "plain.xlsx", made.table([made.claim(n, hours=24) for n in (1, 2)])
    )
    path = made.sheet_changed(
        plain,
        tmp_path / "b.xlsx",
        rb'(<c r="F2")[^>]*><v>24</v>',
        rb'\1><f t="shared" ref="F2:F3" si="0">1+1</f>',
    )
    path = made.sheet_changed(
        path, tmp_path / "a.xlsx", rb'(<c r="F3")[^>]*><v>24</v>', rb'\1><f t="shared" si="0"/>'
    )
    assert "第 2–3 行 F 列" in only(path)


def test_formulas_outside_the_data_are_nobodys_business(tmp_path: Path) -> None:
    rows = [["合计", "=1+1"], *made.table([made.claim(1)])]
    assert told(claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", rows))) == []


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_error_values(tmp_path: Path, error: str) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in made.table([made.claim(1, occupation=error)]):
        book.worksheets[0].append(row)
    book.save(path)
    said = only(path)
    assert f"F 列“occupation”：“{error}”：单元格是错误值 {error}" in said
    text = made.csv_file(tmp_path / "a.csv", made.table([made.claim(1, occupation=error)]))
    assert f"单元格是错误值 {error}" in only(text)


def test_merged_cells_in_the_data_are_named(tmp_path: Path) -> None:
    path = made.one_sheet(tmp_path / "a.xlsx", made.table([made.claim(n) for n in range(4)]))
    book = openpyxl.load_workbook(path)
    book["申请"].merge_cells("D2:D4")
    book.save(path)
    said = only(path)
    assert said.startswith("工作表“申请”第 2–4 行 D 列“region”：“D2:D4”")
    assert "取消合并" in said


def test_merged_cells_above_the_data_do_no_harm(tmp_path: Path) -> None:
    path = made.one_sheet(tmp_path / "a.xlsx", [["申请汇总"], *made.table([made.claim(1)])])
    book = openpyxl.load_workbook(path)
    book["申请"].merge_cells("A1:E1")
    book.save(path)
    assert told(claimsfile.read(path)) == []


def test_parquet_columns_of_a_type_that_holds_no_facts(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([made.claim(1)])
    table = table.append_column("hours", pa.array([{"value": 24}]))
    table = table.append_column("programme", pa.array([b"\x00\x01"]))
    path = tmp_path / "a.parquet"
    pq.write_table(table, path)
    said = told(claimsfile.read(path))
    assert len(said) == 2
    assert all("读不了" in line for line in said)


def test_odd_dates_are_warnings(tmp_path: Path) -> None:
    claims = [made.claim(1, training_start="2020-08-20", training_end="2020-08-01")]
    file = claimsfile.read(made.csv_file(tmp_path / "a.csv", made.table(claims)))
    assert told(file) == []
    [warning] = file.intake.warnings
    assert file.told(warning) == "第 2 行“training_end”：结业日期早于开班日期，请核对"


def test_a_line_decided_before_is_told_with_both_rows(tmp_path: Path) -> None:
    now = [made.claim(n) for n in (1, 2, 3)]
    past = [made.claim(n, outcome="eligible") for n in (7, 2)]
    claims = claimsfile.read(made.csv_file(tmp_path / "now.csv", made.table(now)))
    earlier = claimsfile.read(
        made.one_sheet(tmp_path / "past.xlsx", made.table(past)), history=True
    )
    claims.refuse_decided(earlier)
    [said] = told(claims)
    assert said.startswith("第 3 行“claim_id”：“C2”")
    assert "past.xlsx 第 3 行" in said


def test_history_lines_must_say_their_outcome(tmp_path: Path) -> None:
    past = [made.claim(1, outcome="符合"), made.claim(2, outcome=None), made.claim(3, outcome="好")]
    path = made.csv_file(tmp_path / "past.csv", made.table(past))
    said = told(claimsfile.read(path, history=True))
    assert any(line.startswith("第 3 行“outcome”：必须填写") for line in said)
    assert any("第 4 行" in line and "eligible（符合）" in line for line in said)


def test_columns_of_decisions_are_no_facts(tmp_path: Path) -> None:
    path = made.csv_file(tmp_path / "a.csv", made.table([made.claim(1, outcome="eligible")]))
    assert "历史文件" in only(path)
