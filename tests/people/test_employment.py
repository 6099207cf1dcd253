"""Employment files: what becomes of their lines."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from jineng.people.commands.merging import merge_persons
from jineng.people.commands.records import How, Imported, import_employment
from jineng.people.errors import Refused
from jineng.people.models import EmploymentSpell, ImportRun, Organisation, Person
from jineng.policy.facts import OPEN_ENDED
from tests.access.world import TODAY, organisation, person
from tests.people import files
from tests.people.insured import REGION, counts
from tests.people.numbers import credit_code, identity_number


@pytest.fixture
def li(db: None) -> Person:
    return person("李明", REGION, date(1990, 1, 1))


@pytest.fixture
def firm(db: None) -> Organisation:
    return organisation("明德纺织有限公司", REGION, "enterprise")


def line(who: Person, firm: Organisation, started: str, ended: str = "", **more: str) -> Any:
    return {
        "身份证号": str(who.identity_number),
        "姓名": who.name,
        "统一社会信用代码": firm.credit_code,
        "入职日期": started,
        "离职日期": ended,
    } | more


def brought(
    folder: Path, rows: files.Rows, name: str = "a.csv", how: How | None = None
) -> Imported:
    path = files.write(folder / name, rows)
    return import_employment(path, file_name=name, by=None, on=TODAY, at=timezone.now(), how=how)


def spells(who: Person) -> list[tuple[Any, ...]]:
    """Those in force: first day, last day, contract's day and months."""
    rows = EmploymentSpell.objects.filter(person=who, superseded_by=None).order_by("started_on")
    return list(rows.values_list("started_on", "ended_on", "contract_signed_on", "contract_months"))


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.xlsx", "a.parquet"])
def test_lines_become_employments(
    tmp_path: Path, li: Person, firm: Organisation, name: str
) -> None:
    rows = [
        line(li, firm, "2018-03-01", "2019-12-31", 合同签订日期="2018-02-28", 劳动合同期限="24"),
        line(li, firm, "2020/7/1", 合同签订日期="20200701", 劳动合同期限="无固定期限"),
        line(li, firm, "2020年1月1日", "2020-01-01", 合同签订日期="", 劳动合同期限=""),
    ]
    run = brought(tmp_path, rows, name).run
    assert (run.state, counts(run)) == ("done", (3, 3, 0, 0, 0))
    assert spells(li) == [
        (date(2018, 3, 1), date(2019, 12, 31), date(2018, 2, 28), 24),
        (date(2020, 1, 1), date(2020, 1, 1), None, None),
        (date(2020, 7, 1), None, date(2020, 7, 1), OPEN_ENDED),
    ]


def test_the_same_file_again_changes_nothing(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    rows = [line(li, firm, "2020-01-01"), line(li, firm, "2019-01-01", "2019-06-30")]
    first = brought(tmp_path, rows).run
    before = list(EmploymentSpell.objects.values())
    assert brought(tmp_path, rows).same_as == first
    assert counts(brought(tmp_path, rows[::-1]).run) == (2, 0, 0, 2, 0)
    assert list(EmploymentSpell.objects.values()) == before


def test_what_a_file_says_last_stands_and_the_rest_is_kept(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    first = brought(tmp_path, [line(li, firm, "2020-01-01"), line(li, firm, "2018-01-01")]).run
    second = brought(tmp_path, [line(li, firm, "2020-01-01", "2020-08-31")]).run
    assert counts(second) == (1, 0, 1, 0, 0)
    assert [(start, end) for start, end, *_ in spells(li)] == [
        (date(2018, 1, 1), None),
        (date(2020, 1, 1), date(2020, 8, 31)),
    ]
    (old,) = EmploymentSpell.objects.exclude(superseded_by=None)
    assert (old.ended_on, old.run, old.superseded_by) == (None, first, second)


def test_what_was_said_in_error_is_taken_back(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    brought(tmp_path, [line(li, firm, "2020-01-01")])
    rows = [
        line(li, firm, "2020-01-01", 记录状态="作废"),
        line(li, firm, "2020-01-10", 记录状态="有效"),
        line(li, firm, "2019-05-05", 记录状态="作废"),
    ]
    assert counts(brought(tmp_path, rows).run) == (3, 1, 1, 1, 0)
    assert [start for start, *_ in spells(li)] == [date(2020, 1, 10)]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, li: Person, firm: Organisation) -> None:
    rows = [
        line(li, firm, "2020-01-01", "2019-12-31", 合同期限="12"),
        line(li, firm, "", 合同期限="12"),
        line(li, firm, "2020-02-30", 合同期限="一年"),
        line(li, firm, "2020-03-01", "2020-04-01", 合同期限="12"),
        line(li, firm, "2020-03-01", "2020-05-01", 合同期限="12"),
        line(li, firm, "2020-03-01", "2020-04-01", 合同期限="12"),
    ]
    told = [(one.line, one.column, one.value) for one in brought(tmp_path, rows).problems]
    assert told == [
        (2, "离职日期", "2019-12-31"),
        (3, "入职日期", ""),
        (4, "入职日期", "2020-02-30"),
        (4, "合同期限（月）", "一年"),
        (6, "入职日期", "2020-03-01"),
    ]
    assert ImportRun.objects.get().state == "refused"
    assert not EmploymentSpell.objects.exists()


def test_a_formula_without_a_value_is_no_empty_cell(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    """Read as empty, the last day would say that somebody still works there."""
    path = files.write(tmp_path / "a.xlsx", [line(li, firm, "2020-01-01", "2020-08-31")])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["E2"] = "=TODAY()"
    book.save(path)
    with pytest.raises(Refused, match="E2"):
        import_employment(path, file_name="a", by=None, on=TODAY, at=timezone.now())


def test_employments_of_a_merged_record(tmp_path: Path, li: Person, firm: Organisation) -> None:
    other = person("李明", REGION, date(1991, 1, 1))
    brought(tmp_path, [line(other, firm, "2020-01-01"), line(li, firm, "2020-01-01")])
    merge_persons(li, other, by=None, on=TODAY, at=timezone.now(), why="同一人")
    # The merged record's stays behind the survivor's of the same day; both are replaced.
    run = brought(tmp_path, [line(li, firm, "2020-01-01", "2020-08-31")]).run
    assert counts(run) == (1, 0, 1, 0, 0)
    assert [end for _, end, *_ in spells(li)] == [date(2020, 8, 31)]
    assert spells(other) == []


def test_unknown_persons_and_employers_may_be_registered(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    new = {"身份证号": identity_number(), "姓名": "张伟", "单位名称": "新公司"}
    rows = [line(li, firm, "2020-01-01"), line(li, firm, "2020-02-01") | new]
    rows[1]["统一社会信用代码"] = credit_code()
    assert len(brought(tmp_path, rows).problems) == 2
    assert brought(tmp_path, rows, how=How(add_unknown=True)).run.added == 2
    assert Person.objects.filter(name="张伟").count() == 1
