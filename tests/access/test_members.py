"""Roles given and ended, stand-ins, and roles that don't go together."""

import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from jineng.core.events import events_of
from jineng.people.commands import members as commands
from jineng.people.errors import Refused
from jineng.people.models import Delegation, Membership, Organisation, Role, User
from jineng.people.roles import Kind
from tests.access.world import (
    PASSWORD,
    SINCE,
    TODAY,
    identity_number,
    member,
    organisation,
    person,
    signed_in,
    user,
)

WHEN: dict[str, Any] = {"starts_on": TODAY, "on": TODAY, "why": "到任"}


@pytest.fixture
def department() -> Organisation:
    """A district's department of human resources."""
    return organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)


@pytest.fixture
def platform() -> User:
    """Who runs the platform."""
    return member(None, Role.PLATFORM_ADMIN, "platform")


@pytest.mark.django_db
def test_a_role_is_given_and_the_log_says_by_whom_and_why(
    department: Organisation, platform: User
) -> None:
    clerk = user("clerk")
    held = commands.grant_role(
        user=clerk, organisation=department, role=Role.ACCEPTOR, by=platform, **WHEN
    )
    event = events_of(held).get()
    assert (event.kind, event.actor_id, event.why) == ("insert", platform.pk, "到任")
    with pytest.raises(Refused, match="已有这个岗位"):
        commands.grant_role(
            user=clerk, organisation=department, role=Role.ACCEPTOR, by=platform, **WHEN
        )


@pytest.mark.django_db
def test_nobody_gives_oneself_a_role(department: Organisation, platform: User) -> None:
    with pytest.raises(Refused, match="不能给自己"):
        commands.grant_role(
            user=platform, organisation=department, role=Role.AUDITOR, by=platform, **WHEN
        )


@pytest.mark.django_db
def test_a_role_needs_its_kind_of_organisation(platform: User) -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    with pytest.raises(Refused, match="“企业”没有“审批”岗位"):
        commands.grant_role(
            user=user("x"), organisation=firm, role=Role.APPROVER, by=platform, **WHEN
        )
    with pytest.raises(Refused, match="须属于一个单位"):
        commands.grant_role(
            user=user("y"), organisation=None, role=Role.AUDITOR, by=platform, **WHEN
        )


