"""What one could get: the same as a decision, whatever is known of it and in whichever order."""

from __future__ import annotations

import random
from typing import Any

import pytest

from jineng import policy
from jineng.policy.facts import FACT, PLACE
from jineng.policy.occasions import read_benefits, read_occasions
from jineng.policy.quoting import ONE, Prospect, Questionnaire, Standing
from jineng.policy.values import parse
from tests.policy.claims import POOLS, claim, decided
from tests.policy.packs import copied

Line = dict[str, Any]
WORLDS = 16
#: Of these nobody is asked: who, which and where are what the quote is about.
GIVEN = ("applied_on", "region", "blacklisted", *ONE, "service_month")


def worlds(seed: int) -> list[Line]:
    """Persons about whom everything is known, as cells of a claims file; half in order at first."""
    chance = random.Random(seed)
    made = []
    for number in range(WORLDS):
        line = {name: chance.choice(pool) for name, pool in POOLS.items()}
        if number % 2:
            in_order = claim(chance.choice(["PRE", "POST", "WORK", "COMP", "APPR", "TECH", "SKIL",
                                            "ONLN", "FREE", "STUD", "VETE"]))  # fmt: skip
            line |= {name: value for name, value in in_order.items() if value is not None}
        line["blacklisted"] = False if chance.random() < 0.9 else line["blacklisted"]
        made.append({name: line.get(name) for name in FACT if name in POOLS})
    return made


def canonical(line: Line) -> Line:
    return {name: parse(FACT[name], value) for name, value in line.items()}


def as_decided(pack: policy.Pack, lines: list[Line]) -> list[dict[str, Line]]:
    """The decisions on each world, claimed under each scheme by itself."""
    claims = [
        line | {"scheme": code, "claim_id": f"{n} {code}", "person_id": f"人{n} {code}"}
        for n, line in enumerate(lines)
        for code in pack.schemes
    ]
    found = decided(pack, claims)
    count = len(pack.schemes)
    return [
        dict(zip(pack.schemes, found[n * count : (n + 1) * count], strict=True))
        for n in range(len(lines))
    ]


def outcomes(standing: Standing) -> dict[str, tuple[str, str]]:
    """Outcome and amount of each scheme as a decision would have them."""
    return {
        code: (one.outcome, f"{(one.amount or 0) if one.outcome == 'eligible' else 0}")
        for code, one in standing.prospects.items()
    }


def expected(decisions: dict[str, Line]) -> dict[str, tuple[str, str]]:
    return {
        code: (one["outcome"], f"{int(one['amount_yuan'] * 100)}")
        for code, one in decisions.items()
    }


@pytest.mark.parametrize("which", ["pack", "open_pack"])
def test_a_quote_is_what_would_be_decided(which: str, request: pytest.FixtureRequest) -> None:
    """With all known; with some; and by answering nothing but what is asked."""
    pack: policy.Pack = request.getfixturevalue(which)
    questions, chance = Questionnaire(pack), random.Random(7)
    lines = worlds(11)
    seen = set()
    for number, (line, decisions) in enumerate(zip(lines, as_decided(pack, lines), strict=True)):
        facts, right = canonical(line), expected(decisions)
        whole = questions.standing(facts)
        assert outcomes(whole) == right
        for code, one in whole.prospects.items():
            assert set(one.needs) <= set(decisions[code]["missing"].split(";"))
            failed = [c.code for c in pack.schemes[code].conditions if fails(pack, one, c.code)]
            assert ";".join(failed) == decisions[code]["failed"]
        some = {n: v for n, v in facts.items() if n in GIVEN or chance.random() < 0.5}
        uncontradicted(questions.standing(some), right)
        seen |= {outcome for outcome, _amount in right.values()}
        asked_for = {n: v for n, v in facts.items() if n in GIVEN}
        while number % 6 == 1:
            standing = questions.standing(asked_for)
            uncontradicted(standing, right)
            if not standing.asks:
                assert outcomes(standing) == right
                assert len(asked_for) < len(facts)
                break
            asked_for[standing.asks[0]] = facts[standing.asks[0]]
    assert seen == {"eligible", "ineligible", "needs_evidence"}


def fails(pack: policy.Pack, one: Prospect, code: str) -> bool:
    """Whether a condition of the scheme fails."""
    return one.judged.holds.get(pack.judge.conditions[one.scheme, code].bit) is False


def uncontradicted(standing: Standing, right: dict[str, tuple[str, str]]) -> None:
    """What a quote says whatever else is true is so."""
    for code, one in standing.prospects.items():
        outcome, amount = right[code]
        if one.outcome != "needs_evidence":
            assert outcome == one.outcome, code
        elif one.not_set:
            assert outcome == "needs_evidence", code
        if one.amount is not None and outcome == "eligible":
            assert amount == str(one.amount), code
        if one.most is not None and outcome == "eligible":
            assert int(amount) <= one.most, code


