"""One's archive: seen, exported, put right; and who looked into it."""

import json
import threading
import time
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.utils import timezone

from jineng.core.events import events_of
from jineng.people.commands import archives as commands
from jineng.people.commands.merging import merge_persons
from jineng.people.errors import Refused
from jineng.people.models import CorrectionRequest, Delegation, Role, User
from jineng.people.queries.archives import looks_at, masked
from jineng.people.roles import Kind
from tests.access.world import PASSWORD, TODAY, World, member, person, signed_in, user

pytestmark = pytest.mark.django_db
PHONE = "13800000000"


def test_a_number_is_shown_for_a_reason_that_its_owner_reads(world: World) -> None:
    home = world.home
    clerk = signed_in(home.users[Role.FIRST_REVIEWER])
    address = f"/persons/{home.person.pk}/reveal/phone"
    assert PHONE not in clerk.get(address).content.decode()
    short = clerk.post(address, {"why": "看看"})
    assert short.status_code == 422
    assert PHONE not in short.content.decode()
    assert not events_of(home.person).filter(kind="revealed").exists()
    page = clerk.post(address, {"why": "核对申领人电话"})
    assert PHONE in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    (look,) = looks_at(home.person)
    assert look.what == "查看完整的手机号"
    assert look.who == f"{home.bodies[Kind.HUMAN_RESOURCES].name} 初审"
    own = signed_in(home.users[Role.WORKER]).get("/mine/archive/").content.decode()
    for told in ("查看完整的手机号", "核对申领人电话", "初审"):
        assert told in own


def test_a_look_is_written_with_the_number_or_not_at_all(world: World) -> None:
    """The event names the field, the actor and the reason, and holds no number."""
    clerk = world.home.users[Role.CASHIER]
    shown = commands.reveal(
        world.home.person, "bank_account", by=clerk, on=TODAY, why="核对收款账号"
    )
    assert shown == "6222000000000000000"
    event = events_of(world.home.person).get(kind="revealed")
    assert (event.actor_id, event.why) == (clerk.pk, "核对收款账号")
    assert event.after == {
        "field": "bank_account",
        "role": "cashier",
        "organisation": world.home.bodies[Kind.HUMAN_RESOURCES].pk,
    }


def test_who_stands_in_is_told_as_such(world: World) -> None:
    colleague = member(world.home.bodies[Kind.HUMAN_RESOURCES], Role.STATISTICIAN, "stand-in")
    Delegation.objects.create(
        membership=world.home.users[Role.SUPERVISOR].memberships.get(),
        to_user=colleague,
        starts_on=TODAY,
        ends_on=TODAY,
        reason="年休假",
    )
    commands.reveal(world.home.person, "phone", by=colleague, on=TODAY, why="核对联系方式")
    (look,) = looks_at(world.home.person)
    assert look.who == f"{world.home.bodies[Kind.HUMAN_RESOURCES].name} 监管（代理）"


def test_a_look_into_a_record_merged_away_is_read_too(world: World) -> None:
    home, clerk = world.home, world.home.users[Role.ACCEPTOR]
    gone = person("王芳", "420106", date(1979, 5, 5))
    commands.note_opened(gone, by=clerk, on=TODAY, at=timezone.now())
    assert looks_at(home.person) == []
    merge_persons(home.person, gone, by=clerk, on=TODAY, at=timezone.now(), why="同一人")
    commands.reveal(gone, "phone", by=clerk, on=TODAY, why="核对旧档案电话")
    assert [look.what for look in looks_at(home.person)] == ["查看完整的手机号", "打开档案"]


def test_who_may_not_sees_none(world: World) -> None:
    person, why = world.home.person, "想知道一下"
    for role, refused in (
        (Role.ENTERPRISE_HR, PermissionDenied),
        (Role.WORKER, PermissionDenied),
        (Role.PLATFORM_ADMIN, Http404),
    ):
        with pytest.raises(refused):
            commands.reveal(person, "phone", by=world.home.users[role], on=TODAY, why=why)
    with pytest.raises(Http404):
        commands.reveal(person, "phone", by=world.elsewhere.users[Role.ACCEPTOR], on=TODAY, why=why)
    with pytest.raises(PermissionDenied):
        commands.reveal(person, "name_key", by=world.home.users[Role.ACCEPTOR], on=TODAY, why=why)
    assert looks_at(person) == []


def test_opening_is_noted_once_an_hour_and_not_by_oneself(world: World) -> None:
    person, clerk = world.home.person, world.home.users[Role.ACCEPTOR]
    now = timezone.now()
    for later in (timedelta(), timedelta(minutes=30)):
        commands.note_opened(person, by=clerk, on=TODAY, at=now + later)
    assert len(looks_at(person)) == 1
    commands.note_opened(person, by=clerk, on=TODAY, at=now + timedelta(hours=2))
    assert len(looks_at(person)) == 2
    commands.note_opened(person, by=world.home.users[Role.WORKER], on=TODAY, at=now)
    assert len(looks_at(person)) == 2


