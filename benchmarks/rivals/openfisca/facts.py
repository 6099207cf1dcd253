"""A claim's facts as OpenFisca variables, and how they are compared where some are empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.model_api import ETERNITY, Enum, Variable
from openfisca_core.periods import period as period_of
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
    words,
)

NO, UNKNOWN, YES = (np.int16(i) for i in range(3))
AT = "2021-12-31"  # every limit and amount has had one value so far
EVER = period_of(2021)  # facts and decisions belong to no period, so any will do

claim_entity = Entity("claim", "claims", "A claim", "One claim of one person")

YES_NO = words(
    "platform_licensed platform_accredited institution_listed project_approved project_designated "
    "trained_in_own_region passed certificate_verified employed_at_training still_employed "
    "enterprise_suspended enterprise_insured pillar_or_key wage_paid competition_planned "
    "competition_main_business finalist apprentice_agreement cap_exempt blacklisted"
)
DATES = words(
    "applied_on training_start training_end plan_filed_on certificate_issued_on contract_signed_on"
)
NUMBERS = words("hours town_months social_insurance_months unemployment_insurance_months")
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
WHOLE = words(
    "person_id employer_id training_id occupation certificate_no service_month competition_id "
    "programme person_groups contract_months apprenticeship_year days fee_yuan"
)
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


def is_of(claim: Any, *schemes: str) -> Any:
    """Which claims are made under one of some schemes."""
    table = np.isin(SCHEMES, schemes)
    return table[index(claim("scheme", EVER))]


def of_scheme(claim: Any, formulas: dict[str, Callable[..., Any]], *values: Any) -> Any:
    """Answers by a formula for each scheme, worked out on its own claims only; yes elsewhere."""
    result = np.full(claim.count, YES)
    for scheme, formula in formulas.items():
        those = np.flatnonzero(is_of(claim, scheme))
        result[those] = formula(*(value[those] for value in values))
    return result
