"""Homes: each role has one, made of what is really there, and cheap."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jineng.core.events import acting
from jineng.people.commands.archives import ask_correction
from jineng.people.models import (
    BlacklistEntry,
    CorrectionRequest,
    ImportRun,
    Organisation,
    Qualification,
    Role,
    SignUp,
)
from jineng.people.roles import RIGHTS, Kind
from tests.access.world import TODAY, World, signed_in
from tests.portal.batches import handed_in

pytestmark = pytest.mark.django_db

#: Of the request and the frame: session, user, roles, their organisations' kinds; the second
#: factor; what is unread.
STACK = 6


def home(world: World, role: str, *, far: bool = False) -> str:
    """The home page of whoever has this role."""
    district = world.elsewhere if far else world.home
    page = signed_in(district.users[role]).get("/")
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_home_of_few_queries(world: World, role: str) -> None:
    client = signed_in(world.home.users[role])
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get("/").content.decode()
    assert ("工作台" in page) == (role != Role.WORKER)
    if role != Role.WORKER:
        assert str(Role(role).label) in page
    most = STACK + (7 if role == Role.WORKER else 4)
    assert len(asked) <= most, [one["sql"][:150] for one in asked]


def test_a_request_waits_for_whoever_may_answer_it_with_its_last_day(world: World) -> None:
    asked_on = TODAY - timedelta(days=7)
    CorrectionRequest.objects.update(
        asked_at=timezone.now().replace(
            year=asked_on.year, month=asked_on.month, day=asked_on.day, hour=4
        )
    )
    page = home(world, Role.ACCEPTOR)
    assert "更正申请待答复" in page
    assert "2026-12-14 到期" in page  # thirty days on is a Sunday
    assert "更正申请待答复" not in home(world, Role.ACCEPTOR, far=True)
    assert "更正申请待答复" not in home(world, Role.FIRST_REVIEWER)
    assert "等待答复" in home(world, Role.WORKER)


def test_what_is_late_says_so(world: World) -> None:
    CorrectionRequest.objects.update(asked_at=timezone.now() - timedelta(days=90))
    page = home(world, Role.ACCEPTOR)
    assert "已逾期" in page
    assert "1 类已逾期" in page


def test_departments_see_their_queues_alone(world: World) -> None:
    BlacklistEntry.objects.filter(organisation=None).update(appeal="filed", appealed_on=TODAY)
    Qualification.objects.update(ends_on=TODAY + timedelta(days=10))
    assert "企业报名待安排" in home(world, Role.ACCEPTOR)
    assert "企业报名待安排" not in home(world, Role.ACCEPTOR, far=True)
    assert "资质即将到期" in home(world, Role.ACCEPTOR)
    assert "资质即将到期" in home(world, Role.ENTERPRISE_HR)
    assert "资质即将到期" not in home(world, Role.ENTERPRISE_HR, far=True)
    supervisor = home(world, Role.SUPERVISOR)
    assert "个人的黑名单申诉待决定" in supervisor
    assert "单位的黑名单申诉待决定" not in supervisor
    assert "黑名单申诉" not in home(world, Role.SUPERVISOR, far=True)


def test_a_qualification_that_another_follows_waits_for_nobody(world: World) -> None:
    ends = TODAY + timedelta(days=10)
    held = Qualification.objects.get()
    Qualification.objects.update(ends_on=ends)
    Qualification.objects.create(
        organisation=held.organisation,
        kind=held.kind,
        number="2",
        issuer="市人社局",
        starts_on=ends + timedelta(days=1),
    )
    assert "资质即将到期" not in home(world, Role.ACCEPTOR)


def test_a_refused_file_waits_until_one_goes_in(world: World) -> None:
    by, at = world.home.users[Role.ACCEPTOR], timezone.now()
    ImportRun.objects.create(kind="persons", state="refused", at=at, by=by, file_name="人员.csv")
    assert "导入的文件有错误" in home(world, Role.ACCEPTOR)
    ImportRun.objects.create(
        kind="persons", state="done", at=at + timedelta(minutes=1), by=by, file_name="人员.csv"
    )
    assert "导入的文件有错误" not in home(world, Role.ACCEPTOR)


def test_standing_in_is_told_to_both(world: World) -> None:
    assert "我的岗位由同事代理" in home(world, Role.ACCEPTOR)
    colleague = signed_in(
        world.home.users[Role.ACCEPTOR].memberships.get().delegations.get().to_user
    )
    page = colleague.get("/").content.decode()
    assert "我正在代理同事的岗位" in page
    assert "受理（代理）" in page


def test_what_colleagues_did_is_told_within_reach(world: World) -> None:
    users, firm = world.home.users, world.home.bodies[Kind.ENTERPRISE]
    with acting(by=users[Role.ACCEPTOR]):
        Organisation.objects.filter(pk=firm.pk).update(size="small")
        SignUp.objects.update(note="已联系")
    mine = home(world, Role.ACCEPTOR)
    assert '<span class="who">我</span>修改了单位信息' in mine
    assert f'<a href="/organisations/{firm.pk}/">{firm.name}</a>' in mine
    assert f"{users[Role.ACCEPTOR].username}</span>修改了单位信息" in home(
        world, Role.FIRST_REVIEWER
    )
    assert "修改了单位信息" not in home(world, Role.FIRST_REVIEWER, far=True)
    assert "修改了单位信息" not in home(world, Role.TEACHER)


def test_what_somebody_made_is_told_to_them_alone(world: World) -> None:
    admin = world.home.users[Role.POLICY_ADMIN]
    batch = handed_in(admin, "9月.xlsx")
    made = {
        "上传了申领表": f"/batches/{batch.pk}/",
        "修改了政策草案": f"/drafts/{world.things['draft']}/",
        "录入了地区标准": f"/standards/{world.things['begun_standard']}/",
        "按草案试算": f"/whatif/{world.things['trial']}/",
    }
    page, anothers = home(world, Role.POLICY_ADMIN), home(world, Role.STATISTICIAN)
    for what, url in made.items():
        assert f'<span class="who">我</span>{what} <a href="{url}">' in page
        assert what not in anothers
    # What is kept of the statement is kept in no language.
    client = signed_in(admin)
    client.cookies["jineng_language"] = "en"
    english = client.get("/").content.decode()
    assert "未提交的标准草稿" not in english
    assert "按草案试算" not in english


def test_what_was_done_with_persons_is_for_those_who_read_histories(world: World) -> None:
    users, who = world.home.users, world.home.person
    with acting(by=users[Role.ACCEPTOR]):
        type(who).objects.filter(pk=who.pk).update(education="college")
    assert "修改了人员档案" in home(world, Role.APPROVER)
    assert "修改了人员档案" not in home(world, Role.CASHIER)
    assert "修改了人员档案" not in home(world, Role.STATISTICIAN)


def test_who_is_on_the_blacklist_is_for_those_who_may_see_it(world: World) -> None:
    users, firm = world.home.users, world.home.bodies[Kind.ENTERPRISE]
    with acting(by=users[Role.SUPERVISOR]):
        BlacklistEntry.objects.create(
            organisation=firm, reason="虚报", decision_number="2", starts_on=TODAY
        )
    assert "列入黑名单" in home(world, Role.APPROVER)
    assert "列入黑名单" not in home(world, Role.CASHIER)
    for role, may in ((Role.APPROVER, True), (Role.CASHIER, False), (Role.ENTERPRISE_HR, False)):
        client = signed_in(users[role])
        for address in ("/persons/", "/organisations/"):
            asked = client.get(f"{address}?blacklisted=1")
            everybody = client.get(address).context["table"]
            assert ("只看黑名单" in asked.content.decode()) == may
            assert (asked.context["table"].count == everybody.count) != may


def test_a_worker_reads_chances_gaps_and_looks(world: World) -> None:
    signed_in(world.home.users[Role.ACCEPTOR]).get(f"/persons/{world.home.person.pk}/")
    page = home(world, Role.WORKER)
    assert "还可以参加 <strong>3</strong> 次" in page
    assert "文化程度" in page
    assert "银行账户" not in page
    assert "打开档案" in page
    ask_correction(
        world.home.person,
        about="education",
        stated="大专",
        by=world.home.users[Role.WORKER],
        at=timezone.now(),
    )
    assert "更正申请：文化程度" in home(world, Role.WORKER)


def test_whoever_has_no_archive_is_led_to_claim_it(world: World, settings: Any) -> None:
    settings.TEXTS = "page"
    worker = world.home.users[Role.WORKER]
    type(worker).objects.filter(pk=worker.pk).update(person=None)
    assert "用身份证号认领" in home(world, Role.WORKER)
    settings.TEXTS = ""
    assert "用身份证号认领" not in home(world, Role.WORKER)


def test_officials_without_a_second_factor_see_no_home(world: World) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.all().delete()
    for role in Role:
        page = signed_in(world.home.users[role]).get("/")
        assert (page.status_code == 302) == RIGHTS[role].official
