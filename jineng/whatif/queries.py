"""Trials as pages list them, and as homes tell of them."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jineng.claims.models import Batch, RunState, State
from jineng.claims.permissions import owner_of_user
from jineng.claims.queries import batches_of
from jineng.desk.permissions.drafts import SEE
from jineng.pages.work import Made
from jineng.people.models import User
from jineng.people.permissions import Anybody, access_of
from jineng.whatif.models import Trial
from jineng.whatif.permissions import trials_in_reach

Shown = Trial.Shown

_SHOWN = {
    Shown.DONE: Q(finished_at__isnull=False),
    Shown.UNDERWAY: Q(finished_at=None, run__state__in=[RunState.WAITING, RunState.WORKING]),
    Shown.FAILED: Q(finished_at=None, run__state=RunState.FAILED),
    Shown.CANCELLED: Q(finished_at=None, run__state=RunState.CANCELLED),
    Shown.GONE: Q(finished_at=None, run=None),
}


def made_by(user: User, *, on: date) -> Iterator[Made]:
    """A user's trials as what they did lately."""
    if not access_of(user, on=on).may(SEE):
        return
    trials = Trial.objects.filter(by=user).order_by("-at")
    rows = trials.values(moment=F("at"), named=F("title"), key=F("pk"))
    yield Made(_("按草案试算"), "whatif:trial", rows)


def trials_listed(
    user: User, *, draft: str = "", shown: str = "", mine: bool = False, on: date
) -> "QuerySet[Trial]":
    """The trials that a user sees. ``draft``: its key; ``shown``: how they stand."""
    found = trials_in_reach(user, on=on)
    if draft:
        found = found.filter(draft=int(draft))
    if shown:
        found = found.filter(_SHOWN[Shown(shown)])
    return found.filter(by=user) if mine else found


def finished(user: Anybody, *, on: date) -> "QuerySet[Trial]":
    """Those that came to an end, the latest first."""
    return trials_in_reach(user, on=on).filter(finished_at__isnull=False).order_by("-at")


def tried_together(trial: Trial, user: Anybody, *, on: date) -> "QuerySet[Trial]":
    """Other finished trials of the same claims, the latest first."""
    return finished(user, on=on).filter(batch_key=trial.batch_key).exclude(pk=trial.pk)


def batches_to_try(user: User, *, at: datetime) -> "QuerySet[Batch]":
    """A user's batches that are decided and still kept."""
    return batches_of(owner_of_user(user.pk), at=at).filter(state=State.DECIDED)


def keys_of(words: list[str]) -> list[uuid.UUID]:
    """Keys of trials as an address names them; what is none is passed over."""
    found = []
    for word in words:
        try:
            found.append(uuid.UUID(word))
        except ValueError:
            continue
    return found
