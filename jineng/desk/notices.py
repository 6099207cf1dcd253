"""What users are told at the policy desk: what waits for them, and what came of what is theirs."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jineng.core.models import Event
from jineng.desk.models import Draft, RegionalStandard
from jineng.desk.queries.waiting import who_may_second
from jineng.pages.notices import OfEvents, Told, Words
from jineng.people.notices.topics import WORK

Tells = Iterator[tuple[Event, Told]]
State = RegionalStandard.State


def _state(event: Event) -> str:
    return str((event.after or {}).get("state") or "")


def _standards(events: Sequence[Event]) -> dict[str, RegionalStandard]:
    rows = RegionalStandard.objects.select_related("region__parent")
    return {str(one.pk): one for one in rows.filter(pk__in={e.row_id for e in events})}


def _about(standard: RegionalStandard) -> dict[str, Any]:
    return {
        "standard": standard.pk,
        "region": standard.region.name,
        "number": standard.number,
        "first": standard.starts_on.isoformat(),
    }


def _submitted(events: Sequence[Event], on: date) -> Tells:
    handed_in = [event for event in events if _state(event) == State.SUBMITTED]
    standards = _standards(handed_in)
    for event in handed_in:
        standard = standards.get(event.row_id)
        if standard is not None and standard.state == State.SUBMITTED:
            for user in who_may_second(standard, on=on):
                yield event, Told(user.pk, _about(standard))


def _submitted_words(about: dict[str, Any]) -> Words:
    return Words(
        title=_("有地区标准待复核"),
        text=_("%(region)s的标准（%(number)s，自 %(first)s 起）已提交，等待另一人复核。") % about,
        link=reverse("desk:standard", args=[about["standard"]]),
        next_step=_("由您或辖区内其他政策管理员核对文件后复核，或者退回。"),
    )


def _settled(event: Event) -> bool:
    """Nobody needs to second it any more."""
    return _state(event) in (State.RETURNED, State.WITHDRAWN, State.SECONDED)


def _answered(events: Sequence[Event], on: date) -> Tells:
    answers = [event for event in events if _state(event) in (State.RETURNED, State.SECONDED)]
    standards = _standards(answers)
    for event in answers:
        standard = standards.get(event.row_id)
        if standard is not None and standard.entered_by_id != event.actor_id:
            about = _about(standard) | {"state": _state(event), "why": event.why}
            yield event, Told(standard.entered_by_id, about)


def _answered_words(about: dict[str, Any]) -> Words:
    link = reverse("desk:standard", args=[about["standard"]])
    if about["state"] == State.SECONDED:
        return Words(
            title=_("您录入的地区标准已复核"),
            text=_("%(region)s的标准（%(number)s）已由另一人复核，自 %(first)s 起施行。") % about,
            link=link,
            next_step=_("不需要您办理。"),
        )
    return Words(
        title=_("您录入的地区标准被退回"),
        text=_("%(region)s的标准（%(number)s）被退回：%(why)s") % about,
        link=link,
        next_step=_("由您修改后再次提交，或者撤回。"),
    )


def _in_force(events: Sequence[Event], on: date) -> Tells:
    rows = [(event, event.after or {}) for event in events]
    drafts = Draft.objects.in_bulk([row["draft_id"] for _event, row in rows if row.get("draft_id")])
    for event, row in rows:
        draft = drafts.get(row.get("draft_id") or 0)
        if draft is not None:
            about = {"draft": draft.pk, "title": draft.title, "day": row["effective_on"]}
            yield event, Told(draft.author_id, about | {"number": row["number"]})


def _in_force_words(about: dict[str, Any]) -> Words:
    return Words(
        title=_("您的草案已付诸施行"),
        text=_("“%(title)s”自 %(day)s 起施行，依据 %(number)s。") % about,
        link=reverse("desk:draft", args=[about["draft"]]),
        next_step=_("不需要您办理；草案从此不能再改。"),
    )


TELLINGS = [
    OfEvents(
        "desk.standard_submitted",
        WORK,
        _submitted_words,
        "desk_regionalstandard",
        frozenset({"update"}),
        _submitted,
        settled=_settled,
    ),
    OfEvents(
        "desk.standard_answered",
        WORK,
        _answered_words,
        "desk_regionalstandard",
        frozenset({"update"}),
        _answered,
    ),
    OfEvents(
        "desk.draft_in_force",
        WORK,
        _in_force_words,
        "desk_enactment",
        frozenset({"insert"}),
        _in_force,
    ),
]
