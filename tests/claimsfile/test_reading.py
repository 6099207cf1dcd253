"""Good files of every kind: they just work."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jineng import claimsfile
from tests.claimsfile import made


def facts(path: Path) -> list[dict[str, object]]:
    """The facts of a file without errors."""
    file = claimsfile.read(path)
    assert [file.told(problem) for problem in file.intake.problems] == []
    return file.intake.table.to_pylist()


EXPECTED = [
    made.claim(1, applied_on=date(2020, 10, 15), passed=True),
    made.claim(2, applied_on=date(2020, 10, 15), passed=None),
]
GIVEN = [made.claim(1, passed="是"), made.claim(2, passed=None)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le-bom", "utf-16-be-bom"]
)
def test_csv_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    rows = [["申请编号", "补贴项目", "受理日期", "审核地区", "人员编号", "结业考核合格"]]
    rows += [list(one.values()) for one in GIVEN]
    text = made.as_csv(rows)
    path = tmp_path / "a.csv"
    if encoding.endswith("-bom"):
        path.write_bytes(("\ufeff" + text).encode(encoding.removesuffix("-bom")))
    else:
        path.write_bytes(text.encode(encoding))
    assert facts(path) == EXPECTED


def test_gb18030_with_ascii_headings_far_above_the_chinese(tmp_path: Path) -> None:
    claims = [made.claim(n, programme="abc") for n in range(40_000)]
    claims[-1]["programme"] = "缝纫"
    path = made.csv_file(tmp_path / "a.csv", made.table(claims), "gb18030")
    assert path.stat().st_size > 1 << 20
    assert facts(path)[-1]["programme"] == "缝纫"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_parted_by_comma_semicolon_or_tab(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(made.as_csv(made.table(GIVEN), delimiter))
    assert facts(path) == EXPECTED


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_with_every_end_of_line(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(made.as_csv(made.table(GIVEN)).replace("\n", end).encode())
    assert facts(path) == EXPECTED


def test_csv_quotes_may_hold_commas_quotes_and_ends_of_line(tmp_path: Path) -> None:
    odd = '甲,乙"丙"\n丁'
    path = made.csv_file(tmp_path / "a.csv", made.table([made.claim(1, programme=odd)]))
    assert facts(path)[0]["programme"] == odd


def test_csv_cells_kept_as_text_by_a_formula_or_a_tab(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "claim_id,scheme,applied_on,region,person_id\n"
        f'"=""0071""",PRE,2020-10-15,420100,\t{made.person()}\n'
    )
    [line] = facts(path)
    assert (line["claim_id"], line["person_id"]) == ("0071", made.person())


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "\n"
        "claim_id,scheme,applied_on,region,person_id,programme\n"
        'C1,PRE,2020-10-15,420100,P1,"two\nlines"\n'
        "\n"
        ",,,,,\n"
        "  , ,,,,\n"
        "C2,PRE,not a day,420100,P2,\n"
    )
    file = claimsfile.read(path)
    assert file.intake.table["claim_id"].to_pylist() == ["C1", "C2"]
    assert file.source.rows.tolist() == [3, 8]
    assert "第 8 行" in file.told(file.intake.problems[0])


def test_workbook_rows_keep_their_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [["2020年10月申请汇总"], [None], *made.table([made.claim(1)])]
    rows += [[None] * 5, ["C2", "PRE", "not a day", "420100", "P2"]]
    file = claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", rows))
    assert file.source.header_row == 3
    assert file.source.rows.tolist() == [4, 6]
    assert "第 6 行 C 列" in file.told(file.intake.problems[0])


def test_a_title_above_the_headings_of_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("十月申请,,,,\n" + made.as_csv(made.table([made.claim(1)])))
    assert len(facts(path)) == 1


def test_the_sheet_is_found_by_its_headings(tmp_path: Path) -> None:
    path = made.workbook(
        tmp_path / "a.xlsx",
        {
            "说明": [["填表说明"], ["请填写", "第二张表"]],
            "数据": made.table(GIVEN),
            "空表": made.table([]),
            "错误清单": made.table([made.claim(9)]),
            "填写说明": made.table([made.claim(8)]),
        },
    )
    file = claimsfile.read(path)
    assert file.source.sheet == "数据"
    assert file.intake.table.to_pylist() == EXPECTED


def test_data_away_from_the_corner_of_the_sheet(tmp_path: Path) -> None:
    rows = [[None] * 8, *([None, None, *row] for row in made.table([made.claim(1, passed="?")]))]
    file = claimsfile.read(made.one_sheet(tmp_path / "a.xlsx", rows))
    assert file.intake.table.num_rows == 1
    assert "第 3 行 H 列“passed”：“?”" in file.told(file.intake.problems[0])


def test_hidden_rows_columns_and_sheets_are_read(tmp_path: Path) -> None:
    path = made.workbook(tmp_path / "a.xlsx", {"申请": made.table(GIVEN), "别的": [["x"]]})
    book = openpyxl.load_workbook(path)
    book["申请"].row_dimensions[2].hidden = True
    book["申请"].column_dimensions["F"].hidden = True
    book.active = 1
    book["申请"].sheet_state = "hidden"
    book.save(path)
    assert facts(path) == EXPECTED


