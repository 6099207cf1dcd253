"""Standards of regions: what may be set, how each stands on a day, what is wrong with one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jineng.core.events import events_of
from jineng.desk.models import RegionalStandard
from jineng.desk.permissions.standards import standards_in_reach
from jineng.desk.queries.in_force import (
    STANDARD,
    Content,
    coming,
    contents,
    laid_of,
    laid_over,
    pack_in_force,
)
from jineng.pages.tables import Status
from jineng.pages.work import CaseStep
from jineng.people.models import Region, User

if TYPE_CHECKING:
    from jineng.policy.parameters import Parameter, Value

State = RegionalStandard.State

#: The code of the amount where a standard has one alone.
ONE = ""


@dataclass(frozen=True)
class Settable:
    """An amount that regions set. ``codes``: codes and words of what it is set by, if anything."""

    scheme: str
    scheme_name: str
    parameter: "Parameter"

    @property
    def name(self) -> str:
        """As addresses name it."""
        return f"{self.scheme}.{self.parameter.key}"

    @property
    def label(self) -> str:
        """What it is, after its scheme."""
        told = {"scheme": gettext(self.scheme_name), "parameter": gettext(self.parameter.label)}
        return gettext("%(scheme)s：%(parameter)s") % told

    @property
    def codes(self) -> dict[str, str]:
        """The codes that amounts are set by, with their words; none where names are free."""
        from jineng.policy.facts import FACT

        return FACT[self.parameter.by].codes if self.parameter.by else {ONE: self.parameter.label}


def settable() -> dict[str, Settable]:
    """All that regions set, by name."""
    from jineng.policy import left_to_regions

    found = [Settable(s.code, s.name, p) for s, p in left_to_regions(pack_in_force())]
    return {one.name: one for one in found}


# ---------------------------------------------------------------- how they stand on a day


def _of_the_same() -> "QuerySet[RegionalStandard]":
    return RegionalStandard.objects.filter(
        state=State.SECONDED,
        region__code=OuterRef("region__code"),
        scheme=OuterRef("scheme"),
        parameter=OuterRef("parameter"),
    )


def _corrected() -> Exists:
    """Whether a later one says that it takes its place."""
    return Exists(
        _of_the_same().filter(
            replaces=OuterRef("number"), enactment__pk__gt=OuterRef("enactment__pk")
        )
    )


def with_standing(rows: "QuerySet[RegionalStandard]") -> "QuerySet[RegionalStandard]":
    """Each with whether it was corrected, and with the first day of the one that follows it."""
    following = (
        _of_the_same()
        .filter(~_corrected(), starts_on__gt=OuterRef("starts_on"))
        .order_by("starts_on")
    )
    return rows.annotate(
        corrected=_corrected(), follows_on=Subquery(following.values("starts_on")[:1])
    )


def _standings(on: date) -> dict[str, tuple[Any, str, Q]]:
    """Every way to stand on this day: its word, its tone and the rows."""
    seconded = Q(state=State.SECONDED, corrected=False)
    begun = seconded & Q(starts_on__lte=on)
    lasts = Q(ends_on__gte=on) | Q(ends_on=None) & (Q(follows_on=None) | Q(follows_on__gt=on))
    return {
        "draft": (_("草拟中"), "plain", Q(state=State.DRAFT)),
        "submitted": (_("待复核"), "waiting", Q(state=State.SUBMITTED)),
        "returned": (_("已退回"), "bad", Q(state=State.RETURNED)),
        "coming": (_("即将施行"), "waiting", seconded & Q(starts_on__gt=on)),
        "in_force": (_("施行中"), "good", begun & lasts),
        "over": (_("已期满"), "plain", begun & ~lasts),
        "corrected": (_("已更正"), "plain", Q(state=State.SECONDED, corrected=True)),
        "withdrawn": (_("已撤回"), "plain", Q(state=State.WITHDRAWN)),
    }


def standing_choices(on: date) -> list[tuple[str, Any]]:
    """Every way to stand, for a filter."""
    return [(name, word) for name, (word, _tone, _rows) in _standings(on).items()]


def standing_of(standard: Any, on: date) -> str:
    """How a standard of `with_standing` stands on this day."""
    if standard.state != State.SECONDED:
        return str(standard.state)
    if standard.corrected:
        return "corrected"
    if standard.starts_on > on:
        return "coming"
    last = last_day(standard)
    return "in_force" if last is None or last >= on else "over"


def standing(standard: Any, on: date) -> Status:
    """The same in one word."""
    word, tone, _rows = _standings(on)[standing_of(standard, on)]
    return Status(word, tone)


def last_day(standard: Any) -> date | None:
    """The last day of a standard of `with_standing`: its own, or that before the next begins."""
    if standard.ends_on is None and standard.follows_on is not None:
        before: date = standard.follows_on - timedelta(days=1)
        return before
    last: date | None = standard.ends_on
    return last


def standards_listed(
    user: User, *, on: date, region: str = "", what: str = "", stands: str = "", day: str = ""
) -> "QuerySet[RegionalStandard]":
    """The standards in reach, narrowed. ``what``: a `Settable.name`; ``day``: in force then."""
    rows = with_standing(standards_in_reach(user, on=on))
    if region:
        rows = rows.filter(region__code=region)
    if what:
        scheme, _dot, parameter = what.partition(".")
        rows = rows.filter(scheme=scheme, parameter=parameter)
    if stands:
        rows = rows.filter(_standings(on)[stands][2])
    if day:
        rows = rows.filter(_standings(date.fromisoformat(day))["in_force"][2])
    return rows


def to_correct(region: Region, scheme: str, parameter: str) -> "QuerySet[RegionalStandard]":
    """What a new standard of the region for this may take the place of."""
    rows = RegionalStandard.objects.filter(
        state=State.SECONDED, region__code=region.code, scheme=scheme, parameter=parameter
    )
    return rows.annotate(corrected=_corrected()).filter(corrected=False).order_by("starts_on")


# ---------------------------------------------------------------- as the engine takes them


def content_of(standard: RegionalStandard, *, seconded_by: str) -> Content:
    """A standard as a file of standards writes it, for an enactment."""
    words = {
        "region": standard.region.code,
        "scheme": standard.scheme,
        "parameter": standard.parameter,
        "value": _value(standard.amounts),
        "number": standard.number,
        "title": standard.title,
        "clause": standard.clause,
        "from": standard.starts_on.isoformat(),
        "to": standard.ends_on.isoformat() if standard.ends_on else "",
        "replaces": standard.replaces,
        "entered_by": reference(standard.entered_by_id),
        "seconded_by": seconded_by,
    }
    return {STANDARD: {word: said for word, said in words.items() if said != ""}}


def _value(amounts: dict[str, int]) -> str | dict[str, str]:
    yuan = {code: f"{Decimal(fen) / 100:.2f}" for code, fen in amounts.items()}
    return yuan.get(ONE, yuan)


def reference(user_id: int) -> str:
    """A user, as a file of standards names one."""
    return f"user-{user_id}"


def wrong_with(standard: RegionalStandard, *, on: date) -> list[str]:
    """Why a standard can't be laid over the pack, with all that is and will be; in Chinese."""
    from jineng.policy import PackError

    content = content_of(standard, seconded_by="?")
    try:
        laid_over(pack_in_force(on), [content, *(one.content for one in coming(on))])
    except PackError as error:
        return error.reasons
    return []


