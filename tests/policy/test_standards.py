"""Regional standards: in force from a day on, within bounds, never changing what was decided."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jineng import policy
from tests.policy.claims import claim, decided
from tests.policy.drafts import standard


def paid(pack: policy.Pack, scheme: str, **facts: Any) -> str:
    (line,) = decided(pack, [claim(scheme, **facts)])
    return str(line["amount_yuan"]) if line["outcome"] == "eligible" else line["missing"]


def test_a_standard_holds_in_its_region_from_its_day_on(pack: policy.Pack) -> None:
    set_ = pack.with_standards(
        [
            standard(),
            standard(scheme="岗前培训", value="450.50", number="武人社发〔2020〕13号"),
            standard(region="422800", scheme="APPR", value=5000, number="恩施州人社发〔2020〕3号"),
            standard(scheme="SPEC", value={"养老护理员专项培训": 900}, end=date(2020, 12, 31)),
        ]
    )
    rows: list[tuple[str, dict[str, Any], str]] = [
        ("FREE", {"applied_on": "2020-08-31"}, "standard-not-set"),
        ("FREE", {"applied_on": "2020-09-01"}, "1200.00"),
        ("FREE", {"region": "420106"}, "1200.00"),
        ("FREE", {"region": "420300"}, "standard-not-set"),
        ("PRE", {"region": "420106"}, "450.50"),
        ("APPR", {"region": "422801"}, "5000.00"),
        ("SPEC", {"applied_on": "2020-12-31"}, "900.00"),
        ("SPEC", {"applied_on": "2021-01-01"}, "standard-not-set"),
    ]
    assert [paid(set_, scheme, **facts) for scheme, facts, _ in rows] == [row[2] for row in rows]
    (line,) = decided(set_, [claim("FREE")])
    assert line["basis"].endswith("武人社发〔2020〕12号")
    told = set_.explain([claim("FREE")], "1")
    assert told.amount.parameters[0].region == "420100"
    assert "武人社发〔2020〕12号" in told.text()


def test_the_release_covers_standards_and_not_who_entered_them(pack: policy.Pack) -> None:
    one, two = standard(), standard(region="420300", number="十人社发〔2020〕1号")
    both = pack.with_standards([one, two])
    assert pack.with_standards([one]).with_standards([two]).release == both.release
    assert pack.with_standards([two, one]).release != both.release
    assert pack.with_standards([]).release == pack.release
    renamed = standard(entered_by="丙", seconded_by="丁", value="1200.00")
    assert pack.with_standards([renamed, two]).release == both.release
    assert len({pack.release, both.release, pack.with_standards([one]).release}) == 3
    assert both.release.startswith("hubei-")


def test_what_was_decided_stays_as_it_was_and_can_be_explained(pack: policy.Pack) -> None:
    first = standard()
    corrected = standard(value=1000, number="武人社发〔2020〕40号", replaces="武人社发〔2020〕12号")
    book = [first, corrected]
    line = claim("FREE", "F1", "甲", applied_on="2020-10-15")
    decision = decided(pack.with_standards([first]), [line])[0]
    assert str(decision["amount_yuan"]) == "1200.00"

    now = pack.with_standards(book)
    assert paid(now, "FREE") == "1000.00"
    # the earlier decision is history, and not decided again
    later = claim("FREE", "F2", "甲", training_id="班2")
    earlier = line | {"outcome": decision["outcome"]}
    assert decided(now, [later], [earlier])[0]["failed"] == "no-repeat"
    # and is explained by the release that it carries
    then = pack.of_release(decision["release"], book)
    assert decided(then, [line]) == [decision]
    told = then.explain([line], "F1")
    assert (told.amount_yuan, told.release) == ("1200.00", decision["release"])
    assert pack.of_release(pack.release, book).release == pack.release
    with pytest.raises(LookupError, match="hubei-0"):
        pack.of_release("hubei-0", book)


WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "above the cap": (
        {"scheme": "PRE", "value": 501},
        ("420100 岗前培训 standard", "2020-09-01", "高于上限 500.00 元"),
    ),
    "below the floor": (
        {"scheme": "APPR", "value": "3999.99"},
        ("420100 企业新型学徒制 standard", "2020-09-01", "低于下限 4000.00 元"),
    ),
    "a county": ({"region": "420106"}, ("420106", "县区随其市州")),
    "a scheme that is none": ({"scheme": "FERE"}, ("没有补贴项目“FERE”",)),
    "a parameter that is none": ({"parameter": "amount"}, ("没有参数 amount",)),
    "the province's own": ({"scheme": "ONLN"}, ("由省里规定",)),
    "the province's to set": ({"scheme": "STUD"}, ("由省里规定",)),
    "no amount": ({"scheme": "PRE", "parameter": "min_hours", "value": 10}, ("由省里规定",)),
    "no money": ({"value": "很多"}, ("很多",)),
    "a table where a figure belongs": ({"value": {"3": 100}}, ("420100", "yuan")),
    "not seconded": ({"seconded_by": ""}, ("须写明录入人", "复核人")),
    "seconded by oneself": ({"seconded_by": "甲"}, ("不得是同一人",)),
    "without a document": ({"number": ""}, ("缺少文件号",)),
    "a number with spaces": ({"number": "武人社发 12号"}, ("不能有空格",)),
    "a document of the pack": ({"number": "D7"}, ("与政策包文件的代号相同",)),
    "a date as text": ({"start": "2020-09-01"}, ("应写作 2020-06-01",)),
    "an end before the start": ({"end": date(2020, 8, 1)}, ("早于生效日期",)),
    "nothing to correct": ({"replaces": "武人社发〔2019〕1号"}, ("没有要更正的标准",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_region_parameter_and_date(name: str, pack: policy.Pack) -> None:
    words, told = WRONG[name]
    with pytest.raises(policy.StandardsError) as caught:
        pack.with_standards([standard(**words)])
    assert "地区标准第 1 条" in str(caught.value)
    for word in told:
        assert word in str(caught.value)


def test_a_second_standard_for_the_same_days_must_name_the_first(pack: policy.Pack) -> None:
    again = standard(value=1000, number="武人社发〔2020〕40号")
    with pytest.raises(policy.StandardsError, match=r"第 2 条.*已有标准（武人社发〔2020〕12号）"):
        pack.with_standards([standard(), again])
    with pytest.raises(policy.StandardsError, match=r"第 1 条.*已有标准（武人社发〔2020〕12号）"):
        pack.with_standards([standard()]).with_standards([again])
    ended = standard(end=date(2020, 12, 31))
    overlapping = standard(start=date(2020, 12, 31), number="武人社发〔2020〕40号")
    with pytest.raises(policy.StandardsError, match="日期重叠，地区 420100"):
        pack.with_standards([ended, overlapping])
    following = standard(start=date(2021, 1, 1), number="武人社发〔2020〕40号", value=1300)
    assert (
        paid(pack.with_standards([ended, following]), "FREE", applied_on="2021-01-04") == "1300.00"
    )
    assert paid(pack.with_standards([standard(), following]), "FREE") == "1200.00"


def test_a_file_of_standards(pack: policy.Pack, tmp_path: Path) -> None:
    path = tmp_path / "标准.yaml"
    path.write_text(
        "- {region: 420100, scheme: FREE, value: 1200, number: 武人社发〔2020〕12号,\n"
        "   clause: 二(一), from: 2020-09-01, entered_by: 甲, seconded_by: 乙}\n",
        encoding="utf-8",
    )
    read = policy.read_laid(path)
    made = policy.laid_over(pack, read)
    assert paid(made, "FREE") == "1200.00"
    (line,) = decided(made, [claim("FREE")])
    assert line["basis"].endswith("武人社发〔2020〕12号 二(一)")
    # All that is wrong is told at once, each by where it stands in the file.
    path.write_text(
        "- {region: 420100, schme: FREE}\n- 1\n- enacted: {draft: 提高}\n- {region: 420200}\n",
        encoding="utf-8",
    )
    with pytest.raises(policy.StandardsError) as caught:
        policy.read_laid(path)
    for words in (
        "标准.yaml：地区标准第 1 条：缺少 scheme",
        "不认识“schme”",
        "第 2 条：应写成",
        "第 3 条：parameters 和 standards 都没有",
        "第 4 条：缺少 number",
    ):
        assert words in str(caught.value)
    for wrong, words in ((b"region: 420100", "应写成列表"), (b"- \xff", "不是 UTF-8 文本")):
        path.write_bytes(wrong)
        with pytest.raises(policy.StandardsError, match=words):
            policy.read_laid(path)