@pytest.mark.django_db
def test_an_organisation_manages_its_own_members_alone() -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE, Kind.INSTITUTION, Kind.HUMAN_RESOURCES)
    other = organisation("别家", "420106", Kind.ENTERPRISE)
    personnel = member(firm, Role.ENTERPRISE_HR, "hr")
    words: dict[str, Any] = {"username": "colleague", "by": personnel, **WHEN}
    for of, role in ((other, Role.ENTERPRISE_HR), (firm, Role.CASHIER), (None, Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            commands.invite_member(organisation=of, role=role, **words)
    assert commands.invite_member(organisation=firm, role=Role.TEACHER, **words)
    # Somebody with an account is asked first.
    for role in (Role.TEACHER, Role.CASHIER):
        with pytest.raises(PermissionDenied):
            commands.grant_role(
                user=user(f"known-{role}"), organisation=firm, role=role, by=personnel, **WHEN
            )


def refused_together(call: Callable[[], Any]) -> None:
    """The database refuses what `call` writes."""
    with pytest.raises(IntegrityError, match="do not go together"), transaction.atomic():
        call()


@pytest.mark.django_db
def test_nobody_approves_and_pays_in_one_department(
    department: Organisation, platform: User
) -> None:
    both = member(department, Role.APPROVER, "approver")
    with pytest.raises(Refused, match="审批与出纳不得由一人担任"):
        commands.grant_role(
            user=both, organisation=department, role=Role.CASHIER, by=platform, **WHEN
        )
    # Whatever way it comes: by the row, in bulk, in raw SQL, by a change.
    cashier = Membership(user=both, organisation=department, role="cashier", starts_on=TODAY)
    refused_together(cashier.save)
    refused_together(lambda: Membership.objects.bulk_create([cashier]))
    refused_together(lambda: _raw_cashier(both, department))
    teacher = Membership.objects.create(
        user=both, organisation=department, role="teacher", starts_on=TODAY
    )
    refused_together(lambda: Membership.objects.filter(pk=teacher.pk).update(role="cashier"))
    # In another department, or once the one is over, it may be.
    elsewhere = organisation("市人社局", "420100", Kind.HUMAN_RESOURCES)
    Membership.objects.create(user=both, organisation=elsewhere, role="cashier", starts_on=TODAY)
    Membership.objects.filter(user=both, role="approver").update(ends_on=TODAY - timedelta(days=1))
    assert commands.grant_role(
        user=both, organisation=department, role=Role.CASHIER, by=platform, **WHEN
    )
    refused_together(
        lambda: Membership.objects.filter(user=both, role="approver").update(ends_on=TODAY)
    )


def _raw_cashier(whom: User, of: Organisation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_membership (user_id, organisation_id, role, starts_on)"
            " VALUES (%s, %s, 'cashier', '2027-01-01')",
            [whom.pk, of.pk],
        )


@pytest.mark.django_db
def test_nor_by_standing_in(department: Organisation, platform: User) -> None:
    approver = member(department, Role.APPROVER, "approver")
    cashier = member(department, Role.CASHIER, "cashier")
    words: dict[str, Any] = {"ends_on": TODAY + timedelta(days=5), "reason": "年休假", "on": TODAY}
    away = Membership.objects.get(user=approver)
    with pytest.raises(Refused, match="岗位不相容"):
        commands.delegate(away, to_user=cashier, starts_on=TODAY, by=approver, **words)
    # The other way round: who stands in for the approver is not made cashier meanwhile.
    colleague = member(department, Role.ACCEPTOR, "colleague")
    commands.delegate(away, to_user=colleague, starts_on=TODAY, by=approver, **words)
    with pytest.raises(Refused, match="岗位不相容"):
        commands.grant_role(
            user=colleague, organisation=department, role=Role.CASHIER, by=platform, **WHEN
        )
    # Nor does a membership that comes to life later slip through.
    Membership.objects.filter(pk=away.pk).update(ends_on=TODAY - timedelta(days=1))
    later = commands.grant_role(
        user=colleague, organisation=department, role=Role.CASHIER, by=platform, **WHEN
    )
    assert later.pk
    refused_together(lambda: Membership.objects.filter(pk=away.pk).update(ends_on=None))


@pytest.mark.django_db
def test_who_runs_the_platform_holds_nothing_else(department: Organisation, platform: User) -> None:
    refused_together(
        lambda: Membership.objects.create(
            user=platform, organisation=department, role="auditor", starts_on=TODAY
        )
    )
    official = member(department, Role.AUDITOR, "auditor")
    with pytest.raises(Refused, match="平台管理员不得兼任"):
        commands.grant_role(
            user=official, organisation=None, role=Role.PLATFORM_ADMIN, by=platform, **WHEN
        )


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_do_not_slip_past_each_other() -> None:
    """Many times over, each by a connection of its own: at most one of the two stands."""
    department = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    people = [user(f"u{number}") for number in range(12)]

    def give(whom: User, role: str, start: threading.Barrier) -> None:
        try:
            start.wait()
            Membership.objects.create(
                user=whom, organisation=department, role=role, starts_on=TODAY
            )
        except IntegrityError:
            pass
        finally:
            connections.close_all()

    for whom in people:
        start = threading.Barrier(2)
        pair = [
            threading.Thread(target=give, args=(whom, role, start))
            for role in ("approver", "cashier")
        ]
        for one in pair:
            one.start()
        for one in pair:
            one.join()
        assert Membership.objects.filter(user=whom).count() == 1


@pytest.mark.django_db
def test_a_role_is_ended(department: Organisation, platform: User) -> None:
    clerk = member(department, Role.ACCEPTOR, "clerk")
    held = Membership.objects.get(user=clerk)
    yesterday = TODAY - timedelta(days=1)
    commands.end_role(held, last_day=yesterday, by=platform, on=TODAY, why="调离")
    held.refresh_from_db()
    assert held.ends_on == yesterday
    assert events_of(held)[0].why == "调离"
    with pytest.raises(Refused, match="已于"):
        commands.end_role(held, last_day=TODAY, by=platform, on=TODAY, why="x")
    with pytest.raises(PermissionDenied):
        commands.end_role(held, last_day=SINCE, by=clerk, on=TODAY, why="x")
    own = Membership.objects.get(user=platform)
    with pytest.raises(Refused, match="不能结束自己的岗位"):
        commands.end_role(own, last_day=TODAY, by=platform, on=TODAY, why="x")


@pytest.mark.django_db
def test_a_role_that_never_began_is_taken_back(department: Organisation, platform: User) -> None:
    held = commands.grant_role(
        user=user("clerk"), organisation=department, role=Role.ACCEPTOR, by=platform, **WHEN
    )
    pk = held.pk
    commands.end_role(held, last_day=TODAY - timedelta(days=1), by=platform, on=TODAY, why="误授")
    assert not Membership.objects.filter(pk=pk).exists()


@pytest.mark.django_db
def test_a_leave_has_days_and_a_colleague(department: Organisation) -> None:
    clerk = member(department, Role.ACCEPTOR, "clerk")
    colleague = member(department, Role.FIRST_REVIEWER, "colleague")
    held = Membership.objects.get(user=clerk)
    words: dict[str, Any] = {"starts_on": TODAY, "ends_on": TODAY, "reason": "年休假", "on": TODAY}
    stranger = member(organisation("市局", "420100", Kind.HUMAN_RESOURCES), Role.ACCEPTOR, "other")
    for wrong, told in (
        ({"to_user": clerk}, "本人"),
        ({"to_user": stranger}, "同一单位"),
        ({"ends_on": TODAY - timedelta(days=1)}, "不早于"),
        ({"starts_on": TODAY - timedelta(days=1)}, "今天或以后"),
        ({"ends_on": TODAY + timedelta(days=181)}, "最长 180 天"),
    ):
        with pytest.raises(Refused, match=told):
            commands.delegate(held, by=clerk, **({"to_user": colleague} | words | wrong))
    with pytest.raises(PermissionDenied):
        commands.delegate(held, to_user=colleague, by=colleague, **words)
    lent = commands.delegate(held, to_user=colleague, by=clerk, **words)
    assert events_of(lent).get().actor_id == clerk.pk
    commands.revoke_delegation(lent, by=colleague, at=timezone.now(), on=TODAY, why="提前回来")
    with pytest.raises(Refused, match="已经结束"):
        commands.revoke_delegation(lent, by=clerk, at=timezone.now(), on=TODAY, why="x")


@pytest.mark.django_db
def test_a_lost_phone_is_reset_by_who_manages_all_of_a_users_roles(
    department: Organisation, platform: User
) -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    personnel = member(firm, Role.ENTERPRISE_HR, "hr")
    official = member(department, Role.ACCEPTOR, "clerk")
    Membership.objects.create(
        user=official, organisation=firm, role=Role.ENTERPRISE_HR, starts_on=SINCE
    )
    # An employer's administrator does not get at an official's account.
    with pytest.raises(PermissionDenied):
        commands.reset_sign_in(official, by=personnel, on=TODAY, why="x")
    client = signed_in(official)
    client.post("/accounts/login/", {"login": "clerk", "password": PASSWORD})
    commands.reset_sign_in(official, by=platform, on=TODAY, why="手机丢失")
    official.refresh_from_db()
    assert not official.has_usable_password()
    assert not official.authenticator_set.exists()  # type: ignore[attr-defined]
    assert client.get("/mine/").status_code == 302


@pytest.mark.django_db
def test_nobody_gets_at_an_archive_by_making_its_owner_a_member(platform: User) -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE, Kind.INSTITUTION)
    personnel = member(firm, Role.ENTERPRISE_HR, "hr")
    worker = user("worker", person=person("王芳", "420106", date(1990, 5, 5)))
    held = commands.grant_role(
        user=worker, organisation=firm, role=Role.TEACHER, by=platform, **WHEN
    )
    with pytest.raises(PermissionDenied):
        commands.reset_sign_in(worker, by=personnel, on=TODAY, why="x")
    assert "重设登录方式" not in signed_in(personnel).get(f"/members/{held.pk}/").content.decode()
    # Nor does who runs the platform: the archive is to be claimed anew.
    commands.reset_sign_in(worker, by=platform, on=TODAY, why="手机丢失")
    worker.refresh_from_db()
    assert worker.person is None


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["13800000000", " 138 0000 0000", "+8613800000000", "number"])
def test_a_number_is_no_name(platform: User, department: Organisation, name: str) -> None:
    """It would stand in plain, and be taken for whoever has that phone."""
    name = identity_number("420106", date(1990, 5, 5)) if name == "number" else name
    with pytest.raises(Refused, match="不能用身份证号或手机号"):
        commands.invite_member(
            username=name, organisation=department, role=Role.ACCEPTOR, by=platform, **WHEN
        )
    words = {"username": name.replace(" ", ""), "password1": PASSWORD, "password2": PASSWORD}
    page = Client().post("/accounts/signup/", words).content.decode()
    assert "不能用身份证号或手机号" in page


