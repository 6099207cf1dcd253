"""Which batches somebody sees, and which of them wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.claims.models import Batch, BatchQuerySet, Run, RunState, State
from jineng.claims.permissions import owner_of_user
from jineng.core.calendar import business_time
from jineng.pages.planned import Given
from jineng.pages.searching import Hit, Hits
from jineng.pages.work import Made, Queue

#: What is kept for longer than this has no haste.
LONG = timedelta(days=60)

_QUEUES = (
    ((State.FAULTY, State.REFUSED), gettext_lazy("申领表有错误，待改正"), True),
    ((State.FAILED,), gettext_lazy("批次处理未成功，可重新核定"), True),
    ((State.DECIDED,), gettext_lazy("核定完成的批次，可以下载"), True),
    ((State.WAITING, State.CHECKING, State.DECIDING), gettext_lazy("正在核定的批次"), False),
)


def batches_of(owner: str, *, at: datetime, state: str = "") -> BatchQuerySet:
    """An owner's batches, or those in this state, the latest first."""
    found = Batch.objects.open_to(owner, at).order_by("-created_at")
    return found.filter(state=state) if state else found


def runs_of(batch: Batch, kind: Run.Kind) -> QuerySet[Run]:
    """What was made of a batch, or is being made, the latest first."""
    ended = (RunState.CANCELLED, RunState.FAILED)
    return batch.made.filter(kind=kind).exclude(state__in=ended).order_by("-created_at")[:5]


def ahead_of(batch: Batch) -> int:
    """How many batches are under way that were handed in before."""
    underway = (State.WAITING, State.CHECKING, State.DECIDING)
    return Batch.objects.filter(state__in=underway, created_at__lt=batch.created_at).count()


def queues_of(user_id: int) -> Iterator[Queue]:
    """A user's batches as queues, for `pages.work.Asking`."""
    owner = Given(owner_of_user(user_id))
    batches = Batch.objects.filter(owner=owner, expires_at__gt=Now())
    for states, title, mine in _QUEUES:
        yield Queue(
            title=title,
            url=reverse("claims:upload"),
            icon="table",
            rows=batches.filter(state__in=states),
            since="created_at",
            mine=mine,
            note=_kept_until,
            noted="expires_at",
        )


def made_by(user_id: int) -> Iterator[Made]:
    """A user's batches as what they did lately."""
    batches = Batch.objects.filter(owner=Given(owner_of_user(user_id)), expires_at__gt=Now())
    rows = batches.order_by("-created_at").values(
        moment=F("created_at"), named=F("file_name"), key=F("pk")
    )
    yield Made(gettext_lazy("上传了申领表"), "claims:batch", rows)


def _kept_until(expires_at: datetime) -> str:
    """When the first of them goes; nothing where that is not worth knowing yet."""
    if expires_at - now() > LONG:
        return ""
    return _("%(moment)s 自动删除") % {"moment": f"{business_time(expires_at):%m-%d %H:%M}"}


def batches_for_search(user_id: int, text: str, *, at: datetime, most: int) -> Hits:
    """A user's batches whose file is called so."""
    found = batches_of(owner_of_user(user_id), at=at).filter(file_name__icontains=text)
    hits = [
        Hit(one.file_name, reverse("claims:batch", args=[one.pk]), str(one.get_state_display()))
        for one in found[:most]
    ]
    return Hits(_("批次"), "table", hits)
