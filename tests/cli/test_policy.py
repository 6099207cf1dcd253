"""``jineng policy`` and ``jineng template``."""

import json
from pathlib import Path

from jineng import policy
from jineng.policy.facts import SCHEME_NAMES
from tests.claimsfile import made
from tests.cli.run import jineng
from tests.stand import ROOT


def test_every_scheme_is_listed() -> None:
    listed = jineng("policy", "list")
    assert listed.returncode == 0
    for code, name in SCHEME_NAMES.items():
        assert f"{code:<5}{name}" in listed.stdout
    data = json.loads(jineng("policy", "list", "--json").stdout)
    assert [one["code"] for one in data["schemes"]] == list(SCHEME_NAMES)
    assert data["release"] == policy.load("hubei").release


def test_every_scheme_is_shown_whole() -> None:
    pack = policy.load("hubei")
    for code, scheme in pack.schemes.items():
        data = json.loads(jineng("policy", "show", code, "--json").stdout)
        assert [c["code"] for c in data["conditions"]] == [c.code for c in scheme.conditions]
        for shown, condition in zip(data["conditions"], scheme.conditions, strict=True):
            assert [cite["key"] for cite in shown["cites"]] == list(condition.cites)
            assert (shown["assumed"], shown["readings"]) == (
                condition.assumed,
                list(condition.readings),
            )


def test_a_scheme_reads_well() -> None:
    shown = jineng("policy", "show", "岗前培训")
    assert shown.returncode == 0
    assert shown.stdout == jineng("policy", "show", "pre").stdout
    for words in (
        "岗前培训（PRE）",
        "发放对象：企业",
        "鄂人社函〔2020〕61号",
        "培训不少于规定课时（min-hours）",
        "不高于此数",
        "500.00 元（2020-06-01 起",
        "假定：",
        "另一种理解：",
    ):
        assert words in shown.stdout


def test_assumed_payees_and_unset_standards_are_shown() -> None:
    shown = jineng("policy", "show", "FREE").stdout
    assert "尚未规定" in shown
    assert "假定" in shown.splitlines()[1]


def test_the_documents_are_traced() -> None:
    traced = jineng("policy", "trace")
    assert traced.returncode == 0
    assert traced.stdout == (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")


def test_an_unknown_scheme_is_told_with_the_known() -> None:
    done = jineng("policy", "show", "PREE")
    assert done.returncode == 2
    assert "PRE 岗前培训" in done.stderr


def test_the_template_is_decided_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    assert jineng("template", path).returncode == 0
    done = jineng("adjudicate", path)
    assert done.returncode == 0
    assert "审核结果（3 行）" in done.stdout


def test_the_template_says_which_schemes_ask_for_a_column(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "a.xlsx"
    jineng("template", path)
    notes = {c.value: made.note(c) for c in openpyxl.load_workbook(path)["申请"][1]}
    assert "用于：以工代训" in notes["用工月份"]
    assert "用于：退役军人培训" in notes["培训考试费（元）"]
    assert "用于：全部项目" in notes["列入黑名单"]
