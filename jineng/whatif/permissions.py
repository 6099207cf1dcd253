"""Who sees what of a trial: its sums, whoever sees the draft; its lines, whoever tried.

Lines are of persons, and a batch belongs to one user alone; sums tell of nobody.
"""

import uuid
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from jineng.desk.permissions.drafts import SEE, drafts_in_reach
from jineng.people.models import User
from jineng.people.permissions import Anybody, access_of
from jineng.whatif.models import Trial


def trials_in_reach(user: Anybody, *, on: date) -> "QuerySet[Trial]":
    """The trials that a user sees: their own, and those of drafts that they see."""
    if not isinstance(user, User) or not access_of(user, on=on).may(SEE):
        return Trial.objects.none()
    of_drafts = drafts_in_reach(user, on=on).values("pk")
    found = Trial.objects.filter(Q(by=user) | Q(draft__in=of_drafts))
    return found.select_related("by", "run__batch", "draft")


def trial_for(user: Anybody, pk: uuid.UUID, verb: str, *, on: date) -> Trial:
    """A trial to "see", or to "own": to look at its lines, cancel or delete it.

    Raises Http404 out of reach, PermissionDenied for another's.
    """
    found = trials_in_reach(user, on=on).filter(pk=pk).first()
    if found is None:
        raise Http404
    if verb == "own" and found.by_id != user.pk:
        raise PermissionDenied
    return found
