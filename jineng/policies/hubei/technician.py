"""新技师培训: new technicians, by level."""

from jineng.policy import Scheme

from . import shared

scheme = Scheme(
    "TECH",
    payee="enterprise",
    payee_assumed="文件未写明领取方，按企业理解",
    fund="special_account",
    cites="D7 四(一)",
)
scheme.takes(
    shared.in_force("D7"),
    shared.plan_filed,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.not_blacklisted,
    shared.no_repeat_occupation("TECH"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition("level", cites="D7 四(一)")
def level(claim, p):
    """技能等级为高级技师、技师或高级工"""
    return p.levels.holds(claim.level)


@scheme.condition(
    "certified",
    cites=("D7 四(一)", "D6 六(二)"),
    assumed="须取得职业资格证书或职业技能等级证书",
    readings=("取得培训合格证书亦可（鄂人社函〔2020〕61号六(二)）",),
)
def certified(claim, p):
    """取得职业资格证书或职业技能等级证书，有编号和发证日期"""
    return shared.certified(claim, p)


@scheme.amount("standard", cites="D7 四(一)")
def by_level(claim, p):
    """按技能等级，每人一次"""
    return p.standard
