"""Every case of the pack holds, and together they try every condition in every way it can go."""

from __future__ import annotations

import pytest

from jineng import policy
from jineng.policy.cases import CaseResult, case_facts, run_cases
from jineng.policy.explanation import Explanation
from jineng.policy.facts import FACT, STANDARD_NOT_SET
from tests.policy.claims import claim, decided

STATUSES = ("holds", "fails", "undetermined")
#: Conditions that other claims alone can fail once the claim's own facts are known.
ACROSS = ("no-repeat", "one-claim", "max-6-months", "annual-cap")

DATE_IS_FILLED = "受理日期必填，总能判断"
EMPTY_IS_NO = "空白视为不在黑名单上，总能判断"
READS_NO_FACT = "只看其他申请，不读本申请的事实"
EVERY_KIND = "五类证书都算数，空白是不知道而不是没有，所以不会不满足"
NO_STANDARD = "各地尚未规定标准，金额未知的申请不与其他申请比较"

WITHOUT_STANDARD = ("FREE", "LIVE", "GRAD", "ENTR", "STUD", "SPEC")
ALL = ("PRE", "POST", "WORK", "COMP", "APPR", "TECH", "SKIL", "ONLN", "FREE", "LIVE", "GRAD",
       "ENTR", "STUD", "VETE", "SPEC")  # fmt: skip
NOT_LIVE = tuple(code for code in ALL if code != "LIVE")
NEITHER_LIVE_NOR_WORK = tuple(code for code in NOT_LIVE if code != "WORK")

#: What no case can show: condition, status, schemes, and why.
IMPOSSIBLE: dict[tuple[str, str, str], str] = {
    **{("in-force", "undetermined", s): DATE_IS_FILLED for s in ALL if s not in ("WORK", "ONLN")},
    **{("not-blacklisted", "undetermined", s): EMPTY_IS_NO for s in ALL},
    **{("one-claim", "undetermined", s): READS_NO_FACT for s in NEITHER_LIVE_NOR_WORK},
    **{("annual-cap", "undetermined", s): READS_NO_FACT for s in NOT_LIVE},
    ("max-6-months", "undetermined", "WORK"): READS_NO_FACT,
    **{("certified-any", "fails", s): EVERY_KIND for s in ("FREE", "GRAD", "ENTR")},
    **{
        (condition, status, scheme): NO_STANDARD
        for scheme in WITHOUT_STANDARD
        for condition in ("no-repeat", "one-claim", "annual-cap")
        for status in ("holds", "fails")
        if scheme != "LIVE" or condition == "no-repeat"
    },
}


@pytest.fixture(scope="session")
def results(pack: policy.Pack) -> list[CaseResult]:
    return run_cases(pack)


def explained(pack: policy.Pack, result: CaseResult) -> Explanation:
    table, history = case_facts([result.case])
    return pack.explain(table, result.case.claim["claim_id"], history=history)


def shown_by(pack: policy.Pack, result: CaseResult) -> set[tuple[str, str]]:
    """Conditions and how they come out, as far as the decision tells without an explanation."""
    scheme, got = pack.schemes[result.case.scheme], result.got
    codes = [condition.code for condition in scheme.conditions]
    shown = {(code, "fails") for code in got.failed}
    if got.outcome == "eligible":
        shown |= {(code, "holds") for code in codes}
    elif set(got.failed) & set(ACROSS) or got.missing == (STANDARD_NOT_SET,):
        shown |= {(code, "holds") for code in codes if code not in ACROSS}
    elif got.missing:
        conditions = explained(pack, result).conditions
        shown |= {(c.code, c.status) for c in conditions if c.status == "undetermined"}
    return shown


def test_every_case_holds(results: list[CaseResult]) -> None:
    assert [result.message for result in results if not result.holds] == []


def test_cases_try_every_condition_in_every_way_it_can_go(
    pack: policy.Pack, results: list[CaseResult]
) -> None:
    shown = {
        (condition, status, result.case.scheme)
        for result in results
        for condition, status in shown_by(pack, result)
    }
    wanted = {
        (condition.code, status, scheme.code)
        for scheme in pack.schemes.values()
        for condition in scheme.conditions
        for status in STATUSES
    }
    assert set(IMPOSSIBLE) <= wanted, "the list names what isn't there"
    assert sorted(wanted - shown - set(IMPOSSIBLE)) == [], "no case shows these"
    assert sorted(shown & set(IMPOSSIBLE)) == [], "cases show what the list calls impossible"


def test_the_reasons_why_not_are_true(pack: policy.Pack) -> None:
    """A fact that becomes optional, a condition that comes to read one, a standard that is set."""
    for scheme in pack.schemes.values():
        read = {
            condition.code: [fact.name for fact in condition.facts]
            for condition in pack.explain([claim(scheme.code)], "1").conditions
        }
        for (condition, _, code), reason in IMPOSSIBLE.items():
            if code != scheme.code:
                continue
            if reason == DATE_IS_FILLED:
                assert all(FACT[name].required for name in read[condition])
            elif reason == EMPTY_IS_NO:
                assert read[condition] == ["blacklisted"]
            elif reason == READS_NO_FACT:
                assert read[condition] == []
            elif reason == EVERY_KIND:
                (kinds,) = scheme.parameters["certificate_types"].values
                assert set(kinds.value) == set(FACT["certificate_type"].codes)
            else:
                assert scheme.parameters["standard"].values == ()


def test_what_waits_for_a_standard_is_compared_once_it_is_set(open_pack: policy.Pack) -> None:
    """What ``IMPOSSIBLE`` leaves out for want of a standard comes out right when there is one."""
    lines, expected = [], {}

    def case(name: str, scheme: str, failed: str, *others: dict[str, object]) -> None:
        person = f"{scheme}-{name}"
        for number, other in enumerate(others):
            facts = {"applied_on": "2020-10-01", **other}
            lines.append(claim(str(facts.pop("scheme")), f"{person}-{number}", person, **facts))
        lines.append(claim(scheme, person, person))
        expected[person] = failed

    contests = [{"scheme": "COMP", "training_id": f"赛{n}", "competition_id": n} for n in range(3)]
    for scheme in WITHOUT_STANDARD:
        own = claim(scheme)
        case("own", scheme, "no-repeat", {"scheme": scheme})
        case("nothing", scheme, "")
        if scheme == "LIVE":
            case("beside", scheme, "", {"scheme": "COMP", "training_id": own["training_id"]})
            case("uncounted", scheme, "", *contests)
            continue
        case("training", scheme, "one-claim", {"scheme": "COMP", "training_id": own["training_id"]})
        case("three", scheme, "annual-cap", *contests)
        job = {"occupation": own["occupation"], "level": 3, "training_id": "另一班"}
        for other in ("TECH", "SKIL", "VETE", "SPEC", "FREE"):
            case(f"other level than {other}", scheme, "", {"scheme": other, **job})
    found = {line["claim_id"]: line["failed"] for line in decided(open_pack, lines)}
    assert {name: found[name] for name in expected} == expected
