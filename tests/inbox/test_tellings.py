"""Who is told what, by the commands that make it happen."""

from datetime import date, timedelta

from django.utils import timezone

from jineng.core.calendar import business_now
from jineng.inbox.models import Notice
from jineng.inbox.tellings import Shown, shown, tellings
from jineng.people.commands import (
    archives,
    blacklist,
    invitations,
    members,
    merging,
    persons,
    sign_ups,
)
from jineng.people.models import CorrectionRequest, Role, User
from jineng.people.queries.waiting import correction_term
from jineng.people.roles import Kind
from tests.access.world import TODAY, World, person
from tests.inbox.conftest import tell


def told(user: User, telling: str) -> list[Shown]:
    """What a user was told by a telling, the first first."""
    return [shown(one) for one in Notice.objects.filter(user=user, telling=telling).order_by("pk")]


def nobody_else(telling: str, *users: User) -> None:
    """Fails where anybody else was told."""
    found = set(Notice.objects.filter(telling=telling).values_list("user", flat=True))
    assert found == {one.pk for one in users}


def test_every_telling_has_a_topic_and_a_name_that_is_kept() -> None:
    assert len(tellings()) >= 15
    for name, telling in tellings().items():
        assert len(name) <= 60
        assert len(telling.topic.name) <= 20


def test_who_looked_at_a_number(world: World) -> None:
    reviewer, worker = world.home.users[Role.FIRST_REVIEWER], world.home.users[Role.WORKER]
    archives.reveal(world.home.person, "phone", by=reviewer, on=TODAY, why="核对电话")
    tell()
    (one,) = told(worker, "people.revealed")
    assert "420106 人社部门（初审）查看了您的完整手机号" in one.words.text
    assert one.words.link == "/mine/archive/#looks"
    nobody_else("people.revealed", worker)


def test_a_record_that_is_changed(world: World) -> None:
    acceptor, worker = world.home.users[Role.ACCEPTOR], world.home.users[Role.WORKER]
    change = {"by": acceptor, "on": TODAY, "why": "核对户口簿"}
    persons.change_person(world.home.person, education="college", **change)  # type: ignore[arg-type]
    persons.change_person(world.home.person, phone="13800000001", **change)  # type: ignore[arg-type]
    tell()
    (one,) = told(worker, "people.corrected")
    assert "文化程度" in one.words.text
    (one,) = told(worker, "people.number_changed")
    assert "手机号" in one.words.text
    assert "138" not in one.words.text
    assert one.notice.urgent


def test_a_correction_waits_for_those_who_answer_and_is_answered(world: World) -> None:
    home = world.home
    asked = archives.ask_correction(
        home.person,
        about="phone",
        stated="13900000000",
        by=home.users[Role.WORKER],
        at=business_now(),
    )
    tell()
    acceptor = home.users[Role.ACCEPTOR]
    nobody_else("people.correction_waits", acceptor)
    (one,) = told(acceptor, "people.correction_waits")
    assert one.words.link == f"/corrections/{asked.pk}/"
    assert one.words.due == correction_term(TODAY).on
    assert one.notice.settled_at is None
    archives.answer_correction(
        asked,
        outcome=CorrectionRequest.Outcome.CORRECTED,
        answer="已更正",
        by=acceptor,
        on=TODAY,
        at=timezone.now(),
    )
    tell()
    (one,) = told(acceptor, "people.correction_waits")
    assert one.notice.settled_at is not None
    (one,) = told(home.users[Role.WORKER], "people.correction_answered")
    assert "已更正" in one.words.text


def test_records_that_are_merged_and_parted(world: World) -> None:
    home = world.home
    other = person("王芳", "420106", date(1981, 1, 1))
    by = {"by": home.users[Role.ACCEPTOR], "on": TODAY, "at": timezone.now(), "why": "同一人"}
    merge = merging.merge_persons(home.person, other, **by)  # type: ignore[arg-type]
    tell()
    merging.undo_merge(merge, **by)  # type: ignore[arg-type]
    tell()
    first, second = told(home.users[Role.WORKER], "people.merged")
    assert "并入" in first.words.text
    assert "分开" in second.words.text


