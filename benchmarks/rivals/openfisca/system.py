"""The Hubei subsidies as an OpenFisca tax and benefit system with one entity, the claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from across import stops
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.model_api import ETERNITY, Enum, Variable
from openfisca_core.periods import period as period_of
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from vocabulary import (
    GROUPS,
    SCHEMES,
    Answer,
    Certificate,
    Contest,
    Hired,
    Industry,
    Level,
    Mode,
    Scheme,
    Size,
    Stop,
    asked,
)

NO, UNKNOWN, YES = (np.int16(i) for i in range(3))
AT = "2021-12-31"  # every limit and amount has had one value so far
EVER = period_of(2021)  # facts and decisions belong to no period, so any will do
UNSET, NEEDS_FACT = -1, -2  # amounts not set by anybody, or not known for want of a fact

claim_entity = Entity("claim", "claims", "A claim", "One claim of one person")

YES_NO = (
    "platform_licensed platform_accredited institution_listed project_approved project_designated "
    "trained_in_own_region passed certificate_verified employed_at_training still_employed "
    "enterprise_suspended enterprise_insured pillar_or_key wage_paid competition_planned "
    "competition_main_business finalist apprentice_agreement cap_exempt blacklisted"
).split()
DATES = (
    "applied_on training_start training_end plan_filed_on certificate_issued_on contract_signed_on"
).split()
NUMBERS = "hours town_months social_insurance_months unemployment_insurance_months".split()
CODED: dict[str, type[Enum]] = {
    "scheme": Scheme,
    "level": Level,
    "training_mode": Mode,
    "certificate_type": Certificate,
    "hire_status": Hired,
    "enterprise_size": Size,
    "enterprise_industry": Industry,
    "competition_level": Contest,
}
# Text as the number of its first appearance, groups as bits, fees in fen; -1 where empty.
WHOLE = (
    "person_id employer_id training_id occupation certificate_no service_month competition_id "
    "programme person_groups contract_months apprenticeship_year days fee_yuan"
).split()
OPEN_CONTRACT = 2**30


def _fact(name: str, value_type: type, default: Any, values: type[Enum] | None = None) -> type:
    body = {
        "value_type": value_type,
        "entity": claim_entity,
        "definition_period": ETERNITY,
        "default_value": default,
        "label": name,
    }
    if values is not None:
        body["possible_values"] = values
    return type(name, (Variable,), body)


FACTS = [
    *(_fact(name, Enum, Answer.UNKNOWN, Answer) for name in YES_NO),
    *(_fact(name, dt.date, dt.date(1970, 1, 1)) for name in DATES),
    *(_fact(name, float, 0.0) for name in NUMBERS),
    *(_fact(name, Enum, next(iter(values)), values) for name, values in CODED.items()),
    *(_fact(name, int, -1) for name in WHOLE),
]


def answer(true: Any, known: Any = True) -> Any:
    """Yes or no where known."""
    return np.where(known, np.where(true, YES, NO), UNKNOWN)


def index(values: EnumArray) -> Any:
    """The plain integers of an enumeration, or of answers, for comparing and combining."""
    return values.view(np.ndarray)


def one_of(values: EnumArray, *members: Enum) -> Any:
    """Whether a coded fact is one of some codes; unknown where it is empty."""
    table = np.zeros(len(values.possible_values), np.int16)
    table[[member.index for member in members]] = YES
    table[0] = UNKNOWN
    return table[index(values)]


def at_least(values: Any, limit: float) -> Any:
    """Whether a number reaches a limit."""
    return answer(values >= limit, ~np.isnan(values))


def not_after(one: Any, other: Any) -> Any:
    """Whether one day comes no later than the other."""
    return answer(one <= other, ~(np.isnat(one) | np.isnat(other)))


def on(parameter: Any, days: Any) -> Any:
    """A yes-or-no parameter on each of many days."""
    history = parameter.values_list[::-1]
    starts = np.array([value.instant_str for value in history], "M8[D]")
    values = np.array([False, *(value.value for value in history)])
    return values[np.searchsorted(starts, days, side="right")]


def months_on(days: Any, months: int) -> tuple[Any, Any]:
    """The same day some months on, and whether that month is too short for it."""
    month = days.astype("M8[M]")
    later = (month + months).astype("M8[D]") + (days - month)
    return later, later.astype("M8[M]") != month + months


def in_any(groups: Any, names: str) -> Any:
    """Whether a person belongs to one of some groups."""
    bits = sum(GROUPS[name] for name in names.split())
    return answer(groups & bits, groups >= 0)


def known(*codes: Any) -> Any:
    """Yes where every number is known, and never no."""
    return np.where(np.logical_and.reduce([code >= 0 for code in codes]), YES, UNKNOWN)


def _is(claim: Any, *schemes: str) -> Any:
    """Which claims are made under one of some schemes."""
    table = np.isin(SCHEMES, schemes)
    return table[index(claim("scheme", EVER))]


def of_scheme(claim: Any, formulas: dict[str, Callable[..., Any]], *values: Any) -> Any:
    """Answers by a formula for each scheme, worked out on its own claims only; yes elsewhere."""
    result = np.full(claim.count, YES)
    for scheme, formula in formulas.items():
        those = np.flatnonzero(_is(claim, scheme))
        result[those] = formula(*(value[those] for value in values))
    return result


Formula = Callable[[Callable[[str], Any], Any, Any], Any]
CONDITION_VARIABLES: list[type] = []


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
        CONDITION_VARIABLES.append(type(name.replace("-", "_") + "_holds", (Variable,), body))
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
        result = np.where(_is(claim, *schemes), np.where(on(document, applied), YES, NO), result)
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
        result = np.where(_is(claim, *schemes), known(*codes), result)
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
    return np.where(_is(claim, "TECH"), high, low)


def _papers(facts: Any) -> Any:
    there = (facts("certificate_no") >= 0) & ~np.isnat(facts("certificate_issued_on"))
    return np.where(there, YES, UNKNOWN)


@condition("certified")
def certified(facts: Any, p: Any, claim: Any) -> Any:
    kind = facts("certificate_type")
    usual = one_of(kind, Certificate.QUALIFICATION, Certificate.SKILL_LEVEL)
    kind = np.where(_is(claim, "STUD"), one_of(kind, Certificate.SKILL_LEVEL), usual)
    verified = np.where(_is(claim, "SKIL"), index(facts("certificate_verified")), YES)
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


class own_conditions_hold(Variable):  # noqa: N801
    value_type = Enum
    possible_values = Answer
    default_value = Answer.UNKNOWN
    entity = claim_entity
    definition_period = ETERNITY
    label = "All conditions that a claim is judged by alone"

    def formula(claim, period, parameters):  # type: ignore[no-untyped-def]  # noqa: N805, ANN201
        result = np.empty(claim.count, np.int16)
        for scheme in SCHEMES:
            those = np.flatnonzero(_is(claim, scheme))
            answers = (claim(variable_of(name), period) for name in asked(scheme))
            result[those] = np.minimum.reduce([index(values)[those] for values in answers])
        return EnumArray(result, Answer)


class amount(Variable):  # noqa: N801
    value_type = int
    entity = claim_entity
    definition_period = ETERNITY
    label = "Amount due in fen if eligible; -1 no standard set, -2 not known for want of a fact"

    def formula(claim, period, parameters):  # type: ignore[no-untyped-def]  # noqa: N805, ANN201
        yuan = parameters(AT).amounts
        result = np.full(claim.count, UNSET, np.int32)
        for scheme in ("PRE", "POST", "APPR", "ONLN"):
            result[_is(claim, scheme)] = yuan[scheme] * 100
        for scheme, fact, codes in (
            ("COMP", "competition_level", Contest),
            ("TECH", "level", Level),
            ("SKIL", "level", Level),
        ):
            names = [m.value if fact != "level" else f"level_{m.value}" for m in codes]
            table = np.array([getattr(yuan[scheme], n, UNSET / 100) for n in names]) * 100
            table[0] = NEEDS_FACT
            those = _is(claim, scheme)
            result[those] = table[index(claim(fact, period))[those]]
        terms = claim.simulation.tax_benefit_system.parameters.terms
        running = on(terms.grounds_a_to_d, claim("applied_on", period))
        table = np.array([UNSET, NEEDS_FACT, yuan.WORK * 100])
        work = _is(claim, "WORK") & running
        result[work] = table[index(claim("grounds_a_to_d_holds", period))[work]]
        fees = claim("fee_yuan", period)
        those = _is(claim, "VETE")
        result[those] = np.where(fees < 0, NEEDS_FACT, fees)[those]
        for scheme, fact in (("LIVE", "days"), ("SPEC", "programme")):
            those = _is(claim, scheme)
            result[those] = np.where(claim(fact, period) < 0, NEEDS_FACT, UNSET)[those]
        return result


class live(Variable):  # noqa: N801
    value_type = bool
    entity = claim_entity
    definition_period = ETERNITY
    label = "Eligible as far as the claim alone can say"

    def formula(claim, period):  # type: ignore[no-untyped-def]  # noqa: N805, ANN201
        return (index(claim("own_conditions_hold", period)) == YES) & (claim("amount", period) >= 0)


class stop(Variable):  # noqa: N801
    value_type = Enum
    possible_values = Stop
    default_value = Stop.NONE
    entity = claim_entity
    definition_period = ETERNITY
    label = "Which condition stops a live claim, looking across the person's others"

    def formula(claim, period, parameters):  # type: ignore[no-untyped-def]  # noqa: N805, ANN201
        limits = parameters(AT).limits
        return EnumArray(stops(claim, period, limits.work_months, limits.trainings_a_year), Stop)


def variable_of(condition_name: str) -> str:
    """The name of the variable of a condition."""
    return condition_name.replace("-", "_") + "_holds"


def build() -> TaxBenefitSystem:
    """The system with all its variables and parameters."""
    system = TaxBenefitSystem([claim_entity])
    system.load_parameters(str(Path(__file__).with_name("parameters")))
    system.add_variables(*FACTS, *CONDITION_VARIABLES, own_conditions_hold, amount, live, stop)
    return system
