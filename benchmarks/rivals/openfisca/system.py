"""The Hubei subsidies as an OpenFisca tax and benefit system with one entity, the claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from across import stops
from conditions import VARIABLES, variable_of
from facts import AT, FACTS, YES, claim_entity, index, is_of, on
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.model_api import ETERNITY, Enum, Variable
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from vocabulary import SCHEMES, Answer, Contest, Level, Stop, asked

UNSET, NEEDS_FACT = -1, -2  # amounts not set by anybody, or not known for want of a fact


class own_conditions_hold(Variable):  # noqa: N801
    value_type = Enum
    possible_values = Answer
    default_value = Answer.UNKNOWN
    entity = claim_entity
    definition_period = ETERNITY
    label = "All conditions that a claim is judged by alone"

    def formula(claim: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        result = np.empty(claim.count, np.int16)
        for scheme in SCHEMES:
            those = np.flatnonzero(is_of(claim, scheme))
            answers = (claim(variable_of(name), period) for name in asked(scheme))
            result[those] = np.minimum.reduce([index(values)[those] for values in answers])
        return EnumArray(result, Answer)


class amount(Variable):  # noqa: N801
    value_type = int
    entity = claim_entity
    definition_period = ETERNITY
    label = "Amount due in fen if eligible; -1 no standard set, -2 not known for want of a fact"

    def formula(claim: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        yuan = parameters(AT).amounts
        result = np.full(claim.count, UNSET, np.int32)
        for scheme in ("PRE", "POST", "APPR", "ONLN"):
            result[is_of(claim, scheme)] = yuan[scheme] * 100
        for scheme, fact, codes in (
            ("COMP", "competition_level", Contest),
            ("TECH", "level", Level),
            ("SKIL", "level", Level),
        ):
            names = [m.value if fact != "level" else f"level_{m.value}" for m in codes]
            table = np.array([getattr(yuan[scheme], n, UNSET / 100) for n in names]) * 100
            table[0] = NEEDS_FACT
            those = is_of(claim, scheme)
            result[those] = table[index(claim(fact, period))[those]]
        terms = claim.simulation.tax_benefit_system.parameters.terms
        running = on(terms.grounds_a_to_d, claim("applied_on", period))
        table = np.array([UNSET, NEEDS_FACT, yuan.WORK * 100])
        work = is_of(claim, "WORK") & running
        result[work] = table[index(claim("grounds_a_to_d_holds", period))[work]]
        fees = claim("fee_yuan", period)
        those = is_of(claim, "VETE")
        result[those] = np.where(fees < 0, NEEDS_FACT, fees)[those]
        for scheme, fact in (("LIVE", "days"), ("SPEC", "programme")):
            those = is_of(claim, scheme)
            result[those] = np.where(claim(fact, period) < 0, NEEDS_FACT, UNSET)[those]
        return result


class live(Variable):  # noqa: N801
    value_type = bool
    entity = claim_entity
    definition_period = ETERNITY
    label = "Eligible as far as the claim alone can say"

    def formula(claim: Any, period: Any) -> Any:  # noqa: N805
        return (index(claim("own_conditions_hold", period)) == YES) & (claim("amount", period) >= 0)


class stop(Variable):  # noqa: N801
    value_type = Enum
    possible_values = Stop
    default_value = Stop.NONE
    entity = claim_entity
    definition_period = ETERNITY
    label = "Which condition stops a live claim, looking across the person's others"

    def formula(claim: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        limits = parameters(AT).limits
        return EnumArray(stops(claim, period, limits.work_months, limits.trainings_a_year), Stop)


def build() -> TaxBenefitSystem:
    """The system with all its variables and parameters."""
    system = TaxBenefitSystem([claim_entity])
    system.load_parameters(str(Path(__file__).with_name("parameters")))
    system.add_variables(*FACTS, *VARIABLES, own_conditions_hold, amount, live, stop)
    return system
