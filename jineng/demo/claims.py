"""Claims about the province's people, with the facts that its registers tell of them.

A line is a dict of the claims file's columns; what is not known is left out. Some lines fail a
condition, each another one, and some lack a fact, as applications do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from jineng.people.models import EmploymentSpell, GroupMembership, Organisation, Person, Suspension
from jineng.people.queries.employment import EmploymentFacts, Question, employment_facts
from jineng.people.queries.persons import groups_on
from jineng.policy.facts import OPEN_ENDED

Line = dict[str, Any]
Random = np.random.Generator

#: Industries (GB/T 4754) that the epidemic hit, as the fact `enterprise_industry`.
_INDUSTRIES = {
    "H61": "accommodation", "H62": "catering", "R88": "culture", "N78": "tourism",
    "G54": "transport", "F51": "wholesale_retail", "F52": "wholesale_retail",
}  # fmt: skip
_YES = {True: "yes", False: "no"}
_TRADES = ("焊工", "电工", "钳工", "叉车司机", "汽车维修工", "养老护理员", "中式烹调师")


@dataclass(frozen=True)
class Paper:
    """How an authority numbers its claims: its division code, a word, the day of the first."""

    region: str
    word: str
    first: date

    def line(self, scheme: str, place: int, person: Person, **facts: Any) -> Line:
        """What every claim says."""
        return {
            "claim_id": f"{self.word}{scheme}2020-{place + 1:04d}",
            "scheme": scheme,
            "applied_on": self.first + timedelta(days=place % 6),
            "region": self.region,
            "person_id": str(person.identity_number),
        } | {name: value for name, value in facts.items() if value is not None}


def spells(most: int, employers: Sequence[Organisation], **those: Any) -> list[EmploymentSpell]:
    """So many employments in force with these, those that began first."""
    found = EmploymentSpell.objects.filter(superseded_by=None, employer__in=employers, **those)
    return list(found.select_related("person", "employer").order_by("started_on", "pk")[:most])


def some(those: list[EmploymentSpell], count: int, rng: Random) -> list[EmploymentSpell]:
    """So many of them, by chance; no person twice."""
    once = list({one.person_id: one for one in those}.values())
    return [once[at] for at in sorted(rng.permutation(len(once))[:count].tolist())]


def mostly_grouped(those: list[EmploymentSpell]) -> list[EmploymentSpell]:
    """Those who belong to a group, and every eighth of the others."""
    held = GroupMembership.objects.filter(person__in=[one.person_id for one in those])
    grouped = set(held.values_list("person", flat=True))
    return [one for at, one in enumerate(those) if one.person_id in grouped or at % 8 == 0]


def pre_job(taken_on: Sequence[EmploymentSpell], paper: Paper, rng: Random) -> Iterator[Line]:
    """岗前培训: those newly taken on, trained within weeks."""
    told = _told(taken_on, paper)
    for place, (spell, known) in enumerate(zip(taken_on, told, strict=True)):
        signed = spell.contract_signed_on or spell.started_on
        began = signed + timedelta(days=int(rng.integers(6, 25)))
        late = rng.random() < 0.08
        yield paper.line(
            "PRE", place, spell.person,
            employer_id=spell.employer.credit_code,
            training_id=f"{paper.word}岗前{began:%Y%m}",
            training_mode="offline",
            hours=16 if rng.random() < 0.08 else 24,
            training_start=began,
            training_end=began + timedelta(days=4),
            plan_filed_on=began + timedelta(days=3 if late else -7),
            passed=_mostly(rng, 0.9),
            contract_signed_on=signed,
            contract_months=_months(spell),
            hire_status="new",
            social_insurance_months=known.social_insurance_months,
            still_employed=_word(known.still_employed),
        )  # fmt: skip


def work_training(working: Sequence[EmploymentSpell], paper: Paper, rng: Random) -> Iterator[Line]:
    """以工代训: a line for a person and a month."""
    place = 0
    for spell in working:
        firm = spell.employer
        first = max(date(2020, 6, 1), spell.started_on.replace(day=1))
        groups = groups_on(spell.person, first)
        is_new = spell.started_on >= date(2020, 1, 1)
        for month in range(first.month, 9):
            if spell.ended_on and spell.ended_on < date(2020, month, 1):
                break
            yield paper.line(
                "WORK", place, spell.person,
                employer_id=firm.credit_code,
                hire_status="new" if is_new else "existing",
                enterprise_size=firm.size,
                enterprise_industry=_INDUSTRIES.get(firm.industry, "other"),
                enterprise_suspended=_YES[_stood_still(firm, date(2020, month, 1))],
                enterprise_insured="yes",
                person_groups=";".join(groups) or "none",
                service_month=f"2020-{month:02d}",
                wage_paid=_mostly(rng, 0.9),
            )  # fmt: skip
            place += 1


def skill_upgrade(working: Sequence[EmploymentSpell], paper: Paper, rng: Random) -> Iterator[Line]:
    """职工技能提升: a certificate of the year, and what was paid for unemployment insurance."""
    told = _told(working, paper)
    for place, (spell, known) in enumerate(zip(working, told, strict=True)):
        issued = date(2019, 7, 10) + timedelta(days=int(rng.integers(0, 410)))
        trade = _TRADES[int(rng.integers(len(_TRADES)))]
        yield paper.line(
            "SKIL", place, spell.person,
            training_id=f"{trade}-{place + 1}",
            occupation=trade,
            level=("4", "4", "4", "3", "5")[int(rng.integers(5))],
            certificate_type="skill_level" if rng.random() < 0.8 else "qualification",
            certificate_no=f"鄂{issued:%Y%m}-{int(rng.integers(10**4, 10**5))}",
            certificate_issued_on=issued,
            certificate_verified=_mostly(rng, 0.88),
            unemployment_insurance_months=known.unemployment_insurance_months,
        )  # fmt: skip


def on_the_job(
    working: Sequence[EmploymentSpell], pillars: set[int], paper: Paper, rng: Random
) -> Iterator[Line]:
    """岗位技能培训, and for some of them, by their level, 新技师培训."""
    told = _told(working, paper, trained_on=date(2020, 7, 13))
    for place, (spell, known) in enumerate(zip(working, told, strict=True)):
        level = str(int(rng.integers(1, 6)))
        is_new = level in "123" and rng.random() < 0.5
        began = date(2020, 7, 13) + timedelta(days=7 * (place % 4))
        trade = _TRADES[int(rng.integers(len(_TRADES)))]
        yield paper.line(
            "TECH" if is_new else "POST", place, spell.person,
            employer_id=spell.employer.credit_code,
            training_id=f"{paper.word}{trade}{began:%m%d}",
            occupation=trade,
            level=level,
            training_mode="offline",
            hours=int(rng.choice([16, 24, 40, 40])),
            training_start=began,
            training_end=began + timedelta(days=18),
            plan_filed_on=began - timedelta(days=10),
            passed=_mostly(rng, 0.92),
            employed_at_training=_word(known.employed_at_training),
            pillar_or_key=_YES[spell.employer_id in pillars],
            certificate_type="skill_level" if rng.random() < 0.9 else "training_completion",
            certificate_no=f"鄂2020-{int(rng.integers(10**4, 10**5))}",
            certificate_issued_on=began + timedelta(days=30),
        )  # fmt: skip


def free_training(
    trainees: Sequence[Person], school: Organisation, paper: Paper, rng: Random
) -> Iterator[Line]:
    """免费培训 of a school's class, and the living allowance of those who may have it."""
    began = date(2020, 7, 20)
    for place, person in enumerate(trainees):
        groups = ";".join(groups_on(person, began)) or "none"
        facts = {
            "institution_id": school.credit_code,
            "training_id": "养老护理2020-3班",
            "person_groups": groups,
        }
        yield paper.line(
            "FREE", place, person, **facts,
            occupation="养老护理员",
            level="5",
            training_mode="offline",
            institution_listed="yes",
            trained_in_own_region=_mostly(rng, 0.93),
            training_start=began,
            training_end=date(2020, 8, 20),
            plan_filed_on=date(2020, 7, 9),
            certificate_type="skill_level" if rng.random() < 0.9 else None,
            certificate_no=f"鄂2020-{int(rng.integers(10**4, 10**5))}",
            certificate_issued_on=date(2020, 8, 28),
        )  # fmt: skip
        if place % 3 == 0:
            yield paper.line("LIVE", place, person, **facts, days=int(rng.integers(18, 28)))


