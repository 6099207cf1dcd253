"""Files that can't be read as a whole: each says what it is and what to do."""

import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from jineng import claimsfile
from tests.claimsfile import made


def refusal(path: Path) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(claimsfile.FileError) as refused:
        claimsfile.read(path)
    assert refused.value.advice
    return str(refused.value)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return made.one_sheet(tmp_path / "good.xlsx", made.table([made.claim(1)]))


def renamed(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name))


@pytest.mark.parametrize("ending", [".xls", ".xlsm", ".ods", ".txt", ".json", ""])
def test_endings_that_are_not_ours(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_text("x")
    said = refusal(path)
    assert "不支持" in said
    assert ".xlsx" in said


def test_no_such_file(tmp_path: Path) -> None:
    assert "没有这个文件" in refusal(tmp_path / "a.csv")


def test_nothing_in_the_file(tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "parquet"):
        path = tmp_path / f"a.{ending}"
        path.touch()
        assert "0 字节" in refusal(path)


def test_the_wrong_ending_is_told_by_the_content(tmp_path: Path, good: Path) -> None:
    text = made.csv_file(tmp_path / "text.csv", made.table([made.claim(1)]))
    columns = made.parquet(tmp_path / "a.parquet", [made.claim(1)])
    assert "内容却是文本" in refusal(renamed(text, "b.xlsx"))
    assert "请把后缀改为 .parquet" in refusal(renamed(columns, "c.csv"))
    assert "请把后缀改为 .xlsx" in refusal(renamed(good, "d.csv"))
    assert "不是 Parquet" in refusal(renamed(tmp_path / "b.xlsx", "e.parquet"))


def test_a_web_page_called_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("<html><table><tr><td>申请编号</td></tr></table></html>")
    assert "网页" in refusal(path)


def compound(path: Path, stream: str) -> Path:
    """A compound file (OLE2) with one named stream in its directory."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    entry = stream.encode("utf-16-le").ljust(64, b"\0") + bytes(448)
    path.write_bytes(header + entry)
    return path


def test_an_old_workbook_renamed(tmp_path: Path) -> None:
    said = refusal(compound(tmp_path / "a.xlsx", "Workbook"))
    assert "旧版 Excel（.xls）" in said
    assert "另存为" in said


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    said = refusal(compound(tmp_path / "a.xlsx", "EncryptedPackage"))
    assert "密码" in said
    assert "旧版" not in said


def test_a_zip_with_a_password(tmp_path: Path, good: Path) -> None:
    content = bytearray(good.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 1)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert "密码" in refusal(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_workbook_cut_short(tmp_path: Path, good: Path, share: float) -> None:
    content = good.read_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(content[: int(len(content) * share)])
    assert "已损坏" in refusal(path)


def test_a_workbook_with_bytes_changed(tmp_path: Path, good: Path) -> None:
    with zipfile.ZipFile(good) as archive:
        part = archive.getinfo(made.SHEET_XML)
    content = bytearray(good.read_bytes())
    start = part.header_offset + 30 + len(made.SHEET_XML)
    content[start + 20 : start + 60] = bytes(40)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert "已损坏" in refusal(path)


def test_a_workbook_without_its_sheet(tmp_path: Path, good: Path) -> None:
    path = made.rezipped(
        good, tmp_path / "a.xlsx", lambda name, part: None if name == made.SHEET_XML else part
    )
    assert "已损坏" in refusal(path)


def test_entities_are_not_expanded(tmp_path: Path, good: Path) -> None:
    def change(name: str, part: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return part
        return b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + part

    assert "已损坏" in refusal(made.rezipped(good, tmp_path / "a.xlsx", change))


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("xl/workbook.bin", ".xlsb"),
        ("content.xml", ".ods"),
        ("word/document.xml", "Word"),
        ("申请.xlsx", "先解压"),
        ("photo.jpg", "不是工作簿"),
    ],
)
def test_other_things_in_a_zip(tmp_path: Path, part: str, word: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, b"x")
    assert word in refusal(path)


def test_a_zip_bomb_by_ratio(tmp_path: Path, good: Path) -> None:
    """Two hundred megabytes of nothing in two hundred kilobytes."""
    zeros = b" " * (1 << 20)

    def change(name: str, part: bytes) -> bytes:
        return part + zeros * 200 if name == made.SHEET_XML else part

    path = made.rezipped(good, tmp_path / "a.xlsx", change)
    assert path.stat().st_size < 1 << 20
    assert "过大" in refusal(path)


def with_directory(path: Path, change: dict[str, int]) -> None:
    """Change the sizes that a ZIP's directory declares."""
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        length = struct.unpack_from("<H", content, place + 28)[0]
        name = content[place + 46 : place + 46 + length].decode()
        if name in change:
            struct.pack_into("<I", content, place + 24, change[name])
        place = content.find(b"PK\x01\x02", place + 1)
    path.write_bytes(content)


def test_a_zip_bomb_by_size(tmp_path: Path, good: Path) -> None:
    path = made.rezipped(good, tmp_path / "a.xlsx")
    with_directory(path, {"xl/workbook.xml": 3 << 30, "xl/styles.xml": 3 << 30})
    assert "过大" in refusal(path)


@pytest.mark.parametrize("part", [made.SHEET_XML, "xl/styles.xml", "xl/workbook.xml"])
def test_a_zip_that_hides_its_size(tmp_path: Path, good: Path, part: str) -> None:
    """The directory says a hundred bytes; more comes out."""
    path = made.rezipped(good, tmp_path / "a.xlsx")
    with_directory(path, {part: 100})
    assert "已损坏" in refusal(path)


def test_a_zip_with_too_many_parts(tmp_path: Path, good: Path) -> None:
    path = made.rezipped(good, tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(3_000):
            archive.writestr(f"xl/media/{number}.xml", b"")
    assert "过大" in refusal(path)


def test_a_workbook_inside_a_workbook_is_left_alone(tmp_path: Path, good: Path) -> None:
    path = made.rezipped(good, tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/embeddings/book.xlsx", good.read_bytes())
    assert claimsfile.read(path).intake.table.num_rows == 1


@pytest.mark.parametrize(
    "cell",
    [
        rb'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        rb'<row r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row>',
        rb'<row r="900000"><c r="ZZZ900000" t="s"><v>0</v></c></row>',
        rb'<row r="2000000"><c r="A2000000"><v>1</v></c></row>',
        rb'<row r="1048576">' + b"<c/>" * 16_383 + rb"<c><v>1</v></c></row>",
    ],
)
def test_one_cell_far_out_does_not_fill_the_memory(tmp_path: Path, good: Path, cell: bytes) -> None:
    path = made.sheet_changed(good, tmp_path / "a.xlsx", b"</sheetData>", cell + b"</sheetData>")
    said = refusal(path)
    assert "范围过大" in said
    assert "删去" in said


def test_several_sheets_of_claims_are_named(tmp_path: Path) -> None:
    rows = made.table([made.claim(1)])
    path = made.workbook(tmp_path / "a.xlsx", {"十月": rows, "十一月": rows, "备注": [["x"]]})
    said = refusal(path)
    assert "“十月”、“十一月”" in said
    assert "备注" not in said


def test_no_sheet_of_claims_says_what_was_found_and_what_comes_nearest(tmp_path: Path) -> None:
    path = made.workbook(tmp_path / "a.xlsx", {"花名册": [["姓名", "申请号"], ["甲", "1"]]})
    said = refusal(path)
    assert "“花名册”" in said
    assert "“申请号”最接近“申请编号”" in said
    assert "Excel 模板" in said


def test_headings_of_two_lines_are_told_on_one(tmp_path: Path) -> None:
    path = made.workbook(tmp_path / "a.xlsx", {"花名册": [["申请\n号码", "姓名"], ["甲", "1"]]})
    said = refusal(path)
    assert "“申请 号码”最接近" in said
    assert "\n" not in said


def test_a_csv_without_headings(tmp_path: Path) -> None:
    path = made.csv_file(tmp_path / "a.csv", [["甲", "1"], ["乙", "2"]])
    assert "没有认得的列名" in refusal(path)


def test_headings_and_nothing_below(tmp_path: Path) -> None:
    headings = [made.HEADINGS]
    for path in (
        made.csv_file(tmp_path / "a.csv", headings),
        made.csv_file(tmp_path / "b.csv", [*headings, [None] * 5]),
        made.one_sheet(tmp_path / "a.xlsx", headings),
        made.parquet(tmp_path / "a.parquet", [made.claim(1)]),
    ):
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            pq.write_table(pq.read_table(path).slice(0, 0), path)
        assert "只有表头" in refusal(path)


def test_an_empty_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    assert "是空的" in refusal(path)


def test_lines_of_unequal_length_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        ",".join(made.NAMES) + "\n"
        'C1,PRE,2020-10-15,420100,"P\n1"\n'
        "C2,PRE,2020-10-15,420100\n"
        "\n"
        "C3,PRE,2020-10-15,420100,P3,more\n"
        "C4,PRE,2020-10-15,420100,P4\n"
    )
    said = refusal(path)
    assert "第 4 行有 4 列" in said
    assert "第 6 行有 6 列" in said
    assert "每行应有 5 列" in said


def test_many_lines_of_unequal_length_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(made.NAMES) + "\n" + "C1,PRE\n" * 25)
    said = refusal(path)
    assert "第 2 行有 2 列" in said
    assert "共 25 行" in said


def test_a_quote_left_open(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    line = "C1,PRE,2020-10-15,420100,P1\n"
    path.write_text(",".join(made.NAMES) + "\n" + '"C0,PRE,2020-10-15,420100,P0\n' + line * 9)
    said = refusal(path)
    assert "第 2 行" in said or "引号" in said


def test_nul_bytes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        ",".join(made.NAMES).encode() + b"\nC1,PRE,2020-10-15,420100,P1\nC2,P\0RE,2020-10-15,4,P2\n"
    )
    said = refusal(path)
    assert "第 3 行" in said
    assert "NUL" in said


def test_bytes_in_no_encoding_are_named(tmp_path: Path) -> None:
    text = made.as_csv([made.HEADINGS, ["C1", "岗前培训", "2020-10-15", "420100", "P1"]]).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(text + b"C2,\xff\xfe,2020-10-15,420100,P2\n")
    said = refusal(path)
    assert "第 3 行" in said
    assert "UTF-8" in said


def test_damaged_utf_8_far_down_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [",".join(made.HEADINGS)]
    lines += [f"C{n},PRE,2020-10-15,420100,P{n}" for n in range(60_000)]
    path.write_bytes("\n".join(lines).encode() + b"\nC,\x80\x81,2020-10-15,420100,P\n")
    assert "第 60002 行" in refusal(path)


def test_utf_16_cut_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(made.as_csv(made.table([made.claim(1)])).encode("utf-16")[:-1])
    assert "编码有误" in refusal(path)


def test_damaged_parquet(tmp_path: Path) -> None:
    path = made.parquet(tmp_path / "a.parquet", [made.claim(1)])
    content = path.read_bytes()
    path.write_bytes(content[:60])
    assert "已损坏" in refusal(path)
    path.write_bytes(content[:20] + bytes(40) + content[60:])
    assert "已损坏" in refusal(path)


def test_parquet_of_something_else(tmp_path: Path) -> None:
    path = made.parquet(tmp_path / "a.parquet", [{"name": "x", "salary": 1}])
    assert "没有认得的列名" in refusal(path)


def test_random_bytes_never_end_in_anything_but_a_refusal(tmp_path: Path, good: Path) -> None:
    """Every hundredth byte of a workbook turned over: read all the same, or refused."""
    content = good.read_bytes()
    path = tmp_path / "a.xlsx"
    for place in range(0, len(content), 97):
        changed = bytearray(content)
        changed[place] ^= 0xFF
        path.write_bytes(changed)
        try:
            claimsfile.read(path)
        except claimsfile.FileError:
            continue


def test_a_stored_part_is_read_too(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert claimsfile.read(path).intake.table.num_rows == 1
