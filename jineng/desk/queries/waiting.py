"""What waits at the policy desk for somebody, whose turn it is, and what they did lately."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jineng.desk.models import CaseTable, RegionalStandard
from jineng.desk.permissions.drafts import drafts_in_reach
from jineng.desk.permissions.standards import EDIT, SEE, entered_by, waiting_for
from jineng.pages.work import Made, Queue
from jineng.people.models import Delegation, Membership, Region, User
from jineng.people.permissions import access_of
from jineng.people.roles import RIGHTS

State = RegionalStandard.State


def queues_of(user: User, *, on: date) -> Iterator[Queue]:
    """The queues of whoever administers the policy, for `pages.work.Asking`."""
    if not access_of(user, on=on).may(EDIT):
        return
    listed, own = reverse("desk:standards"), RegionalStandard.objects.filter(entered_by=user)
    for title, state, rows, since, mine in (
        (_("地区标准待复核"), State.SUBMITTED, waiting_for(user, on=on), "submitted_at", True),
        (_("被退回的标准，待修改"), State.RETURNED, own, "submitted_at", True),
        (_("未提交的标准草稿"), State.DRAFT, own, "made_at", True),
        (_("我录入的标准，等待复核"), State.SUBMITTED, own, "submitted_at", False),
    ):
        yield Queue(
            title=title,
            url=f"{listed}?stands={state.value}",
            icon="building",
            rows=rows.filter(state=state),
            since=since,
            mine=mine,
        )


def made_by(user: User, *, on: date) -> Iterator[Made]:
    """What a user did lately with drafts, standards and cases."""
    if not access_of(user, on=on).may(SEE):
        return
    changed = drafts_in_reach(user, on=on).filter(changed_by=user)
    entered = RegionalStandard.objects.filter(entered_by=user)
    cases = CaseTable.objects.filter(by=user)
    for what, view, rows, at, named in (
        (_("修改了政策草案"), "draft", changed, "changed_at", "title"),
        (_("录入了地区标准"), "standard", entered, "made_at", "region__name"),
        (_("上传了案例表"), "case_table", cases, "at", "file_name"),
    ):
        latest = rows.order_by(f"-{at}").values(moment=F(at), named=F(named), key=F("pk"))
        yield Made(what, f"desk:{view}", latest)


def who_may_second(standard: RegionalStandard, *, on: date) -> list[User]:
    """The users who may second a standard on this day, stand-ins among them."""
    roles = [role for role, rights in RIGHTS.items() if EDIT in rights.may]
    members = Membership.objects.on(on).filter(
        role__in=roles, organisation__region__code__in=_codes_above(standard.region)
    )
    lent = Delegation.objects.on(on).filter(membership__in=members, revoked_at=None)
    users = User.objects.filter(
        Q(pk__in=members.values("user")) | Q(pk__in=lent.values("to_user")), is_active=True
    )
    return [user for user in users.order_by("pk") if not entered_by(standard, user)]


def _codes_above(region: Region) -> list[str]:
    """The region's own code, and those of what it lies in."""
    codes, at = [], region
    while True:
        codes.append(at.code)
        if at.parent is None:
            return codes
        at = at.parent
