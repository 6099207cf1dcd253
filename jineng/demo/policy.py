"""What the policy desk holds: standards of two cities, a draft with its cases.

None of it touches the batches of the demo: one of them waits for a standard that nobody has set.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from jineng.demo import DAY
from jineng.demo.users import Users, moment
from jineng.desk.commands.cases import hand_in_cases
from jineng.desk.commands.drafts import begin_draft, share_draft
from jineng.desk.commands.standards import enter_standard, second_standard, submit_standard
from jineng.desk.models import RegionalStandard
from jineng.people.models import Membership, Region, Role, User

SECONDS = "feng-li"
WUHAN, YICHANG = "420100", "420500"
_ENTERED = DAY - timedelta(days=12)
_SECONDED = DAY - timedelta(days=10)

_DRAFT = """\
draft: 岗前培训提到 600 元
note: 供讨论；提高到省定上限以上，须另行发文
documents:
  拟1:
    number: 拟稿
    title: 关于调整岗前培训补贴标准的通知
    clauses: {一: 岗前培训补贴标准提到每人 600 元}
parameters:
  岗前培训:
    standard:
      values:
        - {from: 2020-10-01, value: 600, cites: 拟1 一}
"""
_CASES = """\
案例,说明,其余信息,预期结论,预期金额（元）,预期未满足的条件,补贴项目,受理日期,合同期限（月）
1,十月起按新标准,照范例,符合,600,无,岗前培训,2020-10-08,
2,九月仍按原标准,照范例,符合,500,无,岗前培训,2020-09-08,
3,合同差一个月，不予补贴,照范例,不符合,,签订一年及以上期限劳动合同,岗前培训,2020-10-08,11
"""


def load(users: Users) -> None:
    """All of it."""
    wuhan, yichang, province = _administers(WUHAN), _administers(YICHANG), users[SECONDS]
    in_force: dict[str, Any] = {"starts_on": date(2020, 7, 1)}
    for who, region, fen, number in (
        (wuhan, WUHAN, 90_000, "武人社函〔2020〕演示1号"),
        (yichang, YICHANG, 80_000, "宜人社函〔2020〕演示1号"),
    ):
        second_standard(
            _submitted(who, region, "GRAD.standard", fen, number, **in_force),
            by=province,
            on=_SECONDED,
            at=moment(_SECONDED, 15),
        )
    coming = date(2020, 10, 1)
    waits = "武人社函〔2020〕演示2号"
    _submitted(wuhan, WUHAN, "APPR.standard", 450_000, waits, starts_on=coming)
    _entered(province, WUHAN, "ENTR.standard", 120_000, "武人社函〔2020〕演示3号", coming)
    _draft(wuhan, province)


def _administers(region: str) -> User:
    """Who administers the policy in a city."""
    held = Membership.objects.select_related("user")
    return held.get(role=Role.POLICY_ADMIN, organisation__region__code=region).user


def _submitted(
    by: User, region: str, what: str, fen: int, number: str, *, starts_on: date
) -> RegionalStandard:
    one = _entered(by, region, what, fen, number, starts_on)
    return submit_standard(one, by=by, on=_ENTERED, at=moment(_ENTERED, 11))


def _entered(
    by: User, region: str, what: str, fen: int, number: str, starts_on: date
) -> RegionalStandard:
    said: dict[str, Any] = {
        "amounts": {"": fen},
        "number": number,
        "title": "",
        "clause": "",
        "replaces": "",
        "starts_on": starts_on,
        "ends_on": None,
    }
    at = Region.objects.current().get(code=region)
    return enter_standard(at, what, by=by, on=_ENTERED, at=moment(_ENTERED, 10), **said)


def _draft(by: User, reads: User) -> None:
    """A draft of the city's, proven by cases, shared with who may put it in force."""
    department = (
        Membership.objects.select_related("organisation")
        .get(user=by, role=Role.POLICY_ADMIN)
        .organisation
    )
    assert department is not None
    told: dict[str, Any] = {"by": by, "on": DAY, "at": moment(DAY, 8, 30)}
    draft = begin_draft(text=_DRAFT, department=department, what="新建", **told)
    share_draft(draft, audience="colleague", user=reads, may_edit=False, **told)
    hand_in_cases(file_name="岗前培训600元.csv", content=_CASES.encode(), draft=draft, **told)
    # Against the policy in force, the case of the new amount comes out otherwise.
    told |= {"by": reads, "at": moment(DAY, 8, 45)}
    hand_in_cases(file_name="岗前培训-对照现行.csv", content=_CASES.encode(), **told)
