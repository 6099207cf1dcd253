"""Seals the event log: a chain over all events, and signed roots of it outside the database.

The sealer takes the events of transactions that have ended and that are not sealed yet, by number.
Writers never wait for it. Each link of the chain (`core_seal`) holds

    digest = SHA-256(the event as one line of COPY's text format, UTC, without its number)
    hash   = SHA-256(hash of the link before · number of the event, 8 bytes · digest)

starting from 32 zero bytes. At the end it signs a root: a line of JSON, a space, and the Ed25519
signature of that JSON in base64. Roots stand in a file of their own, one after the other, each with
the SHA-256 of the line before it. Whoever keeps a copy of that file and of the public key beside it
can show that nothing sealed by then was changed since (see `audit.verify`).
"""

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import connection, transaction

from jineng.core.locks import SEALING
from jineng.core.models import Root

#: What is sealed of an event beside its number.
COLUMNS = """
    e.xact, e.at, e.kind, e.table_name, e.row_id, e.before, e.after,
    e.actor_id, e.why, e.origin, e.db_user
"""
START = bytes(32)
BATCH = 20_000

Progress = Callable[[str, int, int], None]


class RootsLost(Exception):
    """File and database don't have the same roots, or one that can't be read."""


class LinksUnsigned(RootsLost):
    """Somebody else has added links to the chain; a root over them would be none of the log."""


@dataclass(frozen=True)
class SignedRoot:
    """What a root says, and so far as it says which events the next one is to seal.

    ``position``: that of the chain's end, ``hash`` its hash (hex), ``count`` the links since the
    root before, ``previous`` the SHA-256 of that root's line; ``at``: the database's time;
    ``key``: the id of the key that signs. Transactions have the numbers that ``cluster``, the
    server, gives: all before ``horizon`` had ended, none from ``seen`` on had begun.
    ``last_event``: the highest number of an event by then.
    """

    number: int
    position: int
    hash: str
    count: int
    at: str
    key: str
    previous: str
    horizon: int
    seen: int
    last_event: int
    cluster: str

    @property
    def signed_at(self) -> datetime:
        """When."""
        return datetime.fromisoformat(self.at)

    @classmethod
    def read(cls, line: str) -> Self:
        """The root on a line of the file. Raises ValueError for a line that is none."""
        given = json.loads(line.partition("} ")[0] + "}")
        types = {field.name: field.type for field in fields(cls)}
        if not isinstance(given, dict) or {n: type(v) for n, v in given.items()} != types:
            raise ValueError("not a root")
        return cls(**given)

    def is_signed_by(self, public: Ed25519PublicKey, line: str) -> bool:
        """Whether the line, from which the root was read, was signed with this key."""
        body, _, signature = line.rpartition(" ")
        try:
            public.verify(base64.b64decode(signature, validate=True), body.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def signed(self, secret: Ed25519PrivateKey) -> str:
        """The line for the file."""
        body = json.dumps(asdict(self), separators=(",", ":"))
        return f"{body} {base64.b64encode(secret.sign(body.encode())).decode()}"


def line_hash(line: str) -> str:
    """What the next root says of this one."""
    return hashlib.sha256(line.encode()).hexdigest()


def link(before: bytes, event: int, digest: bytes) -> bytes:
    """The hash of a link of the chain."""
    return hashlib.sha256(before + event.to_bytes(8, "big") + digest).digest()


def key_id(public: Ed25519PublicKey) -> str:
    """A public key in short."""
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


class RootFile:
    """The file of roots and the public keys, in a folder outside the database."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or settings.SEALS_ROOT
        self.path = self.folder / "roots"

    def lines(self) -> list[str]:
        """All that was written to the end; half a line does not count."""
        try:
            text = self.path.read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return []
        return text[: text.rfind("\n") + 1].splitlines()

    def append(self, line: str) -> None:
        """Adds a root, for good: it is on the disk when this returns."""
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            half = file.read().rpartition(b"\n")[2]
            whole = line.encode() + b"\n"
            # A machine that stopped may have left the beginning of this very line.
            if not whole.startswith(half):
                raise RootsLost(str(self.path))
            file.write(whole[len(half) :])
            file.flush()
            os.fsync(file.fileno())

    def publish(self, public: Ed25519PublicKey) -> str:
        """Puts the public key beside the roots; its id."""
        name = key_id(public)
        path = self.folder / f"{name}.pub"
        if not path.exists():
            self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return name

    def public_keys(self) -> dict[str, bytes]:
        """The keys that were published, as PEM, by their ids."""
        return {path.stem: path.read_bytes() for path in self.folder.glob("*.pub")}

    def rewrite(self, lines: list[str]) -> None:
        """Puts these roots in place of the file, which is kept under another name."""
        if self.path.exists():
            at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
            self.path.rename(self.path.with_name(f"roots.{at}"))
        for line in lines:
            self.append(line)


@contextmanager
def alone(lock: int = SEALING) -> Iterator[None]:
    """No two sealers at once, nor a reader of chain and file between the two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def seal(progress: Progress | None = None) -> SignedRoot:
    """Seals what is finished and not sealed, and signs a root.

    Raises RootsLost where roots or links are not what they were: that is to be looked into first.
    """
    secret, file = Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY), RootFile()
    with alone():
        lines = _caught_up(file)
        try:
            roots = signed_roots()
        except ValueError:
            raise RootsLost(str(file.path)) from None
        with transaction.atomic(durable=True):
            now = _now()
            begun, head = _end_of_chain()
            if begun > (roots[-1].position if roots else 0):
                raise LinksUnsigned(str(begun))
            position, head = _sealed(begun, head, bounds(roots, now), progress)
            root = SignedRoot(
                number=len(lines) + 1,
                position=position,
                hash=head.hex(),
                count=position - begun,
                key=file.publish(secret.public_key()),
                previous=line_hash(lines[-1]) if lines else "",
                **now,
            )
            line = root.signed(secret)
            Root.objects.create(number=root.number, line=line)
        # Only now: a root in the file stands in the database too. One that a killed sealer did not
        # bring to the file any more is brought there by the next.
        file.append(line)
    return root


