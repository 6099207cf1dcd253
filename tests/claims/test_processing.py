"""The worker's part may be broken off anywhere and run again."""

import sys
import uuid
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from jineng.claims import commands, processing
from jineng.claims.files import BatchFiles, sweep_plain_rooms
from jineng.claims.models import Batch, State
from jineng.claims.processing import MOST_RUNS, process_batch
from jineng.claims.workflow import TRANSITIONS, NotAllowed, move
from tests.claims.files import MIXED, claim, csv_bytes, upload

pytestmark = pytest.mark.django_db

HandIn = Callable[..., Batch]
MADE = {"claims", "facts", "problems", "marked", "decisions", "list", "names"}
OURS = ("claims/processing.py", "claims/files.py", "claims/workflow.py", "core/crypto.py")


#: A process that ends leaves files open; here they are only reported.
as_killed = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


class Killed(BaseException):
    """Stands for the end of the process."""


class KillAt:
    """Ends what runs at the so-many-th line of our code."""

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        if not frame.f_code.co_filename.endswith(OURS):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise Killed
        return self

    def run(self, batch_id: uuid.UUID) -> bool:
        """Whether the line was reached."""
        before, depth = sys.gettrace(), len(connection.savepoint_ids)
        sys.settrace(self)
        try:
            process_batch(batch_id)
        except Killed:
            # What the process had not committed is lost, also where its end came between two steps
            # of a `with`, so that nobody left the block.
            for savepoint in connection.savepoint_ids[depth:][:1]:
                connection.savepoint_rollback(savepoint)
                connection.needs_rollback = False
            del connection.savepoint_ids[depth:]
            return True
        finally:
            sys.settrace(before)
        return False


@as_killed
def test_broken_off_at_any_line_it_comes_to_the_same_end(client: Client) -> None:
    """Every thirteenth line of reading, checking, marking and deciding."""
    faulty = [*MIXED, claim(5, hours="二十")]
    reached, line = True, 3
    ends = set()
    while reached:
        answer = client.post("/batches/", {"claims": upload(faulty)})
        pk = uuid.UUID(answer["Location"].split("/")[-2])
        reached = KillAt(line).run(pk)
        process_batch(pk)
        batch = Batch.objects.get(pk=pk)
        assert batch.state == State.FAULTY, line
        commands.decide_clean_lines(batch, by=batch.owner)
        reached |= KillAt(line).run(pk)
        process_batch(pk)
        batch.refresh_from_db()
        assert batch.state == State.DECIDED, line
        decisions = BatchFiles(pk).read_table("decisions")
        ends.add((str(decisions.to_pylist()), str(batch.decided), str(batch.checked)))
        sweep_plain_rooms()
        names = {path.name for path in BatchFiles(pk).folder.iterdir()}
        leftover = {name for name in names if name.startswith(".")}
        assert names - leftover == MADE
        commands.delete_batch(batch, by=batch.owner)
        line += 13
    assert line > 200
    assert len(ends) == 1


def test_two_workers_at_one_batch_come_to_one_end(client: Client, hand_in: HandIn) -> None:
    batch = hand_in(MIXED)
    process_batch(batch.pk)  # nothing left to do
    again = Batch.objects.get(pk=batch.pk)
    assert (again.state, again.runs) == (State.DECIDED, 0)
    with pytest.raises(NotAllowed):
        move(batch.pk, State.DECIDED, since=State.DECIDING)


@as_killed
def test_a_batch_that_breaks_off_every_worker_is_given_up(client: Client) -> None:
    answer = client.post("/batches/", {"claims": upload(MIXED)})
    pk = uuid.UUID(answer["Location"].split("/")[-2])
    for _ in range(MOST_RUNS):
        assert KillAt(60).run(pk)
    process_batch(pk)
    page = client.get(f"/batches/{pk}/").content.decode()
    assert "处理未成功" in page
    assert "拆成几份" in page
    # and can be tried once more
    assert client.post(f"/batches/{pk}/again").status_code == 302
    process_batch(pk)
    assert Batch.objects.get(pk=pk).state == State.DECIDED


