"""Claims to decide on: one of each scheme that is in order, and whole worlds of random ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

from jineng import policy
from jineng.policy.cases import read_bases
from jineng.policy.facts import FACTS, GROUPS, SCHEME_NAMES

Line = dict[str, Any]

REQUIRED = tuple(fact.name for fact in FACTS if fact.required)


@cache
def _bases() -> dict[str, Line]:
    return read_bases(policy.load("hubei"))


def claim(scheme: str, claim_id: str = "1", person_id: str = "甲", **facts: Any) -> Line:
    """A claim that is in order but for these facts."""
    return _bases()[scheme] | {"claim_id": claim_id, "person_id": person_id} | facts


def decided(pack: policy.Pack, lines: list[Line], history: list[Line] | None = None) -> list[Line]:
    """The decisions as plain lines."""
    rows: list[Line] = pack.decide(lines, history=history).to_pylist()
    return rows


#: Values around the boundaries of the rules, for facts that every claim may have.
POOLS: dict[str, list[Any]] = {
    "applied_on": ["2019-07-25", "2019-07-26", "2020-05-31", "2020-06-01", "2020-12-31",
                   "2021-01-01", "2021-12-31", "2022-01-01"],
    "region": ["420100", "420106", "429004", "420300", "422801"],
    "employer_id": ["企业甲", "企业乙"],
    "training_id": ["班1", "班2"],
    "occupation": ["电工", "焊工"],
    "level": ["1", "2", "3", "4", "5"],
    "training_mode": ["online", "offline", "blended"],
    "hours": [0, 19, 19.5, 20, 24],
    "training_start": ["2019-12-31", "2020-01-01", "2020-07-01", "2021-02-28", "2021-03-01"],
    "training_end": ["2020-12-31", "2021-01-01"],
    "plan_filed_on": ["2019-12-31", "2020-07-01", "2020-07-02"],
    "certificate_type": ["qualification", "skill_level", "special_ability", "training_completion"],
    "certificate_no": ["证1"],
    "certificate_issued_on": ["2019-08-31", "2019-09-01", "2020-02-29", "2020-11-01"],
    "contract_signed_on": ["2020-02-29", "2020-07-01"],
    "contract_months": [11, 12, "open"],
    "hire_status": ["new", "waiting", "existing"],
    "town_months": [5, 6],
    "social_insurance_months": [2, 3],
    "unemployment_insurance_months": [11, 12],
    "enterprise_size": ["micro", "medium", "large"],
    "enterprise_industry": ["catering", "other"],
    "person_groups": ["none", *GROUPS, "rural_migrant_worker;poor_labourer", "student;veteran"],
    "service_month": ["2020-05", "2020-08"],
    "competition_id": ["赛1"],
    "competition_level": ["county", "city", "province", "nation", "enterprise"],
    "apprenticeship_year": [1, 2],
    "days": [0, 15],
    "programme": ["养老护理员专项培训"],
    "fee_yuan": ["0", "1650.05"],
}  # fmt: skip
POOLS |= {fact.name: [True, False] for fact in FACTS if fact.kind == "yesno"}


def any_claim(chance: random.Random, claim_id: str, person_id: str) -> Line:
    """A claim of any scheme in which some facts are changed and some are not known."""
    line = claim(chance.choice(list(SCHEME_NAMES)), claim_id, person_id)
    for name, pool in POOLS.items():
        drawn = chance.random()
        if drawn < 0.06:
            line[name] = chance.choice(pool)
        elif drawn < 0.1 and name not in REQUIRED:
            line[name] = None
    return line


#: The choices of a small world, few of each so that claims meet.
SCHEMES = ("PRE", "POST", "WORK", "COMP", "APPR", "TECH", "SKIL", "ONLN", "FREE", "LIVE", "GRAD",
           "ENTR", "STUD", "VETE", "SPEC", "WORK", "SKIL", "ONLN", "VETE")  # fmt: skip
_DAYS = ("2020-06-20", "2020-08-01", "2020-08-01", "2020-09-30", "2020-12-31", "2021-01-05",
         "2021-01-05", "2021-03-01")  # fmt: skip
Choose = Callable[[tuple[Any, ...]], Any]


def colliding_claim(choose: Choose, claim_id: str, person_id: str) -> Line:
    """A claim that is mostly in order by itself and mostly has its place taken."""
    scheme = choose(SCHEMES)
    day = choose(_DAYS)
    line = claim(
        scheme,
        claim_id,
        person_id,
        applied_on=min(day, "2020-12-31") if scheme == "WORK" else day,
        employer_id=choose(("企业甲", "企业甲", "企业乙")),
        training_id=choose(("班1", "班2", "班3", "班4", "班5")),
        occupation=choose(("电工", "电工", " 电工", "焊工")),
        level="3" if scheme in ("TECH", "SKIL") else choose(("3", "3", "4")),
        service_month=choose(tuple(f"2020-{month:02}" for month in range(1, 10))),
        competition_id=choose(("赛1", "赛2", "赛3")),
        apprenticeship_year=choose((1, 2, 3)),
        cap_exempt=choose((None, None, None, True)),
        certificate_issued_on="2020-05-20",
    )
    spoilt = choose(("", "", "", "", "", "", "", "", "blacklisted", "key"))
    if spoilt == "blacklisted":
        line["blacklisted"] = True
    elif spoilt == "key":
        name = choose(("employer_id", "training_id", "occupation", "service_month"))
        line[name] = None
    return line


def small_world(chance: random.Random, persons: int, claims_each: int) -> list[Line]:
    """Claims of a few persons each with many, ids in no order."""
    ids = [f"{chance.choice('Aa编')}{number}" for number in range(persons * claims_each)]
    chance.shuffle(ids)
    return [
        colliding_claim(chance.choice, claim_id, f"人{number % persons}")
        for number, claim_id in enumerate(ids)
    ]
