"""What a user does with notices, and says of how to be told."""

from datetime import datetime

from django.db.models import QuerySet

from jineng.inbox.models import Notice
from jineng.inbox.queries import notices_of
from jineng.people.models import User


def mark_read(notice: Notice, *, at: datetime) -> None:
    """From now on it was read; it stays as it was where that was so."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at)


def mark_unread(notice: Notice) -> None:
    """It waits to be read once more."""
    Notice.objects.filter(pk=notice.pk).update(read_at=None)


def mark_all_read(user: User, *, topic: str = "", at: datetime) -> int:
    """All that waits, or all of a topic, was read at this moment; how many that were."""
    waiting: QuerySet[Notice] = notices_of(user, unread=True, topic=topic)
    return waiting.order_by().update(read_at=at)


def undo_all_read(user: User, *, at: datetime) -> int:
    """What was marked at that moment waits again; how many that are."""
    return Notice.objects.filter(user=user, read_at=at).update(read_at=None)
