"""Reads the event log as an outbox: each event is told once, however often this is begun or killed.

An event is written by the transaction that it tells of, so nothing is told that did not happen, and
nothing that happened is forgotten. Events get their numbers before their transactions end, so no
number says up to where everything was read. A snapshot does: what one sees and an earlier one did
not is what came between them, and no long import is waited for. Chunk by chunk, notices and the
place that was reached are committed together.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction

from jineng.core.models import Event
from jineng.inbox.models import Delivery, Notice, Reading, Way
from jineng.inbox.queries import Reached
from jineng.inbox.tellings import of_days, of_events
from jineng.pages.notices import OfEvents, Told, case_of

CHUNK = 500
ALL = "all"

log = structlog.get_logger("jineng.inbox")

NOW = """
    SELECT now_::text, pg_snapshot_xmin(now_)::text, pg_snapshot_xmax(now_)::text,
        coalesce((SELECT max(id) FROM core_event), 0),
        (SELECT system_identifier::text FROM pg_control_system())
    FROM pg_current_snapshot() AS now_
"""


def read_events(*, on: date, at: datetime) -> int:
    """Tells of all events since the last time; how many notices that made at most."""
    begin()
    made, begun, done = 0, False, False
    # What an earlier call left is ended first, and what came since then told after it.
    while not (begun and done):
        with transaction.atomic():
            reading = Reading.objects.select_for_update().get()
            if reading.goal is None:
                _begin(reading)
                begun = True
            events = _next(reading)
            made += tell_of(events, on=on, at=at)
            done = len(events) < CHUNK
            if done:
                _end(reading)
            else:
                reading.after = events[-1].pk
            reading.save()
    return made


def begin() -> None:
    """Events from now on are told; the first time that this is called."""
    if not Reading.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute(NOW)
            snapshot, _begins, ends, last, cluster = cursor.fetchone()
            cursor.execute("SELECT pg_current_xact_id_if_assigned()::text")
            (own,) = cursor.fetchone()
        done = snapshot if own is None else _going_on(snapshot, int(own))
        at = {"floor": last, "next_floor": last, "next_seen": int(ends)}
        Reading.objects.get_or_create(pk=1, defaults={"done": done, "cluster": cluster, **at})


def _going_on(snapshot: str, own: int) -> str:
    """A snapshot as others see it, to whom the transaction that took it isn't over: what is yet to
    happen in it will be told, whoever ends in the meantime."""
    begins, ends, others = snapshot.split(":")
    if own >= int(ends):
        return snapshot
    going = sorted({own, *(int(one) for one in others.split(",") if one)})
    return f"{min(int(begins), own)}:{ends}:{','.join(map(str, going))}"


def _begin(reading: Reading) -> None:
    """Sets what is to be told now.

    After a move to another server (a restored backup) transactions have other numbers: all events
    that may not have been told are looked at, and those that were are known by their notices.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        snapshot, _begins, _ends, last, cluster = cursor.fetchone()
    moved = cluster != reading.cluster
    reading.goal = ALL if moved else snapshot
    reading.goal_cluster, reading.goal_snapshot, reading.goal_event = cluster, snapshot, last
    reading.after = reading.floor


def _end(reading: Reading) -> None:
    """What was to be told is told. An event has its number after its transaction has one, so once
    all transactions that had begun at an earlier goal are over, no number known then comes up.
    """
    begins, ends = (int(part) for part in reading.goal_snapshot.split(":")[:2])
    last = max(reading.goal_event, reading.floor)
    if reading.goal == ALL:
        reading.next_floor, reading.next_seen = last, ends
    elif begins >= reading.next_seen:
        reading.floor = reading.next_floor
        reading.next_floor, reading.next_seen = last, ends
    reading.done, reading.cluster = reading.goal_snapshot, reading.goal_cluster
    reading.goal, reading.after = None, 0


