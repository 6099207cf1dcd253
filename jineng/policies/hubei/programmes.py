"""部门专项培训: programmes that other departments organise."""

from jineng.policy import Scheme

from . import shared

scheme = Scheme(
    "SPEC",
    payee="institution",
    payee_assumed="文件未写明领取方，按承训机构理解",
    fund="special_account",
    cites="D6 四",
)
scheme.takes(
    shared.in_force("D6"),
    shared.plan_filed_project,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.institution_listed,
    shared.not_blacklisted,
    shared.no_repeat_occupation("SPEC"),
    shared.one_claim(),
    shared.annual_cap,
)

scheme.takes(
    shared.passed.but(
        cites=("D6 四", "D6 六(一)"),
        assumed="专项培训的结业考核须合格",
        readings=("按主管部门的办法",),
    )
)


def _lacking(claim, p):
    """Each programme has its own standard."""
    return claim.programme.isnull()


@scheme.amount("standard", cites="D6 四", lacking=_lacking)
def by_programme(claim, p):
    """按专项培训各自的标准补贴，尚未录入的不定数额"""
    return p.standard