def test_ones_archive_is_masked_on_the_page_and_whole_in_the_file(world: World) -> None:
    person = world.home.person
    worker = Client()
    worker.post(
        "/accounts/login/",
        {"login": world.home.users[Role.WORKER].username, "password": PASSWORD},
    )
    page = worker.get("/mine/archive/").content.decode()
    for number in (str(person.identity_number), PHONE, str(person.bank_account)):
        assert number not in page
    for told in ("王芳", "下岗", "420106 企业", "138******00"):
        assert told in page
    stated = {"about": "phone", "stated": "13900000000"}
    worker.post("/mine/archive/corrections", stated)
    # The file asks for the password once more.
    asked = worker.get("/mine/archive/archive.json")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    answer = worker.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
    held = json.loads(answer.content)
    basics = {row["项目"]: row["内容"] for row in held["基本信息"]}
    assert basics["身份证号"] == str(person.identity_number)
    assert basics["手机号"] == PHONE
    assert "下岗" in held["人员类别"][0]["类别"]
    assert held["就业登记"][0]["单位"] == "420106 企业"
    assert "查看记录" in held
    (asked_for,) = held["更正申请"]
    assert (asked_for["内容"], asked_for["正确的内容"]) == ("手机号", "13900000000")


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_at_once_one_has_the_archive() -> None:
    somebody = person("王芳", "420106", date(1979, 5, 5))
    number, outcomes, start = str(somebody.identity_number), [], threading.Barrier(4)
    accounts = [user(f"worker {at}") for at in range(4)]

    def claim(account: User) -> None:
        start.wait()
        try:
            commands.tie_archive(account, number=number, on=TODAY, why="实名")
            outcomes.append("tied")
        except Refused as refused:
            outcomes.append(refused.message[:12])
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=[account]) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["tied", *["您的档案已与另一个账号对"] * 3]
    assert User.objects.filter(person=somebody).count() == 1


def test_who_has_no_password_signs_in_anew_for_the_file(world: World) -> None:
    """As those do who come by text message or the government's sign-on."""
    worker = world.home.users[Role.WORKER]
    worker.set_unusable_password()
    worker.save()
    client = signed_in(worker)
    answer = client.get("/mine/archive/archive.json")
    assert answer.headers["Location"] == "/accounts/login/?next=/mine/archive/archive.json"
    assert client.get("/mine/archive/").status_code == 302
    # Who has just signed in is not asked again.
    client = signed_in(worker)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = str(worker.pk)
    session.save()
    assert "基本信息" in json.loads(client.get("/mine/archive/archive.json").content)


def test_who_has_no_record_is_told_so() -> None:
    page = signed_in(user("nobody-yet")).get("/mine/archive/").content.decode()
    assert "还没有与您的账号对应的档案" in page


def test_a_correction_is_asked_answered_and_shown(world: World) -> None:
    home = world.home
    CorrectionRequest.objects.all().delete()
    own = signed_in(home.users[Role.WORKER])
    words = {"about": "bank_account", "stated": "开户行为湖北银行"}
    assert own.post("/mine/archive/corrections", words).status_code == 302
    asked = CorrectionRequest.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_correctionrequest::text FROM people_correctionrequest")
        (row,) = cursor.fetchone()
    assert "湖北银行" not in row
    clerk = signed_in(home.users[Role.ACCEPTOR])
    assert "银行账户" in clerk.get("/corrections/").content.decode()
    address = f"/corrections/{asked.pk}/"
    assert "湖北银行" in clerk.get(address).content.decode()
    assert clerk.post(address, {"outcome": "corrected", "answer": ""}).status_code == 422
    words = {"outcome": "corrected", "answer": "已按存折更正"}
    assert clerk.post(address, words).status_code == 302
    page = own.get("/mine/archive/").content.decode()
    assert "已按存折更正" in page
    assert "已更正" in page
    assert clerk.get("/corrections/").context["table"].things == []
    with pytest.raises(Refused, match="已经答复"):
        commands.answer_correction(
            asked,
            outcome="declined",
            answer="x",
            by=home.users[Role.ACCEPTOR],
            on=TODAY,
            at=timezone.now(),
        )


def test_what_waits_is_asked_once_and_not_all_day(world: World) -> None:
    own, at = world.home.users[Role.WORKER], timezone.now()

    def ask(about: str, when: datetime = at) -> None:
        commands.ask_correction(world.home.person, about=about, stated="x", by=own, at=when)

    CorrectionRequest.objects.all().delete()
    ask("name")
    with pytest.raises(Refused, match="已申请更正“姓名”，正在等待答复"):
        ask("name", at + timedelta(days=3))
    for about in ("phone", "sex", "regions", "education"):
        ask(about)
    with pytest.raises(Refused, match="一天最多申请 5 次"):
        ask("other")
    page = signed_in(own).post("/mine/archive/corrections", {"about": "name", "stated": "王芬"})
    assert page.status_code == 422
    assert "正在等待答复" in page.content.decode()
    ask("other", at + timedelta(days=1))
    CorrectionRequest.objects.filter(about="name").update(
        outcome="declined", answer="x", answered_by=own, answered_at=at
    )
    ask("name", at + timedelta(days=3))


def test_nobody_asks_for_another(world: World) -> None:
    with pytest.raises(PermissionDenied):
        commands.ask_correction(
            world.home.person,
            about="phone",
            stated="x",
            by=world.elsewhere.users[Role.WORKER],
            at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("phone", PHONE, "138******00"),
        ("bank_account", "6222000000000001234", "***************1234"),
        ("phone", None, ""),
        ("phone", "12", "**"),
    ],
)
def test_masks_leave_the_ends(field: str, value: str | None, shown: str) -> None:
    assert masked(field, value) == shown
