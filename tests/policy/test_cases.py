"""Cases: a difference is told in an official's words, and what can't be read is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from jineng import policy
from jineng.policy.cases import read_bases, read_cases, run_cases
from tests.policy.packs import copied

FILE = "pre_job.cases.yaml"
IN_ORDER = """
base: {applied_on: 2020-10-15, region: 420100, employer_id: 甲, training_id: 一, hours: 24,
       training_mode: offline, training_start: 2020-08-01, plan_filed_on: 2020-07-25, passed: yes,
       contract_signed_on: 2020-07-01, contract_months: 12, hire_status: new,
       social_insurance_months: 3, still_employed: yes}
cases:
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


def with_cases(folder: Path, cases: str) -> policy.Pack:
    (folder / FILE).write_text(IN_ORDER + cases, encoding="utf-8")
    return policy.load(folder)


def results(folder: Path, cases: str) -> list[policy.CaseResult]:
    pack = with_cases(folder, cases)
    return run_cases(pack, [case for case in read_cases(pack) if case.scheme == "PRE"])


def test_a_difference_names_case_expectation_and_outcome(folder: Path) -> None:
    wrong, right = results(
        folder,
        """
- case: 合同差一个月
  cites: D6 一(二)1
  given: {contract_months: 11}
  expect: {outcome: needs_evidence, missing: [contract_months]}
- case: 样样符合
  cites: D6 一(二)1
  expect: {outcome: eligible, amount: 500}
""",
    )
    assert not wrong.holds
    assert wrong.message == (
        "pre_job.cases.yaml 第 1 例“合同差一个月”：应为 待补充材料，0.00 元，缺少 contract_months；"
        "实为 不符合，0.00 元，未满足 contract-term"
    )
    assert right.holds
    assert right.message == "pre_job.cases.yaml 第 2 例“样样符合”：符合，500.00 元"


def test_each_part_of_the_expectation_counts(folder: Path) -> None:
    expectations = {
        "{outcome: eligible, amount: 500}": True,
        "{outcome: eligible, amount: 500.00}": True,
        "{outcome: eligible, amount: 499.99}": False,
        "{outcome: eligible}": False,
        "{outcome: ineligible, amount: 500}": False,
        "{outcome: eligible, amount: 500, failed: [passed]}": False,
        "{outcome: eligible, amount: 500, missing: [passed]}": False,
    }
    cases = [f"- {{case: 一例, cites: D6 一(二)1, expect: {wish}}}\n" for wish in expectations]
    held = [result.holds for result in results(folder, "".join(cases))]
    assert held == list(expectations.values())


def test_failed_conditions_count_in_their_order(folder: Path) -> None:
    given = "given: {contract_months: 11, hours: 1}"
    expect = "expect: {outcome: ineligible, failed: [min-hours, contract-term]}"
    (result,) = results(folder, f"- {{case: 一例, cites: D6 一(二)1, {given}, {expect}}}\n")
    assert not result.holds


def test_cases_do_not_touch_each_other_and_lines_of_one_do(folder: Path) -> None:
    first, second, third, other_person = results(
        folder,
        """
- {case: 第一次, cites: D7 四(二), expect: {outcome: eligible, amount: 500}}
- {case: 另一例的第一次, cites: D7 四(二), expect: {outcome: eligible, amount: 500}}
- case: 本例已有一次
  cites: D7 四(二)
  with: [{training_id: 二}]
  expect: {outcome: ineligible, failed: [no-repeat]}
- case: 另一人的一次
  cites: D7 四(二)
  with: [{person_id: 乙}]
  history: [{person_id: 丙, outcome: eligible}]
  expect: {outcome: eligible, amount: 500}
""",
    )
    assert first.holds
    assert second.holds
    assert third.holds
    assert other_person.holds


def test_a_line_of_another_scheme_starts_from_that_schemes_base(folder: Path) -> None:
    pack = with_cases(
        folder,
        """
- case: 已有学徒补贴
  cites: D8 六3
  with: [{scheme: APPR, training_id: 一}]
  expect: {outcome: ineligible, failed: [one-claim]}
""",
    )
    case = read_cases(pack)[0]
    apprentice = read_bases(pack)["APPR"]
    assert case.others[0]["apprentice_agreement"] is apprentice["apprentice_agreement"] is True
    assert "contract_months" not in case.others[0]


def test_all_that_cannot_be_read_is_told_at_once(folder: Path) -> None:
    pack = with_cases(
        folder,
        """
- cites: D6 一(二)1
  expect: {outcome: eligible}
- case: 没有依据
  expect: {outcome: eligible}
- case: 条款不对
  cites: D6 九(九)
  expect: {outcome: eligible}
- case: 结论不对
  cites: D6 一(二)1
  expect: {outcome: yes}
- case: 写错的事实
  cites: D6 一(二)1
  given: {contract_month: 11}
  expect: {outcome: ineligible, failed: [contract-terms], missing: [sex], sum: 3}
- case: 写错的项目
  cites: D6 一(二)1
  with: [{scheme: NONE}]
  wish: {}
  expect: {outcome: eligible, amount: 五百}
""",
    )
    (folder / "online.cases.yaml").unlink()
    (folder / "veterans.cases.yaml").write_text("cases: [", encoding="utf-8")
    with pytest.raises(policy.CasesError) as caught:
        read_cases(pack)
    told = "\n".join(caught.value.reasons)
    for reason in (
        "第 1 例“”：缺少 case",
        "第 2 例“没有依据”：缺少 cites",
        "第 3 例“条款不对”：依据“D6 九(九)”不在文件条款表中",
        "第 4 例“结论不对”：expect 的 outcome 只能填 eligible、ineligible、needs_evidence",
        "第 5 例“写错的事实”：given：没有名为“contract_month”的事实",
        "第 5 例“写错的事实”：expect 中不认识“contract-terms”",
        "第 5 例“写错的事实”：expect 中不认识“sex”",
        "第 5 例“写错的事实”：不认识“sum”",
        "第 6 例“写错的项目”：没有补贴项目“NONE”",
        "第 6 例“写错的项目”：不认识“wish”",
        "第 6 例“写错的项目”：amount 应为金额（元）",
        "online.cases.yaml：没有案例文件",
        "veterans.cases.yaml：不是有效的 YAML",
    ):
        assert reason in told
    assert told.count(FILE) == told.count("第 ")


def test_a_fact_that_cannot_be_read_names_case_and_value(folder: Path) -> None:
    pack = with_cases(
        folder,
        """
- case: 日期写错
  cites: D6 一(二)1
  given: {training_start: 八月一日}
  expect: {outcome: eligible, amount: 500}
""",
    )
    with pytest.raises(policy.CasesError, match="第 1 例“日期写错”：开班日期 八月一日：应为日期"):
        run_cases(pack)
