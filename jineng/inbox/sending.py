"""Sends what is to go out: tried again politely, and never twice.

A delivery is claimed before anything is sent, and that is committed; so whoever comes after a
worker that was killed in the midst of it knows. A text message is then handed over again under its
own key, by which the gateway tells that it has it. An e-mail server can't tell: such a mail is not
sent again, and what it told of stands in the next digest unless it was read.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jineng.inbox.messages import composed
from jineng.inbox.models import Contact, Delivery, Gate, Way
from jineng.inbox.ports import Closed, Later, Message, NotSent, Port, Refused, Uncertain, opened
from jineng.inbox.queries import ways_here

State = Delivery.State
Clock = Callable[[], datetime]

#: What a killed worker claimed counts as broken off after this; none takes so long.
BROKEN_OFF_AFTER = timedelta(minutes=5)
#: How long after each attempt the next one is made; after the last, none.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
#: What could not be sent for so long is news no more.
KEPT_WAITING = timedelta(days=3)
LONGEST_CLOSED = timedelta(minutes=30)
#: A pass leaves the rest to the next, so that no worker is held for ever.
MOST_AT_ONCE = 500

log = structlog.get_logger("jineng.inbox")


def send_due(clock: Clock = timezone.now) -> int:
    """Sends what is due by every way that is open; how many were sent."""
    return sum(_send_by(way, clock) for way in sorted(ways_here()))


def is_due(at: datetime) -> bool:
    """Whether anything waits to be sent now."""
    waiting = Delivery.objects.filter(state__in=[State.WAITING, State.SENDING], due_at__lte=at)
    return waiting.filter(way__in=ways_here()).exists()


def _send_by(way: Way, clock: Clock) -> int:
    _take_up_broken_off(way, clock())
    gate, _made = Gate.objects.get_or_create(way=way)
    if not gate.is_open(clock()) or not _due(way, clock()).exists():
        return 0
    sent = 0
    try:
        with opened(way) as port:
            for _turn in range(MOST_AT_ONCE):
                claimed = _claim(way, clock())
                if claimed is None:
                    break
                sent += _send(port, *claimed, clock)
    except Closed as closed:
        _close(gate, closed, clock())
    else:
        if gate.failures:
            Gate.objects.filter(pk=way).update(failures=0, closed_until=None)
    return sent


def _due(way: Way, at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(way=way, state=State.WAITING, due_at__lte=at)


def _claim(way: Way, at: datetime) -> tuple[Delivery, Message] | None:
    """The next that is due and what it says; committed before it is sent."""
    while True:
        with transaction.atomic():
            due = _due(way, at).select_for_update(skip_locked=True).order_by("due_at", "pk")
            delivery = due.first()
            if delivery is None:
                return None
            message = _composed(delivery, at)
            if message is not None:
                delivery.state, delivery.claimed_at = State.SENDING, at
                delivery.tries += 1
            delivery.save()
        if message is not None:
            return delivery, message


def _composed(delivery: Delivery, at: datetime) -> Message | None:
    """What it says; where nothing, the delivery's state says why."""
    if delivery.made_at < at - KEPT_WAITING:
        delivery.state, delivery.body = State.FAILED, None
        delivery.trouble = delivery.trouble or "too old"
        return None
    try:
        message = composed(delivery)
    except Exception:
        log.exception("a message could not be composed", delivery=str(delivery.pk))
        delivery.state, delivery.trouble = State.FAILED, "not composed"
        return None
    if message is None:
        delivery.state, delivery.body = State.DROPPED, None
    return message


def _send(port: Port, delivery: Delivery, message: Message, clock: Clock) -> bool:
    """Sends one; what came of it is kept. Raises Closed, with the delivery waiting again."""
    try:
        port.send(message)
    except Closed as closed:
        # It says nothing of this message, which so was not tried; others come first next time.
        due, tries = clock() + WAITS[0], delivery.tries - 1
        _settle(delivery, State.WAITING, due_at=due, tries=tries, trouble=closed.reason)
        raise
    except NotSent as problem:
        _not_sent(delivery, problem, clock())
        return False
    _settle(delivery, State.SENT, sent_at=clock(), body=None, trouble="")
    return True


def _not_sent(delivery: Delivery, problem: NotSent, at: datetime) -> None:
    told = {"delivery": str(delivery.pk), "way": delivery.way, "problem": problem.reason}
    if isinstance(problem, Later) and delivery.tries <= len(WAITS):
        log.info("a message is tried again later", tries=delivery.tries, **told)
        due = at + WAITS[delivery.tries - 1]
        _settle(delivery, State.WAITING, due_at=due, trouble=problem.reason)
        return
    log.warning("a message was not sent", tries=delivery.tries, **told)
    state = State.UNCERTAIN if isinstance(problem, Uncertain) else State.FAILED
    _settle(delivery, state, body=None, trouble=problem.reason)
    if isinstance(problem, Refused) and problem.mailbox:
        address = Contact.objects.filter(user=delivery.user_id)
        address.filter(mail__isnull=False).update(mail_refused_at=at)


def _settle(delivery: Delivery, state: str, **changes: object) -> None:
    """Only as long as nobody took it for broken off."""
    mine = Delivery.objects.filter(
        pk=delivery.pk, state=State.SENDING, claimed_at=delivery.claimed_at
    )
    mine.update(state=state, **changes)


def _take_up_broken_off(way: Way, at: datetime) -> None:
    """What a killed worker left: a text may be handed over again, an e-mail may not."""
    left = Delivery.objects.filter(
        way=way, state=State.SENDING, claimed_at__lt=at - BROKEN_OFF_AFTER
    )
    if way == Way.TEXT:
        taken = left.update(state=State.WAITING, due_at=at, trouble="broken off")
    else:
        taken = left.update(state=State.UNCERTAIN, trouble="broken off")
    if taken:
        log.warning("messages were broken off", way=way, count=taken)


def _close(gate: Gate, closed: Closed, at: datetime) -> None:
    """Leaves a server alone that can't be reached or asks for it, a little longer each time."""
    wait = closed.after or min(timedelta(minutes=2**gate.failures), LONGEST_CLOSED)
    failures = min(gate.failures + 1, 10)
    Gate.objects.filter(pk=gate.pk).update(failures=failures, closed_until=at + wait)
    log.error(
        "messages wait: their server takes none",
        way=gate.way,
        problem=closed.reason,
        seconds=int(wait.total_seconds()),
    )
