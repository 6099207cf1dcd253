"""Which batches somebody sees, and which of them wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.claims.models import Batch, BatchQuerySet, State
from jineng.claims.permissions import owner_of_user
from jineng.pages.searching import Hit, Hits
from jineng.pages.work import Queue

_QUEUES = (
    ((State.FAULTY, State.REFUSED), gettext_lazy("申领表有错误，待改正"), True),
    ((State.FAILED,), gettext_lazy("批次处理未成功，可重新核定"), True),
    ((State.DECIDED,), gettext_lazy("核定完成的批次，可以下载"), True),
    ((State.WAITING, State.CHECKING, State.DECIDING), gettext_lazy("正在核定的批次"), False),
)


def batches_of(owner: str, *, at: datetime) -> BatchQuerySet:
    """An owner's batches, the latest first."""
    return Batch.objects.open_to(owner, at).order_by("-created_at")


def queues_of(user_id: int) -> Iterator[Queue]:
    """A user's batches as queues, for `pages.work.Asking`."""
    batches = Batch.objects.filter(owner=owner_of_user(user_id), expires_at__gt=Now())
    for states, title, mine in _QUEUES:
        yield Queue(
            title=title,
            url=reverse("claims:upload"),
            icon="table",
            rows=batches.filter(state__in=states),
            since="created_at",
            mine=mine,
            note=_kept_until,
        )


def _kept_until(created_at: datetime) -> str:
    until = localtime(created_at + timedelta(hours=settings.UPLOADS_KEPT_HOURS))
    return _("%(moment)s 自动删除") % {"moment": f"{until:%m-%d %H:%M}"}


def batches_for_search(user_id: int, text: str, *, at: datetime, most: int) -> Hits:
    """A user's batches whose file is called so."""
    found = batches_of(owner_of_user(user_id), at=at).filter(file_name__icontains=text)
    hits = [
        Hit(one.file_name, reverse("claims:batch", args=[one.pk]), str(one.get_state_display()))
        for one in found[:most]
    ]
    return Hits(_("批次"), "table", hits)
