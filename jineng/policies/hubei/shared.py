"""Conditions that many schemes share, in the order in which the catalogue lists them."""

from jineng.policy import AtMost, Condition, Once, OneScheme, condition, known

#: Employees' training under D6: each stops a second of its own scheme and is stopped by D7's.
EMPLOYEES_TRAINING = ("POST", "TECH", "SKIL")
#: Training under D7: each stops and is stopped by any of the nine.
GROUPS_TRAINING = ("FREE", "GRAD", "ENTR", "STUD", "VETE", "SPEC")

_ONCE_CITES = ("D7 四(二)", "D6 一(三)4")


def in_force(document: str) -> Condition:
    """The scheme's document is in force on the application date."""
    key = f"in_force_{document.lower()}"
    clause = {"D6": "D6 结尾", "D7": "D7 标题", "D2": "D2 文号", "D8": "D8 文号"}[document]

    @condition(
        "in-force",
        cites=clause,
        assumed="以受理日期判断文件是否有效",
        readings=("以培训开班日期判断", "以发证日期判断"),
    )
    def in_force_on_application(claim, p):
        """受理日期在文件有效期内"""
        return p[key].covers(claim.applied_on)

    return in_force_on_application


@condition(
    "plan-filed",
    cites=("D6 一(三)1", "A3 一"),
    assumed="备案与开班在同一天的，视为先备案后开班",
    readings=("备案须早于开班之日",),
)
def plan_filed(claim, p):
    """培训方案在开班之前审核备案"""
    return claim.plan_filed_on <= claim.training_start


#: Of training that isn't an enterprise's own the documents don't say that a plan is filed.
plan_filed_project = plan_filed.but(
    assumed="机构承办的项目同样须先备案；备案与开班在同一天的，视为先备案后开班",
    readings=("项目进入目录即视为备案", "备案须早于开班之日"),
)


@condition(
    "platform-licensed",
    cites="A3 二",
    assumed="培训期间的每一天三项许可均须有效",
    readings=("开班之日有效即可",),
)
def platform_licensed(claim, p):
    """线上培训的平台三项许可齐全有效"""
    return (claim.training_mode == "offline") | claim.platform_licensed


@condition("platform-accredited", cites="D6 二(二)")
def platform_accredited(claim, p):
    """线上培训的平台经劳动者所在地人社部门认定"""
    return (claim.training_mode == "offline") | claim.platform_accredited


@condition("institution-listed", cites=("D7 三(三)", "D7 五(二)"))
def institution_listed(claim, p):
    """培训机构在开班之日具备资质并列入目录"""
    return claim.institution_listed


@condition(
    "not-blacklisted",
    cites="D7 四(四)",
    assumed="以受理日期是否在黑名单上判断",
    readings=("以培训期间是否在黑名单上判断",),
)
def not_blacklisted(claim, p):
    """领取补贴的一方和培训方均未列入黑名单"""
    return ~claim.blacklisted.fill_null(False)


def no_repeat(
    title: str,
    *by: str,
    asks: tuple[str, ...] = ("training_id",),
    family: str | None = None,
    stopped_by: tuple[str, ...] = (),
    assumed: str | None = "一经享受，不论年度，不再重复享受",
    readings: tuple[str, ...] = ("只在同一年度内不重复",),
) -> Condition:
    """Once and for all by person and key; ``asks``: further facts that must be known."""

    def key_known(claim, p):
        return known(*(claim[fact] for fact in dict.fromkeys((*by, *asks))))

    return Condition(
        "no-repeat",
        title,
        _ONCE_CITES,
        key_known,
        Once(by, family, stopped_by),
        assumed,
        readings,
    )


def no_repeat_occupation(scheme: str) -> Condition:
    """By person, occupation and level, among the nine schemes for which that is the key."""
    d6 = scheme in EMPLOYEES_TRAINING
    return no_repeat(
        "同一职业同一等级未重复享受",
        "occupation",
        "level",
        family="occupation",
        stopped_by=(scheme, *GROUPS_TRAINING) if d6 else (*EMPLOYEES_TRAINING, *GROUPS_TRAINING),
    )


def one_claim(*beside: str) -> Condition:
    """One training is paid under one scheme only; ``beside``: schemes that may share it."""
    return Condition(
        "one-claim",
        "同一次培训只按一个补贴项目享受",
        ("D8 六3", "D1 二") if beside else ("D8 六3",),
        across=OneScheme(beside),
        assumed="重复多头申请按同一次培训只能享受一个项目理解；职工技能提升与企业线上培训可以共享",
        readings=("只禁止由不同主体就同一次培训申请",),
    )


annual_cap = Condition(
    "annual-cap",
    "本年度享受补贴的培训未超过规定次数",
    ("D6 一(三)4", "D7 四(二)"),
    across=AtMost("trainings", "yearly_trainings"),
    assumed="按受理日期所在公历年度计次；同一次培训多次发放只计一次；生活费补贴不计；例外须有记录",
    readings=("按培训年度计次", "按发放次数计次"),
)


@condition("passed", cites=("D6 六(一)", "D6 一(三)2"))
def passed(claim, p):
    """结业考核合格"""
    return claim.passed


def certified(claim, p):
    """A certificate of the kinds in ``certificate_types``, with number and date.

    An empty number or date is not a failure: nobody knows it yet.
    """
    return p.certificate_types.holds(claim.certificate_type) & known(
        claim.certificate_no, claim.certificate_issued_on
    )


@condition("own-region", cites="D7 四(二)")
def own_region(claim, p):
    """在本人户籍地、常住地或求职就业地培训"""
    return claim.trained_in_own_region


@condition("certified-any", cites=("D7 四(二)", "D6 六(二)"))
def certified_any(claim, p):
    """取得五类证书之一，有编号和发证日期"""
    return certified(claim, p)


@condition("project-approved", cites="D8 三")
def project_approved(claim, p):
    """培训项目在目录内，经审核在本地区有效"""
    return claim.project_approved
