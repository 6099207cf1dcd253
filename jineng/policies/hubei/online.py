"""企业组织线上培训: online training organised by the enterprise, paid once a person."""

from jineng.policy import Scheme

from . import shared

scheme = Scheme(
    "ONLN",
    payee="enterprise",
    fund="special_account",
    cites=("D1 二", "D1 二(二)", "D3 文号"),
)
scheme.takes(
    shared.plan_filed,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.not_blacklisted,
    shared.no_repeat(
        "同一人在同一企业未享受过线上培训补贴（按人不按证）",
        "employer_id",
        readings=("每年一次",),
    ),
    shared.one_claim("SKIL"),
    shared.annual_cap,
)


@scheme.condition(
    "in-training-mode",
    cites="D1 二(二)",
    assumed="线上线下结合的，视为线上培训",
    readings=("只限全部在线上完成的",),
)
def online(claim, p):
    """培训在线上或线上线下结合进行"""
    return claim.training_mode.isin(("online", "blended"))


@scheme.condition(
    "insured-12-months",
    cites="D1 一",
    assumed="职工参保月数的要求同样适用于企业线上培训补贴",
    readings=("只适用于职工技能提升补贴",),
)
def insured(claim, p):
    """职工累计缴纳失业保险满规定月数（各单位合并计算，含劳务派遣）"""
    return claim.unemployment_insurance_months >= p.min_insured_months


@scheme.condition(
    "certified",
    cites=("D1 二(二)", "D6 六(二)"),
    assumed="须取得职业资格证书或职业技能等级证书",
    readings=("取得培训合格证书亦可（鄂人社函〔2020〕61号六(二)）", "不要求取证"),
)
def certified(claim, p):
    """取得职业资格证书或职业技能等级证书，有编号和发证日期"""
    return shared.certified(claim, p)


@scheme.condition(
    "epidemic-period",
    cites=("D1 二(二)", "D3 文号", "D6 结尾"),
    assumed="培训的开班和结业均在疫情期间",
    readings=("开班在期间内即可", "申请在期间内即可"),
)
def epidemic_period(claim, p):
    """培训在疫情期间开班并结业"""
    return p.epidemic.begun_by(claim.training_start) & p.epidemic.lasts_to(claim.training_end)


@scheme.amount("standard", cites=("D1 二", "D1 二(二)"))
def per_person(claim, p):
    """按人补贴一次，不按证书"""
    return p.standard
