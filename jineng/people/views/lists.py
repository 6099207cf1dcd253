"""The lists of the registers: their columns, filters and order."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from jineng.core.calendar import business_date
from jineng.pages.tables import Column, Filter, Status, Table
from jineng.people.models import (
    CorrectionRequest,
    ImportRun,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Qualification,
    Role,
    Verification,
)
from jineng.people.permissions import Access, serves_students
from jineng.people.queries.archives import masked
from jineng.people.queries.persons import GROUP_NAMES
from jineng.people.queries.regions import full_name, region_choices
from jineng.people.queries.waiting import correction_term


def _regions() -> list[tuple[str, str]]:
    return region_choices(business_date())


def _place(region: Any) -> str:
    return full_name(region) if region else ""


def _groups(person: Person) -> str:
    held = getattr(person, "groups_today", [])
    return gettext("、").join(str(GROUP_NAMES.get(one.group, one.group)) for one in held)


PERSONS = Table(
    "persons",
    _("人员"),
    columns=(
        Column(
            "name",
            _("姓名"),
            lambda one: one.name,
            sort=("name_key", "pk"),
            link=lambda one: reverse("people:person", args=[one.pk]),
        ),
        Column(
            "number",
            _("身份证号"),
            lambda one: masked("identity_number", one.identity_number),
            kind="code",
        ),
        Column("sex", _("性别"), lambda one: one.get_sex_display()),
        Column(
            "birth",
            _("出生年份"),
            # The day is part of the number, which is veiled.
            lambda one: one.birth_date.year,
            sort=("birth_date", "pk"),
            kind="code",
            shown=False,
        ),
        Column("lives", _("居住地"), lambda one: _place(one.living_region or one.household_region)),
        Column("household", _("户籍地"), lambda one: _place(one.household_region), shown=False),
        Column(
            "phone", _("手机号"), lambda one: masked("phone", one.phone), kind="code", shown=False
        ),
        Column("groups", _("人员类别"), _groups),
        Column("record", _("档案号"), lambda one: one.pk, sort=("pk",), kind="code", shown=False),
    ),
    default_sort="name",
    filters=(
        Filter("search", _("身份证号、手机号或姓名（汉字或拼音）"), "search"),
        Filter("region", _("地区"), "region", _regions),
        Filter("group", _("人员类别"), "choice", GROUP_NAMES.items),
        Filter("blacklisted", _("只看黑名单"), "flag"),
    ),
    empty=(_("还没有人员"), _("只列出与您的单位或辖区有关的人员。")),
)


def persons_for(access: Access) -> Table:
    """The list of persons: narrowed to groups that are served by whoever looks."""
    table = _seen_by(access, PERSONS)
    if serves_students(access):
        return table
    served = [(code, name) for code, name in GROUP_NAMES.items() if code != "student"]
    filters = (
        replace(one, choices=lambda: served) if one.name == "group" else one
        for one in table.filters
    )
    return replace(table, filters=tuple(filters))


def _seen_by(access: Access, table: Table) -> Table:
    """Who may not see the blacklist can't ask who is on it either."""
    if access.may("blacklist:see"):
        return table
    filters = (one for one in table.filters if one.name != "blacklisted")
    return replace(table, filters=tuple(filters))


def _kinds(organisation: Organisation) -> str:
    held = getattr(organisation, "kinds_today", [])
    return gettext("、").join(str(kind.get_kind_display()) for kind in held)


ORGANISATIONS = Table(
    "organisations",
    _("单位"),
    columns=(
        Column(
            "name",
            _("名称"),
            lambda one: one.name,
            sort=("name_key", "pk"),
            link=lambda one: reverse("people:organisation", args=[one.pk]),
        ),
        Column(
            "code",
            _("统一社会信用代码"),
            lambda one: one.credit_code,
            sort=("credit_code",),
            kind="code",
        ),
        Column("kinds", _("类别"), _kinds),
        Column("region", _("所在地"), lambda one: _place(one.region)),
        Column("size", _("企业规模"), lambda one: one.get_size_display(), shown=False),
        Column("industry", _("行业代码"), lambda one: one.industry, kind="code", shown=False),
        Column("record", _("登记号"), lambda one: one.pk, sort=("pk",), kind="code", shown=False),
    ),
    default_sort="name",
    filters=(
        Filter("search", _("统一社会信用代码或名称（汉字或拼音）"), "search"),
        Filter("region", _("地区"), "region", _regions),
        Filter("kind", _("类别"), "choice", lambda: OrganisationKind.Kind.choices),
        Filter("blacklisted", _("只看黑名单"), "flag"),
    ),
    empty=(_("还没有单位"), _("登记或导入单位后，这里列出。")),
)


