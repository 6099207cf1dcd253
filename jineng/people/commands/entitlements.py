"""A person's chances: reserved for something, then used or given back.

Each command is one statement: a function of the database that locks the person, looks and writes.
The application can write these tables in no other way, so the limits hold whoever races. What a
claim takes up is told by `policy.entitlement`. Each takes the same reference as often as it likes.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from jineng.people.errors import Refused
from jineng.people.models import EntitlementUse, Person, User
from jineng.people.prepared import asked
from jineng.policy.entitlement import Place, untested


def reserve(
    person: Person | int,
    places: Sequence[Place],
    *,
    reference: str,
    by: User | None,
    at: datetime,
) -> Place | None:
    """Takes all the places, or none where one is not free: that place, the first as they come.

    ``person``: the record or its id; ``reference``: what they are for, such as a claim's number.
    None: they are the reference's now, or were already. Raises Refused where the reference holds
    other places than these.
    """
    return _taken(person, places, EntitlementUse.State.RESERVED, reference, by, at)


def record_used(
    person: Person | int,
    places: Sequence[Place],
    *,
    reference: str,
    by: User | None,
    at: datetime,
) -> None:
    """Writes down what an earlier decision has used, whether or not it is within the limits."""
    _taken(person, untested(places), EntitlementUse.State.USED, reference, by, at)


def _taken(
    person: Person | int,
    places: Sequence[Place],
    state: str,
    reference: str,
    by: User | None,
    at: datetime,
) -> Place | None:
    given = [
        person if isinstance(person, int) else person.pk,
        reference,
        state,
        "\n".join([place.text for place in places]),
        "\n".join([str(place.period) for place in places]),
        "\n".join([place.thing for place in places]),
        "\n".join(["" if place.limit is None else str(place.limit) for place in places]),
        "\n".join([",".join(place.stopped_by) for place in places]),
        at,
        by and by.pk,
    ]
    answer = asked("people_take", given)
    if answer < 0:
        raise Refused(_("“%(reference)s”已按不同的内容占用次数。") % {"reference": reference})
    return places[answer - 1] if answer else None


def use(*, reference: str, by: User | None, at: datetime) -> None:
    """What the reference has reserved is used. Raises Refused where it holds nothing."""
    answer = _told("people_use", reference, by, at)
    if answer == -2:
        raise Refused(_("“%(reference)s”占用的次数已经退回。") % {"reference": reference})


def release(*, reference: str, by: User | None, at: datetime) -> None:
    """Gives back what the reference has reserved or used. Raises Refused where it never held any.

    It may then be reserved anew.
    """
    _told("people_release", reference, by, at)


def _told(function: str, reference: str, by: User | None, at: datetime) -> int:
    answer = asked(function, [reference, at, by and by.pk])
    if answer == -1:
        raise Refused(_("“%(reference)s”没有占用次数。") % {"reference": reference})
    return answer
