"""Drafts: what they change and what not; what is wrong with one is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jineng import policy
from tests.policy.claims import claim, decided
from tests.policy.drafts import GOOD, draft


def paid(pack: policy.Pack, scheme: str, **facts: Any) -> str:
    """What one claim comes to: yuan, or why not."""
    (line,) = decided(pack, [claim(scheme, **facts)])
    return str(line["amount_yuan"]) if line["outcome"] == "eligible" else line["failed"]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> policy.Pack:
    path = tmp_path_factory.mktemp("draft") / "草案.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return policy.load("hubei").with_draft(path)


def test_a_draft_decides_by_its_figures(pack: policy.Pack, drafted: policy.Pack) -> None:
    rows: list[tuple[str, dict[str, Any], str, str]] = [
        ("PRE", {"hours": 24}, "500.00", "min-hours"),
        ("PRE", {"hours": 25}, "500.00", "600.00"),
        ("PRE", {"hours": 25, "applied_on": "2020-09-30"}, "500.00", "500.00"),
        ("WORK", {"applied_on": "2021-06-30"}, "accepted-by", "500.00"),
        ("WORK", {"applied_on": "2021-07-01"}, "accepted-by", "accepted-by"),
        ("FREE", {"applied_on": "2020-09-01"}, "", "1200.00"),
        ("FREE", {"applied_on": "2020-08-31"}, "", ""),
        ("POST", {}, "300.00", "300.00"),
    ]
    for scheme, facts, before, after in rows:
        assert (paid(pack, scheme, **facts), paid(drafted, scheme, **facts)) == (before, after)


def test_a_draft_has_a_release_that_is_no_release_in_force(
    pack: policy.Pack, drafted: policy.Pack
) -> None:
    assert drafted.release.startswith("hubei-draft-")
    (line,) = decided(drafted, [claim("PRE", hours=25)])
    assert line["release"] == drafted.release
    assert "拟1 一" in line["basis"].split(";")
    assert pack.with_draft(policy.draft_of(GOOD, "另一个名字.yaml")).release == drafted.release
    other = pack.with_draft(policy.draft_of(GOOD.replace("600, ", "601, ")))
    assert other.release not in (drafted.release, pack.release)
    assert drafted.draft is not None
    assert (drafted.draft.title, drafted.draft.note) == (
        "岗前培训提到 600 元，以工代训延长半年",
        "供讨论",
    )


def test_an_explanation_shows_the_drafts_document(drafted: policy.Pack) -> None:
    told = drafted.explain([claim("FREE")], "1")
    (shown,) = told.amount.parameters
    assert (shown.text, shown.region) == ("1200.00 元", "420100")
    assert "武人社发〔2021〕（拟）" in told.text()


def test_the_pack_stays_as_it_was(pack: policy.Pack) -> None:
    before = pack.release, [v.value for v in pack.schemes["PRE"].parameters["standard"].values]
    pack.with_draft(policy.draft_of(GOOD)).judge  # noqa: B018
    after = pack.release, [v.value for v in pack.schemes["PRE"].parameters["standard"].values]
    assert before == after


#: What an official may write wrongly, and words that the message must have.
WRONG = {
    "岗前培训:\n  standard:\n    values:\n    - {from: 2021-01-01, value: 600}": (
        "岗前培训 standard", "2021-01-01", "没有依据"),
    "岗前培训:\n  standard:\n    values:\n    - {from: 2021-01-01, value: 六百, cites: D6 结尾}": (
        "岗前培训 standard", "2021-01-01", "六百"),
    "岗前培训:\n  standard:\n    values:\n    - {from: 2021-13-01, value: 600, cites: D6 结尾}": (
        "岗前培训 standard", "2021-13-01", "应写作 2020-06-01"),
    "岗前培训:\n  standard:\n    values:\n    - {value: 600, cites: D6 一(二)1}": (
        "岗前培训 standard", "缺少生效日期"),
    "岗前培训:\n  standard:\n    values:\n    - {from: 2021-01-01, value: 600, cites: D9 一}": (
        "岗前培训 standard", "2021-01-01", "“D9 一”"),
    "岗前培训:\n  standard:\n    values: 600": ("岗前培训 standard", "values 应为列表"),
    "岗前培训:\n  standard:\n    values: [600]": ("岗前培训 standard", "“600”"),
    "岗前培训:\n  standard: 600": ("岗前培训 standard", "应写成"),
    "岗前培训:\n  standard: {bound: floor, values: []}": (
        "岗前培训 standard", "bound 不能由草案改变"),
    "岗前培训:\n  standard: {vaules: []}": ("岗前培训 standard", "不认识“vaules”"),
    "岗前培训:\n  in_force_d6: {until: 2022-06-30}": ("岗前培训 in_force_d6", "请写在 shared 之下"),
    "岗前培训:\n  hours: {values: []}": ("岗前培训 hours", "没有这个参数", "min_hours（最少课时）"),
    "岗前培训:\n  standard: {until: 2022-06-30, cites: D6 一(二)1}": (
        "岗前培训 standard", "不是期限"),
    "shared:\n  in_force_d6: {until: 明年, cites: D6 结尾}": ("shared in_force_d6", "明年"),
    "shared:\n  in_force_d6: {until: 2022-06-30}": ("shared in_force_d6", "没有依据"),
    "shared:\n  in_force_d6: {until: 2019-06-30, cites: D6 结尾}": (
        "shared in_force_d6", "早于起始日"),
    "岗前陪训:\n  standard: {values: []}": ("没有补贴项目“岗前陪训”", "PRE 岗前培训"),
    "PRE: {}\n岗前培训: {}": ("“岗前培训”与“PRE”是同一项目",),
    "PRE:\n  min_hours: {values: []}\nPRE: {}": ("第 5 行", "“PRE”写了两次"),
    "职工技能提升补贴:\n  standard:\n    values:\n"
    "    - {from: 2021-01-01, value: {6: 100}, cites: D1 二(一)}": (
        "职工技能提升补贴 standard", "2021-01-01", "“6”不是“技能等级”的代码"),
    "职工技能提升补贴:\n  levels:\n    values:\n"
    "    - {from: 2021-01-01, value: [3, 9], cites: D1 二(一)}": ("levels", "2021-01-01", "9"),
    "岗前培训:\n  standard:\n    values:\n"
    "    - {from: 2021-01-01, region: 420100, value: 501, cites: D6 一(二)1}": (
        "岗前培训 standard", "2021-01-01", "420100", "高于上限 500.00 元",
        "pre_job.parameters.yaml"),
    "岗前培训:\n  standard:\n    values:\n"
    "    - {from: 2021-01-01, value: 700, cites: D6 一(二)1}\n"
    "    - {from: 2021-01-01, value: 800, cites: D6 一(二)1}": (
        "岗前培训 standard", "2021-01-01", "日期重叠"),
}  # fmt: skip


@pytest.mark.parametrize("written", WRONG)
def test_what_is_wrong_is_told_with_file_key_and_date(written: str, pack: policy.Pack) -> None:
    with pytest.raises(policy.DraftError) as caught:
        pack.with_draft(draft(written))
    reasons = caught.value.reasons
    assert len(reasons) == 1, reasons
    assert reasons[0].startswith("草案.yaml：")
    for word in WRONG[written]:
        assert word in reasons[0]


def test_everything_wrong_is_told_at_once(pack: policy.Pack) -> None:
    with pytest.raises(policy.DraftError) as caught:
        pack.with_draft(
            policy.draft_of(
                "draft: 试\n"
                "documents: {D6: {number: 一}, 拟 2: {title: 二}}\n"
                "parameters:\n"
                "  PRE: {standard: {values: [{from: 2021-01-01, value: 600}]}}\n"
                "  NONE: {}\n"
                "standards:\n"
                "- {region: 420106, scheme: FREE, value: 1, number: 甲, from: 2021-01-01}\n"
                "- {region: 420100, scheme: ONLN, value: 1, number: 乙, from: 2021-01-01}\n"
                "- {region: 420100}\n"
                "- 420100\n"
            )
        )
    told = str(caught.value)
    for words in (
        "草案不能使用",
        "documents D6：政策包中已有 D6",
        "documents D6：缺少 title",
        "documents 拟 2：代号中不能有空格",
        "没有补贴项目“NONE”",
        "PRE standard（自 2021-01-01 起）：没有依据",
        "县区随其市州",
        "“企业组织线上培训补贴标准（每人）”由省里规定",
        "第 3 条：缺少 scheme",
        "第 4 条：应写成",
    ):
        assert words in told


def test_a_file_that_is_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "草案.yaml"
    for content, words in (
        (b"", "没有读到任何内容"),
        (b"draft: [", "不是有效的 YAML（第"),
        ("draft: 甲".encode(), "什么也没有改"),
        (b"parameters: {PRE: {}}", "缺少 draft"),
        ("draft: 甲\nparameter: {}".encode(), "不认识“parameter”"),
        ("draft: 甲".encode("gb18030"), "不是 UTF-8"),
    ):
        path.write_bytes(content)
        with pytest.raises(policy.DraftError, match=r"草案\.yaml：") as caught:
            policy.read_draft(path)
        assert words in str(caught.value)