def _next(reading: Reading) -> list[Event]:
    """The next events of which anything is told, in their order."""
    told, params = wanted()
    seen = (
        ""
        if reading.goal == ALL
        else (
            "AND NOT pg_visible_in_snapshot(xact, %s::pg_snapshot)"
            " AND pg_visible_in_snapshot(xact, %s::pg_snapshot)"
        )
    )
    within: list[Any] = [] if reading.goal == ALL else [reading.done, reading.goal]
    return list(
        Event.objects.raw(
            f"SELECT * FROM core_event WHERE id > %s AND id <= %s AND ({told}) {seen}"
            f" ORDER BY id LIMIT {CHUNK}",
            [reading.after, reading.goal_event, *params, *within],
        )
    )


def wanted() -> tuple[str, list[Any]]:
    """The condition on events of which anything is told; the index `event_told` stands on it."""
    kinds: dict[str, set[str]] = {}
    for telling in of_events():
        kinds.setdefault(telling.table, set()).update(telling.kinds)
    conditions, params = [], []
    for table, of in sorted(kinds.items()):
        conditions.append("table_name = %s AND kind = ANY(%s)")
        params += [table, sorted(of)]
    return " OR ".join(f"({one})" for one in conditions), params


def tell_of(events: Sequence[Event], *, on: date, at: datetime) -> int:
    """Makes the notices of these events."""
    notices: list[Notice] = []
    settled: list[tuple[str, list[str]]] = []
    for telling in of_events():
        of = [
            one for one in events if one.table_name == telling.table and one.kind in telling.kinds
        ]
        if not of:
            continue
        for event, told in _told(telling, of, on):
            cause, case = told.cause or str(event.pk), told.case or case_of(event)
            notices.append(_notice(telling, told, cause, case, event.at))
        if telling.settled is not None:
            settled.append((telling.name, [case_of(one) for one in of if telling.settled(one)]))
    keep(notices, at=at)
    for name, cases in settled:
        if cases:
            waiting = Notice.objects.filter(telling=name, case__in=cases, settled_at=None)
            waiting.update(settled_at=at)
    return len(notices)


def _told(telling: OfEvents, events: list[Event], on: date) -> list[tuple[Event, Told]]:
    """What a telling says of these events; of one that it trips over, nothing but a line of the
    log, so that no other event waits behind it.
    """
    try:
        with transaction.atomic():
            return list(telling.tells(events, on))
    except OperationalError:
        raise
    except Exception:
        if len(events) > 1:
            return [pair for event in events for pair in _told(telling, [event], on)]
        log.exception("an event was not told", telling=telling.name, number=events[0].pk)
        return []


def tell_of_the_day(*, on: date, at: datetime) -> int:
    """Tells what follows from the day, once; how many notices that made at most."""
    notices = [
        _notice(telling, told, told.cause, told.case, at)
        for telling in of_days()
        for told in telling.tells(on)
    ]
    with transaction.atomic():
        keep(notices, at=at)
    return len(notices)


def _notice(telling: Any, told: Told, cause: str, case: str, at: datetime) -> Notice:
    return Notice(
        user_id=told.user,
        telling=telling.name,
        topic=telling.topic.name,
        cause=cause,
        case=case,
        about=told.about,
        urgent=telling.urgent,
        at=at,
    )


def keep(notices: Sequence[Notice], *, at: datetime) -> None:
    """Keeps those that were not told before; urgent ones go out by the ways that users chose."""
    if not notices:
        return
    Notice.objects.bulk_create(notices, batch_size=1000, ignore_conflicts=True)
    urgent = {(one.user_id, one.telling, one.cause) for one in notices if one.urgent}
    if not urgent:
        return
    users, names, causes = (set(part) for part in zip(*urgent, strict=True))
    kept = [
        one
        for one in Notice.objects.filter(user__in=users, telling__in=names, cause__in=causes)
        if (one.user_id, one.telling, one.cause) in urgent
    ]
    reached = Reached.of(users)
    Delivery.objects.bulk_create(
        (
            Delivery(
                user_id=one.user_id,
                way=way,
                purpose=Delivery.Purpose.NOTICE,
                notice=one,
                made_at=at,
                due_at=at,
            )
            for one in kept
            for way in Way
            if reached.by(one.user_id, one.topic, way)
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