def test_typed_cells_of_a_workbook(tmp_path: Path) -> None:
    given = made.claim(
        20_200_001,
        claim_id=20_200_001,
        applied_on=date(2020, 10, 15),
        region=420100,
        level=4,
        hours=24.5,
        training_start=datetime.fromisoformat("2020-07-06 09:30"),
        passed=True,
        contract_months=36,
        fee_yuan=1650.5,
    )
    [line] = facts(made.one_sheet(tmp_path / "a.xlsx", made.table([given])))
    assert line == made.claim(
        1,
        claim_id="20200001",
        applied_on=date(2020, 10, 15),
        level="4",
        hours=24.5,
        training_start=date(2020, 7, 6),
        passed=True,
        contract_months=36,
        fee_yuan=165050,
        person_id="P20200001",
    )


def test_formulas_that_were_reckoned_are_their_values(tmp_path: Path) -> None:
    path = made.one_sheet(tmp_path / "plain.xlsx", made.table([made.claim(1, hours=24)]))
    path = made.sheet_changed(
        path, tmp_path / "a.xlsx", rb'<c r="F2"[^>]*><v>24', rb'<c r="F2"><f>12+12</f><v>24'
    )
    assert facts(path)[0]["hours"] == 24


def test_a_formula_may_give_an_empty_text(tmp_path: Path) -> None:
    path = made.one_sheet(tmp_path / "plain.xlsx", made.table([made.claim(1, hours=24)]))
    path = made.sheet_changed(
        path,
        tmp_path / "a.xlsx",
        rb'<c r="F2"[^>]*><v>24</v>',
        rb'<c r="F2" t="str"><f>IF(1=1,"","")</f><v></v>',
    )
    assert facts(path)[0]["hours"] is None


def test_a_workbook_whose_elements_carry_a_prefix(tmp_path: Path) -> None:
    def prefixed(name: str, part: bytes) -> bytes:
        if name != made.SHEET_XML:
            return part
        import re

        part = part.replace(b"<worksheet xmlns=", b"<worksheet xmlns:x=")
        return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", part)

    plain = made.one_sheet(tmp_path / "plain.xlsx", made.table(GIVEN))
    assert facts(made.rezipped(plain, tmp_path / "a.xlsx", prefixed)) == EXPECTED


def test_a_workbook_whose_cells_do_not_say_where_they_are(tmp_path: Path) -> None:
    plain = made.one_sheet(tmp_path / "plain.xlsx", made.table([made.claim(1), made.claim(2)]))
    path = made.sheet_changed(plain, tmp_path / "a.xlsx", rb' r="[A-Z0-9]+"', b"")
    assert len(facts(path)) == 2


def test_formatted_empty_cells_in_the_last_column_do_no_harm(tmp_path: Path) -> None:
    plain = made.one_sheet(tmp_path / "plain.xlsx", made.table(GIVEN))
    path = made.sheet_changed(
        plain,
        tmp_path / "a.xlsx",
        rb"</sheetData>",
        rb'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>',
    )
    assert facts(path) == EXPECTED


def test_parquet_with_types_dictionaries_and_lists(tmp_path: Path) -> None:
    table = pa.table(
        {
            "claim_id": pa.array(["C1", "C2"], pa.large_string()),
            "scheme": pa.array(["PRE", "PRE"]).dictionary_encode(),
            "applied_on": pa.array([datetime.fromisoformat("2020-10-15")] * 2, pa.timestamp("ns")),
            "region": pa.array([420100, 420100], pa.int32()),
            "person_id": pa.array(["P1", "P2"], pa.string_view()),
            "person_groups": pa.array([["veteran", "disabled"], []]),
            "fee_yuan": pa.array(["1650.50", "0"]).cast(pa.decimal128(9, 2)),
            "training_start": pa.array(
                [datetime.fromisoformat("2020-07-05 16:00Z"), None], pa.timestamp("ms", "UTC")
            ),
            "contract_months": pa.array([36, None], pa.float64()),
            "cap_exempt": pa.nulls(2),
        }
    )
    path = tmp_path / "a.parquet"
    pq.write_table(table, path)
    first, second = facts(path)
    assert (first["fee_yuan"], second["fee_yuan"]) == (165050, 0)
    assert (first["applied_on"], first["training_start"]) == (date(2020, 10, 15), date(2020, 7, 6))
    assert (first["region"], first["contract_months"]) == ("420100", 36)
    assert first["person_groups"] != 0
    assert (second["person_groups"], second["cap_exempt"]) == (None, None)


def test_two_million_lines(tmp_path: Path) -> None:
    count = 2_000_000
    numbers = np.arange(count).astype(str)
    lines = np.char.add(np.char.add("C", numbers), ",PRE,2020-10-15,420100,P")
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write(",".join(made.NAMES) + "\n")
        file.write("\n".join(np.char.add(lines, numbers).tolist()) + "\n")
    file_read = claimsfile.read(path)
    assert file_read.intake.problems == []
    assert file_read.intake.table.num_rows == count
    assert file_read.source.rows[-1] == count + 1


def test_progress_is_told(tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    path = made.one_sheet(tmp_path / "a.xlsx", made.table(GIVEN))
    claimsfile.read(path, progress=lambda *stage: said.append(stage))
    assert ("读取工作表“申请”", 2, 2) in said
    assert said[-1] == ("核对内容", 0, 0)
