"""The inbox as its owner uses it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jineng.inbox.models import Choice, Contact, Notice
from jineng.inbox.queries import unread_count
from jineng.inbox.reading import keep
from jineng.people.models import Role, User
from tests.access.world import World, signed_in


@pytest.fixture
def worker(world: World) -> User:
    user = world.home.users[Role.WORKER]
    notices = [
        Notice(
            user=user,
            telling="people.corrected",
            topic="archive",
            cause=str(number),
            about={"columns": ["education"]},
            at=timezone.now(),
        )
        for number in range(40)
    ]
    notices.append(
        Notice(
            user=user,
            telling="people.factor",
            topic="security",
            cause="1",
            about={"type": "totp", "gone": False},
            at=timezone.now(),
        )
    )
    keep(notices, at=timezone.now())
    return user


@pytest.fixture
def browser_of(worker: User) -> Client:
    return signed_in(worker)


def text(answer: HttpResponseBase) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()  # type: ignore[attr-defined]


def items(page: str) -> int:
    return len(re.findall('<li class="inbox-item', page))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_the_list_and_what_it_is_narrowed_by(browser_of: Client) -> None:
    page = text(browser_of.get("/inbox/"))
    assert items(page) == 30
    assert "接下来" in page
    assert items(text(browser_of.get("/inbox/?page=2"))) == 11
    page = text(browser_of.get("/inbox/?topic=security"))
    assert items(page) == 1
    assert "您的双重验证有变动" in page
    # What means nothing is passed over.
    assert items(text(browser_of.get("/inbox/?topic=none&unread=2&page=x"))) == 30


def test_what_is_opened_was_read(browser_of: Client, worker: User) -> None:
    one = Notice.objects.get(user=worker, telling="people.factor")
    assert unread_count(fresh(worker)) == 41
    assert "手机验证器" in text(browser_of.get(f"/inbox/{one.pk}/"))
    assert unread_count(fresh(worker)) == 40
    assert items(text(browser_of.get("/inbox/?topic=security&unread=1"))) == 0
    answer = browser_of.post(
        f"/inbox/{one.pk}/mark", {"as": "unread", "topic": "security", "unread": "1"}
    )
    assert answer.headers["Location"] == "/inbox/?topic=security&unread=1"
    assert items(text(browser_of.get(answer.headers["Location"]))) == 1
    answer = browser_of.get(f"/inbox/{one.pk}/case")
    assert answer.headers["Location"] == "/accounts/factors/"
    assert unread_count(fresh(worker)) == 40


def test_all_are_marked_and_that_is_undone(browser_of: Client, worker: User) -> None:
    read_before = Notice.objects.filter(user=worker, topic="archive").first()
    assert read_before is not None
    browser_of.get(f"/inbox/{read_before.pk}/")
    page = text(browser_of.post("/inbox/read", {"topic": "archive"}, follow=True))
    assert "39 条消息已标为已读" in page
    assert unread_count(fresh(worker)) == 1
    token = re.search('name="token" value="([^"]+)"', page)
    assert token
    # Nobody else can undo it, and it is offered once.
    assert "撤销" not in text(browser_of.get("/inbox/"))
    page = text(browser_of.post("/inbox/undo", {"token": token[1]}, follow=True))
    assert "已撤销" in page
    assert unread_count(fresh(worker)) == 40
    assert "不能撤销" in text(browser_of.post("/inbox/undo", {"token": "made:up"}, follow=True))


def test_nobody_reads_what_others_were_told(world: World, worker: User) -> None:
    one = Notice.objects.filter(user=worker).first()
    assert one is not None
    for other in (world.home.users[Role.AUDITOR], world.elsewhere.users[Role.WORKER]):
        client = signed_in(other)
        for path in ("", "case"):
            assert client.get(f"/inbox/{one.pk}/{path}").status_code == 404
        assert client.post(f"/inbox/{one.pk}/mark", {"as": "read"}).status_code == 404
    one.refresh_from_db()
    assert one.read_at is None


def test_the_bell_costs_one_query_however_much_waits(worker: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as made:
        user = fresh(worker)
        assert (unread_count(user), unread_count(user)) == (41, 41)
    assert len(made) == 2
    Notice.objects.bulk_create(
        Notice(
            user=worker,
            telling="people.factor",
            topic="security",
            cause=f"more {n}",
            at=timezone.now(),
        )
        for n in range(200)
    )
    assert unread_count(fresh(worker)) == 100


def test_a_list_of_thirty_costs_as_much_as_one_of_one(browser_of: Client) -> None:
    browser_of.get("/inbox/")
    counts = []
    for path in ("/inbox/", "/inbox/?topic=security"):
        with CaptureQueriesContext(connection) as made:
            browser_of.get(path)
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_a_notice_whose_telling_is_gone_is_read_all_the_same(
    browser_of: Client, worker: User
) -> None:
    for number, telling in enumerate(("gone.away", "people.factor")):
        one = Notice.objects.create(
            user=worker, telling=telling, topic="gone", cause=f"old {number}", at=timezone.now()
        )
        assert "这条通知的内容已不能显示" in text(browser_of.get(f"/inbox/{one.pk}/"))
        answer = browser_of.get(f"/inbox/{one.pk}/case")
        assert answer.headers["Location"] == f"/inbox/{one.pk}/"


def test_what_is_ticked_is_kept(browser_of: Client, worker: User, settings: Any) -> None:
    settings.EMAIL_HOST, settings.TEXTS = "127.0.0.1", "page"
    page = text(browser_of.get("/inbox/choices/"))
    assert "账号安全" in page
    # What never concerns a worker.
    assert "系统运行" not in page
    browser_of.post(
        "/inbox/choices/save",
        {
            "mail": ["security", "platform"],
            "text": ["archive"],
            "rhythm": "weekly",
            "language": "en",
        },
    )
    kept = {one.topic: (one.mail, one.text) for one in Choice.objects.filter(user=worker)}
    assert kept["archive"] == (False, True)
    assert kept["security"] == (True, False)
    assert "platform" not in kept
    contact = Contact.objects.get(user=worker)
    assert (contact.rhythm, contact.language) == ("weekly", "en")
    # Whoever chooses a language for the pages chooses it for what is sent, too.
    browser_of.post("/preferences/set/", {"language": "zh-hans"})
    assert Contact.objects.get(user=worker).language == "zh-hans"
    answer = browser_of.post("/inbox/choices/save", {"rhythm": "hourly"}, follow=True)
    assert "没有这种汇总方式" in text(answer)


def test_a_phone_is_set_in_a_demo(browser_of: Client, worker: User, settings: Any) -> None:
    settings.TEXTS = "page"
    page = text(browser_of.post("/inbox/choices/phone", {"phone": "13800000009"}, follow=True))
    found = re.search(r"验证码 (\d{6})，", page)
    assert found
    wrong = browser_of.post("/inbox/choices/phone/code", {"code": "1"})
    assert wrong.status_code == 422
    assert "验证码不正确" in wrong.content.decode()
    page = text(browser_of.post("/inbox/choices/phone/code", {"code": found[1]}, follow=True))
    assert "手机号已确认" in page
    assert "13800000009" not in page
    browser_of.post("/inbox/choices/forget", {"way": "text"})
    assert Contact.objects.get(user=worker).phone is None
    wrong = browser_of.post("/inbox/choices/phone", {"phone": "12"})
    assert wrong.status_code == 422


def test_a_site_that_sends_nothing_says_so(browser_of: Client, settings: Any) -> None:
    settings.EMAIL_HOST = settings.TEXTS = ""
    assert "没有开通电子邮件和短信" in text(browser_of.get("/inbox/choices/"))
    assert browser_of.post("/inbox/choices/mail", {"address": "a@example.com"}).status_code == 302
    assert not Contact.objects.exists()
