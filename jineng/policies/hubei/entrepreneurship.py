"""创业培训: training of people who mean to start a business."""

from jineng.policy import Scheme, belongs

from . import free_training, graduates, shared

scheme = Scheme(
    "ENTR",
    payee="institution",
    payee_assumed="文件未写明领取方，按承训机构理解",
    fund="special_account",
    cites=("D6 七(一)", "D7 二(二)"),
)
scheme.takes(
    shared.in_force("D7"),
    shared.plan_filed_project,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.institution_listed,
    shared.not_blacklisted,
    shared.no_repeat_occupation("ENTR"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition(
    "key-group",
    cites=("D7 二(二)", "D7 四(一)"),
    assumed="文件只说有创业愿望的劳动者，按免费培训的重点群体和离校两年内的高校毕业生理解",
    readings=("有创业愿望的劳动者都可以",),
)
def key_group(claim, p):
    """属于免费培训的重点群体或离校两年内的高校毕业生"""
    return belongs(claim, *free_training.KEY_GROUPS, *graduates.KEY_GROUPS)


scheme.takes(shared.own_region, shared.certified_any)


@scheme.amount("standard", cites=("D6 七(一)", "D7 二(二)"))
def earlier_standard(claim, p):
    """按原标准补贴，原标准尚未提供"""
    return p.standard
