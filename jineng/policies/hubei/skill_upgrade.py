"""职工技能提升补贴: insured workers who obtained a certificate, paid to the worker."""

from jineng.policy import Scheme

from . import shared

scheme = Scheme(
    "SKIL",
    payee="person",
    fund="unemployment_insurance",
    cites=("D1 二", "D1 二(一)", "D2 文号", "D9 文号"),
)
scheme.takes(
    shared.in_force("D2"),
    shared.not_blacklisted,
    shared.no_repeat_occupation("SKIL"),
    shared.one_claim("ONLN"),
    shared.annual_cap,
)


@scheme.condition("insured-12-months", cites="D1 一")
def insured(claim, p):
    """累计缴纳失业保险满规定月数（各单位合并计算，含劳务派遣）"""
    return claim.unemployment_insurance_months >= p.min_insured_months


@scheme.condition(
    "level",
    cites=("D1 二", "D1 二(一)"),
    assumed="限高级工、中级工、初级工，技师和高级技师不在此列",
    readings=("技师、高级技师比照高级工",),
)
def level(claim, p):
    """技能等级为高级工、中级工或初级工"""
    return p.levels.holds(claim.level)


@scheme.condition("certified", cites="D1 二(一)")
def certified(claim, p):
    """取得职业资格证书或职业技能等级证书，有编号和发证日期，并经核验"""
    return shared.certified(claim, p) & claim.certificate_verified


@scheme.condition("certificate-age", cites="R40 申领期限")
def certificate_age(claim, p):
    """在证书核发之日起的申领期限内申请"""
    issued, applied = claim.certificate_issued_on, claim.applied_on
    return (issued <= applied) & (applied <= p.claim_within.after(issued))


@scheme.amount(
    "standard",
    cites=("D1 二(一)", "D2 文号"),
    assumed="初级工：转述的幅度自1000元起，但没有为任何等级写明1000元，视为尚未规定",
    readings=("初级工1000元",),
)
def by_level(claim, p):
    """按证书等级，每证一次"""
    return p.standard
