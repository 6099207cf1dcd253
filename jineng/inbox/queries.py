"""What somebody was told, what waits to be read, and by which ways a user is reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from jineng.core.calendar import business_date
from jineng.inbox.models import Choice, Contact, Notice, Way
from jineng.inbox.tellings import Shown, shown, topics
from jineng.pages.notices import Topic
from jineng.people.models import User
from jineng.people.signin.texts import ON_THE_PAGE

#: More unread notices are not counted.
MOST_COUNTED = 100


def unread_count(user: User | AnonymousUser) -> int:
    """How many notices wait to be read, counted to `MOST_COUNTED`; asked once for a user object."""
    if not isinstance(user, User):
        return 0
    if "_unread" not in user.__dict__:
        with connection.cursor() as cursor:
            cursor.execute(_unread(), [user.pk])
            user.__dict__["_unread"] = len(cursor.fetchall())
    return int(user.__dict__["_unread"])


@cache
def _unread() -> str:
    """The statement for whichever user: every page asks it, and to make it takes longest."""
    waiting = Notice.objects.filter(user=0).unread().values("user_id")[:MOST_COUNTED]
    return str(waiting.query.sql_with_params()[0])


def notices_of(user: User, *, unread: bool = False, topic: str = "") -> QuerySet[Notice]:
    """What a user was told, the latest first."""
    found = Notice.objects.filter(user=user)
    if unread:
        found = found.unread()
    if topic:
        found = found.filter(topic=topic)
    return found.order_by("-at", "-pk")


def notice_for(user: User, pk: int) -> Notice:
    """One of the user's own notices. Raises Http404 for another's."""
    found = Notice.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise Http404
    return found


def latest(user: User, count: int) -> list[Shown]:
    """So many of the latest, in words."""
    return [shown(one) for one in notices_of(user)[:count]]


def topics_of(user: User, *, on: date | None = None) -> list[Topic]:
    """The topics that a user may be told of, and those the user was told of before."""
    day = on or business_date()
    told = set(Notice.objects.filter(user=user).values_list("topic", flat=True).distinct())
    return [one for name, one in topics().items() if name in told or one.concerns(user, day)]


def contact_of(user: User) -> Contact:
    """Where a user is reached, as far as is known."""
    return Contact.objects.filter(user=user).first() or Contact(user=user)


def phone_of(user: User) -> str | None:
    """The phone that text messages go to: the user's own, else the one in the person's record."""
    contact = Contact.objects.filter(user=user).first()
    if contact is not None and contact.phone:
        return str(contact.phone)
    return str(user.person.phone) if user.person and user.person.phone else None


def ways_here() -> frozenset[Way]:
    """By what this site sends anything."""
    found = set()
    if settings.EMAIL_HOST:
        found.add(Way.MAIL)
    if settings.TEXTS and settings.TEXTS != ON_THE_PAGE:
        found.add(Way.TEXT)
    return frozenset(found)


def ways_offered() -> list[Way]:
    """By what one may ask to be told here; a demo offers texts and sends none."""
    offered = {Way.MAIL: bool(settings.EMAIL_HOST), Way.TEXT: bool(settings.TEXTS)}
    return [way for way, is_offered in offered.items() if is_offered]


def chosen_by(user: User, of: Iterable[Topic]) -> list[tuple[Topic, frozenset[Way]]]:
    """By which ways a user wants to be told of these topics."""
    kept = {one.topic: one for one in Choice.objects.filter(user=user)}
    return [
        (topic, frozenset(way for way in Way if wants(kept.get(topic.name), topic.name, way)))
        for topic in of
    ]


@dataclass(frozen=True)
class Reached:
    """By which ways some users are reached, and of which topics they want to be told by them."""

    having: dict[Way, frozenset[int]]
    chosen: dict[tuple[int, str], Choice]

    @classmethod
    def of(cls, users: Iterable[int]) -> "Reached":
        """Three queries, however many there are."""
        wanted = set(users)
        here = ways_here()
        contacts = Contact.objects.filter(user__in=wanted)
        mails = contacts.filter(mail__isnull=False, mail_refused_at=None)
        phones = User.objects.filter(pk__in=wanted, person__phone__isnull=False)
        having: dict[Way, frozenset[int]] = {}
        if Way.MAIL in here:
            having[Way.MAIL] = frozenset(mails.values_list("user", flat=True))
        if Way.TEXT in here:
            own = contacts.filter(phone__isnull=False).values_list("user", flat=True)
            having[Way.TEXT] = frozenset(own) | frozenset(phones.values_list("pk", flat=True))
        chosen = {(one.user_id, one.topic): one for one in Choice.objects.filter(user__in=wanted)}
        return cls(having, chosen)

    def by(self, user: int, topic: str, way: Way) -> bool:
        """Whether this user is told of this topic by this way."""
        return user in self.having.get(way, ()) and wants(
            self.chosen.get((user, topic)), topic, way
        )


def wants(choice: Choice | None, topic: str, way: Way) -> bool:
    """What was chosen; where nothing was, e-mail of everything and texts of what says so."""
    if choice is not None:
        return choice.mail if way == Way.MAIL else choice.text
    known = topics().get(topic)
    return way == Way.MAIL or (known is not None and known.texts)