def signed_roots() -> list[SignedRoot]:
    """The roots as the database has them. Raises ValueError where one was damaged."""
    lines = Root.objects.order_by("number").values_list("line", flat=True)
    return [SignedRoot.read(line) for line in lines]


def _caught_up(file: RootFile) -> list[str]:
    """The lines of all roots, the last brought to the file where only that was left to do."""
    lines = list(Root.objects.order_by("number").values_list("line", flat=True))
    there = file.lines()
    if lines and there == lines[:-1]:
        file.append(lines[-1])
    elif there != lines:
        raise RootsLost(str(file.path))
    return lines


def _now() -> dict[str, Any]:
    """The part of a root that says up to where the sealer sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now_)::text, pg_snapshot_xmax(now_)::text,"
            " coalesce((SELECT max(id) FROM core_event), 0), clock_timestamp(),"
            " (SELECT system_identifier::text FROM pg_control_system())"
            " FROM pg_current_snapshot() AS now_"
        )
        horizon, seen, last_event, at, cluster = cursor.fetchone()
    return {
        "horizon": int(horizon),
        "seen": int(seen),
        "last_event": last_event,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "cluster": cluster,
    }


def bounds(roots: list[SignedRoot], now: dict[str, Any] | None = None) -> dict[str, Any]:
    """Which events the next root is to seal, for WAITING; up to `now`, if given.

    Transactions are numbered by the server. After a move to another one (a restored backup) all
    that came along is finished, and numbers before and after can't be compared.
    """
    moved = bool(roots and now and roots[-1].cluster != now["cluster"])
    return {
        "after": sealed_up_to(roots),
        "since": str(roots[-1].horizon) if roots and not moved else None,
        "before": str(now["horizon"]) if now and not moved else None,
    }


def sealed_up_to(roots: list[SignedRoot]) -> int:
    """A number such that every event up to it was of a transaction that the last root saw ended.

    An event gets its number after its transaction. So once all transactions are over that had
    begun at an earlier root, no number known then comes up any more.
    """
    return max(
        (
            root.last_event
            for root in roots
            if root.cluster == roots[-1].cluster and root.seen <= roots[-1].horizon
        ),
        default=0,
    )


def _end_of_chain() -> tuple[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, hash FROM core_seal ORDER BY position DESC LIMIT 1")
        position, head = cursor.fetchone() or (0, START)
    return position, bytes(head)


WAITING = """
    FROM core_event e
    WHERE e.id > %(after)s
      AND (%(since)s::text IS NULL OR e.xact >= %(since)s::text::xid8)
      AND (%(before)s::text IS NULL OR e.xact < %(before)s::text::xid8)
      AND NOT EXISTS (SELECT FROM core_seal s WHERE s.event_id = e.id)
"""


INTO = "COPY core_seal (position, event_id, digest, hash) FROM STDIN"


def _sealed(
    position: int, head: bytes, bounds: dict[str, Any], progress: Progress | None
) -> tuple[int, bytes]:
    """Adds the links; the new end of the chain."""
    total = counted(bounds) if progress else 0
    begun = position
    out = f"COPY (SELECT e.id, {COLUMNS} {WAITING} ORDER BY e.id LIMIT {BATCH}) TO STDOUT"
    with connection.cursor() as cursor:
        as_text(cursor)
        while True:
            links = bytearray()
            with cursor.copy(out, bounds) as copy:
                for line in copy:
                    number, _, rest = bytes(line).partition(b"\t")
                    event, digest = int(number), hashlib.sha256(rest[:-1]).digest()
                    position, head = position + 1, link(head, event, digest)
                    links += b"%d\t%d\t\\\\x%s\t\\\\x%s\n" % (
                        position,
                        event,
                        digest.hex().encode(),
                        head.hex().encode(),
                    )
                    bounds["after"] = event
            if not links:
                return position, head
            with cursor.copy(
                "COPY core_seal (position, event_id, digest, hash) FROM STDIN"
            ) as copy:
                copy.write(bytes(links))
            if progress:
                progress("seal", position - begun, total)


def counted(bounds: dict[str, Any]) -> int:
    """How many events there are to be sealed within these bounds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {WAITING}", bounds)
        return int(cursor.fetchone()[0])


def as_text(cursor: Any) -> None:
    """Until the end of the transaction, values turn to text in one way only."""
    cursor.execute("SET LOCAL TimeZone = 'UTC'")
    cursor.execute("SET LOCAL DateStyle = 'ISO, YMD'")
