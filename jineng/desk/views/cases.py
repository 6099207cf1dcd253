"""Tables of cases: handed in, run, told row by row, taken along marked."""

from typing import Any, cast
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from jineng.core.calendar import business_date
from jineng.desk.commands.cases import hand_in_cases
from jineng.desk.forms.cases import CasesForm
from jineng.desk.models import CaseTable, Draft
from jineng.desk.permissions.drafts import MAY_EDIT, OWN, drafts_in_reach
from jineng.desk.permissions.standards import EDIT, SEE
from jineng.desk.queries import cases as queries
from jineng.desk.queries.rows import Rows
from jineng.pages.exports import XLSX, listed
from jineng.pages.tables import Column, Filter, Status, Table
from jineng.pages.uploads import led
from jineng.people.models import User
from jineng.people.permissions import access_of, require
from jineng.people.views.asking import asked, signed_in

#: So many drafts are offered to be run against.
MOST_OFFERED = 200


def _against(table: CaseTable) -> str:
    return table.draft.title if table.draft else _("现行政策")


CASE_TABLES = Table(
    "case-tables",
    gettext_lazy("案例表"),
    columns=(
        Column(
            "file",
            gettext_lazy("案例表"),
            lambda one: one.file_name,
            sort=("file_name", "pk"),
            kind="written",
            link=lambda one: reverse("desk:case_table", args=[one.pk]),
        ),
        Column(
            "against",
            gettext_lazy("对照"),
            _against,
            kind="written",
            link=lambda one: reverse("desk:draft", args=[one.draft_id]) if one.draft_id else "",
        ),
        Column("rows", gettext_lazy("行数"), lambda one: one.rows, kind="count"),
        Column("by", gettext_lazy("上传"), lambda one: one.by.username),
        Column("at", gettext_lazy("时间"), lambda one: one.at, sort=("at", "pk"), kind="date"),
    ),
    default_sort="-at",
    filters=(
        Filter("words", gettext_lazy("文件名中有"), "text"),
        Filter(
            "against",
            gettext_lazy("对照"),
            choices=lambda: (("pack", _("现行政策")), ("draft", _("草案"))),
        ),
    ),
    empty=(
        gettext_lazy("还没有案例表"),
        gettext_lazy("把您认为该怎样决定的例子写成一张表，上传后逐行比对。"),
    ),
)

CASE_ROWS = Table(
    "case-rows",
    gettext_lazy("案例"),
    columns=(
        Column("case", gettext_lazy("案例"), lambda one: one.case, kind="code"),
        Column("row", gettext_lazy("行"), lambda one: one.row, sort=("row",), kind="count"),
        Column("about", gettext_lazy("说明"), lambda one: one.about, kind="written"),
        Column("scheme", gettext_lazy("补贴项目"), lambda one: one.scheme, kind="said"),
        Column("expected", gettext_lazy("预期"), lambda one: one.expected.words),
        Column("got", gettext_lazy("实际"), lambda one: one.got.words),
        Column(
            "result",
            gettext_lazy("结果"),
            lambda one: Status(_("相符"), "good") if one.holds else Status(_("不符"), "bad"),
            kind="status",
        ),
    ),
    default_sort="row",
    filters=(
        Filter(
            "result",
            gettext_lazy("结果"),
            choices=lambda: (("differs", _("不符")), ("holds", _("相符"))),
        ),
        Filter("words", gettext_lazy("案例或说明中有"), "text"),
    ),
    empty=(gettext_lazy("没有写明预期的行"), gettext_lazy("在“预期结论”一列写明该得的结论。")),
)


