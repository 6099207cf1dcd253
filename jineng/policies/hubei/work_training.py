"""以工代训: training through work; one claim is one person and one month.

Six grounds in two groups, each group with its own term: (a) to (d) under D6, (e) and (f) under D7.
"""

from jineng.policy import AtMost, Condition, Scheme, belongs

from . import shared

MICRO_SMALL_MEDIUM = ("micro", "small", "medium")
HARD_HIT = (
    "foreign_trade",
    "accommodation",
    "catering",
    "culture",
    "tourism",
    "transport",
    "wholesale_retail",
)
#: A disabled person counts as hard to employ (D7 二(二)).
HARD_TO_EMPLOY = ("hard_to_employ", "disabled", "zero_employment_family")

scheme = Scheme(
    "WORK",
    payee="enterprise",
    fund="special_account",
    cites=("D6 一(二)3", "D6 三(二)", "D7 四(一)"),
    training="employer_id",
)
scheme.takes(
    shared.not_blacklisted,
    shared.no_repeat("同一人同一月份未享受过以工代训补贴", "service_month", asks=("employer_id",)),
    shared.annual_cap,
)


def grounds_of_d6(claim):
    """(a) to (d): smaller enterprises taking on or suspended, hard-hit trades, migrant workers."""
    smaller = claim.enterprise_size.isin(MICRO_SMALL_MEDIUM)
    new = claim.hire_status == "new"
    took_on = belongs(claim, *HARD_TO_EMPLOY, "recent_graduate", "registered_unemployed")
    a = smaller & new & took_on
    b = smaller & claim.enterprise_suspended
    c = claim.enterprise_industry.isin(HARD_HIT)
    d = belongs(claim, "rural_migrant_worker") & claim.hire_status.isin(("new", "waiting"))
    return a | b | c | d


def grounds_of_d7(claim):
    """(e) and (f): a poor labourer, or an insured enterprise taking on someone hard to employ."""
    new = claim.hire_status == "new"
    e = belongs(claim, "poor_labourer") & new
    f = claim.enterprise_insured & new & belongs(claim, *HARD_TO_EMPLOY)
    return e | f


@scheme.condition(
    "work-ground",
    cites=("D6 一(二)3", "D6 三(二)", "D7 四(一)"),
    assumed="外贸、住宿、餐饮、文化、旅游、交通运输、批发零售各类企业均视为受疫情影响较大；"
    "残疾人视为就业困难人员；吸纳指新录用",
    readings=("须逐户证明受疫情影响较大", "残疾人须经认定为就业困难人员", "吸纳不限新录用"),
)
def work_ground(claim, p):
    """符合以工代训的至少一种情形"""
    return grounds_of_d6(claim) | grounds_of_d7(claim)


@scheme.condition("accepted-by", cites=("D6 一(二)3", "D7 四(一)"))
def accepted_by(claim, p):
    """所依据的情形在受理期限之内"""
    d6, d7 = grounds_of_d6(claim), grounds_of_d7(claim)
    d6_runs, d7_runs = p.term_d6.covers(claim.applied_on), p.term_d7.covers(claim.applied_on)
    may_d6, may_d7 = d6.fill_null(True), d7.fill_null(True)
    one_in_term = ((d6 & d6_runs) | (d7 & d7_runs)).fill_null(False)
    one_may_be_late = (may_d6 & ~d6_runs) | (may_d7 & ~d7_runs)
    one_may_be_in_term = (may_d6 & d6_runs) | (may_d7 & d7_runs)
    # without any ground there is nothing to ask: work-ground alone fails then
    accepted = one_in_term | ~one_may_be_late
    return accepted.ifelse(True, one_may_be_in_term.nullif(True))


@scheme.condition("wage-paid", cites="D6 一(三)3")
def wage_paid(claim, p):
    """银行对账单显示已发放当月工资（停工停产企业为上一季度）"""
    return claim.wage_paid


scheme.takes(
    Condition(
        "max-6-months",
        "同一人在同一企业享受的月数未超过上限",
        ("D6 一(二)3", "D7 四(一)"),
        across=AtMost("months", "max_months"),
        assumed="按同一人在同一企业计算",
        readings=("同一人不论在几个企业，合计计算", "同一企业不论几个人，自首月起计算"),
    )
)


def _lacking(claim, p):
    """While their term runs, whether one of (a) to (d) holds decides on the amount."""
    return p.term_d6.covers(claim.applied_on) & grounds_of_d6(claim).isnull()


def _by_d6(claim, p):
    return (p.term_d6.covers(claim.applied_on) & grounds_of_d6(claim)).fill_null(False)


def _which_standard(claim, p):
    return _by_d6(claim, p).ifelse(p.number("monthly_d6"), p.number("monthly_d7"))


@scheme.amount(_which_standard, cites=("D6 一(二)3", "D7 四(一)"), lacking=_lacking)
def per_month(claim, p):
    """每人每月按标准补贴：依鄂人社函〔2020〕61号情形的按其标准，只依鄂政办发〔2019〕45号情形的按地区标准"""
    return _by_d6(claim, p).ifelse(p.monthly_d6, p.monthly_d7)
