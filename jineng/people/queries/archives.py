"""A person's archive as the person reads it, who looked into it, and what is to be put right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Model, OuterRef, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jineng.core.calendar import business_time
from jineng.core.models import Event
from jineng.people.models import (
    BlacklistEntry,
    CorrectionRequest,
    GroupMembership,
    Organisation,
    Person,
    Role,
    User,
    Verification,
)
from jineng.people.permissions import persons_in_reach
from jineng.people.queries.persons import GROUP_NAMES, records
from jineng.people.queries.records import chances_rows, employment_rows, insurance_rows

OPENED, REVEALED = "opened", "revealed"
LOOKS_SHOWN = 500

#: Within which a request to put something right is answered (GB/T 35273—2020 8.7).
ANSWER_WITHIN = timedelta(days=30)

#: What is sealed, and shown masked: how many characters stay at both ends.
SEALED = {
    "identity_number": (gettext_lazy("身份证号"), 4, 2),
    "phone": (gettext_lazy("手机号"), 3, 2),
    "bank_account": (gettext_lazy("银行账号"), 0, 4),
}


def masked(field: str, value: str | None) -> str:
    """A sealed number with its middle veiled."""
    if not value:
        return ""
    _title, head, tail = SEALED[field]
    veiled = len(value) - head - tail
    return value[:head] + "*" * veiled + value[-tail:] if veiled > 0 else "*" * len(value)


@dataclass(frozen=True)
class Section:
    """A part of an archive: rows under headings."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def told(self) -> list[dict[str, str]]:
        """Each row by its headings, for the file."""
        return [dict(zip(self.headings, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Look:
    """One look into an archive by somebody else."""

    at: datetime
    what: str
    who: str
    why: str

    def told(self) -> dict[str, Any]:
        """For the file."""
        return {_("时间"): self.at.isoformat(), _("内容"): self.what, _("查看人"): self.who} | {
            _("理由"): self.why
        }


def archive_of(person: Person, *, mask: bool, on: date) -> list[Section]:
    """All that is held on a person, in sections; numbers in full where `mask` is false."""
    first, second, *others = records_of(person, on=on)
    return [_basics(person, mask), _groups(person), first, second, _blacklist(person), *others]


def records_of(person: Person, *, on: date) -> list[Section]:
    """What is held on a person beside the person's own record, which officials alone look into.

    The blacklist is apart: not all of them see it.
    """
    return [
        _insurance(person),
        _employment(person),
        _entitlements(person, on),
        _verifications(person),
    ]


def _basics(person: Person, mask: bool) -> Section:
    numbers = {field: str(getattr(person, field) or "") for field in SEALED}
    if mask:
        numbers = {field: masked(field, number) for field, number in numbers.items()}
    rows = [
        (_("姓名"), person.name),
        (_("身份证号"), numbers["identity_number"]),
        (_("出生日期"), _day(person.birth_date)),
        (_("性别"), person.get_sex_display()),
        (_("手机号"), numbers["phone"]),
        (_("户籍地"), _name(person.household_region)),
        (_("居住地"), _name(person.living_region)),
        (_("工作地"), _name(person.working_region)),
        (_("文化程度"), person.get_education_display()),
        (_("开户行"), person.bank_name),
        (_("银行账号"), numbers["bank_account"]),
    ]
    return Section(_("基本信息"), (_("项目"), _("内容")), rows)


def _groups(person: Person) -> Section:
    rows = [
        (str(GROUP_NAMES.get(one.group, one.group)), *_days(one), one.proof, one.source)
        for one in person.group_memberships.order_by("starts_on", "pk")
    ]
    headings = (_("类别"), _("开始"), _("结束"), _("凭据"), _("来源"))
    return Section(_("人员类别"), headings, rows)


def _insurance(person: Person) -> Section:
    headings = (pgettext("one", "单位"), _("首月"), _("末月"), _("险种"))
    return Section(_("社会保险"), headings, insurance_rows(person))


def _employment(person: Person) -> Section:
    headings = (pgettext("one", "单位"), _("入职"), _("离职"), _("合同签订"), _("合同期限"))
    return Section(_("就业登记"), headings, employment_rows(person))


def _blacklist(person: Person) -> Section:
    rows = [
        (one.decision_number, one.reason, *_days(one), one.get_appeal_display())
        for one in person.blacklist_entries.order_by("starts_on", "pk")
    ]
    headings = (_("决定文号"), _("事由"), _("开始"), _("结束"), _("申诉"))
    return Section(_("黑名单"), headings, rows)


def _entitlements(person: Person, on: date) -> Section:
    headings = (_("项目"), _("年度"), _("已使用"), _("已预留"), _("剩余"))
    return Section(_("补贴次数"), headings, chances_rows(person, on=on))


def _verifications(person: Person) -> Section:
    rows = [
        (one.register, str(one.get_answer_display()), business_time(one.at).date().isoformat())
        for one in Verification.objects.filter(person__in=records(person)).order_by("at", "pk")
    ]
    return Section(_("外部核验"), (_("登记库"), _("结果"), _("日期")), rows)


def _name(region: Model | None) -> str:
    return str(region) if region is not None else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _days(dated: GroupMembership | BlacklistEntry) -> tuple[str, str]:
    return _day(dated.starts_on), _day(dated.ends_on)


def looks_at(person: Person, *, most: int | None = LOOKS_SHOWN) -> list[Look]:
    """Who looked into a person's archive, the latest first."""
    looks = looks_into(records(person))[:most].values("at", "kind", "after", "why", "where")
    return looks_told(looks)


def looks_into(held: Iterable[int] | QuerySet[Person]) -> QuerySet[Any, Any]:
    """Looks into these records of a person, the latest first; ``where``: the organisation's name.

    Whoever looked into a record that was merged into this one looked at the same person.
    """
    if isinstance(held, QuerySet):
        keys: Any = held.annotate(text=Cast("pk", TextField())).values("text")
    else:
        keys = [str(pk) for pk in held]
    names = Organisation.objects.filter(pk=OuterRef("of")).values("name")
    return (
        Event.objects.filter(
            table_name=Person._meta.db_table, row_id__in=keys, kind__in=[OPENED, REVEALED]
        )
        .annotate(of=Cast(KeyTextTransform("organisation", "after"), BigIntegerField()))
        .annotate(where=Subquery(names))
        .order_by("-id")
    )


def looks_told(rows: Iterable[Any]) -> list[Look]:
    """The same in words, of rows with `at`, `kind`, `after`, `why` and `where`."""
    looks = []
    for row in rows:
        told, what = row["after"] or {}, _("打开档案")
        if row["kind"] == REVEALED:
            what = _("查看完整的%(number)s") % {"number": SEALED[told["field"]][0]}
        role = told.get("role", "")
        title = str(Role(role).label) if role in Role.values else role
        if told.get("stands_in_for"):
            title = _("%(role)s（代理）") % {"role": title}
        looks.append(Look(row["at"], what, f"{row['where'] or ''} {title}".strip(), row["why"]))
    return looks


def corrections_of(person: Person) -> QuerySet[CorrectionRequest]:
    """What the person asked to have put right, the latest first."""
    return CorrectionRequest.objects.filter(person=person).order_by("-asked_at", "-pk")


def corrections_told(person: Person) -> list[dict[str, str]]:
    """The same for the file, with what the person said is right."""
    return [
        {
            _("时间"): one.asked_at.isoformat(),
            _("内容"): str(one.get_about_display()),
            _("正确的内容"): str(one.stated),
            _("结果"): str(one.get_outcome_display()),
            _("答复"): one.answer,
        }
        for one in corrections_of(person)
    ]


def corrections_to_answer(user: User, *, on: date) -> QuerySet[CorrectionRequest]:
    """Requests that wait, of persons whom the user may edit."""
    reached = persons_in_reach(user, on=on, action="person:edit").exclude(user=user)
    waiting = CorrectionRequest.objects.filter(outcome="", person__in=reached)
    return waiting.select_related("person")
