"""What a user is told of a batch: that it was decided, or what stopped it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jineng.claims.models import Batch, State
from jineng.claims.workflow import ENDED
from jineng.core.calendar import business_time
from jineng.core.models import Event
from jineng.pages.notices import OfEvents, Told, Words
from jineng.people.notices.topics import FILES


def _ended(events: Sequence[Event], on: date) -> Iterator[tuple[Event, Told]]:
    batches = {str(pk): one for pk, one in Batch.objects.in_bulk(_keys(events)).items()}
    for event in events:
        batch, state = batches.get(event.row_id), (event.after or {}).get("state")
        if batch is None or batch.user_id is None:
            continue
        about = {"batch": event.row_id, "state": state}
        if batch.goes_at:
            about["until"] = batch.goes_at.isoformat()
        if state == State.DECIDED and batch.decided:
            about |= {"lines": batch.decided["lines"]}
        yield event, Told(batch.user_id, about)


def _keys(events: Sequence[Event]) -> list[str]:
    return [event.row_id for event in events]


def _words(about: dict[str, Any]) -> Words:
    until = datetime.fromisoformat(about["until"]) if "until" in about else None
    title, text, step = _said(about)
    if until is not None and until <= timezone.now():
        # The file and what came of it are gone.
        return Words(title, text, "", _("不需要办理：文件已到期删除。"))
    link = reverse("claims:batch", kwargs={"pk": about["batch"]})
    return Words(title, text, link, step, due=business_time(until).date() if until else None)


def _said(about: dict[str, Any]) -> tuple[str, str, str]:
    """Title, text, and what is done next."""
    if about["state"] == State.FAULTY:
        text = _("上传的申领表有错误，没有全部核定。")
        return _("申领表有错误待改正"), text, _("由您按标出的错误改正后再次上传。")
    if about["state"] == State.REFUSED:
        text = _("上传的文件不能作为申领表读取，未作任何核定。")
        return _("申领表读不了"), text, _("由您按提示改正后再次上传。")
    if about["state"] == State.FAILED:
        step = _("由您重试；仍不成功的，请联系管理员。")
        return _("申领表处理未成功"), _("处理中断，未作任何核定。"), step
    text = _("上传的申领表已核定。")
    if "lines" in about:
        text = _("上传的申领表已核定，共 %(lines)s 条。") % {"lines": about["lines"]}
    step = _("由您查看并下载核定结果。")
    if "until" in about:
        step = _("由您查看并下载核定结果；到期后自动删除。")
    return _("申领表处理完毕"), text, step


TELLINGS = [
    OfEvents("claims.batch", FILES, _words, "claims_batch", frozenset({ENDED}), _ended),
]