def organisations_for(access: Access) -> Table:
    """The list of organisations, for whoever looks."""
    return _seen_by(access, ORGANISATIONS)


def held(one: Qualification) -> Status:
    """Whether a qualification holds today, in one word."""
    on = business_date()
    if one.ends_on and one.ends_on < on:
        return Status(_("已到期"), "bad")
    return Status(_("未开始"), "waiting") if one.starts_on > on else Status(_("有效"), "good")


QUALIFICATIONS = Table(
    "qualifications",
    _("资质"),
    columns=(
        Column(
            "organisation",
            pgettext_lazy("one", "单位"),
            lambda one: one.organisation.name,
            sort=("organisation__name_key", "pk"),
            link=lambda one: reverse("people:organisation", args=[one.organisation_id]),
        ),
        Column(
            "kind",
            pgettext_lazy("one", "资质"),
            lambda one: one.get_kind_display(),
            sort=("kind", "pk"),
        ),
        Column("number", _("证书编号"), lambda one: one.number, kind="code"),
        Column("issuer", _("发证机关"), lambda one: one.issuer, shown=False),
        Column("scope", _("范围"), lambda one: one.scope, shown=False),
        Column("region", _("有效地区"), lambda one: one.region or _("各地")),
        Column(
            "starts",
            _("开始日期"),
            lambda one: one.starts_on,
            sort=("starts_on", "pk"),
            kind="date",
        ),
        Column(
            "ends",
            _("最后一天"),
            lambda one: one.ends_on or _("长期"),
            sort=("ends_on", "pk"),
            kind="date",
        ),
        Column("state", _("状态"), held, kind="status"),
    ),
    default_sort="ends",
    filters=(
        Filter("search", _("证书编号或单位"), "text"),
        Filter("region", _("单位所在地"), "region", _regions),
        Filter(
            "qualification",
            pgettext_lazy("one", "资质"),
            "choice",
            lambda: Qualification.Kind.choices,
        ),
    ),
    empty=(_("没有资质"), _("在单位的页面登记资质后，这里列出。")),
)


def import_state(run: ImportRun) -> Status:
    """How an import went, in one word."""
    if run.state == ImportRun.State.DONE and run.refused:
        return Status(_("已导入，跳过有错误的行"), "waiting")
    tones = {ImportRun.State.DONE: "good", ImportRun.State.REFUSED: "bad"}
    state = ImportRun.State(run.state)
    return Status(state.label, tones.get(state, "waiting"))


IMPORTS = Table(
    "imports",
    _("导入"),
    columns=(
        Column(
            "at",
            _("时间"),
            lambda one: one.at,
            sort=("at", "pk"),
            kind="date",
            link=lambda one: reverse("people:import", args=[one.pk]),
        ),
        Column("kind", _("种类"), lambda one: one.get_kind_display()),
        Column("file", _("文件"), lambda one: one.file_name),
        Column("lines", _("行数"), lambda one: one.lines, sort=("lines", "pk"), kind="count"),
        Column("added", _("新增"), lambda one: one.added, sort=("added", "pk"), kind="count"),
        Column("changed", _("更改"), lambda one: one.changed, sort=("changed", "pk"), kind="count"),
        Column(
            "refused",
            _("有错误的行"),
            lambda one: one.refused,
            sort=("refused", "pk"),
            kind="count",
        ),
        Column("state", _("结果"), import_state, kind="status"),
        Column("by", _("经手人"), lambda one: one.by.username if one.by else _("命令行")),
    ),
    default_sort="-at",
    filters=(Filter("kind", _("种类"), "choice", lambda: ImportRun.Kind.choices),),
    empty=(_("还没有导入过"), _("导入的文件会列在这里。")),
)


PROBLEMS = Table(
    "problems",
    _("错误"),
    columns=(
        Column("line", _("行"), lambda one: one.line, sort=("line", "pk"), kind="code"),
        Column("column", _("列"), lambda one: one.column, sort=("column", "line", "pk")),
        Column("value", _("内容"), lambda one: one.value),
        Column("message", _("错误"), lambda one: one.message, kind="said"),
    ),
    default_sort="line",
    empty=(_("没有错误"), _("文件的每一行都没有错误。")),
)


def sign_up_state(one: Any) -> Status:
    """Where an enterprise's application stands, in one word; a row of `sign_ups_listed`."""
    if one.served_at:
        return Status(_("已安排"), "good")
    if one.withdrawn_at:
        return Status(_("已移出"))
    return Status(_("待核对"), "bad") if one.has_others else Status(_("排队中"), "waiting")


