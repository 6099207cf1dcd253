"""The sealer: all that is finished, once, in order, whoever else seals or writes."""

import hashlib
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import ProgrammingError, connection, transaction

from jineng.config.database import Roles
from jineng.core import seal as sealing
from jineng.core import tasks
from jineng.core.models import Event, Root, Seal
from jineng.core.seal import LinksUnsigned, RootFile, RootsLost, SignedRoot, line_hash, seal
from tests.audit.log import happen, roots_of, tamper

pytestmark = [pytest.mark.sealer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seals(settings: Any) -> Path:
    folder: Path = settings.SEALS_ROOT
    return folder


SLOW = """
    INSERT INTO people_organisation (credit_code, name, size, industry, bank_name, name_key,
        name_tokens)
    VALUES ('AAAAAAAAAAAAAAAAAA', 'slow', '', '', '', '', '')
"""


def waiting() -> int:
    return sealing.counted(sealing.bounds(sealing.signed_roots()))


def chain() -> list[tuple[int, int]]:
    return list(Seal.objects.order_by("position").values_list("position", "event_id"))


def test_every_event_is_sealed_once_in_order(seals: Path) -> None:
    first = sorted(Event.objects.values_list("pk", flat=True)) + happen(3)
    assert waiting() == len(first)
    root = seal()
    assert (root.number, root.position, root.count) == (1, len(first), len(first))
    assert waiting() == 0
    second = happen(2, start=3)
    root = seal()
    assert (root.number, root.position, root.count) == (2, len(first) + 2, 2)
    assert chain() == list(enumerate([*first, *second], 1))
    assert seal().count == 0


def test_links_and_roots_can_be_recomputed_by_anybody(seals: Path) -> None:
    happen(2)
    root = seal()
    seal()
    head = bytes(32)
    with connection.cursor() as cursor:
        for one in Seal.objects.order_by("position"):
            with cursor.copy(
                "COPY (SELECT xact, at, kind, table_name, row_id, before, after, actor_id, why,"
                " origin, db_user FROM core_event WHERE id = %s) TO STDOUT",
                [one.event_id],
            ) as copy:
                digest = hashlib.sha256(b"".join(copy).rstrip(b"\n")).digest()
            head = hashlib.sha256(head + one.event_id.to_bytes(8, "big") + digest).digest()
            assert (bytes(one.digest), bytes(one.hash)) == (digest, head)
    assert root.hash == head.hex()
    lines = roots_of(seals).read_text().splitlines()
    assert lines == list(Root.objects.order_by("number").values_list("line", flat=True))
    (published,) = seals.glob("*.pub")
    public = load_pem_public_key(published.read_bytes())
    for number, line in enumerate(lines, 1):
        told = SignedRoot.read(line)
        assert told.number == number
        assert told.is_signed_by(public, line)  # type: ignore[arg-type]
        assert not told.is_signed_by(public, line.replace('"count":', '"count": '))  # type: ignore[arg-type]
        assert published.stem == told.key
    assert SignedRoot.read(lines[1]).previous == line_hash(lines[0])


def test_many_batches(seals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(5)
    monkeypatch.setattr(sealing, "BATCH", 2)
    told: list[tuple[str, int, int]] = []
    root = seal(lambda *progress: told.append(progress))
    assert root.position == Event.objects.count() == Seal.objects.count()
    assert told[-1] == ("seal", root.count, root.count)


def test_a_transaction_that_still_runs_is_sealed_when_it_has_ended(database_roles: Roles) -> None:
    seal()
    with psycopg.connect(database_roles.app.text) as other:
        other.execute(SLOW)
        (quick,) = happen(1)
        # It began after the one that still runs.
        assert seal().count == 0
        other.commit()
    assert waiting() == 2
    assert seal().count == 2
    slow = Event.objects.get(after__name="slow").pk
    assert slow < quick
    assert [event for _, event in chain()][-2:] == [slow, quick]


def test_an_old_gap_is_not_looked_for_and_a_late_number_is_still_found(
    database_roles: Roles,
) -> None:
    """The mark below which nothing is looked for waits for all who may still have a number."""
    with psycopg.connect(database_roles.app.text) as other:
        other.execute(SLOW)
        for at in range(3):
            happen(1, start=at)
            seal()
        other.commit()
    seal()
    seal()
    assert Seal.objects.count() == Event.objects.count()
    assert sealing.sealed_up_to(sealing.signed_roots()) == max(
        Event.objects.values_list("pk", flat=True)
    )


def test_two_sealers_at_once(seals: Path) -> None:
    happen(20)
    problems: list[Exception] = []

    def run() -> None:
        try:
            for _ in range(3):
                seal()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    happen(20, start=20)
    for thread in threads:
        thread.join()
    seal()
    assert problems == []
    assert Seal.objects.count() == Event.objects.count()
    assert len(roots_of(seals).read_text().splitlines()) == Root.objects.count() == 13


@pytest.fixture
def killed_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sealer that dies between its commit and the file of roots."""
    seal()
    happen(1)
    with monkeypatch.context() as patch:
        patch.setattr(RootFile, "append", lambda self, line: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seal()


@pytest.mark.usefixtures("killed_before_the_file")
@pytest.mark.parametrize("written", [0, 1, 40])
def test_a_root_that_did_not_reach_the_file_is_brought_there(seals: Path, written: int) -> None:
    line = Root.objects.get(number=2).line
    with roots_of(seals).open("a") as file:
        file.write(line[:written])
    assert RootFile().lines() == [Root.objects.get(number=1).line]
    assert seal().number == 3
    lines = [root.line for root in Root.objects.order_by("number")]
    assert roots_of(seals).read_text() == "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("lines", [[], [0], [0, 2], [1, 2], [0, 2, 1], [0, 1, 2, 2]])
def test_nothing_is_sealed_over_a_file_that_lost_roots(seals: Path, lines: list[int]) -> None:
    for _ in range(3):
        seal()
    whole = roots_of(seals).read_text().splitlines(keepends=True)
    roots_of(seals).write_text("".join(whole[at] for at in lines))
    with pytest.raises(RootsLost):
        seal()
    assert Root.objects.count() == 3
    roots_of(seals).write_text("".join(whole))
    assert seal().number == 4


def test_nothing_is_sealed_over_a_root_that_can_t_be_read(seals: Path) -> None:
    seal()
    tamper("UPDATE core_root SET line = 'nonsense'")
    (seals / "roots").write_text("nonsense\n")
    with pytest.raises(RootsLost):
        seal()


@pytest.mark.parametrize("before", [0, 2])
def test_nothing_is_sealed_upon_links_that_somebody_added(seals: Path, before: int) -> None:
    """The application's role can add links: a root over them would break the chain for good."""
    if before:
        happen(before)
        seal()
    end = Seal.objects.count()
    Seal.objects.create(position=end + 1, event_id=10**9, digest=bytes(32), hash=bytes(32))
    happen(1, start=7)
    with pytest.raises(LinksUnsigned):
        seal()
    assert Root.objects.count() == bool(before)
    tamper("DELETE FROM core_seal WHERE position = %s", end + 1)
    assert seal().position == Event.objects.count()


def test_once_a_day_whenever_a_worker_runs(seals: Path, settings: Any) -> None:
    tasks.seal_events.func(timestamp=0)
    tasks.seal_events.func(timestamp=0)
    root = SignedRoot.read(Root.objects.get().line)
    yesterday = replace(root, at=(root.signed_at - timedelta(days=1)).isoformat())
    line = yesterday.signed(Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY))
    tamper("UPDATE core_root SET line = %s", line)
    roots_of(seals).write_text(f"{line}\n")
    tasks.seal_events.func(timestamp=0)
    assert Root.objects.count() == 2


def test_after_a_move_to_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of transactions begin anew there."""
    here = sealing._now
    elsewhere = {"cluster": "elsewhere", "horizon": 10**12, "seen": 10**12}
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_now", lambda: here() | elsewhere)
        seal()
        assert seal().count == 0
    happen(2)
    assert seal().count == 2
    happen(1, start=2)
    assert seal().count == 1
    assert seal().count == 0
    assert Seal.objects.count() == Event.objects.count()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_seal SET event_id = 0",
        "DELETE FROM core_seal",
        "TRUNCATE core_seal",
        "UPDATE core_root SET line = ''",
        "DELETE FROM core_root",
        "TRUNCATE core_root",
        "DROP TABLE core_root",
    ],
)
def test_app_adds_seals_and_nothing_else(statement: str) -> None:
    happen(1)
    seal()
    with (
        pytest.raises(ProgrammingError, match=r"permission|owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
