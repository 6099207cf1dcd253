"""在校学生1+X: students of the schools that pilot certificates beside the diploma."""

from jineng.policy import Scheme, belongs

from . import shared

scheme = Scheme(
    "STUD",
    payee="institution",
    fund="education",
    cites="D8 五(一)1",
)
scheme.takes(
    shared.in_force("D8"),
    shared.plan_filed_project,
    shared.platform_licensed,
    shared.platform_accredited,
    shared.institution_listed,
    shared.not_blacklisted,
    shared.no_repeat_occupation("STUD"),
    shared.one_claim(),
    shared.annual_cap,
)


scheme.takes(shared.project_approved)


@scheme.condition("student", cites="D8 五(一)1")
def student(claim, p):
    """1+X证书试点院校的在校学生"""
    return belongs(claim, "student")


scheme.takes(shared.passed.but(cites="D8 五(一)1"))


@scheme.condition("certified", cites="D8 五(一)1")
def certified(claim, p):
    """取得职业技能等级证书，有编号和发证日期"""
    return shared.certified(claim, p)


@scheme.amount("standard", cites="D8 五(一)1")
def provincial_method(claim, p):
    """按省定办法补助，办法尚未制定"""
    return p.standard
