"""Imports: which ones somebody may see, and what they say in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.people.models import ImportRun, InsuranceKind, User
from jineng.people.permissions import access_of, organisations_in_reach, require
from jineng.people.records.headings import ALL_KINDS, kinds_text, month_text

_PROVINCE = "0000"

#: What the event log calls it that lines of a file were not taken.
REFUSED_LINES = "refused_lines"

#: How a file's counts are called, by its kind.
_UNITS = {
    ImportRun.Kind.PERSONS: gettext_lazy("人"),
    ImportRun.Kind.ORGANISATIONS: gettext_lazy("家"),
    ImportRun.Kind.INSURANCE: gettext_lazy("人月"),
    ImportRun.Kind.EMPLOYMENT: gettext_lazy("条"),
}


def imports_in_reach(user: User, *, on: date) -> QuerySet[ImportRun]:
    """The imports that the user may see: one's own, and those made for departments in reach.

    What the command line imported concerns the province: its departments see it, and who sees all.
    Raises PermissionDenied where no role of the user sees imports.
    """
    access = require(user, "import:see", on=on)
    held = access.by("import:see")
    if any(one.rights.sees_all for one in held):
        return ImportRun.objects.all()
    of = organisations_in_reach(user, on=on, action="import:see")
    seen = Q(by=user) | Q(organisation__in=of)
    if any((one.region_code or "").endswith(_PROVINCE) for one in held):
        seen |= Q(by=None)
    return ImportRun.objects.filter(seen)


def imports_for(user: User | None, *, on: date) -> int | None:
    """The organisation for which the user imports: where the role is held that allows it."""
    if user is None:
        return None
    held = access_of(user, on=on).by("import:run")
    return min(held, key=lambda one: one.stands_in_for is not None).organisation_id


def import_for(user: User, pk: int, *, on: date) -> ImportRun:
    """One import. Raises PermissionDenied as above, and Http404 out of reach."""
    found = imports_in_reach(user, on=on).select_related("by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def imports_listed(user: User, kind: str, *, on: date) -> QuerySet[ImportRun]:
    """The imports that the user may see, the latest first, of one kind or of all."""
    found = imports_in_reach(user, on=on).select_related("by").order_by("-at", "-pk")
    return found.filter(kind=kind) if kind in ImportRun.Kind.values else found


def may_import(user: User, *, on: date) -> bool:
    """Whether any role of the user brings files in."""
    return access_of(user, on=on).may("import:run")


@dataclass(frozen=True)
class ToldImport:
    """What there is to say of an import beside its counts; ``who``: brought it in."""

    who: str
    unit: str
    facts: list[tuple[str, str]]
    warnings: list[str]


def told_import(run: ImportRun) -> ToldImport:
    """An import in words."""
    told: dict[str, Any] = run.told
    facts = []
    if "first_month" in told:
        months = f"{month_text(told['first_month'])}—{month_text(told['last_month'])}"
        facts.append((_("费款所属期"), months))
    for name, title in (
        ("persons", _("涉及人员")),
        ("employers", _("涉及单位")),
        ("written", _("写入记录")),
        ("superseded", _("替换记录")),
    ):
        if name in told:
            facts.append((title, f"{told[name]:,}"))
    if told.get("kinds", ALL_KINDS) != ALL_KINDS:
        facts.append((_("只涉及险种"), kinds_text(told["kinds"])))
    if told.get("unused"):
        facts.append((_("未使用的列"), _("、").join(told["unused"])))
    who = run.by.username if run.by else told.get("origin") or _("命令行")
    return ToldImport(who, str(_UNITS[ImportRun.Kind(run.kind)]), facts, _warnings(told))


def _warnings(told: dict[str, Any]) -> list[str]:
    warnings = [
        _(
            "%(count)s 人月原有%(kind)s记录，文件没有提到这个险种，导入后视为未缴。"
            "如果文件只管部分险种，请用原文件恢复后，注明险种重新导入。"
        )
        % {"count": f"{count:,}", "kind": InsuranceKind(int(kind)).label}
        for kind, count in told.get("lost", {}).items()
    ]
    if "same_as" in told:
        warnings.append(
            _("与第 %(number)s 次导入是同一文件，没有改变任何记录。") % {"number": told["same_as"]}
        )
    return warnings
