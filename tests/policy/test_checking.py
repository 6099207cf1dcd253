"""Tables of cases: what they expect, what comes out, and when a draft may be put in force."""

from __future__ import annotations

from typing import Any

import pytest

from jineng import policy
from jineng.policy.checking import CASE_HEADINGS
from tests.policy.claims import claim, decided
from tests.policy.drafts import GOOD, draft

RAISED = draft(
    "PRE:\n  standard:\n    values:\n    - {from: 2020-10-01, value: 600, cites: D6 结尾}"
)
TERM = "签订一年及以上期限劳动合同（contract-term）"


def table(pack: policy.Pack, *rows: dict[str, Any]) -> policy.CaseTable:
    """A table of cases; keys are columns by name, and rows are 照范例 unless they say otherwise."""
    lines = [{"rest": "照范例", "scheme": "PRE"} | row for row in rows]
    names = list(dict.fromkeys(name for line in lines for name in line))
    columns = [(CASE_HEADINGS.get(n, n), [line.get(n) for line in lines]) for n in names]
    return policy.read_case_table(pack, columns, len(lines))


def checked(pack: policy.Pack, *rows: dict[str, Any]) -> list[policy.CheckedRow]:
    read = table(pack, *rows)
    assert read.problems == []
    return policy.check(pack, read)


def test_rows_differ_in_what_they_expect_and_in_nothing_else(pack: policy.Pack) -> None:
    short = {"contract_months": 11}
    rows: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"outcome": "符合"}, ()),
        ({"outcome": "eligible", "amount": "500.00"}, ()),
        ({"outcome": "符合", "amount": 499}, ("金额：应为 499.00 元，实为 500.00 元",)),
        ({"outcome": "符合", "failed": "无", "missing": "无"}, ()),
        (short | {"outcome": "不符合"}, ()),
        (short | {"outcome": "不符合", "failed": "contract-term"}, ()),
        (short | {"outcome": "不符合", "failed": "签订一年及以上期限劳动合同"}, ()),
        (
            short | {"outcome": "不符合", "failed": "contract-term;min-hours"},
            (f"未满足的条件：应为 {TERM}、培训不少于规定课时（min-hours），实为 {TERM}",),
        ),
        (
            short | {"outcome": "符合"},
            (f"结论：应为 符合，实为 不符合（未满足：{TERM}）",),
        ),
        ({"hours": "不清楚", "outcome": "待补充材料", "missing": "课时"}, ()),
        ({"hours": "不清楚", "outcome": "待补充材料", "missing": "hours；"}, ()),
        (
            {"hours": "不清楚", "outcome": "待补充材料", "missing": "结业考核合格"},
            ("缺少的信息：应为 结业考核合格，实为 课时",),
        ),
        ({"scheme": "FREE", "outcome": "暂不能核定"}, ()),
        ({"scheme": "FREE", "outcome": "待补充材料", "missing": "补贴标准尚未规定"}, ()),
    ]
    found = checked(pack, *(row for row, _ in rows))
    assert [one.differs for one in found] == [differs for _, differs in rows]


def test_rows_of_a_case_are_decided_together_and_cases_apart(pack: policy.Pack) -> None:
    rows = [
        {"case": "一", "outcome": "符合", "training_id": "甲班", "applied_on": "2020-10-01"},
        {"case": "一", "outcome": "不符合", "failed": "no-repeat"},
        {"case": "二", "outcome": "符合"},
        {"case": "三", "past": "符合"},
        {"case": "三", "outcome": "不符合", "failed": "no-repeat"},
        {"case": "四", "past": "不符合"},
        {"case": "四", "outcome": "符合"},
        {"case": "五", "person_id": "李", "applied_on": "2020-10-01"},
        {"case": "五", "person_id": "王", "outcome": "符合"},
        {"outcome": "符合"},
        {"outcome": "符合"},
    ]
    found = checked(pack, *rows)
    assert [one.differs for one in found] == [()] * 8
    assert [one.line for one in found] == [0, 1, 2, 4, 6, 8, 9, 10]


def test_without_an_example_an_empty_cell_is_not_known(pack: policy.Pack) -> None:
    whole = claim("PRE")
    del whole["person_id"]
    (one,) = checked(pack, whole | {"rest": None, "outcome": "符合", "amount": 500})
    assert not one.differs
    del whole["hours"]
    (one,) = checked(pack, whole | {"rest": None, "outcome": "待补充材料", "missing": "课时"})
    assert not one.differs


