"""What goes out, to servers that really run."""

import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from jineng.config.database import Roles
from jineng.inbox import commands
from jineng.inbox.digests import is_first_of_week, make_digests
from jineng.inbox.models import Choice, Contact, Delivery, Gate, Notice, Way
from jineng.inbox.reading import keep
from jineng.inbox.sending import WAITS, send_due
from jineng.people.errors import Refused
from jineng.people.models import Role, User
from tests.access.world import TODAY, World
from tests.inbox.clock import AT, Time
from tests.inbox.servers import (
    PASSWORD,
    USER,
    Mailbox,
    Texts,
    certificate_for_localhost,
    smtp_server,
    text_gateway,
)

State = Delivery.State


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    """A server for e-mail, in the settings."""
    # Django's test runner, which is not used here, would keep e-mails in memory.
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with smtp_server() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "技能 <no-reply@example.gov.cn>"
        yield running


@pytest.fixture
def texts(settings: Any) -> Iterator[Texts]:
    """A gateway, in the settings."""
    with text_gateway() as running:
        settings.TEXTS, settings.TEXTS_TOKEN = running.address, "token"
        yield running


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def worker(world: World) -> User:
    """A worker with an address that was confirmed, and a phone in the record."""
    user = world.home.users[Role.WORKER]
    Contact.objects.create(user=user, mail="worker@example.com")
    return user


def told(
    user: User,
    *,
    urgent: bool = True,
    telling: str = "people.factor",
    n: int = 1,
    at: datetime = AT,
) -> Notice:
    """Tells the user something, as the job does."""
    about = {"type": "totp", "gone": False}
    if telling == "people.corrected":
        about = {"columns": ["education"]}
    topic = "archive" if telling == "people.corrected" else "security"
    one = Notice(
        user=user, telling=telling, topic=topic, cause=str(n), about=about, urgent=urgent, at=at
    )
    keep([one], at=at)
    return Notice.objects.get(user=user, telling=telling, cause=str(n))


def states() -> list[str]:
    return list(Delivery.objects.order_by("made_at", "pk").values_list("state", flat=True))


