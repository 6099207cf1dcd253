"""Verifying: whoever tampers, as the tables' owner, is found, and what with."""

import hashlib
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from jineng.audit import chain as chain_
from jineng.audit.findings import Audit
from jineng.audit.verify import verify
from jineng.core import seal as sealing
from jineng.core.models import Event, Root, Seal
from jineng.core.seal import RootFile, SignedRoot, line_hash, link, seal
from tests.as_made import as_owner
from tests.audit.log import happen, roots_of, tamper

pytestmark = [pytest.mark.sealer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seals(settings: Any) -> Path:
    folder: Path = settings.SEALS_ROOT
    return folder


@pytest.fixture
def events() -> list[int]:
    """Ten events, four of them under the first root, six under the second."""
    with as_owner() as cursor:
        cursor.execute("TRUNCATE core_event")
    made = happen(4)
    seal()
    made += happen(6, start=4)
    seal()
    return made


def found(audit: Audit | None = None) -> list[tuple[str, int, int, int | None]]:
    audit = audit or verify()
    assert audit.in_order == (not audit.findings)
    assert all(finding.text for finding in audit.findings)
    return sorted((one.kind, one.first, one.last, one.other) for one in audit.findings)


def told() -> list[str]:
    return [finding.text for finding in verify().findings]


def test_nothing_was_tampered_with(events: list[int]) -> None:
    audit = verify()
    assert (audit.in_order, audit.sealed, audit.waiting) == (True, 10, 0)
    assert [root.position for root in audit.roots] == [4, 10]
    happen(3, start=10)
    assert (verify().waiting, found()) == (3, [])


def test_a_log_that_was_never_sealed() -> None:
    audit = verify()
    assert (audit.in_order, audit.sealed, audit.waiting) == (True, 0, Event.objects.count())
    seal()
    assert found() == []


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 7",
        "at = at + interval '1 microsecond'",
        "why = why || ' '",
        "origin = '192.0.2.1'",
        "db_user = 'owner'",
        "kind = 'looked'",
        "row_id = row_id || '1'",
        "table_name = 'people_person'",
        'after = after || \'{"name": "别的"}\'',
        "after = NULL",
        "before = '{}'",
        "xact = '3'",
    ],
)
def test_an_event_that_was_changed(events: list[int], change: str) -> None:
    tamper(f"UPDATE core_event SET {change} WHERE id = %s", events[5])
    assert found() == [("changed", events[5], events[5], None)]
    assert str(events[5]) in told()[0]


@pytest.mark.parametrize("at", [0, 3, 4, 9])
def test_an_event_that_was_removed(events: list[int], at: int) -> None:
    tamper("DELETE FROM core_event WHERE id = %s", events[at])
    assert found() == [("removed", events[at], events[at], None)]
    assert seal().number == 3
    assert found() == [("removed", events[at], events[at], None)]


def test_several_that_were_removed_are_told_as_one(events: list[int]) -> None:
    tamper("DELETE FROM core_event WHERE id BETWEEN %s AND %s", events[2], events[6])
    assert found() == [("removed", events[2], events[6], None)]
    assert f"{events[2]}—{events[6]}" in told()[0]


def insert(like: int, number: int, **changes: str) -> None:
    columns = "xact, at, kind, table_name, row_id, before, after, actor_id, why, origin, db_user"
    values = ", ".join(changes.get(name.strip(), name) for name in columns.split(","))
    tamper(
        f"INSERT INTO core_event (id, {columns}) SELECT %s, {values} FROM core_event WHERE id = %s",
        number,
        like,
    )


def test_an_event_inserted_in_the_middle(events: list[int]) -> None:
    tamper("DELETE FROM core_event WHERE id = %s", events[5])
    insert(events[4], events[5], why="'从未发生'")
    assert found() == [("changed", events[5], events[5], None)]


def test_an_event_inserted_under_a_number_that_was_free(events: list[int]) -> None:
    insert(events[0], events[0] - 1)
    assert found() == [("inserted", events[0] - 1, events[0] - 1, None)]
    happen(1, start=10)
    seal()
    assert found() == [("inserted", events[0] - 1, events[0] - 1, None)]


def test_an_event_inserted_into_a_transaction_of_long_ago(events: list[int]) -> None:
    insert(events[3], events[9] + 50)
    insert(events[3], events[9] + 51, xact="pg_current_xact_id()")
    backdated = [
        ("backdated", events[9] + 51, events[9] + 51, None),
        ("inserted", events[9] + 50, events[9] + 50, None),
    ]
    slack, chain_.SLACK = chain_.SLACK, chain_.SLACK * 0
    try:
        # The time of a root is told in seconds.
        tamper("UPDATE core_event SET at = at - interval '1 hour' WHERE id = %s", events[9] + 51)
        assert found() == backdated
        seal()
        assert found() == backdated
    finally:
        chain_.SLACK = slack


