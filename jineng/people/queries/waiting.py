"""What waits for somebody in the registers, and what somebody waits for there."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jineng.core.calendar import CHINA
from jineng.pages.work import Queue
from jineng.pages.working_days import Day, days_after, working_days_after
from jineng.people.models import (
    BlacklistEntry,
    CorrectionRequest,
    Delegation,
    ImportRun,
    Membership,
    Qualification,
    Role,
    SignUp,
    User,
    Verification,
)
from jineng.people.permissions import (
    Access,
    Among,
    access_of,
    organisations_in_reach,
    persons_in_reach,
)
from jineng.people.queries.archives import ANSWER_WITHIN, corrections_to_answer
from jineng.people.queries.organisations import sign_ups_waiting

#: So long before its end a qualification is worth a look.
EXPIRES_WITHIN = timedelta(days=60)
#: So long a file that was refused is somebody's to mend.
REFUSED_WITHIN = timedelta(days=14)


def correction_term(asked_on: date) -> Day:
    """When a request must be answered at the latest (GB/T 35273—2020 8.7)."""
    return days_after(asked_on, ANSWER_WITHIN.days)


def appeal_term(filed_on: date) -> Day:
    """When an appeal should be decided. No document sets a term: it is the site's own."""
    return working_days_after(filed_on, 20)


def queues_of(user: User, *, on: date) -> Iterator[Queue]:
    """The queues of whoever holds a role, for `pages.work.Asking`."""
    access = access_of(user, on=on)
    yield from _of_departments(user, access, on)
    yield from _of_organisations(user, access, on)
    yield from _imports(user, access, on)
    yield from own_queues(user, on=on)
    yield from _away(user, on)


def own_queues(user: User, *, on: date) -> Iterator[Queue]:
    """What anybody may be waiting for, a worker too."""
    yield Queue(
        title=_("我提出的更正申请，等待答复"),
        url=reverse("people:archive"),
        icon="edit",
        rows=CorrectionRequest.objects.filter(by=user, outcome=""),
        since="asked_at",
        term=correction_term,
        mine=False,
    )


def _of_departments(user: User, access: Access, on: date) -> Iterator[Queue]:
    if access.may("person:edit"):
        yield Queue(
            title=_("更正申请待答复"),
            url=reverse("people:corrections"),
            icon="edit",
            rows=corrections_to_answer(user, on=on),
            since="asked_at",
            term=correction_term,
        )
    if access.may("organisation:register"):
        yield Queue(
            title=_("企业报名待安排"),
            url=reverse("people:sign_ups"),
            icon="clipboard",
            rows=sign_ups_waiting(user, on=on),
            since="signed_up_at",
        )
    if access.may("blacklist:edit"):
        filed = BlacklistEntry.objects.filter(appeal=BlacklistEntry.Appeal.FILED)
        persons = persons_in_reach(user, on=on, action="blacklist:edit")
        organisations = organisations_in_reach(user, on=on, action="blacklist:edit")
        listed = reverse("people:persons"), reverse("people:organisations")
        for rows, url, title in (
            (filed.filter(person__in=persons), listed[0], _("个人的黑名单申诉待决定")),
            (filed.filter(organisation__in=organisations), listed[1], _("单位的黑名单申诉待决定")),
        ):
            yield Queue(
                title=title,
                url=f"{url}?blacklisted=1",
                icon="alert",
                rows=rows,
                since="appealed_on",
                term=appeal_term,
            )


def _of_organisations(user: User, access: Access, on: date) -> Iterator[Queue]:
    action = "qualification:edit" if access.official else "organisation:edit"
    if access.may(action) and not _runs_platform(access):
        yield Queue(
            title=_("资质即将到期"),
            url=reverse("people:qualifications"),
            icon="certificate",
            rows=expiring(on).filter(
                organisation__in=organisations_in_reach(user, on=on, action=action)
            ),
            since="ends_on",
            ends=True,
        )
    managed = [one.organisation_id for one in access.by("members:manage")]
    if managed:
        # As Django marks who has none.
        unset = {"user__password__startswith": UNUSABLE_PASSWORD_PREFIX}
        invited = Membership.objects.on(on).filter(**unset)
        everywhere = None in managed
        url = "people:organisations" if everywhere or len(managed) > 1 else "people:members"
        at = {} if url == "people:organisations" else {"pk": managed[0]}
        yield Queue(
            title=_("已邀请、尚未设置密码的成员"),
            url=reverse(url, kwargs=at),
            icon="key",
            rows=invited if everywhere else invited.filter(Among(F("organisation"), managed)),
            since="starts_on",
            mine=False,
        )
    if access.holdings and not access.official:
        factors = Authenticator.objects.filter(user=OuterRef("pk"))
        yield Queue(
            title=_("为账号启用双重验证"),
            url=reverse("mfa_index"),
            icon="lock",
            rows=User.objects.filter(~Exists(factors), pk=user.pk),
            since="date_joined",
        )


def _runs_platform(access: Access) -> bool:
    return any(one.role == Role.PLATFORM_ADMIN for one in access.holdings)


def expiring(on: date) -> "QuerySet[Qualification]":
    """Qualifications that end soon and that no other of the kind follows."""
    follows = Qualification.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        organisation=OuterRef("organisation"),
        kind=OuterRef("kind"),
        starts_on__lte=OuterRef("ends_on") + timedelta(days=1),
    )
    found: QuerySet[Qualification] = Qualification.objects.filter(
        ~Exists(follows), ends_on__gte=on, ends_on__lte=on + EXPIRES_WITHIN
    )
    return found


def _imports(user: User, access: Access, on: date) -> Iterator[Queue]:
    if not access.may("import:run"):
        return
    since = datetime.combine(on - REFUSED_WITHIN, time(), CHINA)
    mine = ImportRun.objects.filter(by=user, at__gt=since)
    done = mine.filter(state=ImportRun.State.DONE, kind=OuterRef("kind"), at__gt=OuterRef("at"))
    for state, title, waits in (
        (ImportRun.State.REFUSED, _("导入的文件有错误，待改正"), True),
        (ImportRun.State.RUNNING, _("正在导入的文件"), False),
    ):
        yield Queue(
            title=title,
            url=reverse("people:imports"),
            icon="import",
            rows=mine.filter(~Exists(done), state=state),
            since="at",
            mine=waits,
        )


def _away(user: User, on: date) -> Iterator[Queue]:
    """Standing in for others, being stood in for, and registers that gave no answer."""
    standing = Delegation.objects.on(on).filter(revoked_at=None)
    for rows, title, mine in (
        (standing.filter(to_user=user), _("我正在代理同事的岗位"), True),
        (standing.filter(membership__user=user), _("我的岗位由同事代理"), False),
    ):
        yield Queue(
            title=title,
            url=reverse("people:mine"),
            icon="users",
            rows=rows,
            since="ends_on",
            ends=True,
            mine=mine,
        )
    answered = Verification.objects.filter(
        register=OuterRef("register"), asked_hash=OuterRef("asked_hash"), at__gt=OuterRef("at")
    )
    yield Queue(
        title=_("外部登记库尚未答复的核验"),
        url=reverse("people:persons"),
        icon="shield",
        rows=Verification.objects.filter(~Exists(answered), by=user, retry_after__isnull=False),
        since="at",
        mine=False,
    )
    yield Queue(
        title=_("我提交的企业报名，等待安排"),
        url=reverse("people:sign_up"),
        icon="clipboard",
        rows=SignUp.objects.filter(by=user, served_at=None, withdrawn_at=None),
        since="signed_up_at",
        mine=False,
    )
