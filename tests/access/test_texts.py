"""Codes by text message, through a gateway that really runs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from jineng.core.sealed import lookup_hash, lookup_key_id
from jineng.people.models import Person, PersonKey, Role, SignInDelay, TextCode, User
from jineng.people.roles import Kind
from jineng.people.signin import delays, texts
from tests.access.gateway import Sent, gateway
from tests.access.world import identity_number, member, organisation, person, user
from tests.stand import ROOT

pytestmark = pytest.mark.django_db

PHONE = "13800000000"
BORN = date(1988, 8, 8)


@pytest.fixture
def sent(settings: Any) -> Iterator[Sent]:
    """The gateway, in the settings."""
    with gateway() as running:
        settings.TEXTS, settings.TEXTS_TOKEN = running.address, "token"
        yield running


@pytest.fixture
def own() -> Person:
    """A person with a phone, by which they are found."""
    found = person("王芳", "420106", BORN)
    PersonKey.objects.create(
        person=found, kind="phone", hash=lookup_hash("phone", PHONE), key_id=lookup_key_id()
    )
    return found


def does_the_workers_part() -> None:
    """Runs the jobs that were handed over."""
    for job in ProcrastinateJob.objects.filter(task_name=texts.SEND, status="todo"):
        texts.send_unsent(job.args["code"], at=timezone.now())


def code_in(sent: Sent) -> str:
    """The code in the last message."""
    found = re.search(r"验证码 (\d{6})，", sent.messages[-1][2])
    assert found
    return found[1]


def ask(client: Client, account: str) -> None:
    """Asks for a code."""
    answer = client.post("/accounts/text/?next=/mine/archive/", {"account": account})
    assert answer.headers["Location"] == "/accounts/text/code/", answer.content.decode()
    does_the_workers_part()


@pytest.mark.parametrize("account", ["worker", PHONE, "138 0000 0000"])
def test_a_code_signs_in(client: Client, sent: Sent, own: Person, account: str) -> None:
    user("worker", person=own)
    ask(client, account)
    ((token, phone, text),) = sent.messages
    assert (token, phone) == ("Bearer token", PHONE)
    assert "用于登录" in text
    answer = client.post("/accounts/text/code/", {"code": code_in(sent)})
    assert answer.headers["Location"] == "/mine/archive/"
    assert client.get("/mine/").status_code == 200


def test_it_is_right_once_for_five_minutes_and_five_tries(
    client: Client, sent: Sent, own: Person
) -> None:
    user("worker", person=own)
    ask(client, "worker")
    right = code_in(sent)
    wrong = "000000" if right != "000000" else "111111"
    kept, now = TextCode.objects.get(), timezone.now()
    sign_in = TextCode.Purpose.SIGN_IN

    def used(code: str, at: Any = now) -> bool:
        return texts.used_code(str(kept.pk), code, purpose=sign_in, at=at) is not None

    assert not used(right, kept.made_at + texts.HOLDS)
    assert texts.used_code(str(kept.pk), right, purpose=TextCode.Purpose.ARCHIVE, at=now) is None
    for _ in range(4):
        assert not used(wrong)
    TextCode.objects.update(tries=4)
    assert used(right)
    assert not used(right)
    ask(Client(), "worker")
    kept = TextCode.objects.get()
    for _ in range(5):
        assert not used(wrong)
    assert not used(code_in(sent))


def test_nobody_there_looks_like_somebody(client: Client, sent: Sent, own: Person) -> None:
    user("worker", person=own)
    user("no-record")
    pages = []
    for account in ("worker", "no-record", "nobody-here", "13911112222"):
        browser = Client()
        ask(browser, account)
        page = browser.get("/accounts/text/code/").content.decode()
        pages.append([line for line in page.splitlines() if "csrfmiddlewaretoken" not in line])
        assert browser.post("/accounts/text/code/", {"code": "123456"}).status_code == 422
    assert all(page == pages[0] for page in pages)
    assert ProcrastinateJob.objects.filter(task_name=texts.SEND).count() == 4
    assert len(sent.messages) == 1


def test_a_phone_of_several_says_nothing(client: Client, sent: Sent, own: Person) -> None:
    """A family's phone: by the user's name a code comes, by the number alone it does not."""
    other = person("王强", "420106", BORN + timedelta(days=1))
    PersonKey.objects.create(
        person=other, kind="phone", hash=lookup_hash("phone", PHONE), key_id=lookup_key_id()
    )
    user("worker", person=own)
    user("brother", person=other)
    ask(client, PHONE)
    assert sent.messages == []
    ask(client, "brother")
    assert len(sent.messages) == 1


def test_an_official_does_not_get_in_by_a_phone_alone(
    client: Client, sent: Sent, own: Person
) -> None:
    of = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    official = member(of, Role.ACCEPTOR, "clerk")
    official.person = own
    official.save()
    user("nobody")
    # Nobody learns who is an official before having the code.
    pages = []
    for account in ("clerk", "nobody"):
        browser = Client()
        ask(browser, account)
        page = browser.post("/accounts/text/code/", {"code": "12345"}).content.decode()
        pages.append([line for line in page.splitlines() if "csrfmiddlewaretoken" not in line])
    assert pages[0] == pages[1]
    ask(client, "clerk")
    answer = client.post("/accounts/text/code/", {"code": code_in(sent)}, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/"
    assert "您的岗位不能用短信验证码登录" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_messages_are_slowed_so_that_no_phone_rings_all_day(
    client: Client, sent: Sent, own: Person
) -> None:
    user("worker", person=own)
    for _ in range(3):
        ask(client, "worker")
    page = client.post("/accounts/text/", {"account": "worker"})
    assert page.status_code == 422
    assert "尝试次数过多" in page.content.decode()
    assert len(sent.messages) == 3
    for number in range(7):
        answer = client.post(
            "/accounts/text/", {"account": "worker"}, REMOTE_ADDR=f"10.0.0.{number}"
        )
        assert answer.status_code == 302
    answer = client.post("/accounts/text/", {"account": "worker"}, REMOTE_ADDR="10.0.1.1")
    assert answer.status_code == 422


def test_who_goes_through_a_list_of_phones_is_slowed_and_neighbours_hardly(
    client: Client, sent: Sent, own: Person
) -> None:
    user("worker", person=own)
    for number in range(delays.TEXT_ADDRESS.free):
        answer = client.post("/accounts/text/", {"account": f"139{number:08}"})
        assert answer.status_code == 302
    slowed = client.post("/accounts/text/", {"account": "13911112222"})
    assert slowed.status_code == 422
    assert client.post("/accounts/text/", {"account": "worker"}).status_code == 422
    # Elsewhere it goes on, and here after a minute, however many were asked for.
    elsewhere = client.post("/accounts/text/", {"account": "worker"}, REMOTE_ADDR="10.0.0.1")
    assert elsewhere.status_code == 302
    count = delays.Count.of(delays.TEXT_ADDRESS, "127.0.0.1")
    SignInDelay.objects.filter(key=count.key).update(
        attempts=10_000, last_at=timezone.now() - timedelta(seconds=61)
    )
    assert client.post("/accounts/text/", {"account": "worker"}).status_code == 302


def test_the_database_holds_no_code_in_plain(client: Client, sent: Sent, own: Person) -> None:
    user("worker", person=own)
    client.post("/accounts/text/", {"account": "worker"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(people_textcode::text, ' ') FROM people_textcode")
        (kept,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(args::text, ' ') FROM procrastinate_jobs")
        (jobs,) = cursor.fetchone()
    does_the_workers_part()
    code = code_in(sent)
    assert code not in kept
    assert code not in jobs
    assert PHONE not in jobs
    assert TextCode.objects.get().unsent is None


def test_a_gateway_that_fails_is_tried_again(client: Client, sent: Sent, own: Person) -> None:
    user("worker", person=own)
    client.post("/accounts/text/", {"account": "worker"})
    pk, sent.status = str(TextCode.objects.get().pk), 503
    with pytest.raises(texts.NotSent, match="503"):
        texts.send_unsent(pk, at=timezone.now())
    sent.status = 200
    texts.send_unsent(pk, at=timezone.now())
    texts.send_unsent(pk, at=timezone.now())
    assert len(sent.messages) == 1


def test_a_gateway_that_is_not_there_is_told_without_the_message(
    own: Person, settings: Any
) -> None:
    settings.TEXTS = "http://127.0.0.1:9/send"
    kept, _shown = texts.send_code(
        TextCode.Purpose.SIGN_IN, user=user("worker"), person=own, at=timezone.now()
    )
    with pytest.raises(texts.NotSent) as failed:
        texts.send_unsent(str(kept.pk), at=timezone.now())
    assert PHONE not in str(failed.value)


def test_the_demo_shows_the_message_on_the_page(client: Client, settings: Any, own: Person) -> None:
    settings.TEXTS = "page"
    user("worker", person=own)
    assert "用短信验证码登录" in client.get("/accounts/login/").content.decode()
    page = client.post("/accounts/text/", {"account": "worker"}, follow=True).content.decode()
    found = re.search(r"演示环境不发短信。短信内容：验证码 (\d{6})", page)
    assert found
    assert client.post("/accounts/text/code/", {"code": found[1]}).status_code == 302
    assert not ProcrastinateJob.objects.filter(task_name=texts.SEND).exists()


def test_without_a_gateway_there_is_no_such_page(client: Client, settings: Any) -> None:
    settings.TEXTS = ""
    assert client.get("/accounts/text/").status_code == 404
    assert "短信" not in client.get("/accounts/login/").content.decode()


def claimed(client: Client, name: str, number: str) -> None:
    """Claims an archive."""
    answer = client.post("/mine/archive/claim/", {"name": name, "number": number})
    assert answer.headers["Location"] == "/mine/archive/claim/code", answer.content.decode()
    does_the_workers_part()


def test_an_archive_is_claimed_by_its_phone(client: Client, sent: Sent, own: Person) -> None:
    worker = user("worker")
    client.force_login(worker)
    assert "实名认领" in client.get("/mine/archive/").content.decode()
    claimed(client, "王芳", identity_number("420106", BORN))
    answer = client.post("/mine/archive/claim/code", {"code": code_in(sent)})
    assert answer.headers["Location"] == "/mine/archive/"
    assert "王芳" in client.get("/mine/archive/").content.decode()
    assert User.objects.get(pk=worker.pk).person == own
    assert client.get("/mine/archive/claim/").status_code == 404


def test_another_ones_archive_is_not_claimed(client: Client, sent: Sent, own: Person) -> None:
    client.force_login(user("thief"))
    right = identity_number("420106", BORN)
    for name, number in (("王方", right), ("王芳", identity_number("420106", date(1970, 1, 1)))):
        claimed(client, name, number)
    user("owner", person=own)
    claimed(client, "王芳", right)
    assert sent.messages == []
    assert client.post("/mine/archive/claim/code", {"code": "123456"}).status_code == 422


def test_a_code_for_one_thing_or_one_user_is_none_for_another(
    client: Client, sent: Sent, own: Person
) -> None:
    first, second = Client(), Client()
    first.force_login(user("first"))
    second.force_login(user("second"))
    claimed(first, "王芳", identity_number("420106", BORN))
    session = second.session
    session["claim_code"] = str(TextCode.objects.get().pk)
    session.save()
    answer = second.post("/mine/archive/claim/code", {"code": code_in(sent)})
    assert answer.status_code == 422
    assert not User.objects.filter(person=own).exists()


def test_old_codes_are_swept(own: Person, sent: Sent) -> None:
    now = timezone.now()
    texts.send_code(TextCode.Purpose.SIGN_IN, user=None, person=None, at=now - texts.HOLDS * 2)
    texts.send_code(TextCode.Purpose.SIGN_IN, user=None, person=None, at=now)
    assert texts.forget_old_codes(at=now) == 1
    assert TextCode.objects.count() == 1


@pytest.mark.parametrize("reached_as", ["JINENG_HTTPS", "JINENG_HOSTS"])
def test_codes_are_on_no_page_that_others_reach(reached_as: str) -> None:
    assert texts_of(JINENG_SMS="page") == "page"
    assert texts_of(JINENG_SMS="page", **{reached_as: "1"}) == ""


def texts_of(**variables: str) -> str:
    """The setting TEXTS as it is with these variables."""
    told = "from jineng.config import settings; print(settings.TEXTS)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", told],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
