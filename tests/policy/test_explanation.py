"""An explanation says what the decision says, and why, and who holds a place."""

from __future__ import annotations

import json
import random

from jineng import policy
from jineng.policy.facts import OUTCOMES
from tests.policy import oracle
from tests.policy.claims import any_claim, claim, decided, small_world
from tests.policy.test_across import alone, past

LONE_CLAIMS = 2000
ACROSS = ("no-repeat", "one-claim", "max-6-months", "annual-cap")


def test_it_says_what_the_decision_says(open_pack: policy.Pack) -> None:
    """Outcome, amount, failed, missing, basis of thousands of claims, half of them not in order."""
    chance = random.Random(61)
    lines = [any_claim(chance, str(number), f"人{number}") for number in range(LONE_CLAIMS)]
    seen = set()
    for line, decision in zip(lines, decided(open_pack, lines), strict=True):
        explanation = open_pack.explain([line], line["claim_id"])
        assert {
            "claim_id": explanation.claim_id,
            "outcome": explanation.outcome,
            "amount_yuan": explanation.amount_yuan,
            "payee": explanation.payee,
            "fund": explanation.fund,
            "failed": ";".join(explanation.failed),
            "missing": ";".join(explanation.missing),
            "basis": ";".join(explanation.basis),
            "release": explanation.release,
        } == decision | {"amount_yuan": f"{decision['amount_yuan']:.2f}"}
        consistent(open_pack, explanation)
        seen.add((line["scheme"], decision["outcome"]))
    assert len(seen) == len(open_pack.schemes) * len(OUTCOMES)


def consistent(pack: policy.Pack, explanation: policy.Explanation) -> None:
    """Its parts fit together."""
    scheme = pack.schemes[explanation.scheme]
    assert [c.code for c in explanation.conditions] == [c.code for c in scheme.conditions]
    statuses = {c.code: c.status for c in explanation.conditions}
    assert explanation.failed == tuple(c for c, status in statuses.items() if status == "fails")
    if explanation.outcome == "eligible":
        assert set(statuses.values()) == {"holds"}
        assert explanation.amount.due_fen == explanation.amount_fen
    else:
        assert explanation.amount_fen == 0
    if explanation.outcome == "needs_evidence":
        empty = {f.name for c in explanation.conditions for f in c.facts if f.value is None}
        empty |= {fact.name for fact in explanation.amount.facts if fact.value is None}
        assert explanation.missing == ("standard-not-set",) or set(explanation.missing) <= empty


def test_it_names_who_holds_the_place(open_pack: policy.Pack) -> None:
    """The stopping claims are exactly those that the slow loop finds, and no others are named."""
    chance = random.Random(62)
    lines = small_world(chance, persons=8, claims_each=12)
    history = past(chance, small_world(chance, persons=8, claims_each=2))
    expected = oracle.stopped(alone(open_pack, lines), history)
    decisions = {line["claim_id"]: line for line in decided(open_pack, lines, history)}
    wanted: dict[str, list[str]] = {code: [] for code in ("", *ACROSS)}
    for name, (code, _) in expected.items():
        wanted[code].append(name)
    for code, names in wanted.items():
        for name in names[:4]:
            explanation = open_pack.explain(lines, name, history=history)
            stopped = {c.code: set(c.stopped_by) for c in explanation.conditions if c.stopped_by}
            assert stopped == ({code: expected[name][1]} if code else {})
            assert explanation.failed == ((code,) if code else ())
            assert explanation.outcome == decisions[name]["outcome"]
            assert ";".join(explanation.basis) == decisions[name]["basis"]
    assert all(wanted[code] for code in ("", "no-repeat", "one-claim", "annual-cap"))


def test_the_seventh_month_names_the_six(pack: policy.Pack) -> None:
    months = [claim("WORK", f"{m}", service_month=f"2020-{m:02}") for m in range(1, 8)]
    explanation = pack.explain(months, "7")
    (stopped,) = (c for c in explanation.conditions if c.stopped_by)
    assert stopped.code == "max-6-months"
    assert stopped.stopped_by == ("1", "2", "3", "4", "5", "6")
    assert "已被占用：1、2、3、4、5、6" in explanation.text()


