"""Outside registers: four answers told apart, kept, asked again politely, never taken for a no."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from jineng.config.database import Roles
from jineng.config.registers import outside_registers
from jineng.core.events import events_of
from jineng.people.commands.persons import add_person, change_person
from jineng.people.commands.verification import WAITS, ask_now, ask_register
from jineng.people.errors import Refused
from jineng.people.models import Person, Role, Verification
from jineng.people.queries.verification import verified
from jineng.people.verification import Answer, Question, Reply, question_about
from jineng.people.verification.files import FileRegister
from jineng.people.verification.http import LARGEST, HttpRegister
from tests.access.world import TODAY, World, signed_in
from tests.people.numbers import credit_code, identity_number
from tests.people.register import Answering, answering

NAME = "公安人口库"
CONFIRMED, MISMATCH = {"answer": "confirmed"}, {"answer": "mismatch", "differing": ["name"]}
NOT_FOUND = {"answer": "not_found"}


@pytest.fixture
def register(settings: Any) -> Iterator[Answering]:
    with answering() as started:
        settings.REGISTERS = {
            NAME: {"subject": "identity", "address": started.address, "token": "secret"}
        }
        yield started


QUESTION = Question("identity", {"identity_number": "of nobody", "name": "李明华"})


def asked(register: Answering, seconds: float = 10) -> Reply:
    return HttpRegister(register.address, "secret", seconds).ask(QUESTION)


@pytest.mark.parametrize(
    ("status", "body", "reply"),
    [
        (200, CONFIRMED, Reply(Answer.CONFIRMED)),
        (409, MISMATCH, Reply(Answer.MISMATCH, differing=("name",))),
        (404, NOT_FOUND, Reply(Answer.NOT_FOUND)),
    ],
)
def test_the_three_answers(register: Answering, status: int, body: object, reply: Reply) -> None:
    register.say(status, body)
    assert asked(register) == reply
    assert register.asked == [{"subject": "identity", "asked": QUESTION.told}]
    assert register.paths == ["/verify"]
    assert register.headers[0]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, MISMATCH),
        (200, NOT_FOUND),
        (200, "<p>欢迎</p>"),
        (200, ""),
        (200, [CONFIRMED]),
        (200, {"answer": ["confirmed"]}),
        (200, "x" * (LARGEST + 1)),
        (204, CONFIRMED),
        (302, CONFIRMED),
        (400, NOT_FOUND),
        (401, NOT_FOUND),
        (403, NOT_FOUND),
        (404, "<p>nginx</p>"),
        (404, CONFIRMED),
        (409, NOT_FOUND),
        (429, NOT_FOUND),
        (500, CONFIRMED),
        (503, NOT_FOUND),
        (799, NOT_FOUND),
    ],
)
def test_all_else_says_nothing(register: Answering, status: int, body: object) -> None:
    register.say(status, body, Location="http://127.0.0.1:1/")
    reply = asked(register)
    assert (reply.answer, reply.differing) == (Answer.UNAVAILABLE, ())
    assert str(status) in reply.reason


def test_what_differs_is_told_by_name_and_never_by_value(register: Answering) -> None:
    told = ["name", "李明花", {"name": 1}, "identity_number"]
    register.say(409, {"answer": "mismatch", "differing": told})
    assert asked(register).details == {"differing": ["identity_number", "name"]}


def test_when_to_come_back(register: Answering) -> None:
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    for text, least, most in (
        ("120", 120, 120),
        ("0", 1, 1),
        (format_datetime(in_an_hour, usegmt=True), 3590, 3600),
        (format_datetime(in_an_hour - timedelta(days=1), usegmt=True), 1, 1),
        ("31536000", 86400, 86400),
    ):
        register.says.clear()
        wait = asked(register.say(503, "", Retry_After=text)).retry_after
        assert wait is not None
        assert least <= wait.total_seconds() <= most
    register.says.clear()
    assert asked(register.say(503, "", Retry_After="soon")).retry_after is None


def test_silence_and_one_letter_at_a_time(register: Answering) -> None:
    began = time.monotonic()
    assert asked(register.say(200, CONFIRMED, after=0.2), 0.5).answer == Answer.UNAVAILABLE
    register.says.clear()
    assert asked(register.say(200, CONFIRMED, after=9), 0.5).answer == Answer.UNAVAILABLE
    assert time.monotonic() - began < 5
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        deafs = HttpRegister(f"http://127.0.0.1:{deaf.getsockname()[1]}/", seconds=0.3)
        reply = deafs.ask(QUESTION)
    assert (reply.answer, reply.reason) == (Answer.UNAVAILABLE, "ReadTimeout")
    reply = HttpRegister("http://127.0.0.1:1/").ask(QUESTION)
    assert (reply.answer, reply.reason) == (Answer.UNAVAILABLE, "ConnectionError")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_register_in_a_file(tmp_path: Path, encoding: str) -> None:
    known, other, unknown = (identity_number() for _ in range(3))
    path = tmp_path / "名 册.csv"
    path.write_text(
        f"序号,姓名, 身份证号 \n1,李 明华,{known[:6]}{known[8:17]}\n2,王芳,'{other.lower()}\n3\n",
        encoding,
    )
    register = FileRegister.at(f"file:{tmp_path}/%E5%90%8D%20%E5%86%8C.csv", "identity")
    for number, name, answer in (
        (known, "李明华", Answer.CONFIRMED),
        (known, "李明花", Answer.MISMATCH),
        (other, "王芳", Answer.CONFIRMED),
        (unknown, "李明华", Answer.NOT_FOUND),
    ):
        told = {"identity_number": number, "name": name}
        assert register.ask(Question("identity", told)).answer == answer


def test_a_file_that_can_t_be_read_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    register, told = (
        FileRegister(path, "organisation"),
        {"credit_code": credit_code(), "name": "某"},
    )
    for content in (
        None,
        b"",
        "姓名,身份证号\n".encode(),
        b"\xff\xfe\x00\xff",
        b'"' + b"x" * 200_000,
    ):
        if content is not None:
            path.write_bytes(content)
        reply = register.ask(Question("organisation", told))
        assert (reply.answer, reply.reason[:5]) == (Answer.UNAVAILABLE, "file:")


def person(name: str = "李明华") -> Person:
    return add_person(identity_number=identity_number(), name=name, by=None, on=TODAY)


def ask(about: Person, after: int = 0, at: datetime | None = None) -> Verification | None:
    return ask_now(NAME, "identity", about.pk, by=None, after=after, at=at or timezone.now())


def queued() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("pk"))


@pytest.mark.django_db
def test_an_answer_is_kept_with_its_date(register: Answering) -> None:
    about, at = person(), timezone.now()
    assert verified(about) is None
    register.say(409, MISMATCH)
    kept = ask(about, at=at)
    assert kept == Verification.objects.get()
    assert (kept.answer, kept.at, kept.register, kept.person) == ("mismatch", at, NAME, about)
    assert kept.details == {"differing": ["name"]}
    assert register.asked[0]["asked"]["identity_number"] == about.identity_number
    event = events_of(kept).get()
    assert event.why == f"向{NAME}核验"
    assert str(about.identity_number) not in json.dumps(event.after)
    assert queued() == []


@pytest.mark.django_db
def test_unavailable_never_reads_as_a_no(register: Answering) -> None:
    about = person()
    register.say(503, "").say(200, CONFIRMED).say(503, "").say(404, NOT_FOUND).say(500, "")
    states, at = [], timezone.now()
    for _ in range(5):
        ask(about, at=at)
        at += timedelta(days=2)
        states.append(verified(about))
    assert states == [None, True, True, False, False]


@pytest.mark.django_db
def test_an_answer_holds_for_what_was_asked(register: Answering, settings: Any) -> None:
    about = person()
    register.say(200, CONFIRMED)
    ask(about)
    assert verified(about, NAME) is True
    assert verified(about, "另一个") is None
    settings.LOOKUP_KEYS = {"new": b"n" * 32} | settings.LOOKUP_KEYS
    assert verified(about) is True
    changed = change_person(about, name="李明花", by=None, on=TODAY, why="改名")
    assert verified(changed) is None


@pytest.mark.django_db
def test_it_is_asked_again_when_the_register_says(register: Answering) -> None:
    about, at = person(), timezone.now()
    register.say(503, "", Retry_After="600")
    kept = ask(about, at=at)
    assert kept is not None
    assert (kept.answer, kept.retry_after) == ("unavailable", at + timedelta(seconds=600))
    (job,) = queued()
    assert job.args == {"register": NAME, "about": "identity", "pk": about.pk, "by": None} | {
        "after": 1
    }
    assert job.scheduled_at is not None
    assert timedelta(seconds=600) <= job.scheduled_at - at <= timedelta(seconds=660)


@pytest.mark.django_db
def test_it_is_asked_less_and_less_and_then_no_more(register: Answering) -> None:
    about, at = person(), timezone.now()
    register.say(500, "")
    waits = []
    for after in range(len(WAITS) + 1):
        ProcrastinateJob.objects.all()._raw_delete("default")
        kept = ask(about, after, at)
        assert kept is not None
        waits.append(kept.retry_after and kept.retry_after - at)
        at += timedelta(days=3)
    assert waits == [*WAITS, None]
    assert queued() == []
    assert verified(about) is None


@pytest.mark.django_db
def test_a_register_that_asked_for_a_rest_gets_it(register: Answering) -> None:
    one, other, at = person(), person("王芳"), timezone.now()
    register.say(429, "", Retry_After="300").say(200, CONFIRMED)
    ask(one, at=at)
    assert ask(other, at=at + timedelta(seconds=10)) is None
    assert len(register.asked) == 1
    job = queued()[-1]
    assert (job.args["pk"], job.args["after"]) == (other.pk, 0)
    assert job.scheduled_at is not None
    assert job.scheduled_at >= at + timedelta(seconds=300)
    ask(other, at=at + timedelta(seconds=301))
    assert verified(other) is True


@pytest.mark.django_db
def test_a_question_that_is_never_answered_holds_up_no_other(register: Answering) -> None:
    one, other, at = person(), person("王芳"), timezone.now()
    register.say(500, "").say(200, CONFIRMED)
    kept = ask(one, after=5, at=at)
    assert kept is not None
    assert kept.retry_after == at + WAITS[5]
    assert ask(other, at=at + timedelta(seconds=10)) is None
    ask(other, at=at + timedelta(seconds=61))
    assert verified(other) is True


@pytest.mark.django_db
def test_a_question_waits_once(register: Answering) -> None:
    about = person()
    ask_register(NAME, about, by=None, on=TODAY)
    with pytest.raises(Refused, match="已经在核验"):
        ask_register(NAME, about, by=None, on=TODAY)
    with pytest.raises(Refused, match="没有可以核验的"):
        ask_register("别的", about, by=None, on=TODAY)
    assert len(queued()) == 1


@pytest.mark.django_db
def test_a_register_that_is_gone_or_another_s_record(register: Answering, settings: Any) -> None:
    about = person()
    settings.REGISTERS = {}
    assert ask(about) is None
    assert queued() == []


@pytest.mark.django_db
def test_who_may_ask(world: World, register: Answering) -> None:
    about = world.home.person
    ask_register(NAME, about, by=world.home.users[Role.ACCEPTOR], on=TODAY)
    with pytest.raises(PermissionDenied):
        ask_register(NAME, about, by=world.home.users[Role.AUDITOR], on=TODAY)
    with pytest.raises(Http404):
        ask_register(NAME, about, by=world.elsewhere.users[Role.ACCEPTOR], on=TODAY)


@pytest.mark.django_db
def test_the_page(world: World, register: Answering, settings: Any, tmp_path: Path) -> None:
    about, body = world.home.person, world.home.bodies["enterprise"]
    (tmp_path / "r.csv").write_text(f"统一社会信用代码,单位名称\n{body.credit_code},{body.name}\n")
    settings.REGISTERS |= {
        "市场监管": {"subject": "organisation", "address": f"file:{tmp_path}/r.csv", "token": ""}
    }
    browser = signed_in(world.home.users[Role.ACCEPTOR])
    page = reverse("people:verifications_of_person", args=[about.pk])
    assert "尚未核验" in browser.get(page).content.decode()
    asking = reverse("people:verify_person", args=[about.pk])
    assert "结果稍后显示" in browser.post(asking, {"register": NAME}, follow=True).content.decode()
    assert "已经在核验" in browser.post(asking, {"register": NAME}, follow=True).content.decode()
    register.say(503, "", Retry_After="600").say(409, MISMATCH)
    ask(about)
    text = browser.get(page).content.decode()
    assert "暂时无法核验" in text
    assert "之后会再次核验" in text
    assert "尚未核验" in text
    ask(about, at=timezone.now() + timedelta(hours=1))
    text = browser.get(page).content.decode()
    assert "核验未通过" in text
    assert "核验不一致" in text

    page = reverse("people:verifications_of_organisation", args=[body.pk])
    assert "市场监管" in browser.get(page).content.decode()
    assert NAME not in browser.get(page).content.decode()
    ask_now("市场监管", "organisation", body.pk, by=None, after=0, at=timezone.now())
    assert "核验一致" in browser.get(page).content.decode()
    assert question_about(body).told["name"] == body.name
    asks = f'action="{reverse("people:verify_organisation", args=[body.pk])}"'
    assert asks in browser.get(page).content.decode()
    auditor = signed_in(world.home.users[Role.AUDITOR])
    assert asks not in auditor.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_worker_asks(register: Answering, database_roles: Roles) -> None:
    """From the button to the answer, through the queue and a worker of its own."""
    about = person()
    ask_register(NAME, about, by=None, on=TODAY)
    register.say(200, CONFIRMED)
    connection.close()
    subprocess.run(
        [sys.executable, "-m", "django", "procrastinate", "worker", "--one-shot"],
        env=os.environ
        | {
            "DATABASE_URL": database_roles.app.text,
            "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
            "JINENG_REGISTERS": f"identity:{NAME}={register.address}",
            "JINENG_REGISTER_TOKENS": f"{NAME}=secret",
        },
        check=True,
        timeout=60,
        capture_output=True,
    )
    assert verified(about) is True
    assert register.headers[0]["Authorization"] == "Bearer secret"
    connection.close()


@pytest.mark.parametrize(
    "text",
    [
        "公安=https://a",
        "people:公安=https://a",
        "identity:公安=ftp://a",
        "identity:a=file:/b identity:a=file:/c",
    ],
)
def test_a_setting_that_can_t_be_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_REGISTERS", text)
    with pytest.raises(ValueError, match="JINENG_REGISTERS"):
        outside_registers()


def test_settings_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "JINENG_REGISTERS",
        "identity:公安=https://a.example/v?x=1  organisation:市监=file:/srv/a.csv",
    )
    monkeypatch.setenv("JINENG_REGISTER_TOKENS", "公安=ab=cd")
    assert outside_registers() == {
        "公安": {"subject": "identity", "address": "https://a.example/v?x=1", "token": "ab=cd"},
        "市监": {"subject": "organisation", "address": "file:/srv/a.csv", "token": ""},
    }