@require_safe
def case_tables(request: HttpRequest) -> HttpResponseBase:
    """The tables in reach."""
    user, on, wanted = signed_in(request), business_date(), CASE_TABLES.read(request.GET)
    rows = queries.case_tables_in_reach(user, on=on)
    if wanted["words"]:
        rows = rows.filter(file_name__icontains=wanted["words"])
    if wanted["against"]:
        rows = rows.filter(draft__isnull=wanted["against"] == "pack")
    context = {"may_upload": access_of(user, on=on).may(EDIT)}
    return listed(request, "desk/cases/list.html", CASE_TABLES, wanted, rows, context)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """A table of cases with examples."""
    require(signed_in(request), SEE, on=business_date())
    return _attachment(queries.template(), _("案例表.xlsx"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Hands in a table of cases and runs it."""
    from jineng.policy.checking import LIKE_BASE

    user, on = signed_in(request), business_date()
    require(user, EDIT, on=on)
    drafts = list(_drafts_to_prove(user).order_by("-changed_at")[:MOST_OFFERED])
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CasesForm(*bound, drafts=drafts, initial={"draft": request.GET.get("draft", "")})

    def hand_in(given: dict[str, Any]) -> CaseTable:
        upload = given["file"]
        return hand_in_cases(
            file_name=upload.name,
            content=upload.read(),
            draft=given["draft"],
            by=user,
            on=on,
            at=timezone.now(),
        )

    if form.is_bound and (made := asked(form, hand_in)):
        return led(request, "desk:case_table", made.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "like_base": LIKE_BASE}
    return render(request, "desk/cases/new.html", context, status=status)


def _drafts_to_prove(user: User) -> "QuerySet[Draft]":
    found: Any = drafts_in_reach(user, on=business_date())
    return cast("QuerySet[Draft]", found.filter(mine__in=(OWN, MAY_EDIT), enactment=None))


def _may_replace(table: CaseTable, user: User) -> bool:
    """Whether the user may hand in another table for the same."""
    if table.draft_id is None:
        return access_of(user, on=business_date()).may(EDIT)
    return _drafts_to_prove(user).filter(pk=table.draft_id).exists()


@require_safe
def case_table(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What came of a table: the rows that come out otherwise, or the cells that can't be read."""
    from jineng.policy import PackError

    user, on, wanted = signed_in(request), business_date(), CASE_ROWS.read(request.GET)
    table = queries.case_table_for(user, pk, on=on)
    context: dict[str, Any] = {
        "case_table": table,
        "crumb": table.file_name,
        "may_upload": _may_replace(table, user),
    }
    try:
        outcome = queries.outcome_of(table, queries.pack_for(table))
    except PackError as error:
        context["unusable"] = error.reasons
        return render(request, "desk/cases/one.html", context)
    rows = [
        one
        for one in outcome.rows
        if wanted["result"] in ("", "holds" if one.holds else "differs")
        and wanted["words"] in f"{one.case} {one.about}"
    ]
    context["outcome"] = outcome
    context["status"], context["tone"] = _result(outcome)
    return listed(request, "desk/cases/one.html", CASE_ROWS, wanted, Rows(rows), context)


def _result(outcome: queries.Outcome) -> tuple[str, str]:
    if outcome.refused or outcome.problems:
        return _("没有运行"), "bad"
    return (_("全部相符"), "good") if outcome.passes else (_("有不符"), "bad")


@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The file with what is wrong marked where it stands."""
    from jineng.claimsfile import FileError
    from jineng.policy import PackError

    table = queries.case_table_for(signed_in(request), pk, on=business_date())
    stem = table.file_name.rpartition(".")[0]
    try:
        content = queries.marked_copy(table, queries.pack_for(table))
    except (FileError, PackError):
        return redirect("desk:case_table", pk=pk)
    return _attachment(content, _("%(name)s-标注.xlsx") % {"name": stem})


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was handed in."""
    table = queries.case_table_for(signed_in(request), pk, on=business_date())
    return _attachment(queries.content_of(table), table.file_name)


def _attachment(content: bytes, name: str) -> HttpResponse:
    kind = XLSX if name.lower().endswith(".xlsx") else "text/csv"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