def trainees(region: str, rng: Random, count: int) -> list[Person]:
    """Persons of a city who are of a group that is trained for nothing, and some who are not."""
    there = Person.objects.filter(living_region__parent__code=region).order_by("pk")
    groups = ["laid_off", "registered_unemployed", "hard_to_employ", "disabled", "poor_labourer"]
    held = GroupMembership.objects.filter(group__in=groups, starts_on__lt=date(2020, 7, 1))
    chosen = list(there.filter(pk__in=held.values("person"))[: 3 * count])
    rng.shuffle(chosen)
    others = there.filter(group_memberships=None, working_region=None)[: count // 8]
    return [*chosen[:count], *others]


def _told(
    those: Sequence[EmploymentSpell], paper: Paper, trained_on: date | None = None
) -> list[EmploymentFacts]:
    return employment_facts(
        [Question(one.person_id, one.employer_id, paper.first, trained_on) for one in those]
    )


def _stood_still(firm: Organisation, day: date) -> bool:
    return Suspension.objects.on(day).filter(organisation=firm).exists()


def _months(spell: EmploymentSpell) -> str | None:
    if spell.contract_months is None:
        return None
    return "open" if spell.contract_months == OPEN_ENDED else str(spell.contract_months)


def _word(known: bool | None) -> str | None:
    return None if known is None else _YES[known]


def _mostly(rng: Random, share: float) -> str | None:
    """Yes for this share; of the others half are no, of half nobody knows."""
    drawn = rng.random()
    return "yes" if drawn < share else "no" if drawn < (1 + share) / 2 else None
