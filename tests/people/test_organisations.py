"""Organisations: registered, changed, what they hold from day to day, and the queue of sign-ups."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from jineng.core.events import events_of
from jineng.people.commands import organisations as commands
from jineng.people.commands.blacklist import blacklist, decide_appeal, file_appeal, lift
from jineng.people.commands.sign_ups import serve, sign_up, withdraw
from jineng.people.errors import Refused
from jineng.people.models import (
    BlacklistEntry,
    Organisation,
    OrganisationKind,
    PillarStatus,
    Qualification,
    Region,
    Role,
    SignUp,
    User,
)
from jineng.people.queries import organisations as queries
from jineng.people.queries.persons import status_on
from tests.access.world import TODAY, World, member, signed_in
from tests.people.numbers import credit_code

Kind = Qualification.Kind
FIRST, LAST = date(2020, 3, 1), date(2020, 3, 31)


def region(code: str = "420106") -> Region:
    return Region.objects.current().get(code=code)


def registered(**given: Any) -> Organisation:
    details: dict[str, Any] = {
        "name": "武汉明德纺织有限公司",
        "region": region(),
        "by": None,
        "on": TODAY,
    } | given
    return commands.register_organisation(credit_code=credit_code(), **details)


def holds(
    organisation: Organisation, first: date, last: date | None, kind: str, **given: Any
) -> Qualification:
    held = {"number": f"鄂 {first}", "issuer": "武汉市人社局", "by": None, "on": TODAY} | given
    return commands.hold_qualification(
        organisation, kind=kind, starts_on=first, ends_on=last, **held
    )


def licensed(organisation: Organisation, where: Region | None = None) -> bool:
    return queries.platform_licensed(organisation, FIRST, LAST, region=where or region())


def test_who_registers_what_and_where(world: World) -> None:
    acceptor = world.home.users[Role.ACCEPTOR]
    made = registered(by=acceptor, kinds=["enterprise"], industry="1711", why="营业执照")
    assert queries.kinds_on(made, TODAY) == ["enterprise"]
    assert queries.kinds_on(made, TODAY - timedelta(days=1)) == []
    assert (made.industry, events_of(made)[0].why) == ("C1711", "营业执照")
    with pytest.raises(Refused, match="辖区"):
        registered(by=acceptor, region=region("420502"))
    with pytest.raises(Refused, match="平台管理员"):
        registered(by=acceptor, kinds=["finance"])
    assert registered(by=world.home.users[Role.PLATFORM_ADMIN], kinds=["finance"], region=None)
    with pytest.raises(PermissionDenied):
        registered(by=world.home.users[Role.ENTERPRISE_HR])
    with pytest.raises(Refused, match="已经登记"):
        commands.register_organisation(
            credit_code=made.credit_code.lower(), name="另一家", by=None, on=TODAY
        )


def test_an_enterprise_changes_its_account_and_nothing_that_it_is_paid_by(world: World) -> None:
    mine, hr = world.home.bodies["enterprise"], world.home.users[Role.ENTERPRISE_HR]
    given: dict[str, Any] = {"by": hr, "on": TODAY, "why": "开户证明"}
    changed = commands.change_organisation(mine, bank_account="6222 0000 2", **given)
    assert changed.bank_account == "622200002"
    for details in ({"size": "micro"}, {"industry": "C17"}, {"name": "另一家"}):
        with pytest.raises(PermissionDenied):
            commands.change_organisation(mine, **details, **given)  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        commands.set_pillar_status(mine, year=2020, kinds=["key"], source="x", by=hr, on=TODAY)
    with pytest.raises(PermissionDenied):
        commands.begin_suspension(mine, reason="x", starts_on=FIRST, by=hr, on=TODAY)
    with pytest.raises(PermissionDenied):
        commands.begin_kind(mine, kind="institution", starts_on=FIRST, by=hr, on=TODAY)
    with pytest.raises(PermissionDenied):
        holds(mine, FIRST, None, Kind.SKILLS_TRAINING, by=hr)
    other = world.elsewhere.bodies["enterprise"]
    with pytest.raises(Http404):
        commands.change_organisation(other, bank_account="6222000", **given)


def test_officials_change_what_is_of_their_region(world: World) -> None:
    given: dict[str, Any] = {"by": world.home.users[Role.ACCEPTOR], "on": TODAY, "why": "核对"}
    firm = world.home.bodies["enterprise"]
    assert commands.change_organisation(firm, size="micro", **given).size == "micro"
    code = credit_code()
    assert commands.correct_code(firm, credit_code=code, **given).credit_code == code
    taken = world.home.bodies["institution"].credit_code
    with pytest.raises(Refused, match="已经登记"):
        commands.correct_code(firm, credit_code=taken, **given)
    with pytest.raises(Refused, match="辖区"):
        commands.change_organisation(firm, region=region("420502"), **given)
    with pytest.raises(Http404):
        commands.change_organisation(world.elsewhere.bodies["enterprise"], size="micro", **given)


@pytest.mark.django_db
def test_kinds_pillars_and_standstills_have_their_days() -> None:
    firm = registered()
    given: dict[str, Any] = {"by": None, "on": TODAY}
    kind = commands.begin_kind(firm, kind="enterprise", starts_on=FIRST, **given)
    with pytest.raises(Refused, match="已经登记"):
        commands.begin_kind(firm, kind="enterprise", starts_on=LAST, **given)
    commands.end_on(kind, last_day=LAST, why="注销", **given)
    commands.begin_kind(firm, kind="platform", starts_on=LAST, **given)
    assert queries.kinds_on(firm, LAST) == ["enterprise", "platform"]
    assert queries.kinds_on(firm, LAST + timedelta(days=1)) == ["platform"]

    commands.set_pillar_status(firm, year=2020, kinds=["key", "pillar"], source="名单", **given)
    commands.set_pillar_status(firm, year=2020, kinds=["key"], source="新名单", **given)
    assert [(one.kind, one.source) for one in PillarStatus.objects.all()] == [("key", "新名单")]
    assert queries.is_pillar_or_key(firm, 2020)
    assert not queries.is_pillar_or_key(firm, 2021)

    still = commands.begin_suspension(firm, reason="疫情", starts_on=FIRST, **given)
    commands.end_on(still, last_day=LAST, why="复工", **given)
    days = [FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)]
    assert [queries.is_suspended(firm, day) for day in days] == [False, True, True, False]


@pytest.mark.django_db
def test_a_platform_is_licensed_where_all_three_hold_on_every_day() -> None:
    platform = registered(kinds=["platform"])
    for kind in queries.PLATFORM_LICENCES[:2]:
        holds(platform, FIRST, None, kind)
    assert not licensed(platform)
    third = queries.PLATFORM_LICENCES[2]
    early = holds(platform, FIRST - timedelta(days=99), FIRST + timedelta(days=9), third)
    assert queries.days_without(platform, third, FIRST, LAST) == [
        (FIRST + timedelta(days=10), LAST)
    ]
    # Renewed a day too late, then on the day.
    late = holds(platform, FIRST + timedelta(days=11), LAST, third)
    assert queries.days_without(platform, third, FIRST, LAST) == [
        (FIRST + timedelta(days=10), FIRST + timedelta(days=10))
    ]
    assert not licensed(platform)
    changed: dict[str, Any] = {"by": None, "on": TODAY, "why": "补登"}
    commands.change_qualification(late, starts_on=FIRST + timedelta(days=10), **changed)
    assert licensed(platform)
    commands.change_qualification(late, ends_on=LAST - timedelta(days=1), **changed)
    assert queries.days_without(platform, third, FIRST, LAST) == [(LAST, LAST)]
    commands.change_qualification(early, ends_on=None, **changed)
    assert licensed(platform)
    assert queries.days_without(platform, third, FIRST - timedelta(days=101), FIRST) == [
        (FIRST - timedelta(days=101), FIRST - timedelta(days=100))
    ]


@pytest.mark.django_db
def test_an_accreditation_holds_in_its_region_and_below() -> None:
    platform = registered()
    accredited = Kind.REGIONAL_ACCREDITATION
    holds(platform, FIRST, LAST, accredited, region=region("420100"))

    def within(code: str) -> bool:
        return queries.platform_accredited(platform, FIRST, LAST, region=region(code))

    assert within("420100")
    assert within("420106")
    assert not within("420000")
    assert not within("420502")
    old = Region.objects.get(code="420121")
    assert queries.platform_accredited(platform, FIRST, LAST, region=old)
    with pytest.raises(Refused, match="写明认定的地区"):
        holds(platform, FIRST, LAST, accredited, number="2")
    # A licence of a city alone is none everywhere.
    holds(platform, FIRST, None, Kind.SKILLS_TRAINING, region=region("420106"))
    assert queries.days_without(platform, Kind.SKILLS_TRAINING, FIRST, LAST)
    held = queries.held_throughout(
        platform, [Kind.SKILLS_TRAINING], FIRST, LAST, region=region("420106")
    )
    assert held


@pytest.mark.django_db
def test_a_qualification_is_registered_once_and_whole() -> None:
    firm = registered()
    made = holds(firm, FIRST, LAST, Kind.SKILLS_TRAINING, number="1")
    for wrong, said in (
        ({"number": "1"}, "已经登记"),
        ({"number": " "}, "编号"),
        ({"issuer": ""}, "发证机关"),
        ({"kind": "king"}, "king"),
        ({"last": FIRST - timedelta(days=1)}, "不能早于"),
        ({"first": date(20, 1, 1)}, "开始日期 0020-01-01 不合常理"),
    ):
        given = {"first": FIRST, "last": LAST, "kind": Kind.SKILLS_TRAINING, "number": "2"} | wrong
        with pytest.raises(Refused, match=said):
            holds(firm, **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="依据"):
        commands.change_qualification(made, scope="x", by=None, on=TODAY, why="")


def entry(by: User | None, at: datetime, name: str = "明德纺织", **given: Any) -> SignUp:
    form: dict[str, Any] = {
        "credit_code": credit_code(),
        "name": name,
        "region": region(),
        "industry": "纺织业",
        "occupations": "安全评价师\n纺织染色工",
        "eligible_count": 120,
        "contact_name": "王芳",
        "contact_phone": "138 0000 0000",
        "remarks": "",
    }
    return sign_up(**form | given, by=by, at=at)


def test_enterprises_are_served_in_the_order_they_came(world: World) -> None:
    by = world.home.users[Role.ACCEPTOR]
    nine = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    third = entry(None, nine + timedelta(minutes=2), "三号公司")
    first = entry(None, nine, "一号公司")
    second = entry(by, nine + timedelta(minutes=1), "二号公司")
    far = entry(None, nine - timedelta(hours=1), "宜昌公司", region=region("420502"))
    assert list(queries.sign_ups_waiting(by, on=TODAY)) == [first, second, third]
    given: dict[str, Any] = {"by": by, "on": TODAY, "at": nine + timedelta(hours=1)}
    with pytest.raises(Refused, match="前面还有 2 家"):
        serve(third, note="安排在 12 月班", **given)
    served = serve(first, note="安排在 12 月班", **given)
    assert served.organisation is not None
    assert queries.kinds_on(served.organisation, TODAY) == ["enterprise"]
    assert served.organisation.name == "一号公司"
    with pytest.raises(Refused, match="已经办理"):
        serve(first, note="", **given)
    with pytest.raises(Refused, match="原因"):
        withdraw(second, note=" ", **given)
    withdraw(second, note="企业撤回", **given)
    serve(third, note="安排在 1 月班", **given)
    assert not queries.sign_ups_waiting(by, on=TODAY)
    with pytest.raises(PermissionDenied):
        serve(far, note="", **given)
    with pytest.raises(PermissionDenied):
        withdraw(far, note="x", **given | {"by": world.home.users[Role.ENTERPRISE_HR]})


def test_who_signs_up_stands_in_one_place(world: World) -> None:
    nine = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    code, hr = credit_code(), world.home.users[Role.ENTERPRISE_HR]
    entry(None, nine - timedelta(hours=1))
    waits = entry(hr, nine, credit_code=code)
    for given in ({}, {"region": region("420502")}, {"name": "另一名"}):
        with pytest.raises(Refused, match="已于 2026-11-20 报名，正在排队：前面还有 1 家"):
            entry(None, nine, credit_code=code.lower(), **given)
    with pytest.raises(Refused, match="正在排队"):
        entry(hr, nine, credit_code=code, contact_phone="13900000000")
    by = world.home.users[Role.ACCEPTOR]
    withdraw(waits, note="企业撤回", by=by, on=TODAY, at=nine)
    assert entry(hr, nine, credit_code=code).pk


def test_a_stranger_with_an_enterprise_s_code_keeps_it_from_nothing(world: World) -> None:
    """The code is no secret: whoever else signs up with it stands beside the enterprise itself."""
    nine = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    firm, hr = world.home.bodies["enterprise"], world.home.users[Role.ENTERPRISE_HR]
    given: dict[str, Any] = {"credit_code": firm.credit_code}
    stranger = entry(None, nine, contact_phone="13900000000", **given)
    far = entry(None, nine, contact_phone="13900000001", region=region("420502"), **given)
    own = entry(hr, nine + timedelta(hours=1), **given)
    assert queries.is_sent_by_member(own, on=TODAY)
    assert not queries.is_sent_by_member(stranger, on=TODAY)
    by = world.home.users[Role.ACCEPTOR]
    assert list(queries.same_enterprise(own, by, on=TODAY)) == [stranger]
    page = signed_in(by).get(f"/sign-ups/{own.pk}/").content.decode()
    assert f"/sign-ups/{stranger.pk}/" in page
    assert "本单位的账号" in page
    assert "待核对" in signed_in(by).get("/sign-ups/").content.decode()
    # Nor does the stranger's place, which was the earlier, stand before it.
    serve(own, note="十二月班", by=by, on=TODAY, at=nine)
    stranger.refresh_from_db()
    assert stranger.note == "该企业的另一份报名已安排。"
    assert not queries.sign_ups_waiting(by, on=TODAY)
    far.refresh_from_db()
    assert far.withdrawn_at is None, "another region's to decide"


def test_an_enterprise_that_is_known_is_served_as_it_is(world: World) -> None:
    firm, now = world.home.bodies["enterprise"], datetime.now(ZoneInfo("Asia/Shanghai"))
    made = entry(None, now, credit_code=firm.credit_code.lower())
    assert made.organisation == firm
    assert made.contact_phone == "13800000000"
    given: dict[str, Any] = {"by": world.home.users[Role.ACCEPTOR], "on": TODAY, "at": now}
    assert serve(made, note="", **given).organisation == firm
    department = world.home.bodies["finance"]
    with pytest.raises(Refused, match="没有企业"):
        serve(entry(None, now, credit_code=department.credit_code), note="", **given)
    for wrong, said in (
        ({"credit_code": "1"}, "18 位"),
        ({"eligible_count": 0}, "至少为 1"),
        ({"occupations": " "}, "工种"),
        ({"contact_phone": "1"}, "手机号"),
    ):
        with pytest.raises(Refused, match=said):
            entry(None, now, **wrong)


def test_the_blacklist_counts_on_its_days_and_until_it_is_overturned(world: World) -> None:
    person, firm = world.home.person, world.home.bodies["enterprise"]
    by = world.home.users[Role.SUPERVISOR]
    told: dict[str, Any] = {"reason": "虚报培训", "starts_on": FIRST, "by": by, "on": TODAY}
    one = blacklist(person, decision_number="武人社罚 1", ends_on=LAST, **told)
    blacklist(firm, decision_number="武人社罚 2", **told)
    days = [FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)]
    assert [status_on(person, day).blacklisted for day in days] == [False, True, True, False]
    assert [queries.is_blacklisted(firm, day) for day in days] == [False, True, True, True]
    with pytest.raises(Refused, match="已经登记"):
        blacklist(person, decision_number="武人社罚 1", **told)
    given: dict[str, Any] = {"by": by, "on": TODAY}
    with pytest.raises(Refused, match="没有待处理"):
        decide_appeal(one, outcome="upheld", decided_on=TODAY, note="x", **given)
    with pytest.raises(Refused, match="申诉日期"):
        file_appeal(one, appealed_on=TODAY + timedelta(days=1), **given)
    file_appeal(one, appealed_on=LAST, **given)
    assert status_on(person, FIRST).blacklisted
    with pytest.raises(Refused, match="决定日期"):
        decide_appeal(one, outcome="overturned", decided_on=FIRST, note="x", **given)
    decide_appeal(one, outcome="overturned", decided_on=TODAY, note="证据不足", **given)
    assert not status_on(person, FIRST).blacklisted
    assert [event.kind for event in events_of(one)] == ["update", "update", "insert"]


def test_the_blacklist_is_lifted_and_by_whom(world: World) -> None:
    by = world.home.users[Role.SUPERVISOR]
    told: dict[str, Any] = {"reason": "虚报", "decision_number": "1", "starts_on": FIRST}
    made = blacklist(world.home.person, **told, by=by, on=TODAY)
    lift(made, last_day=LAST, by=by, on=TODAY, why="期满移出")
    assert BlacklistEntry.objects.get(pk=made.pk).ends_on == LAST
    for wrong in (world.home.users[Role.ACCEPTOR], world.home.users[Role.AUDITOR]):
        with pytest.raises(PermissionDenied):
            lift(made, last_day=TODAY, by=wrong, on=TODAY, why="x")
    far = world.elsewhere.users[Role.SUPERVISOR]
    with pytest.raises(Http404):
        blacklist(world.home.person, **told | {"decision_number": "2"}, by=far, on=TODAY)


def test_a_role_at_home_gives_no_official_s_rights_over_one_s_employer(world: World) -> None:
    """Somebody who is an official here and has an enterprise elsewhere is not its official."""
    elsewhere = world.elsewhere.bodies["enterprise"]
    by = member(elsewhere, Role.ENTERPRISE_HR, "两地")
    home = world.home.bodies["human_resources"]
    by.memberships.create(organisation=home, role=Role.ACCEPTOR, starts_on=date(2020, 1, 1))
    given: dict[str, Any] = {"by": by, "on": TODAY, "why": "x"}
    commands.change_organisation(elsewhere, bank_account="6222000", **given)
    with pytest.raises(PermissionDenied):
        commands.change_organisation(elsewhere, size="micro", **given)
    assert OrganisationKind.objects.filter(organisation=elsewhere).count() == 1
