"""The chain over the event log, against the events it seals and the signed roots."""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from jineng.audit.findings import Audit
from jineng.core.seal import COLUMNS, START, Progress, SignedRoot, link, sealed_up_to

BATCH = 20_000
#: So many findings of a kind are told one by one; the rest are counted.
LISTED = 10_000
SLACK = timedelta(minutes=1)

UNSEALED = """
    FROM core_event e WHERE NOT EXISTS (SELECT FROM core_seal s WHERE s.event_id = e.id)
"""
LATE = "(e.id <= %(up_to)s OR e.xact < %(horizon)s::text::xid8) IS TRUE"
BACKDATED = "e.xact >= %(seen)s::text::xid8 AND e.at < %(at)s::text::timestamptz"


class Chain:
    """The links against the events they seal, each other, and the roots."""

    def __init__(self, audit: Audit, roots: list[SignedRoot], progress: Progress | None) -> None:
        self.audit = audit
        self.roots = sorted(roots, key=lambda root: (root.position, root.number))
        self.places = [root.position for root in self.roots]
        self.progress = progress
        self.total = self.places[-1] if self.places else 0
        self.position = 0
        #: What the next link may follow: the hash that stands there, and the one that should.
        self.before: tuple[bytes, ...] = (START,)
        self.agreed = 0
        self.latest_start = _LatestStart(self.roots)
        self.gone: list[tuple[int, int]] = []
        self.noted: dict[str, list[int]] = {}
        #: By event: the digest that was sealed, and the one it has now.
        self.changed: dict[int, tuple[bytes, bytes]] = {}
        self.removed: dict[int, bytes] = {}
        self.inserted: dict[int, bytes] = {}

    def walk(self, cursor: Any) -> None:
        """All links in their order, then the events that have none."""
        self._compare_roots(START)
        for line in _lines(cursor):
            self._link(line)
        self.audit.sealed = self.position - sum(last - first + 1 for first, last in self.gone)
        self._end()
        self._without_link(cursor)
        self._tell()

    def _link(self, line: bytes) -> None:
        place, number, digest_hex, hash_hex, there, event_line = line.split(b"\t", 5)
        position, event = int(place), int(number)
        digest, stored = bytes.fromhex(digest_hex.decode()), bytes.fromhex(hash_hex.decode())
        if position != self.position + 1:
            self.gone.append((self.position + 1, position - 1))
            self.before = ()
        actual = None if there == rb"\N" else hashlib.sha256(event_line[:-1]).digest()
        should = [link(before, event, digest) for before in self.before]
        if self.before and stored not in should:
            if actual and any(stored == link(before, event, actual) for before in self.before):
                digest = actual
                self._note("link_changed", position)
            else:
                self._note("link_broken", position)
        if actual is None:
            self._keep("removed", self.removed, event, digest)
        elif actual != digest:
            self._keep("changed", self.changed, event, (digest, actual))
        elif self.latest_start.is_after(position, event_line):
            self._note("backdated", event)
        self.position, self.before = position, (stored, *should[:1])
        self._compare_roots(stored)
        if self.progress and position % BATCH == 0:
            self.progress("verify", position, self.total)

    def _compare_roots(self, stored: bytes) -> None:
        at = bisect_left(self.places, self.position)
        while at < len(self.places) and self.places[at] == self.position:
            if self.roots[at].hash == stored.hex():
                self.agreed = self.position
            else:
                number = self.roots[at].number
                self.audit.add("disagrees", self.agreed + 1, self.position, number)
            at += 1

    def _note(self, kind: str, number: int) -> None:
        noted = self.noted.setdefault(kind, [])
        if len(noted) < LISTED:
            noted.append(number)
        else:
            self._count(kind)

    def _keep(self, kind: str, kept: dict[int, Any], event: int, what: Any) -> None:
        if len(kept) < LISTED:
            kept[event] = what
        else:
            self._count(kind)

    def _count(self, kind: str, count: int = 1) -> None:
        self.audit.more[kind] = self.audit.more.get(kind, 0) + count

    def _end(self) -> None:
        if self.position < self.total:
            newest = self.roots[-1].number
            self.audit.add("cut_off", self.position + 1, self.total, newest)
        elif self.position > self.total:
            self.audit.add("unsigned", self.total + 1, self.position)

    def _without_link(self, cursor: Any) -> None:
        """Events that wait to be sealed, and those that should have been long ago."""
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        last = self.audit.newest
        here = last is not None and last.cluster == cursor.fetchone()[0]
        bounds = {
            "up_to": sealed_up_to(self.roots),
            "horizon": str(last.horizon) if last and here else None,
            "seen": str(last.seen) if last and here else None,
            "at": _slack(last.at) if last else None,
        }
        cursor.execute(f"SELECT count(*), count(*) FILTER (WHERE {LATE}) {UNSEALED}", bounds)
        without, late = cursor.fetchone()
        self.audit.waiting = without - late
        listed = f"SELECT e.id, {COLUMNS} {UNSEALED} AND {LATE} ORDER BY e.id LIMIT {LISTED}"
        with cursor.copy(f"COPY ({listed}) TO STDOUT", bounds) as copy:
            for line in copy:
                number, _, rest = bytes(line).partition(b"\t")
                self.inserted[int(number)] = hashlib.sha256(rest[:-1]).digest()
        if late > LISTED:
            self._count("inserted", late - LISTED)
        cursor.execute(f"SELECT e.id {UNSEALED} AND {BACKDATED} LIMIT {LISTED}", bounds)
        for (event,) in cursor.fetchall():
            if event not in self.inserted:
                self._note("backdated", event)

    def _tell(self) -> None:
        self._tell_moved()
        self.audit.add_all("changed", self.changed)
        self.audit.add_all("removed", self.removed)
        lost = bool(self.gone) or self.position < self.total
        self.audit.add_all("unchained" if lost else "inserted", self.inserted)
        for first, last in self.gone:
            self.audit.add("links_gone", first, last)
        for kind, numbers in self.noted.items():
            self.audit.add_all(kind, numbers)

    def _tell_moved(self) -> None:
        """What is gone under one number and has come up under another."""
        was = {digest: event for event, digest in self.removed.items()}
        was |= {digest: event for event, (digest, _) in self.changed.items()}
        now = self.inserted | {event: digest for event, (_, digest) in self.changed.items()}
        moved = {event: was[digest] for event, digest in now.items() if digest in was}
        for event, origin in moved.items():
            if moved.get(origin) != event:
                self.audit.add("moved", event, other=origin)
            elif event < origin:
                self.audit.add("swapped", event, other=origin)
        for event, origin in moved.items():
            self.changed.pop(event, None)
            self.inserted.pop(event, None)
            self.removed.pop(origin, None)


