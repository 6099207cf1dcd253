"""Every condition that a claim is judged by alone, as an OpenFisca variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from facts import (
    AT,
    NO,
    UNKNOWN,
    YES,
    answer,
    at_least,
    claim_entity,
    in_any,
    index,
    is_of,
    known,
    months_on,
    not_after,
    of_scheme,
    on,
    one_of,
)
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.model_api import ETERNITY, Enum, Variable
from vocabulary import Answer, Certificate, Contest, Hired, Industry, Level, Mode, Size

Formula = Callable[[Callable[[str], Any], Any, Any], Any]
VARIABLES: list[type] = []


def variable_of(condition_name: str) -> str:
    """The name of the variable of a condition."""
    return condition_name.replace("-", "_") + "_holds"


def condition(name: str) -> Callable[[Formula], Formula]:
    """Make a variable of a formula of facts, parameters and the claims themselves."""

    def register(formula: Formula) -> Formula:
        def run(claim: Any, period: Any, parameters: Any) -> EnumArray:
            result = formula(lambda fact: claim(fact, period), parameters(AT), claim)
            return EnumArray(np.asarray(result, np.int16), Answer)

        body = {
            "value_type": Enum,
            "possible_values": Answer,
            "default_value": Answer.UNKNOWN,
            "entity": claim_entity,
            "definition_period": ETERNITY,
            "label": name,
            "formula": run,
        }
        VARIABLES.append(type(variable_of(name), (Variable,), body))
        return formula

    return register


def _plain(name: str, fact: str) -> None:
    """A condition that a yes or no already answers."""
    condition(name)(lambda facts, p, claim: index(facts(fact)))


for _name, _column in {
    "institution-listed": "institution_listed",
    "still-employed": "still_employed",
    "apprentice-agreement": "apprentice_agreement",
    "project-approved": "project_approved",
    "passed": "passed",
    "pillar-or-key": "pillar_or_key",
    "wage-paid": "wage_paid",
    "finalist": "finalist",
    "own-region": "trained_in_own_region",
    "project-designated": "project_designated",
}.items():
    _plain(_name, _column)


@condition("in-force")
def in_force(facts: Any, p: Any, claim: Any) -> Any:
    history = claim.simulation.tax_benefit_system.parameters.in_force
    applied = facts("applied_on")
    result = np.where(on(history.D7, applied), YES, NO)
    for document, schemes in (
        (history.D6, ("PRE", "POST", "COMP", "SPEC")),
        (history.D2, ("SKIL",)),
        (history.D8, ("STUD", "VETE")),
    ):
        result = np.where(is_of(claim, *schemes), np.where(on(document, applied), YES, NO), result)
    return result


@condition("plan-filed")
def plan_filed(facts: Any, p: Any, claim: Any) -> Any:
    return not_after(facts("plan_filed_on"), facts("training_start"))


@condition("platform-licensed")
def platform_licensed(facts: Any, p: Any, claim: Any) -> Any:
    offline = one_of(facts("training_mode"), Mode.OFFLINE)
    return np.maximum(offline, index(facts("platform_licensed")))


@condition("platform-accredited")
def platform_accredited(facts: Any, p: Any, claim: Any) -> Any:
    offline = one_of(facts("training_mode"), Mode.OFFLINE)
    return np.maximum(offline, index(facts("platform_accredited")))


@condition("not-blacklisted")
def not_blacklisted(facts: Any, p: Any, claim: Any) -> Any:
    return answer(index(facts("blacklisted")) != YES)


@condition("no-repeat")
def no_repeat_key(facts: Any, p: Any, claim: Any) -> Any:
    """Whether the facts are known by which claims are told apart."""
    employer, training = facts("employer_id"), facts("training_id")
    result = known(facts("occupation"), index(facts("level")) - 1, training)
    for schemes, codes in (
        (("PRE", "ONLN"), (employer, training)),
        (("WORK",), (facts("service_month"), employer)),
        (("COMP",), (facts("competition_id"), training)),
        (("APPR",), (facts("apprenticeship_year"), training)),
        (("LIVE",), (training,)),
    ):
        result = np.where(is_of(claim, *schemes), known(*codes), result)
    return result


@condition("new-hire")
def new_hire(facts: Any, p: Any, claim: Any) -> Any:
    return one_of(facts("hire_status"), Hired.NEW)


@condition("contract-term")
def contract_term(facts: Any, p: Any, claim: Any) -> Any:
    months = facts("contract_months")
    return answer(months >= p.limits.contract_months, months >= 0)


@condition("within-first-year")
def within_first_year(facts: Any, p: Any, claim: Any) -> Any:
    def judge(signed: Any, start: Any) -> Any:
        # From 29 February the year lasts until 1 March, which is where the day count leads.
        year_on, _ = months_on(signed, p.limits.contract_first_months)
        dated = ~(np.isnat(signed) | np.isnat(start))
        return answer((signed <= start) & (start < year_on), dated)

    return of_scheme(claim, {"PRE": judge}, facts("contract_signed_on"), facts("training_start"))


@condition("min-hours")
def min_hours(facts: Any, p: Any, claim: Any) -> Any:
    return at_least(facts("hours"), p.limits.class_hours)


@condition("insured-3-months")
def insured_3_months(facts: Any, p: Any, claim: Any) -> Any:
    return at_least(facts("social_insurance_months"), p.limits.social_insurance_months)


@condition("insured-12-months")
def insured_12_months(facts: Any, p: Any, claim: Any) -> Any:
    limit = p.limits.unemployment_insurance_months
    return at_least(facts("unemployment_insurance_months"), limit)


@condition("employee")
def employee(facts: Any, p: Any, claim: Any) -> Any:
    settled = at_least(facts("town_months"), p.limits.town_months)
    migrant = in_any(facts("person_groups"), "rural_migrant_worker")
    return np.maximum(index(facts("employed_at_training")), np.minimum(settled, migrant))


HARD = "hard_to_employ disabled zero_employment_family"


def _grounds_a_to_d(facts: Any) -> Any:
    groups, hired, size = facts("person_groups"), facts("hire_status"), facts("enterprise_size")
    small = one_of(size, Size.MICRO, Size.SMALL, Size.MEDIUM)
    new = one_of(hired, Hired.NEW)
    favoured = in_any(groups, f"{HARD} recent_graduate registered_unemployed")
    ground_a = np.minimum(np.minimum(small, new), favoured)
    ground_b = np.minimum(small, index(facts("enterprise_suspended")))
    ground_c = one_of(facts("enterprise_industry"), *list(Industry)[2:])
    taken_on = one_of(hired, Hired.NEW, Hired.WAITING)
    ground_d = np.minimum(taken_on, in_any(groups, "rural_migrant_worker"))
    return np.maximum.reduce([ground_a, ground_b, ground_c, ground_d])


def _grounds_e_to_f(facts: Any) -> Any:
    groups, new = facts("person_groups"), one_of(facts("hire_status"), Hired.NEW)
    ground_e = np.minimum(new, in_any(groups, "poor_labourer"))
    insured = np.minimum(index(facts("enterprise_insured")), new)
    return np.maximum(ground_e, np.minimum(insured, in_any(groups, HARD)))


@condition("grounds-a-to-d")
def grounds_a_to_d(facts: Any, p: Any, claim: Any) -> Any:
    return _grounds_a_to_d(facts)


@condition("grounds-e-to-f")
def grounds_e_to_f(facts: Any, p: Any, claim: Any) -> Any:
    return _grounds_e_to_f(facts)


@condition("work-ground")
def work_ground(facts: Any, p: Any, claim: Any) -> Any:
    early, late = facts("grounds_a_to_d_holds"), facts("grounds_e_to_f_holds")
    return np.maximum(index(early), index(late))


@condition("accepted-by")
def accepted_by(facts: Any, p: Any, claim: Any) -> Any:
    terms = claim.simulation.tax_benefit_system.parameters.terms
    early, late = index(facts("grounds_a_to_d_holds")), index(facts("grounds_e_to_f_holds"))
    applied = facts("applied_on")
    open_early, open_late = on(terms.grounds_a_to_d, applied), on(terms.grounds_e_to_f, applied)
    surely = ((early == YES) & open_early) | ((late == YES) & open_late)
    perhaps = ((early > NO) & open_early) | ((late > NO) & open_late)
    outside = ((early > NO) & ~open_early) | ((late > NO) & ~open_late)
    return np.where(surely | ~outside, YES, np.where(perhaps, UNKNOWN, NO))


@condition("competition-planned")
def competition_planned(facts: Any, p: Any, claim: Any) -> Any:
    own = one_of(facts("competition_level"), Contest.ENTERPRISE)
    return np.maximum(own, index(facts("competition_planned")))


@condition("main-business")
def main_business(facts: Any, p: Any, claim: Any) -> Any:
    official = (Contest.COUNTY, Contest.CITY, Contest.PROVINCE, Contest.NATION)
    others = one_of(facts("competition_level"), *official)
    return np.maximum(others, index(facts("competition_main_business")))


@condition("in-training-mode")
def in_training_mode(facts: Any, p: Any, claim: Any) -> Any:
    return one_of(facts("training_mode"), Mode.ONLINE, Mode.BLENDED)


@condition("level")
def level(facts: Any, p: Any, claim: Any) -> Any:
    high = one_of(facts("level"), Level.L1, Level.L2, Level.L3)
    low = one_of(facts("level"), Level.L3, Level.L4, Level.L5)
    return np.where(is_of(claim, "TECH"), high, low)


def _papers(facts: Any) -> Any:
    there = (facts("certificate_no") >= 0) & ~np.isnat(facts("certificate_issued_on"))
    return np.where(there, YES, UNKNOWN)


@condition("certified")
def certified(facts: Any, p: Any, claim: Any) -> Any:
    kind = facts("certificate_type")
    usual = one_of(kind, Certificate.QUALIFICATION, Certificate.SKILL_LEVEL)
    kind = np.where(is_of(claim, "STUD"), one_of(kind, Certificate.SKILL_LEVEL), usual)
    verified = np.where(is_of(claim, "SKIL"), index(facts("certificate_verified")), YES)
    return np.minimum(np.minimum(kind, _papers(facts)), verified)


@condition("certified-any")
def certified_any(facts: Any, p: Any, claim: Any) -> Any:
    return np.minimum(_papers(facts), one_of(facts("certificate_type"), *list(Certificate)[1:]))


@condition("certificate-age")
def certificate_age(facts: Any, p: Any, claim: Any) -> Any:
    def judge(issued: Any, applied: Any) -> Any:
        last, too_short = months_on(issued, p.limits.certificate_months)
        last = last - too_short
        return answer((issued <= applied) & (applied <= last), ~np.isnat(issued))

    dates = facts("certificate_issued_on"), facts("applied_on")
    return of_scheme(claim, {"SKIL": judge}, *dates)


@condition("epidemic-period")
def epidemic_period(facts: Any, p: Any, claim: Any) -> Any:
    history = claim.simulation.tax_benefit_system.parameters.terms.epidemic_period.values_list
    last, first = (np.datetime64(value.instant_str) for value in history)
    start, end = facts("training_start"), facts("training_end")
    started = answer(start >= first, ~np.isnat(start))
    return np.minimum(started, answer(end < last, ~np.isnat(end)))


_FREE = (
    "poor_family_child poor_labourer school_leaver school_leaver_rural school_leaver_low_income "
    "rural_migrant_worker laid_off registered_unemployed transferred_worker veteran disabled"
)


@condition("key-group")
def key_group(facts: Any, p: Any, claim: Any) -> Any:
    named = {
        "FREE": _FREE,
        "GRAD": "recent_graduate",
        "ENTR": f"{_FREE} recent_graduate",
        "LIVE": f"poor_labourer {HARD} school_leaver_rural school_leaver_low_income",
    }
    tests = {s: lambda groups, names=names: in_any(groups, names) for s, names in named.items()}
    return of_scheme(claim, tests, facts("person_groups"))


@condition("student")
def student(facts: Any, p: Any, claim: Any) -> Any:
    return in_any(facts("person_groups"), "student")


@condition("veteran")
def veteran(facts: Any, p: Any, claim: Any) -> Any:
    return in_any(facts("person_groups"), "veteran")
