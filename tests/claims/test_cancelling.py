"""A batch that is no longer wanted: its worker stops, and nothing half made stays."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jineng.claims import commands, processing
from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch, State
from jineng.claims.processing import process_batch
from jineng.claims.workflow import TRANSITIONS, NotAllowed
from tests.claims.files import MIXED, claim, upload

pytestmark = pytest.mark.django_db


def names(pk: uuid.UUID) -> set[str]:
    """What lies in the batch's folder, half written files too."""
    return {path.name for path in BatchFiles(pk).folder.iterdir()}


def handed_in(client: Client) -> uuid.UUID:
    """A batch that nobody has taken up yet, some of whose lines are wrong."""
    answer = client.post("/batches/", {"claims": upload([*MIXED, claim(5, hours="二十")])})
    return uuid.UUID(answer["Location"].split("/")[-2])


def cancelled_at(report: int, pk: uuid.UUID, by: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The worker's part, cancelled by its owner when it tells for so many a time how far it is;
    the stages that it told of."""
    told: list[str] = []
    tell = processing._Report.__call__

    def then_cancel(one: Any, stage: Any, done: int = 0, total: int = 0) -> None:
        told.append(stage)
        if len(told) == report:
            commands.cancel_batch(Batch.objects.get(pk=pk), by=by)
        tell(one, stage, done, total)

    with monkeypatch.context() as patched:
        patched.setattr(processing, "SECONDS_BETWEEN_REPORTS", 0.0)
        patched.setattr(processing._Report, "__call__", then_cancel)
        process_batch(pk)
    return told


def test_wherever_the_worker_is_it_stops_and_takes_away_what_it_made(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk = handed_in(client)
    owner = Batch.objects.get(pk=pk).owner
    stages: set[str] = set()
    for clean in (False, True):
        for report in range(1, 100):
            if clean:
                process_batch(pk)
                commands.decide_clean_lines(Batch.objects.get(pk=pk), by=owner)
            told = cancelled_at(report, pk, owner, monkeypatch)
            if len(told) < report:
                break
            assert len(told) == report, "it went on"
            stages.add(told[-1])
            batch = Batch.objects.get(pk=pk)
            assert (batch.state, batch.checked, batch.decided) == (State.CANCELLED, {}, {})
            assert names(pk) == {"claims"}
            commands.try_again(batch, by=owner)
    assert stages == {"reading", "checking", "marking", "deciding", "writing"}
    assert Batch.objects.get(pk=pk).state == State.DECIDED


def test_cancelling_asks_first_and_what_was_handed_in_can_be_taken_up_again(
    client: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    pk = handed_in(client)
    page = client.get(f"/batches/{pk}/").content.decode()
    assert f'href="/batches/{pk}/cancel"' in page
    asked = client.get(f"/batches/{pk}/cancel").content.decode()
    assert "取消这个批次的处理？" in asked
    assert "重新核定" in asked
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/batches/{pk}/cancel").status_code == 302
    page = client.get(f"/batches/{pk}/").content.decode()
    assert "没有作出任何决定" in page
    assert "已取消" in client.get("/batches/").content.decode()
    process_batch(pk)  # the job that was queued finds nothing to do
    assert Batch.objects.get(pk=pk).state == State.CANCELLED
    client.post(f"/batches/{pk}/again")
    process_batch(pk)
    assert Batch.objects.get(pk=pk).state == State.FAULTY
    # There is nothing to cancel any more.
    assert client.get(f"/batches/{pk}/cancel").status_code == 302
    client.post(f"/batches/{pk}/cancel")
    assert Batch.objects.get(pk=pk).state == State.FAULTY


def test_what_a_killed_worker_left_of_a_cancelled_batch_goes_when_its_job_is_taken_up(
    client: Client,
) -> None:
    pk = handed_in(client)
    batch = Batch.objects.get(pk=pk)
    commands.cancel_batch(batch, by=batch.owner)
    for name in ("facts", ".decisions-0123"):
        (BatchFiles(pk).folder / name).write_bytes(b"half")
    process_batch(pk)
    assert names(pk) == {"claims"}


def test_others_cancel_nothing(client: Client) -> None:
    batch = Batch.objects.get(pk=handed_in(client))
    with pytest.raises(NotAllowed):
        commands.cancel_batch(batch, by="f" * 64)
    assert Client().post(f"/batches/{batch.pk}/cancel").status_code == 404


def test_every_state_that_waits_for_the_worker_can_be_cancelled() -> None:
    for state, following in TRANSITIONS.items():
        underway = state in (State.WAITING, State.CHECKING, State.DECIDING)
        assert (State.CANCELLED in following) == underway