def test_two_events_that_were_swapped(events: list[int]) -> None:
    one, other = events[1], events[7]
    with as_owner() as cursor:
        for old, new in ((one, 0), (other, one), (0, other)):
            cursor.execute("UPDATE core_event SET id = %s WHERE id = %s", [new, old])
    assert found() == [("swapped", one, one, other)]
    assert str(one) in told()[0]
    assert str(other) in told()[0]


def test_an_event_that_was_moved(events: list[int]) -> None:
    tamper("UPDATE core_event SET id = %s WHERE id = %s", events[0] - 1, events[7])
    assert found() == [("moved", events[0] - 1, events[0] - 1, events[7])]


def test_a_log_that_was_emptied(events: list[int]) -> None:
    tamper("TRUNCATE core_event")
    assert found() == [("removed", events[0], events[9], None)]


def test_what_is_too_much_to_list_is_counted(
    events: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_, "LISTED", 3)
    tamper("TRUNCATE core_event")
    audit = verify()
    assert found(audit) == [("removed", events[0], events[2], None)]
    assert audit.more == {"removed": 7}


def test_a_seal_that_was_changed_with_its_event(events: list[int]) -> None:
    """As good as it can be done in one place: event, digest and hash agree with each other."""
    tamper("UPDATE core_event SET actor_id = 7 WHERE id = %s", events[5])
    rewrite(6, 6)
    assert found() == [("link_broken", 7, 7, None)]


def test_a_chain_rewritten_to_its_end(events: list[int]) -> None:
    tamper("UPDATE core_event SET actor_id = 7 WHERE id = %s", events[5])
    rewrite(6, 10)
    assert found() == [("disagrees", 5, 10, 2)]


def rewrite(first: int, last: int) -> None:
    """Computes digests and hashes of some links anew, as a sealer would."""
    with as_owner() as cursor:
        cursor.execute("SELECT hash FROM core_seal WHERE position = %s", [first - 1])
        head = bytes(cursor.fetchone()[0])
        for position in range(first, last + 1):
            event = Seal.objects.get(pk=position).event_id
            with cursor.copy(
                f"COPY (SELECT {sealing.COLUMNS} FROM core_event e WHERE id = %s) TO STDOUT",
                [event],
            ) as copy:
                digest = hashlib.sha256(b"".join(copy)[:-1]).digest()
            head = link(head, event, digest)
            cursor.execute(
                "UPDATE core_seal SET digest = %s, hash = %s WHERE position = %s",
                [digest, head, position],
            )


def test_a_seal_that_was_changed(events: list[int]) -> None:
    tamper("UPDATE core_seal SET digest = sha256('') WHERE position = 6")
    assert found() == [("link_changed", 6, 6, None)]
    tamper("UPDATE core_seal SET hash = sha256('') WHERE position = 9")
    assert found() == [("link_broken", 9, 9, None), ("link_changed", 6, 6, None)]


def test_a_seal_that_was_removed(events: list[int]) -> None:
    tamper("DELETE FROM core_seal WHERE position BETWEEN 3 AND 4")
    assert found() == [("links_gone", 3, 4, None), ("unchained", events[2], events[3], None)]


def test_seals_that_were_swapped(events: list[int]) -> None:
    with as_owner() as cursor:
        for old, new in ((3, 0), (8, 3), (0, 8)):
            cursor.execute("UPDATE core_seal SET position = %s WHERE position = %s", [new, old])
    kinds = found()
    assert {kind for kind, *_ in kinds} == {"link_broken"}
    assert {at for _, first, last, _ in kinds for at in range(first, last + 1)} == {3, 4, 8, 9}


@pytest.mark.parametrize("left", [7, 4, 2, 0])
def test_a_chain_cut_off_at_its_end(events: list[int], left: int) -> None:
    tamper("DELETE FROM core_seal WHERE position > %s", left)
    assert found() == [
        ("cut_off", left + 1, 10, 2),
        ("unchained", events[left], events[9], None),
    ]


def test_chain_and_events_cut_off_together(events: list[int]) -> None:
    tamper("DELETE FROM core_seal WHERE position > 7")
    tamper("DELETE FROM core_event WHERE id > %s", events[6])
    assert found() == [("cut_off", 8, 10, 2)]


def test_all_is_cut_back_to_an_earlier_root(events: list[int]) -> None:
    """Chain, events and roots of the database; only the file of roots can tell."""
    tamper("DELETE FROM core_seal WHERE position > 4")
    tamper("DELETE FROM core_event WHERE id > %s", events[3])
    tamper("DELETE FROM core_root WHERE number > 1")
    assert found() == [("cut_off", 5, 10, 2), ("roots_unknown", 2, 2, None)]


def test_links_that_no_sealer_wrote(events: list[int]) -> None:
    (event,) = happen(1, start=10)
    tamper("INSERT INTO core_seal VALUES (11, %s, sha256('a'), sha256('b'))", event)
    assert found() == [
        ("changed", event, event, None),
        ("link_broken", 11, 11, None),
        ("unsigned", 11, 11, None),
    ]


