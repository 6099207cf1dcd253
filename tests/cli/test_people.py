"""``jineng people import``: what it says, and that it says it in one go."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jineng.config import keys
from jineng.config.database import Roles
from jineng.people.models import ImportRun, Organisation, Person
from tests.people.numbers import credit_code, identity_number

pytestmark = pytest.mark.django_db(transaction=True)


class Import:
    """The command with a `var` of its own."""

    def __init__(self, folder: Path, roles: Roles) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "JINENG_VAR": str(folder / "var"),
            "DATABASE_URL": roles.app.text,
            "JINENG_BUSINESS_DATE": "2026-11-20",
        }

    def __call__(self, text: str, *words: str, status: int = 0) -> str:
        """What it prints about a file with this text."""
        file = self.folder / "file.csv"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "jineng.cli", "people", "import", str(file), *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def command(tmp_path: Path, database_roles: Roles, settings: Any) -> Import:
    keys.make_all(tmp_path / "var" / "keys")
    settings.DATA_KEYS = keys.data_keys(tmp_path / "var" / "keys")
    settings.LOOKUP_KEYS = keys.lookup_keys(tmp_path / "var" / "keys")
    return Import(tmp_path, database_roles)


def test_a_register_s_kind_is_told_by_its_headings(command: Import) -> None:
    number, code = identity_number(), credit_code()
    persons = f"姓名,身份证号,居住地\n李明华,{number},武昌区\n"
    assert "人员：1 行，核对无误，将会新增 1，更改 0，未变 0。" in command(persons, "--check")
    assert not Person.objects.exists()
    assert "人员：1 行，已导入：新增 1，更改 0，未变 0。" in command(persons)
    assert "新增 0，更改 0，未变 1。" in command(persons)
    firms = f"单位名称,统一社会信用代码,单位类别\n明德纺织,{code},企业\n"
    assert "单位：1 行，已导入：新增 1" in command(firms)
    assert Person.objects.get().identity_number == number
    assert Organisation.objects.get().credit_code == code
    months = (
        "身份证号,姓名,统一社会信用代码,单位名称,费款所属期,险种\n"
        f"{number},李明华,{code},明德纺织,2020-03,失业保险\n"
    )
    assert "社会保险缴费记录：1 行，已导入：新增 1" in command(months)
    assert [run.kind for run in ImportRun.objects.order_by("pk")] == [
        *["persons"] * 2,
        "organisations",
        "insurance",
    ]


def test_errors_are_told_with_row_column_and_masked_value(command: Import) -> None:
    number = identity_number()
    wrong = number[:-1] + "9X"[number[-1] == "9"]
    said = command(f"姓名,身份证号,居住地\n李明华,{wrong},武昌区\n王芳,{number},火星\n", status=1)
    assert f"第 2 行“身份证号”　“{wrong[:6]}***********{wrong[-1]}”：身份证号校验位不对" in said
    assert "第 3 行“居住地”　“火星”：" in said
    assert "2 行中 2 行有错误，共 2 处；没有导入任何内容" in said
    assert wrong not in said
    assert ImportRun.objects.get().state == "refused"


def test_what_is_no_file_of_any_kind_is_told(command: Import) -> None:
    said = command("甲,乙\n1,2\n", status=1)
    assert "认不出文件的种类" in said
    assert "人员：" in said
    assert "文件是空的" in command("", status=1)


def test_records_say_what_they_changed_and_what_that_may_mean(command: Import) -> None:
    number, code = identity_number(), credit_code()
    headings = "身份证号,姓名,统一社会信用代码,单位名称,费款所属期,险种,缴费基数"
    who = f"{number},李明华,{code},明德纺织"
    first = f"{headings}\n{who},2020-03,养老、失业,5000\n"
    assert "2 处；没有导入任何内容" in command(first, status=1)
    said = command(first, "--add-unknown")
    assert "费款所属期：2020-03—2020-03" in said
    assert "未使用的列：缴费基数" in said
    assert "与第" in command(first)
    medical = f"{headings}\n{who},2020-03,医疗,5000\n"
    assert "注意" not in command(medical, "--kinds", "医疗、生育")
    assert "1 人月原有养老保险记录，文件没有提到这个险种" in command(medical, "--again")
    assert "--kinds：不认识险种“五谷”" in command(medical, "--kinds", "五谷", status=2)
    run = ImportRun.objects.filter(state="done").latest("pk")
    assert run.told["origin"].startswith("jineng people import（")
