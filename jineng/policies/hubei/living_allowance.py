"""培训期间生活费（含交通费）补贴: living allowance to trainees, per day of training.

It asks for no pass and no certificate: it is owed during training.
"""

from jineng.policy import Scheme, belongs

from . import shared

scheme = Scheme("LIVE", payee="person", fund="employment_subsidy", cites="D7 四(一)")
scheme.takes(
    shared.in_force("D7"),
    shared.not_blacklisted,
    shared.no_repeat("同一人同一次培训未享受过生活费补贴", "training_id", asks=()),
)


@scheme.condition(
    "key-group",
    cites=("D7 四(一)", "D7 二(二)"),
    assumed="残疾人视为就业困难人员",
    readings=("残疾人须经认定为就业困难人员",),
)
def key_group(claim, p):
    """贫困劳动力、就业困难人员（含残疾人）、零就业家庭成员、农村两后生或城市低保家庭两后生"""
    return belongs(
        claim,
        "poor_labourer",
        "hard_to_employ",
        "disabled",
        "zero_employment_family",
        "school_leaver_rural",
        "school_leaver_low_income",
    )


@scheme.amount(
    "standard",
    cites=("D7 四(一)", "D7 四(二)"),
    assumed="按实际培训天数计算",
    readings=("按月计算", "按次定额"),
)
def per_day(claim, p):
    """按实际培训天数，每天按地区标准补贴"""
    return p.standard * claim.days
