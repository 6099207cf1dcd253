"""企业新型学徒制: apprenticeship in an enterprise, per person and year."""

from jineng.policy import Scheme

from . import shared

scheme = Scheme(
    "APPR", payee="enterprise", fund="special_account", cites=("D7 四(一)", "D6 一(二)5")
)
scheme.takes(
    shared.in_force("D7"),
    shared.plan_filed,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.not_blacklisted,
    shared.no_repeat("同一人同一学徒年度未享受过学徒补贴", "apprenticeship_year"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition(
    "apprentice-agreement",
    cites="D7 四(一)",
    assumed="须签订学徒培养协议",
    readings=("以劳动合同代替",),
)
def agreement(claim, p):
    """已签订学徒培养协议"""
    return claim.apprentice_agreement


scheme.takes(
    shared.passed.but(
        cites=("D7 四(一)", "D6 六(二)"),
        assumed="学徒年度考核须合格",
        readings=("只看学徒期满的最终考核",),
    )
)


@scheme.amount("standard", cites=("D7 四(一)", "D6 一(二)5"))
def per_year(claim, p):
    """每人每年按标准补贴"""
    return p.standard
