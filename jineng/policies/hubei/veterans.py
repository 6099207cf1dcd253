"""退役军人培训: veterans in projects that the veterans' department designates."""

from jineng.policy import Scheme, belongs

from . import shared

scheme = Scheme(
    "VETE",
    payee="institution",
    payee_assumed="费用由机构收取，按承训机构理解",
    fund="veterans",
    fund_assumed="退役军人事务、教育、人社部门的经费中，按退役军人事务经费理解",
    cites="D8 五(一)2",
)
scheme.takes(
    shared.in_force("D8"),
    shared.plan_filed_project,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.institution_listed,
    shared.not_blacklisted,
    shared.no_repeat_occupation("VETE"),
    shared.one_claim(),
    shared.annual_cap,
)


scheme.takes(shared.project_approved)


@scheme.condition("veteran", cites="D8 五(一)2")
def veteran(claim, p):
    """退役军人"""
    return belongs(claim, "veteran")


@scheme.condition("project-designated", cites="D8 五(一)2")
def project_designated(claim, p):
    """培训项目由退役军人事务部门指定"""
    return claim.project_designated


@scheme.amount(None, cites="D8 五(一)2")
def project_fee(claim, p):
    """按项目的培训费和考证费据实列支"""
    return claim.fee_yuan
