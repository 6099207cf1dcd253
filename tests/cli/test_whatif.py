"""``jineng policy whatif``: read, written, refused."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.claimsfile import made
from tests.cli.run import jineng
from tests.policy.claims import claim
from tests.policy.drafts import GOOD

LINES = [
    claim("PRE", "A1", "甲", hours=30),
    claim("PRE", "A2", "乙", hours=24),
    claim("WORK", "A3", made.person(), applied_on="2021-03-01"),
    claim("POST", "A4", "丁"),
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    path = made.csv_file(tmp_path / "in.csv", made.table(LINES))
    draft = tmp_path / "草案.yaml"
    draft.write_text(GOOD, encoding="utf-8")
    return path, draft


def test_who_gains_and_who_loses_is_shown(files: tuple[Path, Path]) -> None:
    path, draft = files
    done = jineng("policy", "whatif", path, "--draft", draft, "--budget", "0.05万")
    assert done.returncode == 0, done.stderr
    for words in (
        "草案：岗前培训提到 600 元",
        "共 4 项申请，金额有变动的涉及 3 人；新符合 1 项；不再符合 1 项；金额增加 1 项",
        "1,300.00 元 → 1,400.00 元，+100.00 元（+7.69%）",
        "2021-06-30",
        "武汉市",
        "2021-03",
        "用完之日",
    ):
        assert words in done.stdout.replace("\n", ""), words
    assert made.person() not in done.stdout
    assert "A4" not in done.stdout


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_everything_is_written(files: tuple[Path, Path], ending: str) -> None:
    path, draft = files
    out = path.with_name(f"结果.{ending}")
    done = jineng("policy", "whatif", path, "--draft", draft, "-o", out, "--budget", "500")
    assert "有变化的 3 行写入" in done.stderr
    became = {"A1": "more", "A2": "dropped", "A3": "new"}
    if ending == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            lines: list[Any] = list(csv.DictReader(file))
        assert {line["claim_id"]: line["change"] for line in lines} == became
        assert [line["difference_yuan"] for line in lines] == ["100.00", "-500.00", "500.00"]
        return
    if ending == "parquet":
        lines = pq.read_table(out).to_pylist()
        assert {line["claim_id"]: line["change"] for line in lines} == became
        return
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == [
        "概览", "按补贴项目", "按资金来源", "按市州", "按审核地区", "按人员类别", "按受理月份",
        "逐条",
    ]  # fmt: skip
    overview = {row[0]: row[1:] for row in book["概览"].iter_rows(values_only=True) if row[0]}
    assert overview["差额（元）"][0] == 100
    assert overview["全部资金"][:5] == (500, "2020-10-15", 800, "2020-10-15", 900)
    headings, *rows = book["逐条"].iter_rows(values_only=True)
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [line["变化"] for line in told] == ["金额增加", "不再符合", "新符合"]
    assert told[1]["草案未满足的条件"] == "培训不少于规定课时"
    assert told[2]["人员编号"] == made.person()
    assert told[0]["差额（元）"] == 100


def test_standards_are_in_force_on_both_sides(files: tuple[Path, Path]) -> None:
    path, draft = files
    standards = path.with_name("标准.yaml")
    standards.write_text(
        "- {region: 420100, scheme: PRE, value: 450, number: 武人社发〔2020〕12号,\n"
        "   from: 2020-06-01, entered_by: 甲, seconded_by: 乙}\n",
        encoding="utf-8",
    )
    done = jineng("policy", "whatif", path, "--draft", draft, "--standards", standards)
    # the city's 450 stays what it is where the province raises the cap
    assert "新符合 1 项；不再符合 1 项。金额 1,200.00 元" in done.stdout.replace("\n", "")


def test_a_claim_is_decided_by_standards_and_explained_under_a_draft(tmp_path: Path) -> None:
    path = made.csv_file(tmp_path / "in.csv", made.table([claim("FREE", "F1"), LINES[1]]))
    standards, draft, out = (tmp_path / name for name in ("标准.yaml", "草案.yaml", "out.csv"))
    standards.write_text(
        "- {region: 420100, scheme: FREE, value: 1200, number: 武人社发〔2020〕12号,\n"
        "   from: 2020-06-01, entered_by: 甲, seconded_by: 乙}\n",
        encoding="utf-8",
    )
    draft.write_text(GOOD, encoding="utf-8")
    done = jineng("adjudicate", path, "--standards", standards, "-o", out)
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["amount_yuan"], second["amount_yuan"]) == ("1200.00", "500.00")
    told = jineng("explain", path, "F1", "--standards", standards).stdout
    assert "420100 规定" in told
    assert "武人社发〔2020〕12号" in told
    told = jineng("explain", path, "A2", "--draft", draft).stdout
    assert "不符合" in told
    assert "hubei-draft-" in told
    standards.write_text("- {region: 420100}", encoding="utf-8")
    done = jineng("adjudicate", path, "--standards", standards)
    assert (done.returncode, "标准.yaml：地区标准第 1 条：缺少 scheme" in done.stderr) == (1, True)


def test_what_is_wrong_is_told(files: tuple[Path, Path]) -> None:
    path, draft = files
    for words, status, said in (
        (("--budget", "五百"), 2, "应为金额（元），例如 5000000、500万 或 1.2亿"),
        (("--budget", "金库=500"), 2, "没有资金“金库”，可写 职业技能提升行动专账资金"),
        (("-o", draft), 2, "文件名应以"),
    ):
        done = jineng("policy", "whatif", path, "--draft", draft, *words)
        assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert "--draft" in jineng("policy", "whatif", path).stderr
    assert "没有文件" in jineng("policy", "whatif", path, "--draft", "没有.yaml").stderr
    draft.write_text("draft: 甲\nparameters: {PRE: {hours: {values: []}}}", encoding="utf-8")
    done = jineng("policy", "whatif", path, "--draft", draft)
    assert (done.returncode, done.stdout) == (1, "")
    assert "草案.yaml：PRE hours：没有这个参数" in done.stderr
