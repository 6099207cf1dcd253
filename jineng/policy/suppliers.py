"""Who can supply a fact that is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from jineng.policy.facts import FACT, STANDARD_NOT_SET

if TYPE_CHECKING:
    from jineng.policy.parameters import Parameter

APPLICANT = "本人"
#: Who sets the standards that the documents leave open, whichever scheme it is.
STANDARD_SETTER = "市州或省级主管部门（标准由其制定）"

_SUPPLIERS = {
    "用人单位": "employer_id contract_signed_on contract_months hire_status employed_at_training"
    " still_employed enterprise_size enterprise_industry enterprise_suspended service_month"
    " wage_paid apprenticeship_year apprentice_agreement competition_main_business",
    "培训机构": "institution_id platform_id training_id training_mode hours training_start"
    " training_end passed days programme occupation fee_yuan",
    "培训机构或线上平台": "platform_licensed",
    "发证（评价）机构": "certificate_type certificate_no certificate_issued_on level",
    "人社部门，可在网上查验": "certificate_verified",
    "人社部门（方案备案）": "plan_filed_on",
    "人社部门（目录管理）": "platform_accredited institution_listed project_approved",
    "人社部门（竞赛计划）": "competition_planned",
    "竞赛主办单位": "competition_id competition_level finalist",
    "退役军人事务部门": "project_designated",
    "社会保险经办机构": "social_insurance_months unemployment_insurance_months enterprise_insured",
    "本人，或公安、人社部门": "trained_in_own_region town_months",
    "本人，或民政、乡村振兴、人社、残联等部门": "person_groups",
    "当地人社、行业主管部门": "pillar_or_key",
}
#: By fact. Those not named are the applicant's own to fill in.
SUPPLIERS = {fact: who for who, facts in _SUPPLIERS.items() for fact in facts.split()}


def supplier(fact: str) -> str:
    """Who can supply a missing fact, or a standard that is not set.

    Errors: KeyError where the contract has no such fact.
    """
    if fact == STANDARD_NOT_SET:
        return STANDARD_SETTER
    return SUPPLIERS.get(FACT[fact].name, APPLICANT)


def setters(amounts: Iterable[Parameter]) -> list[str]:
    """Who sets amounts that the documents leave open, each once, in words."""
    return list(dict.fromkeys(word for one in amounts for word in one.set_by.values()))
