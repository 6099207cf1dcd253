"""高校毕业生职业培训补贴: training of graduates within two years of leaving school."""

from jineng.policy import Scheme, belongs

from . import shared

KEY_GROUPS = ("recent_graduate",)

scheme = Scheme(
    "GRAD",
    payee="institution",
    payee_assumed="文件未写明领取方，按承训机构理解",
    fund="special_account",
    cites="D7 四(一)",
)
scheme.takes(
    shared.in_force("D7"),
    shared.plan_filed_project,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.institution_listed,
    shared.not_blacklisted,
    shared.no_repeat_occupation("GRAD"),
    shared.one_claim(),
    shared.annual_cap,
)


@scheme.condition(
    "key-group",
    cites="D7 四(一)",
    assumed="文件只说高校毕业生，按离校两年内理解（同鄂人社函〔2020〕61号一(二)3、鄂教职成〔2020〕1号二2）",
    readings=("不限离校年限", "只限离校两年内尚未就业的"),
)
def key_group(claim, p):
    """离校两年内的高校毕业生"""
    return belongs(claim, *KEY_GROUPS)


scheme.takes(shared.own_region, shared.certified_any)


@scheme.amount("standard", cites=("D7 四(一)", "D7 四(二)"))
def per_person(claim, p):
    """每人按地区标准补贴一次"""
    return p.standard
