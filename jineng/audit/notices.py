"""What auditors and those who run the platform are told: that the event log is not being sealed."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.models import Event
from jineng.core.tasks import ROOTS_LOST, SEALING_FAILED
from jineng.pages.notices import OfEvents, Told, Topic, Words
from jineng.people.models import Membership
from jineng.people.permissions import access_of
from jineng.people.roles import RIGHTS

ACTION = "audit:see"

PLATFORM = Topic(
    "platform",
    gettext_lazy("系统运行"),
    gettext_lazy("事件日志没有封存，或封存的根丢失、被改动。"),
    texts=True,
    concerns=lambda user, on: access_of(user, on=on).may(ACTION),
)


def _not_sealed(events: Sequence[Event], on: date) -> Iterator[tuple[Event, Told]]:
    """Once a day: the sealer tries again every hour."""
    roles = [role for role, rights in RIGHTS.items() if ACTION in rights.may]
    held = Membership.objects.on(on).filter(role__in=roles, user__is_active=True)
    users = sorted(set(held.values_list("user", flat=True)))
    for event in events:
        day = localdate(event.at).isoformat()
        for user in users:
            yield event, Told(user, {"lost": event.kind == ROOTS_LOST}, cause=f"{event.kind} {day}")


def _words(about: dict[str, Any]) -> Words:
    text = _("事件日志今天没有封存：出了错。新的事件已记录，但还没有封存。")
    step = _("由平台管理员查看服务日志，排除原因；系统每小时再试一次。")
    if about["lost"]:
        text = _("封存的根与文件不一致，或不能读取。为防掩盖改动，没有再封存。")
        step = _("由审计人员用保存在别处的副本核验日志，再由平台管理员恢复。")
    return Words(_("事件日志没有封存"), text, reverse("audit:state"), step)


TELLINGS = [
    OfEvents(
        "audit.not_sealed",
        PLATFORM,
        _words,
        "core_root",
        frozenset({ROOTS_LOST, SEALING_FAILED}),
        _not_sealed,
        urgent=True,
    ),
]
