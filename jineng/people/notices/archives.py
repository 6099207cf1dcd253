"""What a person is told of the archive, and officials of what persons ask."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.models import Event
from jineng.pages.notices import OfEvents, Told, Words
from jineng.people.models import CorrectionRequest, Organisation, PersonMerge, Role
from jineng.people.notices.topics import ARCHIVE, WORK
from jineng.people.queries.archives import REVEALED, SEALED
from jineng.people.queries.handlers import officials_for, users_of
from jineng.people.queries.waiting import correction_term

Tells = Iterator[tuple[Event, Told]]

#: What the archive calls the columns of a record.
COLUMNS = {
    "name": gettext_lazy("姓名"),
    "identity_number": SEALED["identity_number"][0],
    "birth_date": gettext_lazy("出生日期"),
    "sex": gettext_lazy("性别"),
    "phone": SEALED["phone"][0],
    "household_region_id": gettext_lazy("户籍地"),
    "living_region_id": gettext_lazy("居住地"),
    "working_region_id": gettext_lazy("工作地"),
    "education": gettext_lazy("文化程度"),
    "bank_name": gettext_lazy("开户行"),
    "bank_account": SEALED["bank_account"][0],
}


def _by_person(events: Sequence[Event]) -> dict[str, int]:
    """Users by the number of the record, as the log writes it."""
    users = users_of(int(event.row_id) for event in events)
    return {str(pk): user for pk, user in users.items()}


def _revealed(events: Sequence[Event], on: date) -> Tells:
    users = _by_person(events)
    of = [pk for event in events if (pk := (event.after or {}).get("organisation"))]
    names = dict(Organisation.objects.filter(pk__in=of).values_list("pk", "name"))
    for event in events:
        told = event.after or {}
        if event.row_id in users and event.actor_id != users[event.row_id]:
            yield (
                event,
                Told(
                    users[event.row_id],
                    {
                        "field": told.get("field"),
                        "role": told.get("role"),
                        "of": names.get(told.get("organisation") or 0, ""),
                    },
                ),
            )


def _revealed_words(about: dict[str, Any]) -> Words:
    role = about["role"]
    title = str(Role(role).label) if role in Role.values else ""
    who = about["of"] or _("工作人员")
    if title:
        who = _("%(organisation)s（%(role)s）") % {"organisation": who, "role": title}
    return Words(
        title=_("有人查看了您的完整号码"),
        text=_("%(who)s查看了您的完整%(number)s。查看的理由写在“我的档案”里。")
        % {"who": who, "number": SEALED[about["field"]][0]},
        link=reverse("people:archive") + "#looks",
        next_step=_("不需要您办理。认为查看不当的，可以向该单位提出。"),
    )


def _changed(sealed: bool) -> Any:
    """Of changes of records: those of a number that is sealed, or all others."""

    def tells(events: Sequence[Event], on: date) -> Tells:
        changes = []
        for event in events:
            names = [name for name in COLUMNS if name in (event.after or {})]
            if names and bool(set(names) & set(SEALED)) == sealed:
                changes.append((event, names))
        users = _by_person([event for event, _names in changes])
        for event, names in changes:
            user = users.get(event.row_id)
            if user is not None and event.actor_id != user:
                yield event, Told(user, {"columns": names})

    return tells


def _changed_words(about: dict[str, Any]) -> Words:
    columns = _("、").join(str(COLUMNS[name]) for name in about["columns"] if name in COLUMNS)
    return Words(
        title=_("您的档案有更改"),
        text=_("工作人员更改了您档案中的%(columns)s。") % {"columns": columns},
        link=reverse("people:archive"),
        next_step=_("请您核对；有误的，在“我的档案”中申请更正。"),
    )


def _merged(events: Sequence[Event], on: date) -> Tells:
    merges = PersonMerge.objects.in_bulk([int(event.row_id) for event in events])
    users = users_of(pk for merge in merges.values() for pk in (merge.survivor_id, merge.merged_id))
    for event in events:
        merge = merges.get(int(event.row_id))
        undone = event.kind == "update"
        if merge is None or (undone and "undone_at" not in (event.after or {})):
            continue
        of = (users.get(merge.survivor_id), users.get(merge.merged_id))
        for user in sorted({one for one in of if one is not None}):
            yield event, Told(user, {"undone": undone})


def _merged_words(about: dict[str, Any]) -> Words:
    text = _("经核实，另一份属于您的档案已并入现在的档案，记录合在一起。")
    if about["undone"]:
        text = _("原先并入您档案的另一份档案，经核实不属于您，已经分开。")
    return Words(
        title=_("您的档案有合并或拆分"),
        text=text,
        link=reverse("people:archive"),
        next_step=_("请您核对；有误的，在“我的档案”中申请更正。"),
    )


def _answered(event: Event) -> bool:
    return bool((event.after or {}).get("outcome")) and event.kind == "update"


def _correction_answered(events: Sequence[Event], on: date) -> Tells:
    answered = [event for event in events if _answered(event)]
    asked = CorrectionRequest.objects.in_bulk([int(event.row_id) for event in answered])
    for event in answered:
        request = asked.get(int(event.row_id))
        if request is not None:
            about = {"about": request.about, "outcome": (event.after or {})["outcome"]}
            yield event, Told(request.by_id, about)


def _answered_words(about: dict[str, Any]) -> Words:
    Outcome = CorrectionRequest.Outcome  # noqa: N806
    return Words(
        title=_("您的更正申请有了答复"),
        text=_("您申请更正的“%(what)s”：%(outcome)s。答复全文见“我的档案”。")
        % {
            "what": CorrectionRequest.About(about["about"]).label,
            "outcome": Outcome(about["outcome"]).label,
        },
        link=reverse("people:archive"),
        next_step=_("不需要您办理。对答复有异议的，可以再次申请。"),
    )


def _correction_waits(events: Sequence[Event], on: date) -> Tells:
    made = [event for event in events if event.kind == "insert"]
    asked = CorrectionRequest.objects.select_related("person").in_bulk(
        [int(event.row_id) for event in made]
    )
    for event in made:
        request = asked.get(int(event.row_id))
        if request is None or request.outcome:
            continue
        due = correction_term(localdate(request.asked_at)).on
        about = {"request": request.pk, "about": request.about, "due": due.isoformat()}
        for user in officials_for(request.person, "person:edit", on=on):
            yield event, Told(user.pk, about)


def _waits_words(about: dict[str, Any]) -> Words:
    return Words(
        title=_("有一项更正申请等待答复"),
        text=_("本人认为档案中的“%(what)s”有误，申请更正。")
        % {"what": CorrectionRequest.About(about["about"]).label},
        link=reverse("people:answer", kwargs={"pk": about["request"]}),
        next_step=_("由您或同岗位的同事核实并答复。"),
        due=date.fromisoformat(about["due"]),
    )


TELLINGS = [
    OfEvents(
        "people.revealed",
        ARCHIVE,
        _revealed_words,
        "people_person",
        frozenset({REVEALED}),
        _revealed,
    ),
    OfEvents(
        "people.number_changed",
        ARCHIVE,
        _changed_words,
        "people_person",
        frozenset({"update"}),
        _changed(sealed=True),
        urgent=True,
    ),
    OfEvents(
        "people.corrected",
        ARCHIVE,
        _changed_words,
        "people_person",
        frozenset({"update"}),
        _changed(sealed=False),
    ),
    OfEvents(
        "people.merged",
        ARCHIVE,
        _merged_words,
        "people_personmerge",
        frozenset({"insert", "update"}),
        _merged,
    ),
    OfEvents(
        "people.correction_answered",
        ARCHIVE,
        _answered_words,
        "people_correctionrequest",
        frozenset({"update"}),
        _correction_answered,
    ),
    OfEvents(
        "people.correction_waits",
        WORK,
        _waits_words,
        "people_correctionrequest",
        frozenset({"insert", "update"}),
        _correction_waits,
        settled=_answered,
    ),
]