def test_roles_and_stand_ins(world: World) -> None:
    home = world.home
    admin, hr = home.users[Role.PLATFORM_ADMIN], home.users[Role.ENTERPRISE_HR]
    by = {"by": admin, "on": TODAY, "why": "新任"}
    member = members.grant_role(
        user=home.users[Role.WORKER],
        organisation=home.bodies[Kind.ENTERPRISE],
        role=Role.ENTERPRISE_HR,
        starts_on=TODAY,
        **by,  # type: ignore[arg-type]
    )
    tell()
    (one,) = told(home.users[Role.WORKER], "people.role")
    assert "420106 企业的企业人事" in one.words.text
    members.delegate(
        member,
        to_user=hr,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=3),
        reason="年假",
        by=home.users[Role.WORKER],
        on=TODAY,
    )
    tell()
    (one,) = told(hr, "people.delegation")
    assert "由您代理420106 企业的企业人事" in one.words.text
    # Who arranged it knows.
    nobody_else("people.delegation", hr)
    members.end_role(member, last_day=TODAY + timedelta(days=9), **by)  # type: ignore[arg-type]
    tell()
    assert "结束" in told(home.users[Role.WORKER], "people.role")[1].words.text


def test_a_role_that_is_offered(world: World) -> None:
    home = world.home
    worker, hr = home.users[Role.WORKER], home.users[Role.ENTERPRISE_HR]
    given = {"role": Role.ENTERPRISE_HR, "starts_on": TODAY, "by": hr, "on": TODAY}
    offered = invitations.invite(
        username=worker.username,
        organisation=home.bodies[Kind.ENTERPRISE],
        at=business_now(),
        why="聘任",
        **given,  # type: ignore[arg-type]
    )
    tell()
    (one,) = told(worker, "people.role_offered")
    assert "420106 企业的企业人事" in one.words.text
    assert one.words.link == "/mine/"
    assert one.words.due == TODAY + timedelta(days=30)
    nobody_else("people.role_offered", worker)
    invitations.decline(offered, by=worker, at=business_now())
    tell()
    (one,) = told(worker, "people.role_offered")
    assert one.notice.settled_at is not None


def test_decisions_and_appeals(world: World) -> None:
    home = world.home
    by = {"by": home.users[Role.SUPERVISOR], "on": TODAY}
    for subject, user in (
        (home.person, home.users[Role.WORKER]),
        (home.bodies[Kind.ENTERPRISE], home.users[Role.ENTERPRISE_HR]),
    ):
        entry = blacklist.blacklist(
            subject,
            reason="虚报",
            decision_number="武人社监 1 号",
            starts_on=TODAY,
            **by,  # type: ignore[arg-type]
        )
        blacklist.file_appeal(entry, appealed_on=TODAY, **by)  # type: ignore[arg-type]
        blacklist.decide_appeal(
            entry,
            outcome="overturned",
            decided_on=TODAY,
            note="证据不足",
            **by,  # type: ignore[arg-type]
        )
        tell()
        made, filed, decided = told(user, "people.standing")
        assert "列入黑名单" in made.words.text
        assert "黑名单" not in made.words.title
        assert "已登记" in filed.words.text
        assert "已撤销" in decided.words.text


def test_a_sign_up_that_is_taken_up(world: World) -> None:
    home = world.home
    firm, hr = home.bodies[Kind.ENTERPRISE], home.users[Role.ENTERPRISE_HR]
    assert firm.region is not None
    entry = sign_ups.sign_up(
        credit_code=firm.credit_code,
        name=firm.name,
        region=firm.region,
        industry="纺织",
        occupations="缝纫工",
        eligible_count=3,
        contact_name="王芳",
        contact_phone="13800000000",
        remarks="",
        by=hr,
        at=timezone.now(),
    )
    tell()
    assert told(hr, "people.sign_up") == []
    sign_ups.serve(
        entry, note="九月开班", by=home.users[Role.ACCEPTOR], on=TODAY, at=timezone.now()
    )
    tell()
    (one,) = told(hr, "people.sign_up")
    assert "九月开班" in one.words.text
    assert one.words.link == f"/organisations/{firm.pk}/"