SIGN_UPS = Table(
    "sign-ups",
    _("企业报名"),
    columns=(
        Column(
            "name",
            _("企业"),
            lambda one: one.name,
            link=lambda one: reverse("people:sign_up_entry", args=[one.pk]),
        ),
        Column(
            "at",
            _("报名时间"),
            lambda one: one.signed_up_at,
            sort=("signed_up_at", "pk"),
            kind="date",
        ),
        Column("region", _("所在地"), lambda one: _place(one.region)),
        Column("industry", _("所属行业"), lambda one: one.industry, shown=False),
        Column(
            "occupations",
            _("所需工种"),
            lambda one: gettext("、").join(one.occupations.split("\n")),
            shown=False,
        ),
        Column(
            "count",
            _("符合条件人数"),
            lambda one: one.eligible_count,
            sort=("eligible_count", "pk"),
            kind="count",
        ),
        Column("state", _("状态"), sign_up_state, kind="status"),
    ),
    default_sort="at",
    filters=(
        Filter(
            "state",
            _("状态"),
            choices=lambda: [("served", _("已安排")), ("withdrawn", _("已移出"))],
            none=_("排队中"),
        ),
        Filter("region", _("所在地"), "region", _regions),
    ),
    empty=(_("没有企业报名"), _("企业提交申请表后，按先后顺序列在这里。")),
)

CORRECTIONS = Table(
    "corrections",
    _("更正申请"),
    columns=(
        Column(
            "name",
            _("姓名"),
            lambda one: one.person.name,
            sort=("person__name_key", "pk"),
            link=lambda one: reverse("people:answer", args=[one.pk]),
        ),
        Column("about", _("事项"), lambda one: one.get_about_display(), sort=("about", "pk")),
        Column("at", _("申请时间"), lambda one: one.asked_at, sort=("asked_at", "pk"), kind="date"),
        Column(
            "due",
            _("最迟答复"),
            lambda one: correction_term(localdate(one.asked_at)).on,
            kind="date",
            shown=False,
        ),
    ),
    default_sort="at",
    filters=(Filter("about", _("事项"), choices=lambda: CorrectionRequest.About.choices),),
    empty=(_("没有等待答复的申请"), _("本人提交更正申请后，这里列出。")),
)


def held_now(one: Membership) -> Status:
    """Whether a role is held today, in one word."""
    on = business_date()
    if one.starts_on > on:
        return Status(_("未开始"), "waiting")
    return Status(_("已结束")) if one.ends_on and one.ends_on < on else Status(_("在岗"), "good")


MEMBERS = Table(
    "members",
    _("成员与岗位"),
    columns=(
        Column(
            "user",
            _("用户名"),
            lambda one: one.user.username,
            sort=("user__username", "starts_on", "pk"),
            link=lambda one: reverse("people:member", args=[one.pk]),
        ),
        Column("role", _("岗位"), lambda one: one.get_role_display(), sort=("role", "pk")),
        Column(
            "starts",
            _("开始日期"),
            lambda one: one.starts_on,
            sort=("starts_on", "pk"),
            kind="date",
        ),
        Column(
            "ends",
            _("最后一天"),
            lambda one: one.ends_on or _("长期"),
            sort=("ends_on", "pk"),
            kind="date",
        ),
        Column("state", _("状态"), held_now, kind="status"),
    ),
    default_sort="user",
    filters=(Filter("role", _("岗位"), choices=lambda: Role.choices),),
    empty=(_("还没有成员"), _("授予岗位后，这里列出成员。")),
)


def members_for(roles: list[str]) -> Table:
    """The list of members, narrowed by these roles; of one alone there is no choice."""
    choices = [(role, Role(role).label) for role in roles]
    filters = (replace(MEMBERS.filters[0], choices=lambda: choices),) if choices[1:] else ()
    return replace(MEMBERS, filters=filters)


_TONES = {"confirmed": "good", "mismatch": "bad", "not_found": "bad", "unavailable": "waiting"}

VERIFICATIONS = Table(
    "verifications",
    _("核验记录"),
    columns=(
        Column("at", _("时间"), lambda one: one.at, sort=("at", "pk"), kind="date"),
        Column("register", _("登记库"), lambda one: one.register, sort=("register", "pk")),
        Column(
            "answer",
            _("结果"),
            lambda one: Status(one.get_answer_display(), _TONES[one.answer]),
            kind="status",
        ),
        Column("by", _("提交人"), lambda one: one.by.username if one.by else ""),
    ),
    default_sort="-at",
    filters=(Filter("answer", _("结果"), choices=lambda: Verification.Answer.choices),),
    empty=(_("还没有核验过"), _("登记库答复后，这里列出。")),
)