def test_what_is_urgent_goes_out_at_once_and_once(
    worker: User, box: Mailbox, texts: Texts, clock: Time
) -> None:
    notice = told(worker)
    assert send_due(clock) == 2
    for _again in range(3):
        told(worker)
        assert send_due(clock) == 0
    (mail,) = box.mails
    assert box.to == ["worker@example.com"]
    assert mail["Subject"] == "【技能】您的双重验证有变动"
    body = mail.get_content()
    assert f"http://localhost:8000/inbox/{notice.pk}/" in body
    assert "接下来：" in body
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ((phone, text),) = texts.messages.values()
    assert phone == "13800000000"
    assert text == f"【技能】您的双重验证有变动。登录查看：http://localhost:8000/inbox/{notice.pk}/"
    # Nothing that is read in the site alone.
    for sent in (body, text):
        assert "手机验证器" not in sent
        assert "王芳" not in sent


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_with_tls_that_asks_for_a_password(
    worker: User,
    clock: Time,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    certificate = certificate_for_localhost(tmp_path)
    with smtp_server(security, certificate) as box:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", box.port
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = security == "starttls", security == "tls"
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, PASSWORD
        told(worker)
        # A certificate that nobody vouches for.
        assert send_due(clock) == 0
        assert states() == [State.WAITING]
        monkeypatch.setenv(ssl.get_default_verify_paths().openssl_cafile_env, str(certificate))
        clock.pass_by(minutes=5)
        assert send_due(clock) == 1
        assert box.encrypted == [True]
        assert box.signed_in == [USER]


def test_what_is_not_wanted_does_not_go_out(
    worker: User, box: Mailbox, texts: Texts, clock: Time
) -> None:
    commands.choose(
        worker,
        {"security": {Way.MAIL: False, Way.TEXT: True}},
        rhythm="daily",
        language="zh-hans",
        by=worker,
    )
    told(worker)
    send_due(clock)
    assert (len(box.mails), len(texts.messages)) == (0, 1)


def test_messages_are_in_their_reader_s_language(
    worker: User, box: Mailbox, texts: Texts, clock: Time
) -> None:
    commands.choose_language(worker, "en", by=worker)
    notice = told(worker)
    told(worker, urgent=False, telling="people.corrected")
    assert send_due(clock) == 2
    (mail,) = box.mails
    ((_phone, text),) = texts.messages.values()
    link = f"http://localhost:8000/inbox/{notice.pk}/"
    assert make_digests(on=TODAY, at=AT) == 1
    assert send_due(clock) == 1
    for sent in (mail["Subject"], mail.get_content(), text, box.mails[1].get_content()):
        assert not re.search("[\u3000-\uffef]", sent), sent
    assert link in mail.get_content()
    assert link in text


def test_what_was_read_before_it_went_out_stays(worker: User, box: Mailbox, clock: Time) -> None:
    commands.mark_read(told(worker), at=AT)
    assert send_due(clock) == 0
    assert states() == [State.DROPPED]


def test_a_mailbox_that_is_not_there_is_tried_once(worker: User, box: Mailbox, clock: Time) -> None:
    box.refuses["worker@example.com"] = "550 no such user"
    told(worker)
    told(worker, n=2)
    for _pass in range(3):
        send_due(clock)
        clock.pass_by(days=1)
    assert sorted(states()) == [State.DROPPED, State.FAILED]
    assert Contact.objects.get(user=worker).mail_refused_at is not None


def test_a_mailbox_that_is_full_is_tried_again_ever_later(
    worker: User, box: Mailbox, clock: Time
) -> None:
    box.refuses["worker@example.com"] = "452 mailbox full"
    told(worker)
    for wait in WAITS:
        send_due(clock)
        tries = Delivery.objects.get().tries
        clock.pass_by(seconds=wait.total_seconds() - 1)
        send_due(clock)
        assert Delivery.objects.get().tries == tries
        clock.pass_by(seconds=1)
    del box.refuses["worker@example.com"]
    assert send_due(clock) == 1


def test_a_mail_that_is_refused_for_what_it_says_is_not_tried_again(
    worker: User, box: Mailbox, clock: Time
) -> None:
    box.answers = ["554 not wanted"]
    told(worker)
    send_due(clock)
    clock.pass_by(days=1)
    send_due(clock)
    assert states() == [State.FAILED]
    assert Contact.objects.get(user=worker).mail_refused_at is None


def test_a_server_that_is_away_is_called_ever_more_seldom(
    worker: User, box: Mailbox, clock: Time, settings: Any
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    told(worker)
    waits = []
    for _turn in range(6):
        send_due(clock)
        until = Gate.objects.get(pk=Way.MAIL).closed_until
        assert until is not None
        waits.append((until - clock.at).total_seconds() / 60)
        clock.at = until
    assert waits == [1, 2, 4, 8, 16, 30]
    assert Delivery.objects.get().tries == 0
    settings.EMAIL_PORT = port
    assert send_due(clock) == 1
    assert Gate.objects.get(pk=Way.MAIL).failures == 0


def test_a_gateway_is_left_alone_as_long_as_it_asks(
    worker: User, texts: Texts, clock: Time
) -> None:
    texts.answers = [(429, {"Retry-After": "600"})]
    told(worker)
    send_due(clock)
    clock.pass_by(seconds=599)
    send_due(clock)
    assert len(texts.requests) == 1
    clock.pass_by(seconds=61)
    send_due(clock)
    assert len(texts.requests) == 2
    assert len(set(texts.requests)) == 1
    assert len(texts.messages) == 1


@pytest.mark.parametrize(("status", "state"), [(422, State.FAILED), (500, State.WAITING)])
def test_what_the_gateway_says_of_one_message_holds_for_it_alone(
    worker: User, world: World, texts: Texts, clock: Time, status: int, state: str
) -> None:
    texts.answers = [(status, {})]
    told(worker)
    Contact.objects.create(user=world.elsewhere.users[Role.AUDITOR], phone="13800000001")
    clock.pass_by(seconds=1)
    told(world.elsewhere.users[Role.AUDITOR])
    assert send_due(clock) == 1
    assert set(states()) == {state, State.SENT}


def test_what_a_killed_worker_left(worker: User, box: Mailbox, texts: Texts, clock: Time) -> None:
    notice = told(worker)
    Delivery.objects.update(state=State.SENDING, claimed_at=AT, tries=1)
    send_due(clock)
    assert set(states()) == {State.SENDING}
    clock.pass_by(minutes=6)
    send_due(clock)
    # The gateway would know it by its key; the mail may be there already.
    assert len(texts.messages) == 1
    assert len(box.mails) == 0
    assert Delivery.objects.get(way=Way.MAIL).state == State.UNCERTAIN
    # What it told of stands in the next digest.
    assert make_digests(on=TODAY, at=clock.at) == 1
    send_due(clock)
    assert box.subjects == ["【技能】您有 1 条未读通知"]
    assert notice.digests.count() == 1


def test_digests_of_what_waits(worker: User, box: Mailbox, texts: Texts, clock: Time) -> None:
    for n in range(25):
        told(worker, urgent=False, telling="people.corrected", n=n)
    assert make_digests(on=TODAY, at=AT.replace(hour=7)) == 0
    # A Saturday.
    assert make_digests(on=TODAY + timedelta(days=1), at=AT) == 0
    for _again in range(3):
        make_digests(on=TODAY, at=AT)
        send_due(clock)
    (mail,) = box.mails
    assert mail["Subject"] == "【技能】您有 25 条未读通知"
    assert mail.get_content().count("· 您的档案有更改") == 20
    assert "另有 5 条" in mail.get_content()
    # Texts of the archive go to whoever asks for them.
    assert texts.messages == {}
    # The next day, what is new alone.
    monday = TODAY + timedelta(days=3)
    assert make_digests(on=monday, at=AT + timedelta(days=3)) == 0
    told(worker, urgent=False, telling="people.corrected", n=99)
    assert make_digests(on=monday, at=AT + timedelta(days=3)) == 1


def test_a_digest_of_what_was_read_meanwhile_stays(worker: User, box: Mailbox, clock: Time) -> None:
    told(worker, urgent=False, telling="people.corrected")
    make_digests(on=TODAY, at=AT)
    commands.mark_all_read(worker, at=AT)
    assert send_due(clock) == 0
    assert states() == [State.DROPPED]


def test_weekly_digests_come_on_the_first_working_day(worker: User, box: Mailbox) -> None:
    Contact.objects.update(rhythm="weekly")
    told(worker, urgent=False, telling="people.corrected")
    assert make_digests(on=TODAY, at=AT) == 0
    assert make_digests(on=TODAY + timedelta(days=3), at=AT) == 1


def test_the_first_working_day_after_a_holiday() -> None:
    # National Day 2026 is celebrated from the first to the seventh of October, a Wednesday.
    days = [datetime(2026, 10, day).date() for day in range(5, 10)]  # noqa: DTZ001
    assert [is_first_of_week(day) for day in days] == [False, False, False, True, False]


def test_an_address_counts_once_its_link_was_opened(
    world: World, box: Mailbox, clock: Time, client: Client
) -> None:
    user = world.home.users[Role.TEACHER]
    commands.want_mail(user, "teacher@example.com", by=user, at=AT)
    with pytest.raises(Refused):
        commands.want_mail(user, "teacher@example.com", by=user, at=AT + timedelta(seconds=9))
    told(user)
    assert send_due(clock) == 1
    (mail,) = box.mails
    found = re.search(r"http://localhost:8000(/inbox/address/\S+)", mail.get_content())
    assert found
    # What looks into e-mails opens links.
    assert client.get(found[1]).status_code == 200
    assert Contact.objects.get(user=user).mail is None
    assert "邮箱已确认" in client.post(found[1]).content.decode()
    assert Contact.objects.get(user=user).mail == "teacher@example.com"
    assert client.post(found[1]).status_code == 404
    told(user, n=2)
    assert send_due(clock) == 1


def test_a_phone_counts_once_its_code_was_given(world: World, texts: Texts, clock: Time) -> None:
    user = world.home.users[Role.TEACHER]
    assert commands.want_phone(user, "138 0000 0009", by=user, at=AT) is None
    send_due(clock)
    ((phone, text),) = texts.messages.values()
    assert phone == "13800000009"
    code = re.search(r"\d{6}", text)
    assert code
    wrong = f"{(int(code[0]) + 1) % 1_000_000:06}"
    with pytest.raises(Refused):
        commands.confirm_phone(user, wrong, by=user, at=AT)
    commands.confirm_phone(user, code[0], by=user, at=AT)
    assert Contact.objects.get(user=user).phone == "13800000009"
    assert Delivery.objects.get().body is None


def test_guessing_a_code_ends(world: World, texts: Texts, clock: Time) -> None:
    user = world.home.users[Role.TEACHER]
    commands.want_phone(user, "13800000009", by=user, at=AT)
    send_due(clock)
    code = re.search(r"\d{6}", next(iter(texts.messages.values()))[1])
    assert code
    wrong = f"{(int(code[0]) + 1) % 1_000_000:06}"
    for _try in range(5):
        with pytest.raises(Refused):
            commands.confirm_phone(user, wrong, by=user, at=AT)
    with pytest.raises(Refused):
        commands.confirm_phone(user, code[0], by=user, at=AT)


def test_mails_are_stopped_without_signing_in(
    worker: User, box: Mailbox, texts: Texts, clock: Time
) -> None:
    told(worker)
    send_due(clock)
    link = box.mails[0]["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost:8000")
    strict = Client(enforce_csrf_checks=True)
    assert "账号安全" in strict.get(link).content.decode()
    assert not Choice.objects.exists()
    # As e-mail servers do it.
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    told(worker, n=2)
    clock.pass_by(seconds=1)
    assert send_due(clock) == 1
    assert (len(box.mails), len(texts.messages)) == (1, 2)
    assert strict.post(link, {"what": "all"}).status_code == 200
    assert not Choice.objects.filter(user=worker, mail=True).exists()
    assert strict.post("/inbox/stop/made-up:token/").status_code == 404


@contextmanager
def killed_before(statement: int) -> Iterator[None]:
    """Ends whatever is running before so many statements are made, as a kill would."""
    left = [statement]

    def count(execute: Callable[..., Any], *rest: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return execute(*rest)

    with suppress(KeyboardInterrupt), connection.execute_wrapper(count):
        yield


def test_whoever_sends_may_be_killed_before_any_statement(
    worker: User, box: Mailbox, texts: Texts, clock: Time
) -> None:
    for statement in range(40):
        told(worker, n=statement)
        with killed_before(statement):
            send_due(clock)
        clock.pass_by(minutes=10)
        send_due(clock)
    keys = [str(mail["Message-ID"]) for mail in box.mails]
    assert len(keys) == len(set(keys))
    mails, sent = Delivery.objects.filter(way=Way.MAIL), Delivery.objects.filter(way=Way.TEXT)
    assert set(mails.values_list("state", flat=True)) == {State.SENT, State.UNCERTAIN}
    assert mails.filter(state=State.SENT).count() <= len(keys)
    # Texts all came, each once: a gateway knows them by their keys.
    assert sent.filter(state=State.SENT).count() == 40
    assert set(texts.messages) == {str(pk) for pk in sent.values_list("pk", flat=True)}


SENDER = """
import django, sys
django.setup()
from jineng.inbox.sending import send_due
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
send_due()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("jobs")
def test_a_sender_that_is_killed_once_a_message_was_taken(
    database_roles: Roles, box: Mailbox, texts: Texts, settings: Any
) -> None:
    user = User.objects.create(username="worker")
    Contact.objects.create(user=user, mail="worker@example.com", phone="13800000000")
    # By the clock that the sender reads, and not so long ago that it is news no more.
    told(user, at=timezone.now())
    environment = os.environ | {
        "DATABASE_URL": database_roles.app.text,
        "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
        "JINENG_SMTP_HOST": "127.0.0.1",
        "JINENG_SMTP_PORT": str(box.port),
        "JINENG_SMTP_SECURITY": "none",
        "JINENG_SMTP_FROM": "no-reply@example.gov.cn",
        "JINENG_SMS": texts.address,
    }
    for kept in (box, texts):
        sender = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SENDER],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert sender.stdout is not None
        assert sender.stdout.readline() == "ready\n"
        # The server has it; who sent it never hears.
        kept.taken = sender.kill
        sender.communicate("go\n")
        assert sender.returncode == -signal.SIGKILL
        kept.taken = None
    assert set(states()) == {State.SENDING}
    later = Time(timezone.now() + timedelta(minutes=10))
    for _again in range(3):
        send_due(later)
        later.pass_by(minutes=10)
    assert len(box.mails) == 1
    assert len(texts.messages) == 1
    assert len(texts.requests) == 2
    assert sorted(states()) == [State.SENT, State.UNCERTAIN]
