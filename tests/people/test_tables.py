"""Files as columns: formats, encodings, damage, and where lines stand."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from jineng.people.commands.records import How
from jineng.people.errors import Refused
from jineng.people.models import Organisation, Person
from tests.access.world import organisation, person
from tests.people import files
from tests.people.insured import REGION, line, months, spells, taken


@pytest.fixture
def li(db: None) -> Person:
    return person("李明", REGION, date(1990, 1, 1))


@pytest.fixture
def firm(db: None) -> Organisation:
    return organisation("明德纺织有限公司", REGION, "enterprise")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("a.csv", "utf-8"),
        ("a.csv", "utf-8-sig"),
        ("a.csv", "gb18030"),
        ("a.csv", "utf-16"),
        ("a.csv.gz", "utf-8"),
        ("a.csv.gz", "gb18030"),
        ("a.parquet", ""),
        ("a.xlsx", ""),
    ],
)
def test_files_of_every_kind_read_alike(
    tmp_path: Path, li: Person, firm: Organisation, name: str, encoding: str
) -> None:
    rows = [line(li, firm, month, 缴费基数="5000") for month in months("2020-01", 3)]
    run = taken(files.write(tmp_path / name, rows, encoding)).run
    assert spells(li) == [("2020-01", "2020-03", 31)]
    assert run.told["unused"] == ["缴费基数"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空的"),
        ("身份证号,姓名,工号\n".encode(), "缺少必须有的列"),
        ("甲,乙,丙\n".encode(), "没有认得的列名"),
        ("身份证号,姓名,单位信用代码,险种,费款所属月\n".encode(), "是不是“费款所属月”"),
        ("身份证号,姓名,统一社会信用代码,费款所属期,险种\n".encode(), "只有表头"),
        (b"\x81\x20\xff\xff", "编码"),
        (b"PK\x03\x04nothing", "工作簿"),
        (b"PAR1nothing", "Parquet"),
        (gzip.compress(b"x" * 100, mtime=0)[:20], "压缩文件"),
        (b"\xd0\xcf\x11\xe0", "旧的 Excel"),
        ("身份证号,公民身份号码,姓名,统一社会信用代码,费款所属期,险种\n".encode(), "同一列"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Refused, match=told):
        taken(path)


def test_damage_in_the_middle_is_told(tmp_path: Path, li: Person, firm: Organisation) -> None:
    rows = [line(li, firm, "2020-01") for _ in range(40_000)]
    content = files.csv_text(rows).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(content + b"\xff\xff\r\n")
    with pytest.raises(Refused, match="编码有误"):
        taken(path)


def test_gb18030_that_begins_in_plain_letters(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    """The first million bytes say nothing of the encoding."""
    row = {"number": li.identity_number, "name": li.name, "credit_code": firm.credit_code}
    plain = row | {"name": "Ann Lee", "month": "2020-01", "kinds": "pension"}
    rows = [plain] * 30_000 + [row | {"month": "2020-02", "kinds": "养老"}]
    result = taken(files.write(tmp_path / "a.csv", rows, "gb18030"))
    assert {one.column for one in result.problems} == {"姓名"}
    assert result.run.lines == 30_001


def test_lines_keep_their_numbers_whatever_stands_between(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    good = files.csv_text([line(li, firm, "2020-01")]).splitlines()
    bad = good[1].replace("2020-01", "?")
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["参保缴费明细", "", good[0], "", bad, "", "", good[1], bad, ""]))
    assert [one.line for one in taken(path).problems] == [5, 9]


def test_pieces_of_a_large_file_are_one(
    tmp_path: Path, li: Person, firm: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jineng.people.tables import delimited

    monkeypatch.setattr(delimited, "_PIECE", 300)
    rows = [line(li, firm, month) for month in months("1990-01", 400)]
    rows[333] |= {"险种": "?"}
    path = files.write(tmp_path / "a.csv", rows)
    assert [one.line for one in taken(path).problems] == [335]
    taken(path, How(only_clean=True))
    assert spells(li) == [("1990-01", "2017-09", 31), ("2017-11", "2023-04", 31)]
