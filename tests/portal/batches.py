"""Batches that somebody handed in, as pages of the frame tell of them."""

from datetime import timedelta

from django.utils import timezone

from jineng.claims.models import Batch
from jineng.claims.permissions import owner_of_user
from jineng.people.models import User


def handed_in(by: User, file_name: str) -> Batch:
    """A batch of this user's, kept for an hour more."""
    now = timezone.now()
    return Batch.objects.create(
        owner=owner_of_user(by.pk),
        file_name=file_name,
        file_size=1,
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
