"""岗前培训: training of newly hired workers by their enterprise."""

from jineng.policy import Scheme

from . import shared

scheme = Scheme("PRE", payee="enterprise", fund="special_account", cites="D6 一(二)1")
scheme.takes(
    shared.in_force("D6"),
    shared.plan_filed,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.not_blacklisted,
    shared.no_repeat("同一人在同一企业未享受过岗前培训补贴", "employer_id"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition("new-hire", cites="D6 一(二)1")
def newly_hired(claim, p):
    """企业新录用的职工"""
    return claim.hire_status == "new"


@scheme.condition("contract-term", cites="D6 一(二)1")
def contract_of_a_year(claim, p):
    """签订一年及以上期限劳动合同"""
    return claim.contract_months >= p.min_contract_months


@scheme.condition(
    "within-first-year",
    cites="D6 一(二)1",
    assumed="自签订之日起，至次年同日之前开班（2月29日签订的，至次年3月1日之前）",
    readings=("培训须在一年内结束", "含次年同日"),
)
def within_first_year(claim, p):
    """在劳动合同签订之日起一年内开班"""
    start = claim.training_start
    return (start >= claim.contract_signed_on) & (
        p.first_year.before(start) < claim.contract_signed_on
    )


@scheme.condition("min-hours", cites="D6 一(二)1")
def enough_hours(claim, p):
    """培训不少于规定课时"""
    return claim.hours >= p.min_hours


@scheme.condition(
    "insured-3-months",
    cites="D6 一(二)1",
    note="连续缴费尚未满期的，满期后可以再次申请",
)
def insured(claim, p):
    """结算时已连续缴纳城镇职工社会保险满规定月数"""
    return claim.social_insurance_months >= p.min_insured_months


@scheme.condition("still-employed", cites="D6 一(二)1")
def still_employed(claim, p):
    """结算时仍在本企业就业"""
    return claim.still_employed


scheme.takes(shared.passed)


@scheme.amount("standard", cites="D6 一(二)1")
def per_person(claim, p):
    """每人按标准补贴一次"""
    return p.standard
