"""The template: filled in as it is, it is read and decided."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from jineng import claimsfile, policy
from jineng.claimsfile.template import examples
from jineng.policy.facts import FACTS
from jineng.policy.identity import canonical
from tests.claimsfile import made


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "申请.xlsx"
    claimsfile.write_template(path, schemes_reading={"hours": ["PRE", "POST"]})
    return path


def test_the_examples_are_read_and_eligible(template: Path) -> None:
    file = claimsfile.read(template)
    assert [file.told(problem) for problem in file.intake.problems] == []
    [left] = file.intake.warnings
    assert (left.kind, left.rows) == ("example", (0, 1, 2))
    assert "第 2–4 行" in file.told(left)
    assert "示例行" in file.told(left)
    decided = policy.load("hubei").decide(file.intake).to_pylist()
    assert [line["outcome"] for line in decided] == ["eligible"] * 3
    assert file.intake.table["scheme"].to_pylist() == ["PRE", "WORK", "SKIL"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_examples_left_among_other_lines_are_told(tmp_path: Path, ending: str) -> None:
    lines = made.table([made.claim(1), made.claim(2, claim_id="示例-2"), made.claim(3)])
    make = made.csv_file if ending == "csv" else made.one_sheet
    file = claimsfile.read(make(tmp_path / f"a.{ending}", lines))
    assert file.intake.problems == []
    assert [warning.rows for warning in file.intake.warnings] == [(1,)]


def test_the_examples_are_nobody() -> None:
    for line in examples():
        number = str(line["person_id"])
        assert canonical(number) == number
        assert number[14:17] == "000"


def test_every_column_is_there_with_a_note(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["申请"]
    assert [cell.value for cell in sheet[1]] == [fact.heading for fact in FACTS]
    for cell, fact in zip(sheet[1], FACTS, strict=True):
        assert fact.name in made.note(cell)
        assert fact.note in made.note(cell)
    assert "岗前培训、岗位技能培训" in made.note(sheet.cell(1, 19))
    assert sheet.freeze_panes == "B2"
    needed = {cell.value for cell in sheet[1] if cell.fill.start_color.rgb == "FFF8CBAD"}
    assert needed == {fact.heading for fact in FACTS if fact.required}


def test_identity_numbers_stay_text_and_dates_stay_dates(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["申请"]
    formats = {
        fact.name: sheet.column_dimensions[get_column_letter(place)].number_format
        for place, fact in enumerate(FACTS, start=1)
    }
    assert formats["person_id"] == formats["claim_id"] == formats["region"] == "@"
    assert formats["applied_on"] == "yyyy-mm-dd"
    assert sheet["C2"].value.date() == date(2020, 10, 15)


def test_what_a_drop_down_offers_is_understood(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["申请"]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        column = column_index_from_string(str(rule.sqref).split("2:")[0])
        offered[FACTS[column - 1].name] = str(rule.formula1).strip('"').split(",")
    assert set(offered) == {fact.name for fact in FACTS if fact.kind in ("code", "yesno")}
    for name, words in offered.items():
        fact = next(fact for fact in FACTS if fact.name == name)
        read = policy.read_columns([(name, words)], len(words))
        assert [p for p in read.problems if p.column == name] == []
        if fact.kind == "code":
            assert read.table[name].to_pylist() == list(fact.codes)


def test_the_guide_lists_every_code(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["填写说明"]
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    for fact in FACTS:
        assert fact.heading in text
        for code in fact.codes:
            assert f"（{code}）" in text


def test_the_template_is_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(claimsfile.FileError, match=r"\.xlsx"):
        claimsfile.write_template(tmp_path / "a.csv")