def in_its_place(standard: RegionalStandard) -> "Value | None":
    """What holds in the region on the standard's first day, as things are."""
    scheme = pack_in_force().schemes[standard.scheme]
    parameter = scheme.parameters[standard.parameter]
    code = next(iter(standard.amounts), ONE) or None
    return parameter.pick(standard.starts_on, standard.region.code, code)


def as_file(*, on: date) -> str:
    """All that is in force over the pack's files, as a file that the command line reads.

    Drafts that were put in force are among the standards, so that the release is the same.
    """
    from jineng.policy import laid_text

    return f"# release {pack_in_force(on).release}\n{laid_text(map(laid_of, contents(on=on)))}"


# ---------------------------------------------------------------- what became of them

_STEPS: dict[str, Any] = {
    State.SUBMITTED: _("提交复核"),
    State.RETURNED: _("退回修改"),
    State.WITHDRAWN: _("撤回"),
    State.SECONDED: _("复核通过"),
}


def steps_of(standard: Any, *, on: date) -> list[CaseStep]:
    """A standard's life as the log has it, and what comes."""
    events = list(events_of(standard).order_by("id"))
    users = dict(
        User.objects.filter(pk__in={e.actor_id for e in events}).values_list("pk", "username")
    )
    steps = []
    for event in events:
        state = (event.after or {}).get("state")
        what = _("录入") if event.kind == "insert" else _STEPS.get(state or "")
        if what is None and event.kind == "update":
            what = _("修改")
        if what is not None:
            who = users.get(event.actor_id or 0, "")
            steps.append(CaseStep(what, "done", who=who, at=event.at, note=event.why))
    return [*steps, *_coming(standard, on)]


def _coming(standard: Any, on: date) -> list[CaseStep]:
    start = standard.starts_on.isoformat()
    in_force = _("自 %(day)s 起施行") % {"day": start}
    second = CaseStep(_("复核"), "coming", who=_("辖区另一名政策管理员"))
    match standing_of(standard, on):
        case "draft":
            first = CaseStep(_("提交复核"), "current", who=standard.entered_by.username)
            return [first, second, CaseStep(in_force, "coming")]
        case "returned":
            again = CaseStep(_("修改后再次提交"), "current", who=standard.entered_by.username)
            return [again, second, CaseStep(in_force, "coming")]
        case "submitted":
            now = CaseStep(_("复核"), "current", who=_("辖区另一名政策管理员"))
            return [now, CaseStep(in_force, "coming")]
        case "coming":
            return [CaseStep(in_force, "coming")]
        case "in_force":
            last = last_day(standard)
            steps = [CaseStep(in_force, "current")]
            if last:
                steps.append(CaseStep(_("施行至 %(day)s") % {"day": last}, "coming"))
            return steps
        case "over":
            return [CaseStep(_("施行至 %(day)s") % {"day": last_day(standard)}, "done")]
        case "corrected":
            return [CaseStep(_("已由另一项标准更正"), "done")]
    return []