class _LatestStart:
    """When the transaction of a sealed event can have begun at the earliest.

    One that began after a root was signed can't have written an event of a time before it.
    """

    def __init__(self, roots: list[SignedRoot]) -> None:
        self.until = 0
        self.steps = iter(zip([None, *roots], roots, strict=False))
        self.seen, self.at = 0, b""

    def is_after(self, position: int, event_line: bytes) -> bool:
        """Whether the event claims to be from before it can have been written."""
        while position > self.until:
            before, root = next(self.steps, (None, None))
            self.seen, self.at = 0, b""
            if root is None:
                self.until = position
                break
            self.until = root.position
            if before and before.cluster == root.cluster:
                self.seen, self.at = before.seen, _slack(before.at).encode()
        xact, at, _ = event_line.split(b"\t", 2)
        return at < self.at and int(xact) >= self.seen


def _slack(at: str) -> str:
    """The time of a root, less what clocks are set back, as the database writes it."""
    return str(datetime.fromisoformat(at) - SLACK)[:19]


def _lines(cursor: Any) -> Iterator[bytes]:
    """Links with their events, as COPY writes them, some thousand at a time."""
    statement = f"""
        COPY (
            SELECT s.position, s.event_id, encode(s.digest, 'hex'), encode(s.hash, 'hex'),
                e.id, {COLUMNS}
            FROM core_seal s LEFT JOIN core_event e ON e.id = s.event_id
            WHERE s.position > %s ORDER BY s.position LIMIT {BATCH}
        ) TO STDOUT
    """
    after = 0
    while True:
        line = b""
        with cursor.copy(statement, [after]) as copy:
            for data in copy:
                line = bytes(data)
                yield line
        if not line:
            return
        after = int(line.partition(b"\t")[0])
