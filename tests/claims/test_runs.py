"""What takes long and is made of a decided batch: waited for, cancelled, killed, gone with it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from jineng.claims import commands, exporting
from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch, Run, RunState
from jineng.claims.processing import MOST_RUNS
from jineng.claims.runs import Report, process_run
from jineng.claims.tasks import RUNS
from jineng.claims.workflow import NotAllowed
from tests.claims.test_exports import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines are many."""
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(exporting.ENDINGS, 2))


def worked(run: uuid.UUID) -> Run:
    """What the worker does with it."""
    process_run(run, lambda kind: import_string(RUNS[Run.Kind(kind)]))
    return Run.objects.get(pk=run)


def ordered(client: Client, batch: Batch, ending: str = "csv", **words: str) -> uuid.UUID:
    """A file asked for through the page."""
    answer = client.post(f"/batches/{batch.pk}/order.{ending}", words)
    assert answer.status_code == 302
    return uuid.UUID(answer["Location"].split("/")[-2])


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_large_file_is_made_by_the_worker_and_is_the_same(
    client: Client, decided: Batch, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get(f"/batches/{decided.pk}/").content.decode()
    assert f'action="/batches/{decided.pk}/order.{ending}"' in page
    # What is asked for at once all the same leads back to the page that offers it.
    assert client.get(f"/batches/{decided.pk}/decisions.{ending}").status_code == 302
    run = ordered(client, decided, ending, sort="-amount", region="420100")
    address = f"/batches/{decided.pk}/runs/{run}/"
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'id="progress"' in page
    assert worked(run).state == RunState.DONE
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == address
    assert "文件已准备好" in client.get(address).content.decode()
    assert f"{address}file" in client.get(f"/batches/{decided.pk}/").content.decode()
    answer = client.get(f"{address}file")
    made = content(answer)
    assert int(answer["Content-Length"]) == len(made)
    monkeypatch.undo()
    query = "sort=-amount&region=420100"
    at_once = content(client.get(f"/batches/{decided.pk}/decisions.{ending}?{query}"))
    if ending == "xlsx":  # a workbook says when it was made
        assert made[:2] == at_once[:2] == b"PK"
    else:
        assert made == at_once


def test_what_is_searched_for_is_sealed_in_what_is_kept(client: Client, decided: Batch) -> None:
    found = client.post(f"/batches/{decided.pk}/search", {"search": "c-3"})["Location"]
    sealed = found.partition("search=")[2].partition("&")[0]
    run = Run.objects.get(pk=ordered(client, decided, search=sealed))
    assert "c-3" not in str(run.asked).lower()
    assert worked(run.pk).result["lines"] == 1


def test_a_cancelled_run_leaves_nothing(client: Client, decided: Batch) -> None:
    run = ordered(client, decided)
    assert (
        "取消正在进行的处理"
        in client.get(f"/batches/{decided.pk}/runs/{run}/cancel").content.decode()
    )

    def cancelled(one: Run, report: Report) -> dict[str, Any]:
        BatchFiles(decided.pk).path(one.file).write_bytes(b"made")
        commands.cancel_run(one, by=decided.owner, at=timezone.now())
        report(1, 2)
        raise AssertionError("it went on")

    process_run(run, lambda kind: cancelled)
    assert Run.objects.get(pk=run).state == RunState.CANCELLED
    assert not BatchFiles(decided.pk).path(f"run-{run}").exists()
    assert worked(run).state == RunState.CANCELLED
    assert client.get(f"/batches/{decided.pk}/runs/{run}/file").status_code == 404
    assert "已取消" in client.get(f"/batches/{decided.pk}/runs/{run}/").content.decode()


def test_a_killed_run_is_taken_up_again_but_not_for_ever(client: Client, decided: Batch) -> None:
    class Killed(BaseException):
        """Stands for the end of the process."""

    def killed(one: Run, report: Report) -> dict[str, Any]:
        raise Killed

    run = ordered(client, decided)
    with pytest.raises(Killed):
        process_run(run, lambda kind: killed)
    assert Run.objects.get(pk=run).state == RunState.WORKING
    assert worked(run).state == RunState.DONE
    run = ordered(client, decided)
    for _ in range(MOST_RUNS):
        with pytest.raises(Killed):
            process_run(run, lambda kind: killed)
    assert worked(run).state == RunState.FAILED
    assert "拆成几份" in client.get(f"/batches/{decided.pk}/runs/{run}/").content.decode()


def test_an_error_of_ours_is_told_without_what_it_says(client: Client, decided: Batch) -> None:
    def broken(one: Run, report: Report) -> dict[str, Any]:
        raise ValueError("某某公司")

    run = ordered(client, decided)
    process_run(run, lambda kind: broken)
    assert Run.objects.get(pk=run).state == RunState.FAILED
    assert "某某公司" not in client.get(f"/batches/{decided.pk}/runs/{run}/").content.decode()


def test_it_goes_with_the_decisions_it_was_made_of(
    client: Client, decided: Batch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    run = ordered(client, decided)
    worked(run)
    path = BatchFiles(decided.pk).path(f"run-{run}")
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/batches/{decided.pk}/again")
    assert not path.exists()
    assert not Run.objects.exists()
    with pytest.raises(NotAllowed):
        commands.start_run(
            decided, kind=Run.Kind.EXPORT, asked={}, by=decided.owner, at=timezone.now()
        )


def test_it_is_nobody_elses(client: Client, decided: Batch) -> None:
    run = ordered(client, decided)
    worked(run)
    stranger = Client()
    for page in ("", "file", "cancel"):
        assert stranger.get(f"/batches/{decided.pk}/runs/{run}/{page}").status_code == 404
    assert stranger.post(f"/batches/{decided.pk}/order.csv").status_code == 404
    with pytest.raises(NotAllowed):
        commands.cancel_run(Run.objects.get(pk=run), by="f" * 64, at=timezone.now())
