"""The home of whoever works here: in an enterprise, an institution, a department, the platform."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.audit.queries import queues_of as audit_queues
from jineng.claims.queries import made_by as batches_made_by
from jineng.claims.queries import queues_of as claims_queues
from jineng.desk.queries.waiting import made_by as policy_made_by
from jineng.desk.queries.waiting import queues_of as desk_queues
from jineng.pages.gathering import Gathering
from jineng.pages.work import Asking, Done, Made, Waiting
from jineng.people.models import Role, User
from jineng.people.permissions import Access, Holding, access_of
from jineng.people.queries.recent import recently
from jineng.people.queries.waiting import queues_of as people_queues
from jineng.portal.navigation import own_organisation
from jineng.whatif.queries import made_by as trials_made_by

MOST_DONE_SHOWN = 3
EVENTS_SHOWN = 8


@dataclass(frozen=True)
class Action:
    """Something done often. ``note``: what it is good for."""

    title: Any
    note: Any
    url: str
    icon: str


@dataclass(frozen=True)
class Home:
    """All of it. ``roles``: what the user is, and where."""

    roles: list[str]
    waiting: list[Waiting]
    awaited: list[Waiting]
    recent: list[Done]
    actions: list[Action]

    @property
    def late(self) -> int:
        """How many queues hold something that is overdue."""
        return sum(one.left is not None and one.left < 0 for one in self.waiting)


def home_of(user: User, *, on: date) -> Home:
    """The home of whoever holds a role. Four statements beside what every page asks.

    How they are put together depends on what somebody holds, and is kept; what they say is not.
    """
    access = access_of(user, on=on)
    found = _asking(user, access, on).waiting(on=on)
    return Home(
        roles=[role_words(one) for one in access.holdings],
        waiting=[one for one in found if one.mine],
        awaited=[one for one in found if not one.mine],
        recent=_recent(user, access, on),
        actions=_actions(access),
    )


@lru_cache(maxsize=1_000)
def _asking(user: User, access: Access, on: date) -> Asking:
    """A user is the same by the key alone, so it is what is held and the day that tell."""
    return Asking.of(
        [
            *people_queues(user, on=on),
            *desk_queues(user, on=on),
            *claims_queues(user.pk),
            *audit_queues(access),
        ]
    )


def _recent(user: User, access: Access, on: date) -> list[Done]:
    """What the user and colleagues did, and what the user made, the latest first."""
    kinds, gathering = _made(user, access, on)
    done = recently(user, on=on, most=EVENTS_SHOWN)
    for name, rows in gathering.answers().items():
        what, view = kinds[name].what, kinds[name].view
        done += [
            Done(
                at=datetime.fromisoformat(row["moment"]),
                what=what,
                who=_("我"),
                about=row["named"],
                url=reverse(view, args=[row["key"]]),
            )
            for row in rows
        ]
    return sorted(done, key=lambda one: one.at, reverse=True)[:EVENTS_SHOWN]


@lru_cache(maxsize=1_000)
def _made(user: User, access: Access, on: date) -> tuple[dict[str, Made], Gathering]:
    """The statement for what a user made, and what its rows are of."""
    kinds = {
        one.view: one
        for one in (
            *batches_made_by(user.pk),
            *policy_made_by(user, on=on),
            *trials_made_by(user, on=on),
        )
    }
    latest = {name: one.rows[:EVENTS_SHOWN] for name, one in kinds.items()}
    return kinds, Gathering.of(latest)


def role_words(holding: Holding) -> str:
    """A role and where it is held, as 受理 · 武昌区人社局."""
    title = str(Role(holding.role).label)
    if holding.stands_in_for:
        title = _("%(role)s（代理）") % {"role": title}
    return f"{title} · {holding.organisation_name}" if holding.organisation_name else title


@dataclass(frozen=True)
class _Deed:
    view: str
    title: Any
    note: Any
    icon: str
    may: str = ""
    at: Callable[[Access], dict[str, Any]] = lambda access: {}


def _own(access: Access) -> dict[str, Any]:
    return {"pk": own_organisation(access)}


_FIND = _Deed(
    "people:persons",
    gettext_lazy("查找人员"),
    gettext_lazy("按姓名、拼音、身份证号或手机号"),
    "search",
    "person:see",
)
_DECIDE = _Deed(
    "claims:upload",
    gettext_lazy("批量核定"),
    gettext_lazy("上传申领表，逐条得出结论和依据"),
    "table",
)
_MEMBERS = _Deed(
    "people:members",
    gettext_lazy("成员与岗位"),
    gettext_lazy("邀请同事，调整岗位"),
    "key",
    "members:manage",
    _own,
)
_ORGANISATION = _Deed(
    "people:organisation",
    gettext_lazy("单位信息与资质"),
    gettext_lazy("核对名称、账户和证照期限"),
    "building",
    "",
    _own,
)
_IMPORT = _Deed(
    "people:new_import",
    gettext_lazy("导入文件"),
    gettext_lazy("人员、单位、社保或就业登记"),
    "import",
    "import:run",
)
_ORGANISATIONS = _Deed(
    "people:organisations",
    gettext_lazy("查找单位"),
    gettext_lazy("按名称或统一社会信用代码"),
    "building",
    "organisation:see",
)
_QUALIFICATIONS = _Deed(
    "people:qualifications",
    gettext_lazy("资质台账"),
    gettext_lazy("先到期的在前"),
    "certificate",
    "organisation:see",
)
_REGISTER = _Deed(
    "people:new_person",
    gettext_lazy("登记人员"),
    gettext_lazy("一人一档，登记前先查询"),
    "plus",
    "person:edit",
)
_ENROL = _Deed(
    "people:new_organisation",
    gettext_lazy("登记单位"),
    gettext_lazy("企业、培训机构、评价机构"),
    "plus",
    "organisation:register",
)
_CHAIN = _Deed(
    "audit:state",
    gettext_lazy("事件日志封存"),
    gettext_lazy("核对封存状态，下载签名"),
    "shield",
    "audit:see",
)
_SIGN_UP = _Deed(
    "people:sign_up",
    gettext_lazy("报名培训"),
    gettext_lazy("为符合条件的员工申请培训"),
    "clipboard",
)
_IMPORTS = _Deed(
    "people:imports",
    gettext_lazy("导入记录"),
    gettext_lazy("哪些文件、多少条、哪些有错"),
    "import",
    "import:see",
)

_STANDARDS = _Deed(
    "desk:standards",
    gettext_lazy("地区标准"),
    gettext_lazy("录入、复核市州规定的标准"),
    "building",
    "policy:see",
)
_CASES = _Deed(
    "desk:case_tables",
    gettext_lazy("案例"),
    gettext_lazy("用一张表检验政策和草案"),
    "check",
    "policy:see",
)

#: What each role does most.
DEEDS: dict[str, tuple[_Deed, ...]] = {
    Role.ENTERPRISE_HR: (_SIGN_UP, _FIND, _DECIDE),
    Role.INSTITUTION_ADMIN: (_ORGANISATION, _MEMBERS, _DECIDE),
    Role.TEACHER: (_ORGANISATION, _FIND),
    Role.EVALUATION_MANAGER: (_ORGANISATION, _MEMBERS, _FIND),
    Role.EXAMINER: (_ORGANISATION, _FIND),
    Role.ACCEPTOR: (_FIND, _REGISTER, _IMPORT),
    Role.FIRST_REVIEWER: (_DECIDE, _FIND, _ORGANISATIONS),
    Role.SECOND_REVIEWER: (_DECIDE, _FIND, _ORGANISATIONS),
    Role.APPROVER: (_DECIDE, _FIND, _ORGANISATIONS),
    Role.CASHIER: (_FIND, _ORGANISATIONS, _DECIDE),
    Role.SUPERVISOR: (_QUALIFICATIONS, _FIND, _ORGANISATIONS),
    Role.STATISTICIAN: (_IMPORTS, _ORGANISATIONS, _QUALIFICATIONS),
    Role.POLICY_ADMIN: (_STANDARDS, _CASES, _DECIDE),
    Role.AUDITOR: (_CHAIN, _FIND, _IMPORTS),
    Role.PLATFORM_ADMIN: (_ENROL, _ORGANISATIONS, _CHAIN),
}


def _actions(access: Access) -> list[Action]:
    """What the first of somebody's roles does most, then the next, as far as there is room."""
    chosen: dict[str, Action] = {}
    for holding in access.holdings:
        for deed in DEEDS.get(holding.role, ()):
            at = deed.at(access)
            if deed.view in chosen or None in at.values():
                continue
            if not deed.may or access.may(deed.may):
                url = reverse(deed.view, kwargs=at)
                chosen[deed.view] = Action(deed.title, deed.note, url, deed.icon)
    return list(chosen.values())[:MOST_DONE_SHOWN]