def test_what_comes_after_the_first_stop_is_not_tested(pack: policy.Pack) -> None:
    old = claim("SKIL", "旧", training_id="旧班", outcome="eligible")
    explanation = pack.explain([claim("SKIL")], "1", history=[old])
    statuses = {c.code: c.status for c in explanation.conditions}
    assert statuses["no-repeat"] == "fails"
    assert {statuses["one-claim"], statuses["annual-cap"]} == {"not_tested"}


def test_others_are_not_looked_at_unless_the_claim_itself_holds(pack: policy.Pack) -> None:
    old = claim("SKIL", "旧", training_id="旧班", outcome="eligible")
    for facts in ({"level": 1}, {"certificate_no": None}, {"level": 5}):
        explanation = pack.explain([claim("SKIL", **facts)], "1", history=[old])
        statuses = {c.code: c.status for c in explanation.conditions}
        assert {statuses[code] for code in ("no-repeat", "one-claim", "annual-cap")} == {
            "not_tested"
        }


def test_other_persons_do_not_change_it(pack: policy.Pack) -> None:
    mine = claim("SKIL")
    among = [claim("SKIL", str(n), f"人{n}") for n in range(2, 30)]
    assert pack.explain([*among, mine], "1") == pack.explain([mine], "1")


def test_it_reads_as_an_official_reads(pack: policy.Pack) -> None:
    text = pack.explain([claim("PRE", contract_months=11, contract_signed_on=None)], "1").text()
    for words in (
        "岗前培训（PRE）",
        "结论：不符合　金额：0.00 元",
        "【不满足】签订一年及以上期限劳动合同（contract-term）",
        "事实：合同期限（月） 11",
        "标准：劳动合同最短期限（月） 12（2020-06-01 起）",
        "鄂人社函〔2020〕61号 一(二)1",
        "【暂无法判断】在劳动合同签订之日起一年内开班",
        "合同签订日期 未提供",
        "假定：以受理日期判断文件是否有效；另一种理解：",
        f"政策版本：{pack.release}",
    ):
        assert words in text
    needs = pack.explain([claim("FREE", training_start=None)], "1")
    assert "还缺少：开班日期" in needs.text()
    assert "该地区尚未规定补贴标准" in pack.explain([claim("FREE")], "1").text()
    assert "发给承训机构" in (needs.payee_assumed or "")


def test_it_is_plain_data(open_pack: policy.Pack) -> None:
    """``to_dict`` survives JSON, amounts are yuan as text."""
    chance = random.Random(63)
    for number in range(60):
        data = open_pack.explain([any_claim(chance, str(number), "甲")], str(number)).to_dict()
        assert json.loads(json.dumps(data, ensure_ascii=False)) == json.loads(json.dumps(data))
    data = open_pack.explain([claim("VETE", fee_yuan="1650.05")], "1").to_dict()
    assert data["amount_yuan"] == data["amount"]["due_yuan"] == "1650.05"
    assert data["conditions"][0]["cites"][0]["number"] == "鄂教职成〔2020〕1号"
    assert {"code", "title", "status", "facts", "parameters", "cites", "assumed", "readings",
            "stopped_by"} <= set(data["conditions"][0])  # fmt: skip


def test_an_identity_number_is_masked(pack: policy.Pack) -> None:
    number = "42010619900101000"
    number += policy_check_character(number)
    explanation = pack.explain([claim("PRE", person_id=number)], "1")
    assert number not in explanation.text()
    assert number not in json.dumps(explanation.to_dict(), ensure_ascii=False)


def policy_check_character(first_17: str) -> str:
    """The check character (GB 11643), reckoned here anew."""
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(weight * int(digit) for weight, digit in zip(weights, first_17, strict=True))
    return "10X98765432"[total % 11]