def link(page: str) -> str:
    """The invitation on the page."""
    found = re.search(r"http://testserver(/accounts/password/set/[^<\s]+)", page)
    assert found, page
    return found[1]


@pytest.mark.django_db
def test_an_invited_user_sets_a_password_once_and_gets_in() -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    personnel = signed_in(member(firm, Role.ENTERPRISE_HR, "hr"))
    words = {"account": "new", "username": "新同事", "role": "enterprise_hr"} | {
        "starts_on": TODAY.isoformat(),
        "why": "入职",
    }
    page = personnel.post(f"/organisations/{firm.pk}/members/", words).content.decode()
    invitation = link(page)
    invited = Client()
    form = invited.get(invitation, follow=True)
    address = form.redirect_chain[-1][0]
    assert address.endswith("-set-password/")
    weak = invited.post(address, {"password1": "basketball", "password2": "basketball"})
    assert "已在别处泄露过" in weak.content.decode()
    done = invited.post(address, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "密码已设置" in done.content.decode()
    answer = invited.post("/accounts/login/", {"login": "新同事", "password": PASSWORD})
    assert answer.status_code == 302
    assert "企业人事" in invited.get("/mine/").content.decode()
    assert "链接已失效" in Client().get(invitation, follow=True).content.decode()
    # The list has the member and not the link.
    listed = personnel.get(f"/organisations/{firm.pk}/members/").content.decode()
    assert "新同事" in listed
    assert "password/set" not in listed


@pytest.mark.django_db(transaction=True)
def test_of_two_who_invite_one_name_at_once_one_is_told() -> None:
    department = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES)
    start, told = threading.Barrier(4), []

    def invite() -> None:
        try:
            start.wait()
            commands.invite_member(
                username="clerk", organisation=department, role=Role.ACCEPTOR, by=None, **WHEN
            )
        except Refused as refused:
            told.append(refused.message)
        finally:
            connections.close_all()

    racing = [threading.Thread(target=invite) for _ in range(4)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()
    assert User.objects.filter(username="clerk").count() == 1
    assert told == ["用户名“clerk”已被使用。请换一个。"] * 3


@pytest.mark.django_db
def test_a_form_with_errors_changes_nothing_and_tells_all(platform: User) -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    words = {"account": "known", "username": "无此人", "role": "approver", "starts_on": "昨天"}
    answer = signed_in(platform).post(f"/organisations/{firm.pk}/members/", words)
    assert answer.status_code == 422
    page = answer.content.decode()
    for told in ("没有这个用户名", "没有“approver”这一项", "没有这一天", "请填写。"):
        assert told in page, told
    assert Membership.objects.filter(organisation=firm).count() == 0


@pytest.mark.django_db
def test_pages_give_end_and_lend_roles(department: Organisation, platform: User) -> None:
    clerk = member(department, Role.ACCEPTOR, "clerk")
    member(department, Role.FIRST_REVIEWER, "colleague")
    held = Membership.objects.get(user=clerk)
    own = signed_in(clerk)
    days = {"starts_on": TODAY.isoformat(), "ends_on": TODAY.isoformat(), "reason": "年休假"}
    answer = own.post(f"/mine/roles/{held.pk}/leave", days | {"username": "Colleague"})
    assert answer.headers["Location"] == "/mine/"
    assert "colleague 代理 clerk 的受理" in own.get("/mine/").content.decode()
    lent = Delegation.objects.get()
    own.post(f"/delegations/{lent.pk}/revoke")
    lent.refresh_from_db()
    assert lent.revoked_at
    admin = signed_in(platform)
    page = admin.get(f"/members/{held.pk}/").content.decode()
    assert "年休假" in page
    assert "提前结束" in page
    words = {"last_day": TODAY.isoformat(), "why": "调离"}
    assert admin.post(f"/members/{held.pk}/end", words).status_code == 302
    held.refresh_from_db()
    assert held.ends_on == TODAY


@pytest.mark.django_db
def test_officials_whose_account_is_nobodys_are_named(
    department: Organisation, platform: User
) -> None:
    member(department, Role.ACCEPTOR, "clerk")
    proved = member(department, Role.CASHIER, "cashier")
    proved.person = person("王芳", "420106", date(1990, 5, 5))
    proved.save()
    page = f"/organisations/{department.pk}/members/"
    shown = signed_in(platform).get(page).content.decode()
    assert "没有认领本人档案的账号：clerk。" in shown
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    own = signed_in(member(firm, Role.ENTERPRISE_HR, "hr"))
    page = f"/organisations/{firm.pk}/members/"
    assert "没有认领本人档案" not in own.get(page).content.decode()


@pytest.mark.django_db
def test_members_are_narrowed_by_the_roles_that_there_are_here(
    department: Organisation, platform: User
) -> None:
    member(department, Role.ACCEPTOR, "clerk")
    cashier = member(department, Role.CASHIER, "cashier")
    client, page = signed_in(platform), f"/organisations/{department.pk}/members/"
    table = client.get(f"{page}?role=cashier").context["table"]
    assert [one.user for one in table.things] == [cashier]
    (narrowing,) = table.table.filters
    assert {Role.ACCEPTOR, Role.AUDITOR} <= dict(narrowing.choices()).keys()
    assert Role.TEACHER not in dict(narrowing.choices())
    # Where there is one role alone, nothing is to be chosen.
    assert not client.get("/platform/members/").context["table"].table.filters
