"""What the pages of a batch ask of a request."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from jineng.claims import commands
from jineng.claims.models import Batch
from jineng.claims.permissions import become_owner, own_nothing, owner_of, owner_of_user
from jineng.claims.queries import batches_of
from jineng.people.models import User


def owner(request: HttpRequest, *, becoming: bool = False) -> str:
    """Who the request is from; "" for a stranger who owns nothing and is not to own anything.

    What the browser handed in before somebody signed in on it becomes theirs.
    """
    session = request.session
    if not isinstance(request.user, User):
        return become_owner(session) if becoming else owner_of(session)
    own = owner_of_user(request.user.pk)
    if before := owner_of(session):
        commands.hand_over(by=before, to=own, user=request.user)
        own_nothing(session)
    return own


def signed_in(request: HttpRequest) -> User | None:
    """The user, where the request is a user's."""
    return request.user if isinstance(request.user, User) else None


def own_batch(request: HttpRequest, pk: uuid.UUID) -> Batch:
    """The batch, if whoever asks handed it in and it is still kept; else 404."""
    return get_object_or_404(batches_of(owner(request), at=timezone.now()), pk=pk)
