"""What organisations are told, and what anybody is told of decisions about them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from jineng.core.models import Event
from jineng.pages.notices import OfDays, OfEvents, Told, Words
from jineng.people.models import BlacklistEntry, ImportRun, Qualification, SignUp
from jineng.people.notices.topics import BODY, FILES, STANDING
from jineng.people.queries.handlers import managers_of, users_of
from jineng.people.queries.imports import REFUSED_LINES
from jineng.people.queries.waiting import appeal_term

Tells = Iterator[tuple[Event, Told]]
Appeal = BlacklistEntry.Appeal

#: How many days before its last day it is said that a qualification ends.
BEFORE = (30, 7)


def _expiring(on: date) -> Iterator[Told]:
    """Qualifications that end within these days and that no later one of the same kind follows."""
    later = Qualification.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        Q(region=OuterRef("region")) | Q(region=None),
        organisation=OuterRef("organisation"),
        kind=OuterRef("kind"),
    )
    ending = Qualification.objects.filter(
        ~Exists(later), ends_on__gte=on, ends_on__lte=on + timedelta(days=max(BEFORE))
    ).select_related("organisation")
    found = list(ending.order_by("pk"))
    managers = managers_of((one.organisation_id for one in found), on=on)
    for one in found:
        if one.ends_on is None:
            continue
        days = min(step for step in BEFORE if one.ends_on <= on + timedelta(days=step))
        about = {"kind": one.kind, "of": one.organisation.name, "body": one.organisation_id}
        about |= {"last": one.ends_on.isoformat()}
        for user in managers.get(one.organisation_id, ()):
            yield Told(
                user,
                about,
                cause=f"{one.pk}:{one.ends_on}:{days}",
                case=f"people_qualification:{one.pk}",
            )


def _expiring_words(about: dict[str, Any]) -> Words:
    label = str(Qualification.Kind(about["kind"]).label)
    return Words(
        title=_("有一项资质即将到期"),
        text=_("%(organisation)s的“%(kind)s”到 %(last)s 为止；之后开始的培训不能再凭它申领补贴。")
        % {"organisation": about["of"], "kind": label, "last": about["last"]},
        link=reverse("people:organisation", kwargs={"pk": about["body"]}),
        next_step=_("由本单位向发证机关办理延续，并把新的证书交受理部门登记。"),
        due=date.fromisoformat(about["last"]),
    )


def _sign_up(events: Sequence[Event], on: date) -> Tells:
    """To whoever sent the form in, and to those who run the enterprise."""
    settled = {
        int(event.row_id): event
        for event in events
        if (event.after or {}).get("served_at") or (event.after or {}).get("withdrawn_at")
    }
    entries = SignUp.objects.filter(pk__in=settled)
    managers = managers_of((one.organisation_id for one in entries if one.organisation_id), on=on)
    for entry in entries:
        event, own = settled[entry.pk], managers.get(entry.organisation_id or 0, [])
        about = {"served": entry.served_at is not None, "of": entry.name, "note": entry.note}
        for user in dict.fromkeys([*own, entry.by_id]):
            if user is not None and user != event.actor_id:
                body = entry.organisation_id if user in own else None
                yield event, Told(user, about | {"body": body})


def _sign_up_words(about: dict[str, Any]) -> Words:
    told = {"organisation": about["of"], "note": about["note"] or _("无")}
    text = _("%(organisation)s的培训报名已受理。办理说明：%(note)s") % told
    step = _("由受理部门按说明安排培训，并与联系人联系。")
    if not about["served"]:
        text = _("%(organisation)s的培训报名没有安排。原因：%(note)s") % told
        step = _("由本单位决定是否重新报名。")
    link = reverse("people:sign_up")
    if about["body"]:
        link = reverse("people:organisation", kwargs={"pk": about["body"]})
    return Words(_("企业报名有了结果"), text, link, step)


def _standing(events: Sequence[Event], on: date) -> Tells:
    """Put on the blacklist, ended, appealed against: to the person or those who run the body."""
    changes = {
        event: event.after or {}
        for event in events
        if event.kind == "insert" or {"ends_on", "appeal"} & set(event.after or {})
    }
    entries = BlacklistEntry.objects.in_bulk([int(event.row_id) for event in changes])
    users = users_of(one.person_id for one in entries.values() if one.person_id)
    bodies = [one.organisation_id for one in entries.values() if one.organisation_id]
    managers = managers_of(bodies, on=on)
    for event, after in changes.items():
        entry = entries.get(int(event.row_id))
        if entry is None:
            continue
        of = [users[entry.person_id]] if entry.person_id in users else []
        if entry.organisation_id:
            of = managers.get(entry.organisation_id, [])
        about = {
            "made": event.kind == "insert",
            "number": entry.decision_number,
            "first": entry.starts_on.isoformat(),
            "last": after.get("ends_on"),
            "appeal": "" if event.kind == "insert" else after.get("appeal", ""),
            "body": entry.organisation_id,
            "due": appeal_term(entry.appealed_on).on.isoformat() if entry.appealed_on else None,
        }
        for user in of:
            yield event, Told(user, about)


def _standing_words(about: dict[str, Any]) -> Words:
    told, due = {name: about[name] for name in ("number", "first", "last")}, None
    step = _("不服的，由您向作出决定的部门提出申诉。")
    if about["made"]:
        text = _("依据决定 %(number)s，自 %(first)s 起列入黑名单，期间不能申领补贴。") % told
    elif about["appeal"] == Appeal.FILED:
        text = _("对决定 %(number)s 的申诉已登记。") % told
        step, due = _("由作出决定的部门审理；结果会在这里告知。"), about["due"]
    elif about["appeal"] == Appeal.OVERTURNED:
        text = _("申诉有了结果：决定 %(number)s 已撤销，视为从未列入黑名单。") % told
        step = _("不需要您办理。")
    elif about["appeal"] == Appeal.UPHELD:
        text = _("申诉有了结果：维持决定 %(number)s。") % told
        step = _("仍不服的，由您依法申请行政复议或提起诉讼。")
    else:
        text = _("决定 %(number)s 到 %(last)s 为止，之后不再列入黑名单。") % told
        step = _("不需要您办理。")
    link, title = reverse("people:archive"), _("有一项关于您的处理决定")
    if about["body"]:
        link = reverse("people:organisation", kwargs={"pk": about["body"]})
        title = _("有一项关于本单位的处理决定")
    return Words(title, text, link, step, date.fromisoformat(due) if due else None)


def _imported(events: Sequence[Event], on: date) -> Tells:
    runs = ImportRun.objects.in_bulk([int(event.row_id) for event in events])
    for event in events:
        run = runs.get(int(event.row_id))
        if run is not None and run.by_id is not None:
            about = {"run": run.pk, "kind": run.kind, "refused": run.refused}
            yield event, Told(run.by_id, about | {"done": run.state == ImportRun.State.DONE})


def _imported_words(about: dict[str, Any]) -> Words:
    told = {"kind": ImportRun.Kind(about["kind"]).label, "lines": about["refused"]}
    text = _("导入%(kind)s：%(lines)s 行有错误，整份文件没有导入。") % told
    if about["done"]:
        text = _("导入%(kind)s：%(lines)s 行有错误，没有导入；其余各行已导入。") % told
    return Words(
        title=_("导入的文件有错误"),
        text=text,
        link=reverse("people:import", kwargs={"pk": about["run"]}),
        next_step=_("由您按列出的行改正文件，再次导入。"),
    )


TELLINGS = [
    OfDays("people.qualification_ends", BODY, _expiring_words, _expiring),
    OfEvents(
        "people.sign_up",
        BODY,
        _sign_up_words,
        "people_signup",
        frozenset({"update"}),
        _sign_up,
    ),
    OfEvents(
        "people.standing",
        STANDING,
        _standing_words,
        "people_blacklistentry",
        frozenset({"insert", "update"}),
        _standing,
        urgent=True,
    ),
    OfEvents(
        "people.imported",
        FILES,
        _imported_words,
        "people_importrun",
        frozenset({REFUSED_LINES}),
        _imported,
    ),
]
