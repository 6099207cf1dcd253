"""What was changed, by whom, when, why and from where, in the words of whoever reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jineng.core.models import Event
from jineng.core.sealed import SealedField
from jineng.people.models import (
    BlacklistEntry,
    GroupMembership,
    Organisation,
    OrganisationKind,
    Person,
    PersonMerge,
    PillarStatus,
    Qualification,
    Region,
    Suspension,
    User,
    Verification,
)
from jineng.people.queries.persons import GROUP_NAMES

MOST_SHOWN = 200

_TITLES = {
    Person: pgettext_lazy("one", "人员"),
    GroupMembership: gettext_lazy("人员类别"),
    PersonMerge: gettext_lazy("合并"),
    BlacklistEntry: gettext_lazy("黑名单记录"),
    Organisation: pgettext_lazy("one", "单位"),
    OrganisationKind: gettext_lazy("单位类别"),
    PillarStatus: gettext_lazy("支柱或重点企业"),
    Suspension: gettext_lazy("停工停产"),
    Qualification: pgettext_lazy("one", "资质"),
    Verification: gettext_lazy("外部核验"),
}
_MODELS = {model._meta.db_table: model for model in _TITLES}
_KINDS = {
    "insert": gettext_lazy("登记%(thing)s"),
    "update": gettext_lazy("更改%(thing)s"),
    "delete": gettext_lazy("删除%(thing)s"),
    "opened": gettext_lazy("打开档案"),
    "revealed": gettext_lazy("查看完整号码"),
}
_COLUMNS = {
    "name": gettext_lazy("名称"),
    "identity_number": gettext_lazy("身份证号"),
    "birth_date": gettext_lazy("出生日期"),
    "sex": gettext_lazy("性别"),
    "phone": gettext_lazy("手机号"),
    "household_region_id": gettext_lazy("户籍地"),
    "living_region_id": gettext_lazy("居住地"),
    "working_region_id": gettext_lazy("工作地"),
    "region_id": gettext_lazy("地区"),
    "education": gettext_lazy("文化程度"),
    "bank_name": gettext_lazy("开户行"),
    "bank_account": gettext_lazy("银行账号"),
    "merged_into_id": gettext_lazy("并入档案"),
    "undone_at": gettext_lazy("撤销合并"),
    "group": gettext_lazy("类别"),
    "proof": gettext_lazy("凭据"),
    "source": gettext_lazy("来源"),
    "starts_on": gettext_lazy("开始"),
    "ends_on": gettext_lazy("结束"),
    "credit_code": gettext_lazy("统一社会信用代码"),
    "size": gettext_lazy("规模"),
    "industry": gettext_lazy("行业"),
    "kind": gettext_lazy("类别"),
    "year": gettext_lazy("年度"),
    "reason": gettext_lazy("事由"),
    "number": gettext_lazy("编号"),
    "issuer": gettext_lazy("发证机关"),
    "scope": gettext_lazy("范围"),
    "decision_number": gettext_lazy("决定文号"),
    "appeal": gettext_lazy("申诉"),
    "appealed_on": gettext_lazy("申诉日期"),
    "appeal_decided_on": gettext_lazy("申诉决定日期"),
    "appeal_note": gettext_lazy("申诉依据"),
    "register": gettext_lazy("登记库"),
    "answer": gettext_lazy("结果"),
}


@dataclass(frozen=True)
class Detail:
    """One column of a change; ``before`` is empty where the row is new."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change, or one look."""

    at: datetime
    what: str
    who: str
    why: str
    origin: str
    details: list[Detail]


def history_of_person(person: Person) -> list[Change]:
    """What happened to a person's record and to what is said of the person, the latest first."""
    return _told(
        person,
        person.group_memberships.all(),
        person.blacklist_entries.all(),
        person.merges.all(),
        person.verifications.all(),
    )


def history_of_organisation(organisation: Organisation) -> list[Change]:
    """What happened to an organisation's record and to what it is and holds, the latest first."""
    return _told(
        organisation,
        organisation.kinds.all(),
        organisation.pillar_statuses.all(),
        organisation.suspensions.all(),
        organisation.qualifications.all(),
        organisation.blacklist_entries.all(),
        organisation.verifications.all(),
    )


def _told(thing: Model, *others: Iterable[Model]) -> list[Change]:
    wanted = Q(table_name=thing._meta.db_table, row_id=str(thing.pk))
    for rows in others:
        keys = [(row._meta.db_table, str(row.pk)) for row in rows]
        if keys:
            wanted |= Q(table_name=keys[0][0], row_id__in=[key for _table, key in keys])
    events = list(Event.objects.filter(wanted).order_by("-id")[:MOST_SHOWN])
    actors = {event.actor_id for event in events if event.actor_id}
    names = dict(User.objects.filter(pk__in=actors).values_list("pk", "username"))
    regions = dict(Region.objects.values_list("pk", "name"))
    return [
        Change(
            at=event.at,
            what=_what(event),
            who=names.get(event.actor_id or 0, _("系统")),
            why=event.why,
            origin=event.origin,
            details=_details(event, regions),
        )
        for event in events
    ]


def _what(event: Event) -> str:
    title = _KINDS.get(event.kind)
    return title % {"thing": _TITLES[_MODELS[event.table_name]]} if title else event.kind


def _details(event: Event, regions: dict[int, str]) -> list[Detail]:
    if event.kind not in ("insert", "update", "delete"):
        return []
    before, after = event.before or {}, event.after or {}
    model = _MODELS[event.table_name]
    found = []
    for column, label in _COLUMNS.items():
        if column not in before and column not in after:
            continue
        was, now = (_shown(model, column, row.get(column), regions) for row in (before, after))
        if was or now:
            found.append(Detail(str(label), was, now))
    return found


def _shown(model: type[Model], column: str, value: Any, regions: dict[int, str]) -> str:
    if value is None or value == "":
        return ""
    field = next(one for one in model._meta.local_fields if one.column == column)
    if isinstance(field, SealedField):
        return _("（加密保存）")
    if field.related_model is Region:
        return regions.get(value, str(value))
    if column == "group":
        return str(GROUP_NAMES.get(value, value))
    return str(dict(field.flatchoices).get(value, value))