def test_an_error_of_ours_is_told_without_what_it_says(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post("/batches/", {"claims": upload([claim(1, employer_id="某某公司")])})
    pk = uuid.UUID(answer["Location"].split("/")[-2])
    BatchFiles(pk).path("claims").write_bytes(b"not what was kept")
    process_batch(pk)
    batch = Batch.objects.get(pk=pk)
    assert batch.state == State.FAILED
    assert "未作任何决定" in client.get(f"/batches/{pk}/").content.decode()
    assert "某某公司" not in caplog.text


def test_a_batch_deleted_in_the_midst_of_it_leaves_nothing(client: Client) -> None:
    answer = client.post("/batches/", {"claims": upload(MIXED)})
    pk = uuid.UUID(answer["Location"].split("/")[-2])
    batch = Batch.objects.get(pk=pk)

    class DeleteAt(KillAt):
        def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
            if frame.f_code.co_name == "_keep_facts":
                sys.settrace(None)
                Batch.objects.filter(pk=pk).delete()
                BatchFiles(pk).delete()
                return None
            return self if frame.f_code.co_filename.endswith(OURS) else None

    assert not DeleteAt(0).run(pk)
    assert not Batch.objects.filter(pk=batch.pk).exists()
    assert not BatchFiles(pk).folder.exists()


def test_every_state_that_waits_for_the_worker_can_fail() -> None:
    for state in (State.WAITING, State.CHECKING, State.DECIDING):
        assert State.FAILED in TRANSITIONS[state]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("坏.xlsx", b"PK\x03\x04 nothing", "工作簿已损坏"),
        ("空.csv", b"claim_id,scheme\n", "只有表头"),
        ("假.csv", b"PAR1....", "内容却是 Parquet"),
        ("乱.csv", b"a,b\n1,2\n", "没有认得的列名"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(
    client: Client, name: str, content: bytes, words: str
) -> None:
    answer = client.post("/batches/", {"claims": SimpleUploadedFile(name, content)})
    pk = uuid.UUID(answer["Location"].split("/")[-2])
    process_batch(pk)
    page = client.get(f"/batches/{pk}/").content.decode()
    assert "文件读不了" in page
    assert words in page
    assert "/batches/template.xlsx" in page


def test_a_history_with_errors_keeps_all_from_being_decided(
    client: Client, hand_in: HandIn
) -> None:
    batch = hand_in([claim(1)], history=[claim(8, outcome="也许")])
    assert batch.state == State.FAULTY
    page = client.get(f"/batches/{batch.pk}/").content.decode()
    assert "历史文件有 1 处错误" in page
    assert "下载历史文件的标注副本" in page
    marked = client.get(f"/batches/{batch.pk}/marked/history")
    assert "也许" in b"".join(marked.streaming_content).decode()  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        commands.decide_clean_lines(batch, by=batch.owner)


def test_a_claim_decided_before_is_an_error_of_its_line(client: Client, hand_in: HandIn) -> None:
    batch = hand_in([claim(1), claim(2)], history=[claim(2, outcome="eligible")])
    assert batch.state == State.FAULTY
    assert "已在历史文件中" in client.get(f"/batches/{batch.pk}/").content.decode()
    commands.decide_clean_lines(batch, by=batch.owner)
    process_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.decided["lines"] == 1


def test_a_corrected_file_takes_the_history_over(client: Client, hand_in: HandIn) -> None:
    earlier = claim(9, person_id="P-1", applied_on="2020-09-01", outcome="eligible")
    batch = hand_in([claim(1, hours="二十")], history=[earlier])
    file = SimpleUploadedFile("改正.csv", csv_bytes([claim(1)]))
    answer = client.post(f"/batches/{batch.pk}/corrected", {"claims": file})
    pk = uuid.UUID(answer["Location"].split("/")[-2])
    process_batch(pk)
    assert Batch.objects.get(pk=pk).decided["outcomes"] == {"ineligible": [1, 0]}


def test_progress_is_told_as_it_goes(client: Client, hand_in: HandIn, monkeypatch: Any) -> None:
    """Each stage reaches the page that asks for it while the worker is at it."""
    seen: list[str] = []
    tell = processing._Report.__call__

    def looked_at(report: Any, stage: Any, done: int = 0, total: int = 0) -> None:
        tell(report, stage, done, total)
        page = client.get(f"/batches/{report.batch_id}/progress", headers={"HX-Request": "true"})
        seen.append(page.content.decode())

    monkeypatch.setattr(processing._Report, "__call__", looked_at)
    batch = hand_in(MIXED)
    for words in ("读取文件", "核对内容", "逐条核定", "写出结果"):
        assert any(f'aria-current="step">{words}' in page for page in seen), words
    answer = client.get(f"/batches/{batch.pk}/progress", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/batches/{batch.pk}/"
    answer = client.get(f"/batches/{batch.pk}/progress")
    assert answer["Location"] == f"/batches/{batch.pk}/"
