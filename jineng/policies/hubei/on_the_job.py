"""岗位技能培训, 转岗转业培训: on-the-job training and training for another job."""

from jineng.policy import Scheme, belongs

from . import shared

scheme = Scheme("POST", payee="enterprise", fund="special_account", cites="D6 一(二)2")
scheme.takes(
    shared.in_force("D6"),
    shared.plan_filed,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.not_blacklisted,
    shared.no_repeat_occupation("POST"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition("min-hours", cites="D6 一(二)2")
def enough_hours(claim, p):
    """培训不少于规定学时"""
    return claim.hours >= p.min_hours


scheme.takes(shared.passed)


@scheme.condition("pillar-or-key", cites="D6 一(二)2")
def pillar_or_key(claim, p):
    """企业属于当地支柱产业或重点企业"""
    return claim.pillar_or_key


@scheme.condition("employee", cites=("D6 一(二)2", "D6 三(三)"))
def employee(claim, p):
    """培训时在本企业就业，或在城镇居住满规定月数的农民工"""
    settled = belongs(claim, "rural_migrant_worker") & (claim.town_months >= p.min_town_months)
    return claim.employed_at_training | settled


@scheme.amount("standard", cites="D6 一(二)2")
def per_person_passed(claim, p):
    """按考核合格人数，每人按标准补贴一次"""
    return p.standard
