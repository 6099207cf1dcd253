"""``jineng policy check``: a workbook of cases, read back as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from tests.cli.run import jineng

RAISED = """
draft: 岗前培训提到 600 元
parameters:
  岗前培训: {standard: {values: [{from: 2020-10-01, value: 600, cites: D6 结尾}]}}
"""


def template(folder: Path) -> Path:
    path = folder / "案例.xlsx"
    done = jineng("policy", "check", "--template", path)
    assert (done.returncode, done.stdout) == (0, "")
    return path


def changed(path: Path, cells: dict[str, Any]) -> Path:
    """The workbook with some cells written otherwise."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book["案例"][place].value = value
    book.save(path)
    return path


def test_the_templates_examples_hold(tmp_path: Path) -> None:
    done = jineng("policy", "check", template(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 行案例都与预期相符" in done.stderr
    assert "与预期不符" not in done.stdout


def test_rows_that_differ_are_told_and_end_with_1(tmp_path: Path) -> None:
    path = changed(template(tmp_path), {"F2": 450, "E3": "符合"})
    done = jineng("policy", "check", path)
    assert done.returncode == 1
    assert "8 行案例中有 2 行与预期不符" in done.stderr
    shown = done.stdout.replace("\n", "")
    assert "金额：应为 450.00 元，实为 500.00 元" in shown
    assert "合同差一个月" in shown
    assert "结论：应为 符合" in shown
    assert "课时不清楚" not in shown


def test_a_draft_is_checked_and_may_be_put_in_force(tmp_path: Path) -> None:
    draft = tmp_path / "草案.yaml"
    draft.write_text(RAISED, encoding="utf-8")
    path = template(tmp_path)
    done = jineng("policy", "check", path, "--draft", draft)
    assert done.returncode == 1
    assert "金额：应为 500.00 元，实为 600.00 元" in done.stdout.replace("\n", "")
    assert "草案还不能施行" in done.stdout
    done = jineng("policy", "check", changed(path, {"F2": 600}), "--draft", draft)
    assert done.returncode == 0
    assert "案例全部通过，草案可以施行" in done.stdout
    assert "政策包自带的案例有" in done.stdout


def test_bad_cells_are_told_with_sheet_row_column_and_value(tmp_path: Path) -> None:
    path = changed(template(tmp_path), {"E2": "通过", "F3": "五百", "A1": "案列"})
    done = jineng("policy", "check", path)
    assert (done.returncode, done.stdout) == (1, "")
    for words in (
        "案例.xlsx 有 ",
        "没有审核任何案例",
        "工作表“案例”第 2 行 E 列“预期结论”：“通过”：应写明结论",
        "工作表“案例”第 3 行 F 列“预期金额（元）”：“五百”：应为金额（元）",
        "A 列“案列”",
    ):
        assert words in done.stderr, done.stderr


def test_wrong_use(tmp_path: Path) -> None:
    assert jineng("policy", "check").returncode == 2
    assert jineng("policy", "check", tmp_path / "a.xlsx").returncode == 2
    assert jineng("policy", "check", "--template", tmp_path / "a.csv").returncode == 2
    (tmp_path / "a.xlsx").write_bytes(b"")
    done = jineng("policy", "check", tmp_path / "a.xlsx")
    assert (done.returncode, "文件是空的" in done.stderr) == (1, True)
