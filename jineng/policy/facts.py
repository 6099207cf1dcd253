"""The claims file's contract: the facts that a decision may rest on, and what comes out.

One line is one claim for one person (以工代训: one person and one month). An empty cell means
"not known", which is not "no". Missing facts are named in the order of ``FACTS``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

Kind = Literal[
    "text",  # any key or name, compared as written after trimming
    "person",  # identity number (GB 11643) or any stable pseudonym
    "region",  # six digits, GB/T 2260
    "code",  # one of a closed list
    "groups",  # several of a closed list, ";" between; "none" alone says: belongs to none
    "date",
    "month",  # YYYY-MM
    "number",
    "whole",
    "months_or_open",  # whole number of months, or an open-ended contract
    "yesno",
    "yuan",  # up to two decimals; kept as whole 分
]

#: An open-ended contract (无固定期限) is longer than any: its place among whole numbers of months.
OPEN_ENDED = 99_999


@dataclass(frozen=True)
class Fact:
    """One column of the claims file."""

    name: str
    heading: str
    kind: Kind
    note: str
    codes: dict[str, str] = field(default_factory=dict, hash=False)
    required: bool = False

    def label(self, value: object) -> str:
        """The value as an official reads it: 是, 岗前培训, 2020-08-31; 未提供 where not known."""
        if value is None:
            return "未提供"
        if self.kind == "yesno":
            return "是" if value else "否"
        if self.kind == "months_or_open" and value == OPEN_ENDED:
            return "无固定期限"
        if self.kind == "groups":
            return "、".join(self.codes[code] for code in group_codes(value)) or "不属于任何群体"
        if self.kind == "yuan":
            return f"{yuan_text(int(str(value)))} 元"
        if self.kind == "number":
            return f"{value:g}"
        return self.codes.get(str(value), str(value))


@dataclass(frozen=True)
class Out:
    """One column of the decisions."""

    name: str
    heading: str
    codes: dict[str, str] = field(default_factory=dict, hash=False)


SCHEME_NAMES = {
    "PRE": "岗前培训",
    "POST": "岗位技能培训",
    "WORK": "以工代训",
    "COMP": "职业技能竞赛培训",
    "APPR": "企业新型学徒制",
    "TECH": "新技师培训",
    "SKIL": "职工技能提升补贴",
    "ONLN": "企业组织线上培训",
    "FREE": "免费职业技能培训",
    "LIVE": "培训期间生活费补贴",
    "GRAD": "高校毕业生职业培训补贴",
    "ENTR": "创业培训",
    "STUD": "在校学生1+X",
    "VETE": "退役军人培训",
    "SPEC": "部门专项培训",
}

LEVELS = {"1": "高级技师", "2": "技师", "3": "高级工", "4": "中级工", "5": "初级工"}

GROUPS = {
    "poor_family_child": "贫困家庭子女",
    "poor_labourer": "贫困劳动力（建档立卡）",
    "school_leaver": "两后生",
    "school_leaver_rural": "农村两后生",
    "school_leaver_low_income": "城市低保家庭两后生",
    "rural_migrant_worker": "农村转移就业劳动者",
    "laid_off": "下岗失业人员",
    "registered_unemployed": "登记失业人员",
    "transferred_worker": "转岗职工",
    "veteran": "退役军人",
    "disabled": "残疾人",
    "hard_to_employ": "就业困难人员",
    "zero_employment_family": "零就业家庭成员",
    "recent_graduate": "离校两年内高校毕业生",
    "student": "在校学生（1+X试点院校）",
}
NO_GROUP = "none"

_GROUP_BIT = {code: 1 << place for place, code in enumerate(GROUPS)}

_MODES = {"online": "线上", "offline": "线下", "blended": "线上线下结合"}
_CERTIFICATES = {
    "qualification": "职业资格证书",
    "skill_level": "职业技能等级证书",
    "special_ability": "专项职业能力证书",
    "special_operation": "特种作业操作证书",
    "training_completion": "培训合格证书",
}
_HIRED = {"new": "新录用", "waiting": "待岗", "existing": "在岗"}
_SIZES = {"micro": "微型", "small": "小型", "medium": "中型", "large": "大型"}
_INDUSTRIES = {
    "foreign_trade": "外贸",
    "accommodation": "住宿",
    "catering": "餐饮",
    "culture": "文化",
    "tourism": "旅游",
    "transport": "交通运输",
    "wholesale_retail": "批发零售",
    "other": "其他行业",
}
_CONTESTS = {
    "county": "县（市、区）级",
    "city": "市州级",
    "province": "省级",
    "nation": "国家级",
    "enterprise": "企业自办",
}

FACTS: tuple[Fact, ...] = (
    Fact("claim_id", "申请编号", "text", "每行一个，不得重复", required=True),
    Fact("scheme", "补贴项目", "code", "补贴项目代码或名称", SCHEME_NAMES, required=True),
    Fact("applied_on", "受理日期", "date", "申请被受理的日期", required=True),
    Fact("region", "审核地区", "region", "作出决定的部门所在地，六位行政区划代码", required=True),
    Fact("person_id", "人员编号", "person", "居民身份证号，或固定不变的代号", required=True),
    Fact("employer_id", "用人单位", "text", "统一社会信用代码，或固定不变的代号"),
    Fact("institution_id", "培训机构", "text", "统一社会信用代码，或固定不变的代号"),
    Fact("platform_id", "线上平台", "text", "统一社会信用代码，或固定不变的代号"),
    Fact("training_id", "培训编号", "text", "班次、证书或岗位；同一人同一编号视为同一次培训"),
    Fact("occupation", "职业（工种）", "text", "按目录填写"),
    Fact("level", "技能等级", "code", "1 高级技师 … 5 初级工", LEVELS),
    Fact("training_mode", "培训方式", "code", "线上、线下或两者结合", _MODES),
    Fact("platform_licensed", "平台三证齐全", "yesno", "培训期间每一天三项许可均有效"),
    Fact("platform_accredited", "平台经认定", "yesno", "经劳动者所在地人社部门认定"),
    Fact("institution_listed", "机构在目录内", "yesno", "开班之日具备资质并在机构目录内"),
    Fact("project_approved", "项目在目录内", "yesno", "培训项目经审核，在本地区有效"),
    Fact("project_designated", "退役军人部门指定", "yesno", "由退役军人事务部门指定的项目"),
    Fact("trained_in_own_region", "在本人所在地培训", "yesno", "户籍地、常住地或求职就业地"),
    Fact("hours", "课时", "number", "课时数"),
    Fact("training_start", "开班日期", "date", "培训第一天"),
    Fact("training_end", "结业日期", "date", "培训最后一天"),
    Fact("plan_filed_on", "方案备案日期", "date", "培训方案经审核备案的日期"),
    Fact("passed", "结业考核合格", "yesno", "结业考核是否合格"),
    Fact("certificate_type", "证书种类", "code", "五类证书之一", _CERTIFICATES),
    Fact("certificate_no", "证书编号", "text", "证书上的编号"),
    Fact("certificate_issued_on", "发证日期", "date", "证书上的发证日期"),
    Fact("certificate_verified", "证书已核验", "yesno", "是否已在网上或向发证机构核验"),
    Fact("contract_signed_on", "合同签订日期", "date", "劳动合同签订之日"),
    Fact("contract_months", "合同期限（月）", "months_or_open", "整数月数；无固定期限填 open"),
    Fact("hire_status", "用工情况", "code", "新录用、待岗或在岗", _HIRED),
    Fact("employed_at_training", "培训时在本企业就业", "yesno", "培训时是否为本企业职工"),
    Fact("town_months", "城镇居住月数", "whole", "农民工在城镇居住的月数"),
    Fact(
        "social_insurance_months", "社保连续缴费月数", "whole", "至结算时连续缴纳城镇职工社保的月数"
    ),
    Fact(
        "unemployment_insurance_months",
        "失业保险累计月数",
        "whole",
        "所有单位累计缴纳失业保险的月数",
    ),
    Fact("still_employed", "结算时仍在本企业", "yesno", "结算补贴时是否仍在同一企业就业"),
    Fact("enterprise_size", "企业规模", "code", "微型、小型、中型或大型", _SIZES),
    Fact("enterprise_industry", "企业行业", "code", "受疫情影响较大的行业或其他", _INDUSTRIES),
    Fact("enterprise_suspended", "停工停产", "yesno", "受疫情影响停工停产"),
    Fact("enterprise_insured", "参保企业", "yesno", "企业已参加社会保险"),
    Fact("pillar_or_key", "支柱产业或重点企业", "yesno", "属于当地支柱产业或重点企业"),
    Fact("person_groups", "人员类别", "groups", "可多选，用 ; 隔开；都不属于填 none", GROUPS),
    Fact("service_month", "用工月份", "month", "以工代训的月份，如 2020-08"),
    Fact("wage_paid", "工资已发放", "yesno", "银行对账单显示当月工资（停工停产企业为上一季度）"),
    Fact("competition_id", "竞赛编号", "text", "竞赛的固定编号"),
    Fact("competition_level", "竞赛级别", "code", "县、市、省、国家级或企业自办", _CONTESTS),
    Fact("competition_planned", "列入竞赛计划", "yesno", "列入相应级别人社部门年度竞赛计划"),
    Fact("competition_main_business", "围绕主营业务", "yesno", "企业自办竞赛是否围绕主营业务"),
    Fact("finalist", "进入决赛", "yesno", "是否进入决赛"),
    Fact("apprenticeship_year", "学徒年度", "whole", "学徒培养的年度：第几年或公历年份"),
    Fact("apprentice_agreement", "学徒培养协议", "yesno", "是否签订学徒培养协议"),
    Fact("days", "培训天数", "whole", "实际参加培训的天数"),
    Fact("programme", "专项培训名称", "text", "有关部门的专项培训项目"),
    Fact("fee_yuan", "培训考试费（元）", "yuan", "培训费与考试费合计，最多两位小数"),
    Fact("cap_exempt", "次数例外", "yesno", "经记录的年度次数例外；空白视为否"),
    Fact("blacklisted", "列入黑名单", "yesno", "本人、用人单位或机构；空白视为否"),
)

FACT: dict[str, Fact] = {fact.name: fact for fact in FACTS}
PLACE: dict[str, int] = {fact.name: place for place, fact in enumerate(FACTS)}

OUTCOMES = {"eligible": "符合", "ineligible": "不符合", "needs_evidence": "待补充材料"}
PAYEES = {"enterprise": "企业", "person": "个人", "institution": "培训机构"}
FUNDS = {
    "special_account": "职业技能提升行动专账资金",
    "unemployment_insurance": "失业保险基金",
    "employment_subsidy": "就业补助资金",
    "education": "教育专项经费",
    "veterans": "退役军人事务经费",
}
STANDARD_NOT_SET = "standard-not-set"


def outcome_word(outcome: str, missing: str) -> str:
    """An outcome for reading; where only a standard is lacking, nobody is asked for evidence."""
    return "暂不能核定" if missing == STANDARD_NOT_SET else OUTCOMES[outcome]


OUT: tuple[Out, ...] = (
    Out("claim_id", "申请编号"),
    Out("outcome", "结论", OUTCOMES),
    Out("amount_yuan", "补贴金额（元）"),
    Out("payee", "发放对象", PAYEES),
    Out("fund", "资金来源", FUNDS),
    Out("failed", "未满足的条件"),
    Out("missing", "缺少的信息"),
    Out("basis", "依据"),
    Out("release", "政策版本"),
)

#: Lines of a history file carry their outcome beside the facts.
HISTORY_OUTCOME = Fact("outcome", "结论", "code", "此前的决定", OUTCOMES, required=True)


def group_mask(codes: tuple[str, ...] | list[str]) -> int:
    """The groups as one whole number, a bit each, in which they are kept and tested."""
    mask = 0
    for code in codes:
        mask |= _GROUP_BIT[code]
    return mask


def group_codes(mask: object) -> list[str]:
    """The group codes of a mask, in the order of the contract."""
    bits = int(str(mask))
    return [code for code, bit in _GROUP_BIT.items() if bits & bit]


def yuan_text(fen: int) -> str:
    """分 as yuan with two decimals: 50000 → "500.00"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@cache
def column_names() -> dict[str, str]:
    """Every heading that is understood, name or Chinese, to the column's name."""
    known = {fact.name: fact.name for fact in FACTS}
    return known | {fact.heading: fact.name for fact in FACTS}
