"""免费职业技能培训: free training for key groups."""

from jineng.policy import Scheme, belongs

from . import shared

#: Whom the plan trains free of charge; rural and low-income school leavers are school leavers too.
KEY_GROUPS = (
    "poor_family_child",
    "poor_labourer",
    "school_leaver",
    "school_leaver_rural",
    "school_leaver_low_income",
    "rural_migrant_worker",
    "laid_off",
    "registered_unemployed",
    "transferred_worker",
    "veteran",
    "disabled",
)

scheme = Scheme(
    "FREE",
    payee="institution",
    payee_assumed="按项目制理解，补贴发给承训机构",
    fund="special_account",
    cites=("D7 四(一)", "D8 五(一)2"),
)
scheme.takes(
    shared.in_force("D7"),
    shared.plan_filed_project,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.institution_listed,
    shared.not_blacklisted,
    shared.no_repeat_occupation("FREE"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition(
    "key-group",
    cites="D7 四(一)",
    assumed="登记失业人员视为下岗失业人员",
    readings=("只限下岗后失业的人员",),
)
def key_group(claim, p):
    """属于免费培训的重点群体"""
    return belongs(claim, *KEY_GROUPS)


scheme.takes(shared.own_region, shared.certified_any)


@scheme.amount("standard", cites=("D7 四(一)", "D7 四(二)"))
def per_person(claim, p):
    """每人按地区标准补贴一次"""
    return p.standard
