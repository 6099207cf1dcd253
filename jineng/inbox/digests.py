"""What waits to be read, in one message: on each working day, or on the first of a week.

A digest lists what no message has surely told of by that way: all that is not urgent, and urgent
things whose own message was broken off or refused.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime

from jineng.inbox.models import Contact, Delivery, Notice, Way
from jineng.inbox.queries import Reached, ways_here
from jineng.pages.working_days import is_working_day

#: From this hour on, when the day's work begins.
HOUR = 8
#: What is older is told of no more.
REACHES_BACK = timedelta(days=30)
CHUNK = 1000

_TOLD = (Delivery.State.WAITING, Delivery.State.SENDING, Delivery.State.SENT)


def make_digests(*, on: date, at: datetime) -> int:
    """Makes the digests of this day that were not made yet, once it is time; how many."""
    if localtime(at).hour < HOUR or not is_working_day(on):
        return 0
    return sum(_make(way, on, at) for way in sorted(ways_here()))


def is_first_of_week(day: date) -> bool:
    """Whether it is the week's first working day."""
    monday = day - timedelta(days=day.weekday())
    before = (monday + timedelta(days=step) for step in range((day - monday).days))
    return is_working_day(day) and not any(is_working_day(one) for one in before)


def _make(way: Way, on: date, at: datetime) -> int:
    made, last = 0, 0
    while users := _users(way, on, at, last):
        last = users[-1]
        made += _make_for(users, way, on, at)
    return made


def _users(way: Way, on: date, at: datetime, after: int) -> list[int]:
    """The next users for whom anything waits and who have no digest of this day yet."""
    had = Delivery.objects.filter(purpose=Delivery.Purpose.DIGEST, way=way, day=on)
    waiting = _waiting(way, at).filter(user__gt=after).exclude(user__in=had.values("user"))
    if not is_first_of_week(on):
        weekly = Contact.objects.filter(rhythm=Contact.Rhythm.WEEKLY)
        waiting = waiting.exclude(user__in=weekly.values("user"))
    return sorted(waiting.order_by("user").values_list("user", flat=True).distinct()[:CHUNK])


def _waiting(way: Way, at: datetime) -> QuerySet[Notice]:
    told = Delivery.objects.filter(way=way, state__in=_TOLD)
    return (
        Notice.objects.unread()
        .filter(at__gt=at - REACHES_BACK, user__is_active=True)
        .exclude(pk__in=told.filter(notice__isnull=False).values("notice"))
        .exclude(pk__in=told.filter(lines__isnull=False).values("lines"))
    )


def _make_for(users: Iterable[int], way: Way, on: date, at: datetime) -> int:
    reached, made = Reached.of(users), 0
    lines: dict[int, list[int]] = {}
    for pk, user, topic in (
        _waiting(way, at).filter(user__in=users).values_list("pk", "user", "topic")
    ):
        if reached.by(user, topic, way):
            lines.setdefault(user, []).append(pk)
    for user, notices in lines.items():
        # Digest and lines together, or neither.
        with transaction.atomic():
            digest, new = Delivery.objects.get_or_create(
                user_id=user,
                way=way,
                purpose=Delivery.Purpose.DIGEST,
                day=on,
                defaults={"made_at": at, "due_at": at},
            )
            if new:
                digest.lines.set(notices)
                made += 1
    return made