def test_a_file_that_lost_roots(events: list[int], seals: Path) -> None:
    seal()
    whole = roots_of(seals).read_text().splitlines(keepends=True)
    for left, gone in (([0, 1], (3, 3)), ([0, 2], (2, 2)), ([2], (1, 2)), ([], (1, 3))):
        roots_of(seals).write_text("".join(whole[at] for at in left))
        assert found() == [("roots_gone", *gone, None)]
    roots_of(seals).unlink()
    assert found() == [("roots_gone", 1, 3, None)]
    roots_of(seals).write_text("".join(whole)[:-5])
    assert found() == [("roots_gone", 3, 3, None)]


def test_a_file_that_was_written_in(events: list[int], seals: Path) -> None:
    one, two = roots_of(seals).read_text().splitlines()
    roots_of(seals).write_text(f"{one}\nnonsense\n{two}\n")
    assert found() == [("not_a_root", 2, 2, None)]
    roots_of(seals).write_text(f"{one}\n{two}\n{two}\n")
    assert found() == [("out_of_order", 2, 2, None)]
    changed = two.replace('"count":6', '"count":5')
    roots_of(seals).write_text(f"{one}\n{changed}\n")
    assert found() == [("bad_signature", 2, 2, None), ("root_differs", 2, 2, None)]
    tamper("UPDATE core_root SET line = %s WHERE number = 2", changed)
    assert found() == [("bad_signature", 2, 2, None), ("unsigned", 5, 10, None)]
    tamper("UPDATE core_root SET line = %s WHERE number = 2", two)
    for line in ("{}", "[] x", '{"number": 1} x', "{", "} "):
        roots_of(seals).write_text(f"{one}\n{two}\n{line}\n")
        assert found() == [("not_a_root", 3, 3, None)]


def test_roots_that_the_database_lost(events: list[int]) -> None:
    tamper("DELETE FROM core_root WHERE number = 1")
    assert found() == [("roots_unknown", 1, 1, None)]
    tamper("DELETE FROM core_root")
    assert found() == [("roots_unknown", 1, 2, None)]


def forged(seals: Path, secret: Ed25519PrivateKey) -> None:
    """All rewritten, in the database and in the file, with a key of the forger's own."""
    lines: list[str] = []
    for root in sealing.signed_roots():
        head = bytes(Seal.objects.get(pk=root.position).hash).hex()
        changed = vars(root) | {"hash": head, "key": RootFile().publish(secret.public_key())}
        changed["previous"] = line_hash(lines[-1]) if lines else ""
        lines.append(SignedRoot(**changed).signed(secret))
        tamper("UPDATE core_root SET line = %s WHERE number = %s", lines[-1], root.number)
    roots_of(seals).write_text("".join(f"{line}\n" for line in lines))


def test_whoever_has_kept_the_public_key_or_the_roots_sees_a_forgery(
    events: list[int], seals: Path, tmp_path: Path
) -> None:
    (kept_key,) = seals.glob("*.pub")
    kept_key = kept_key.rename(tmp_path / "kept.pub")
    kept_roots = tmp_path / "kept"
    kept_roots.write_text(roots_of(seals).read_text())
    tamper("UPDATE core_event SET actor_id = 7 WHERE id = %s", events[5])
    rewrite(6, 10)
    forged(seals, Ed25519PrivateKey.generate())
    assert found() == []
    assert found(verify(public_keys=[kept_key])) == [
        ("unknown_key", 1, 2, None),
        ("unsigned", 1, 10, None),
    ]
    audit = verify(roots=kept_roots, public_keys=[kept_key])
    assert ("disagrees", 5, 10, 2) in found(audit)
    assert ("root_differs", 1, 2, None) in found(audit)


def test_a_copy_of_the_roots_may_be_older(events: list[int], seals: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(roots_of(seals).read_text())
    seal()
    assert found(verify(roots=kept)) == []
    kept.write_text(kept.read_text().splitlines()[1])
    assert found(verify(roots=kept)) == [("roots_gone", 1, 1, None)]


def test_a_key_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nonsense")
    with pytest.raises(ValueError, match="key"):
        verify(public_keys=[tmp_path / "key"])


def test_roots_of_a_key_that_was_replaced_still_hold(events: list[int], settings: Any) -> None:
    settings.SEAL_KEY = bytes(range(32))
    assert seal().key != sealing.signed_roots()[0].key
    assert found() == []
    own = Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY).public_key()
    pem = own.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert any(path.read_bytes() == pem for path in settings.SEALS_ROOT.glob("*.pub"))


def test_it_is_in_order_while_events_happen_and_others_seal(events: list[int]) -> None:

    stop = threading.Event()

    def work() -> None:
        at = 100
        while not stop.is_set():
            happen(1, start=at)
            seal()
            at += 1
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(20):
            assert told() == []
    finally:
        stop.set()
        thread.join()
    assert Root.objects.count() > 2
