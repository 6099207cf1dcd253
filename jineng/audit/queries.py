"""Where the chain stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jineng.core.models import Event, Root, Seal
from jineng.core.seal import RootFile, SignedRoot, bounds, counted
from jineng.pages.work import Queue
from jineng.people.permissions import Access

#: Events are sealed once a day; what is older was missed.
SEALED_WITHIN = timedelta(hours=36)


@dataclass(frozen=True)
class ChainState:
    """``roots``: the newest first; ``waiting``: events that are not sealed yet.

    ``in_file``: the newest root is the last in the file of roots. ``damaged``: a root in the
    database can't be read any more; nothing else is told then.
    """

    roots: tuple[SignedRoot, ...] = ()
    waiting: int = 0
    in_file: bool = True
    damaged: bool = False

    @property
    def last(self) -> SignedRoot | None:
        """The newest root."""
        return self.roots[0] if self.roots else None


def chain_state() -> ChainState:
    """Counts and marks alone: whether all agrees is for `verify` to say."""
    lines = list(Root.objects.order_by("number").values_list("line", flat=True))
    try:
        roots = [SignedRoot.read(line) for line in lines]
    except ValueError:
        return ChainState(damaged=True)
    return ChainState(
        roots=tuple(reversed(roots)),
        waiting=counted(bounds(roots)),
        in_file=RootFile().lines()[-1:] == lines[-1:],
    )


def queues_of(access: Access) -> Iterator[Queue]:
    """Events that should have been sealed by now, for whoever looks after the chain."""
    if access.may("audit:see"):
        sealed = Coalesce(
            Subquery(Seal.objects.order_by("-position").values("event_id")[:1]), Value(0)
        )
        # The first alone: a province's events of a day are too many to be counted for a home page.
        first = Event.objects.filter(id__gt=sealed).order_by("id").values("id")[:1]
        yield Queue(
            title=_("事件超过一天没有封存"),
            url=reverse("audit:state"),
            icon="shield",
            rows=Event.objects.filter(id=Subquery(first), at__lt=Now() - SEALED_WITHIN),
            since="at",
            counted=False,
        )