def test_bad_cells_are_told_with_row_column_and_value(pack: policy.Pack) -> None:
    read = table(
        pack,
        {"outcome": "通过"},
        {"outcome": "符合", "amount": "五百"},
        {"outcome": "不符合", "failed": "contract"},
        {"outcome": "待补充材料", "missing": "学时"},
        {"rest": "照旧", "outcome": "符合", "applied_on": "2020-10-15", "region": "420100"},
        {"past": "通过"},
        {"past": "符合", "outcome": "符合"},
        {"case": "甲", "about": "什么也不问"},
        {"outcome": "符合", "training_start": "八月"},
        {"outcome": "符合", "scheme": "岗前陪训"},
        {"amount": 500},
    )
    told = {(p.heading, p.value, p.rows): p.message for p in read.problems}
    for heading, value, row, words in (
        ("预期结论", "通过", 0, "只能填 符合、不符合、待补充材料、暂不能核定"),
        ("预期金额（元）", "五百", 1, "应为金额（元）"),
        ("预期未满足的条件", "contract", 2, "不是这个项目的条件；最接近的是“contract-term”"),
        ("预期缺少的信息", "学时", 3, "不是列名；最接近的是“课时”"),
        ("其余信息", "照旧", 4, "只能填 照范例，或留空"),
        ("此前结论", "通过", 5, "只能填 符合、不符合、待补充材料，或留空"),
        ("预期结论", "符合", 6, "这一行是此前的决定"),
        ("预期结论", None, 7, "这个案例没有一行写明预期结论"),
        ("开班日期", "八月", 8, "应为日期"),
        ("补贴项目", "岗前陪训", 9, "只能填：PRE（岗前培训）"),
        ("预期结论", None, 10, "应写明结论"),
    ):
        assert words in told.get((heading, value, (row,)), ""), (heading, value, row)
    # What follows from a mistake is not told once more.
    assert not [one for one in read.problems if one.heading == "审核地区"]
    assert len(read.problems) == 11


def test_conditions_are_named_as_they_are_shown_and_as_people_list_them(
    pack: policy.Pack,
) -> None:
    certified, level = (
        condition.title
        for code in ("certified", "level")
        for condition in pack.schemes["TECH"].conditions
        if condition.code == code
    )
    assert "，" in certified
    assert "、" in level
    for cell in (
        f"{certified}、{level}",
        f"{level}；{certified}。",
        f"{level}（level）， certified",
        f"{certified}(certified)\nlevel;无",
    ):
        read = table(
            pack, {"scheme": "TECH", "rest": "照范例", "outcome": "不符合", "failed": cell}
        )
        assert not read.problems, cell
        assert set(read.expected[0].failed or ()) == {"certified", "level"}, cell


def test_bad_headings_are_told(pack: policy.Pack) -> None:
    read = policy.read_case_table(
        pack,
        [
            ("案例", ["1"]),
            ("案例", ["2"]),
            ("补帖项目", ["PRE"]),
            ("受理日期", [None]),
            ("结论", ["符合"]),
            ("预期金额", ["五百"]),
            ("未满足条件", [None]),
        ],
        1,
    )
    told = [problem.message for problem in read.problems]
    for words in (
        "出现了两次",
        "最接近的是“补贴项目”",
        "缺少“预期结论”这一列",
        "最接近的是“预期结论”，请改名",
        "最接近的是“预期未满足的条件”，请改名",
        "缺少必填的列“补贴项目”",
    ):
        assert any(words in message for message in told), words


def test_a_draft_is_put_in_force_only_when_its_cases_pass(pack: policy.Pack) -> None:
    drafted = pack.with_draft(RAISED)
    good = table(
        pack,
        {"outcome": "符合", "amount": 600},
        {"outcome": "符合", "amount": 500, "applied_on": "2020-09-30"},
    )
    found = policy.readiness(pack, drafted, good)
    assert (found.ready, found.reasons) == (True, ())
    assert any("应为 符合，500.00 元；实为 符合，600.00 元" in one for one in found.outdated)
    now = policy.put_in_force(pack, RAISED, good)
    assert now.draft is None
    assert now.release.startswith("hubei-")
    assert "draft" not in now.release
    assert now.release not in (pack.release, drafted.release)
    (decision,) = decided(now, [claim("PRE")])
    assert (str(decision["amount_yuan"]), decision["release"]) == ("600.00", now.release)


@pytest.mark.parametrize(
    ("made", "rows", "reason"),
    [
        (RAISED, [{"outcome": "符合", "amount": 500}], "金额：应为 500.00 元，实为 600.00 元"),
        (RAISED, [{"outcome": "不符合", "hours": 2}], "检验不出草案的改动"),
        (
            RAISED,
            [{"outcome": "符合", "scheme": "ONLN"}],
            "草案改动了岗前培训，案例表中没有它的案例",
        ),
        (RAISED, [{"outcome": "通过"}], "案例表有 1 处错误"),
        (policy.draft_of(GOOD), [{"outcome": "不符合"}], "草案改动了以工代训"),
    ],
)
def test_what_stands_against_a_draft(
    made: policy.Draft, rows: list[dict[str, Any]], reason: str, pack: policy.Pack
) -> None:
    read = table(pack, *rows)
    found = policy.readiness(pack, pack.with_draft(made), read)
    assert not found.ready
    assert any(reason in one for one in found.reasons), found.reasons
    with pytest.raises(policy.NotReady) as caught:
        policy.put_in_force(pack, made, read)
    assert reason in str(caught.value)