def test_what_no_longer_matters_is_not_asked(pack: policy.Pack) -> None:
    questions = Questionnaire(pack)
    known = canonical({"applied_on": "2020-09-15", "region": "420100"})
    work = questions.standing(known, ["WORK"]).prospects["WORK"]
    assert "enterprise_suspended" in work.needs
    large = questions.standing(known | {"enterprise_size": "large"}, ["WORK"]).prospects["WORK"]
    assert "enterprise_suspended" not in large.needs
    offline = questions.standing(known | {"training_mode": "offline"}, ["PRE", "ONLN"])
    assert offline.prospects["ONLN"].outcome == "ineligible"
    assert not {"platform_licensed", "certificate_type"} & set(offline.asks)
    # no standard is set, so that neither days nor programme changes anything
    assert questions.standing(known, ["LIVE"]).asks == ("person_groups",)
    assert "programme" not in questions.standing(known, ["SPEC"]).asks
    unknown = questions.standing(known, ["COMP"], not_asked=["finalist"])
    assert "finalist" in unknown.prospects["COMP"].needs
    assert "finalist" not in unknown.asks
    # of whom two facts can't be told, no third is asked
    untold = ["finalist", "competition_level"]
    assert questions.standing(known, ["COMP"], untold[:1], untold[:1]).asks
    assert questions.standing(known, ["COMP"], untold, untold).asks == ()
    # which occupation or year it is decides nothing
    assert "occupation" not in questions.standing(known, ["SKIL"]).prospects["SKIL"].needs
    # whom the person belongs to opens or closes more schemes than anything else
    assert questions.standing(known).asks[0] == "person_groups"
    with pytest.raises(KeyError):
        questions.standing({"region": "420100"})


#: What else the enterprise's online training asks for.
BOTH = {
    "level": "3",
    "training_mode": "online",
    "employer_id": "企业甲",
    "plan_filed_on": "2020-06-01",
    "training_start": "2020-07-01",
    "training_end": "2020-07-20",
    "platform_licensed": True,
    "platform_accredited": True,
}


def test_schemes_that_one_training_may_be_paid_under(pack: policy.Pack) -> None:
    questions = Questionnaire(pack)
    line = claim("TECH") | {
        name: value
        for code in ("ONLN", "SKIL", "TECH")
        for name, value in claim(code).items()
        if value is not None
    }
    facts = {name: value for name, value in line.items() if name in POOLS}
    standing = questions.standing(canonical(facts | BOTH))
    eligible = [c for c, one in standing.prospects.items() if one.outcome == "eligible"]
    assert {"SKIL", "ONLN", "TECH"} <= set(eligible)
    found = questions.together(standing, ["SKIL", "ONLN", "TECH"])
    assert found == [("SKIL", "ONLN"), ("TECH",)]
    assert questions.together(standing, []) == []


def test_every_scheme_is_asked_about_and_every_benefit_cited(pack: policy.Pack) -> None:
    occasions = read_occasions(pack)
    assert {code for one in occasions.all.values() for code in one.schemes} == set(pack.schemes)
    assert len(occasions.of("enterprise")) == len(occasions.all)
    benefits = {one.key: one for one in read_benefits(pack)}
    known = {"level": "3", "certificate_type": "qualification", "region": "420106"}
    assert benefits["registration"].held(known)
    assert benefits["registration"].held(known | {"region": "420300"}) is False
    assert benefits["registration"].held(known | {"level": None}) is None
    assert benefits["credits"].held(known) is False


def test_what_is_wrong_in_the_questions_is_told_at_once(tmp_path: Any) -> None:
    folder = copied(tmp_path)
    path = folder / "questions.guide.yaml"
    text = path.read_text("utf-8").replace("[SPEC]", "[NONE]")
    path.write_text(text.replace("person: [certificate", "person: [nothing"), "utf-8")
    other = folder / "certificate.guide.yaml"
    other.write_text(other.read_text("utf-8").replace("D8 五(一)3", "D8 五(一)9"), "utf-8")
    pack = policy.load(folder)
    with pytest.raises(policy.PackError) as wrong:
        read_occasions(pack)
    assert [reason.partition("：")[2] for reason in wrong.value.reasons] == [
        "programme：没有补贴项目“NONE”",
        "没有一项问到补贴项目“SPEC”",
        "first：没有“nothing”",
    ]
    with pytest.raises(policy.PackError, match="D8 五\\(一\\)9"):
        read_benefits(pack)


def test_facts_of_the_questions_are_the_contracts() -> None:
    assert all(name in PLACE for name in (*ONE, *GIVEN))
