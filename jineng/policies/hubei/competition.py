"""职业技能竞赛培训: finalists of skills competitions, and of an enterprise's own contest."""

from jineng.policy import Scheme

from . import shared

OWN_CONTEST = "enterprise"

scheme = Scheme("COMP", payee="enterprise", fund="special_account", cites="D6 一(二)4")
scheme.takes(
    shared.in_force("D6"),
    shared.not_blacklisted,
    shared.no_repeat("同一人同一竞赛未享受过竞赛培训补贴", "competition_id"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition(
    "finalist",
    cites="D6 一(二)4",
    assumed="参赛人员是申请企业的职工，由参赛名册和劳动合同证明，不另设条件",
    readings=("另行核对参赛时的参保和就业记录",),
)
def finalist(claim, p):
    """进入决赛"""
    return claim.finalist


@scheme.condition("competition-planned", cites="D6 一(二)4")
def planned(claim, p):
    """竞赛列入相应级别人社部门年度计划（企业自办的除外）"""
    return (claim.competition_level == OWN_CONTEST) | claim.competition_planned


@scheme.condition("main-business", cites="D6 一(二)4")
def main_business(claim, p):
    """企业自办的岗位练兵、技能比武围绕主营业务"""
    return (claim.competition_level != OWN_CONTEST) | claim.competition_main_business


@scheme.amount("standard", cites="D6 一(二)4")
def by_level(claim, p):
    """按竞赛级别，进入决赛每人一次"""
    return p.standard
