"""How far each role reaches: organisations, regions and below, lines."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from jineng.people.models import (
    Delegation,
    EmploymentSpell,
    GroupMembership,
    ImportRun,
    InsuranceSpell,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Region,
    Role,
    User,
)
from jineng.people.permissions import (
    access_of,
    organisation_for,
    organisations_in_reach,
    person_for,
    persons_in_reach,
    require,
)
from jineng.people.roles import Kind
from tests.access.world import SINCE, TODAY, member, organisation, person, user

pytestmark = pytest.mark.django_db

BORN = date(1991, 3, 4)


def sees(whom: User, on: date = TODAY) -> set[str]:
    """The names of the persons within reach."""
    fresh = User.objects.get(pk=whom.pk)
    return set(persons_in_reach(fresh, on=on).values_list("name", flat=True))


def official(region: str, kind: str = Kind.HUMAN_RESOURCES, role: str = Role.ACCEPTOR) -> User:
    """An official of a department of this kind in this region."""
    of = organisation(f"{region} {kind}", region, kind)
    return member(of, role, f"{role}-{kind}-{region}")


def belongs(to: Person, group: str, until: date | None = None) -> None:
    """Makes the person one of a group."""
    GroupMembership.objects.create(
        person=to, group=group, starts_on=SINCE, ends_on=until, proof="证", source="x"
    )


def test_a_department_reaches_its_region_and_below() -> None:
    person("武昌人", "420106", BORN)
    person("汉阳人", "420105", BORN)
    person("宜昌人", "420502", BORN)
    person("仙桃人", "429004", BORN)
    assert sees(official("420106")) == {"武昌人"}
    assert sees(official("420100")) == {"武昌人", "汉阳人"}
    assert sees(official("429004")) == {"仙桃人"}
    assert sees(official("420000")) == {"武昌人", "汉阳人", "宜昌人", "仙桃人"}


@pytest.mark.parametrize("field", ["household_region", "living_region", "working_region"])
def test_any_of_a_persons_three_regions_counts(field: str) -> None:
    found = person("某人", "420502", BORN)
    setattr(found, field, Region.objects.current().get(code="420106"))
    found.save()
    assert sees(official("420106")) == {"某人"}


def test_a_region_that_has_become_another_is_reached_by_it() -> None:
    """襄阳县 420621 is 襄州区 420607 since 2001."""
    was = Region.objects.exclude(valid_to=None).filter(code="420621").latest("valid_to")
    found = person("襄阳人", "420502", BORN)
    found.living_region = was
    found.save()
    now = was.successor
    assert now is not None
    assert sees(official(now.code)) == {"襄阳人"}


def test_each_line_reaches_its_own() -> None:
    student = person("学生", "420106", BORN)
    belongs(student, "student")
    working_student = person("在职学生", "420106", BORN + timedelta(days=1))
    belongs(working_student, "student")
    veteran = person("退役军人", "420106", BORN + timedelta(days=2))
    belongs(veteran, "veteran")
    poor = person("贫困劳动力", "420106", BORN + timedelta(days=3))
    belongs(poor, "poor_labourer")
    employee = person("职工", "420106", BORN + timedelta(days=4))
    person("未知", "420106", BORN + timedelta(days=5))
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    for one in (working_student, employee):
        EmploymentSpell.objects.create(person=one, employer=firm, started_on=SINCE)
    hr = {"在职学生", "退役军人", "贫困劳动力", "职工", "未知"}
    assert sees(official("420106", Kind.HUMAN_RESOURCES)) == hr
    assert sees(official("420106", Kind.EDUCATION)) == {"学生", "在职学生"}
    assert sees(official("420106", Kind.VETERANS)) == {"退役军人"}
    assert sees(official("420106", Kind.UNION)) == {"在职学生", "职工"}
    assert sees(official("420106", Kind.FINANCE)) == set()


def test_lines_are_asked_on_a_day() -> None:
    graduate = person("毕业生", "420106", BORN)
    belongs(graduate, "student", until=TODAY)
    education, hr = official("420106", Kind.EDUCATION), official("420106")
    assert (sees(education), sees(hr)) == ({"毕业生"}, set())
    tomorrow = TODAY + timedelta(days=1)
    assert (sees(education, tomorrow), sees(hr, tomorrow)) == (set(), {"毕业生"})


def test_an_employer_reaches_those_at_work_there() -> None:
    firm = organisation("企业", "420106", Kind.ENTERPRISE)
    other = organisation("别家", "420106", Kind.ENTERPRISE)
    personnel = member(firm, Role.ENTERPRISE_HR, "hr")
    names = ["在职", "已离职", "今天离职", "别家的", "本月参保", "上月参保", "早已停保", "已更正"]
    at = {
        name: person(name, "420502", BORN + timedelta(days=number))
        for number, name in enumerate(names)
    }
    run = ImportRun.objects.create(kind="insurance", at="2026-11-01T00:00Z")
    for name, last in (("在职", None), ("已离职", TODAY - timedelta(days=1)), ("今天离职", TODAY)):
        EmploymentSpell.objects.create(
            person=at[name], employer=firm, started_on=SINCE, ended_on=last
        )
    EmploymentSpell.objects.create(person=at["别家的"], employer=other, started_on=SINCE)
    EmploymentSpell.objects.create(
        person=at["已更正"], employer=firm, started_on=SINCE, superseded_by=run
    )
    month = TODAY.year * 12 + TODAY.month - 1
    for name, last_month in (("本月参保", month), ("上月参保", month - 1), ("早已停保", month - 2)):
        InsuranceSpell.objects.create(
            person=at[name],
            employer=firm,
            kinds=1,
            first_month=month - 20,
            last_month=last_month,
            run=run,
        )
    assert sees(personnel) == {"在职", "今天离职", "本月参保", "上月参保"}


def test_who_teaches_or_examines_there_does_not_reach_the_employees() -> None:
    body = organisation("学校", "420106", Kind.INSTITUTION, Kind.EVALUATION_BODY, Kind.ENTERPRISE)
    EmploymentSpell.objects.create(
        person=person("教务员", "420106", BORN), employer=body, started_on=SINCE
    )
    for role in (
        Role.INSTITUTION_ADMIN,
        Role.TEACHER,
        Role.EVALUATION_MANAGER,
        Role.EXAMINER,
    ):
        assert sees(member(body, role, role)) == set()
    assert sees(member(body, Role.ENTERPRISE_HR, "hr")) == {"教务员"}


def test_the_platform_sees_no_person_and_the_auditor_all() -> None:
    person("武昌人", "420106", BORN)
    person("宜昌人", "420502", BORN)
    assert sees(member(None, Role.PLATFORM_ADMIN, "platform")) == set()
    assert sees(official("420106", role=Role.AUDITOR)) == {"武昌人", "宜昌人"}
    assert sees(official("420502", role=Role.STATISTICIAN)) == set()


def test_an_auditor_changes_nothing() -> None:
    found = person("武昌人", "420106", BORN)
    auditor = official("420106", role=Role.AUDITOR)
    assert person_for(auditor, found.pk, "reveal", on=TODAY) == found
    for verb in ("edit", "merge", "blacklist:edit"):
        with pytest.raises(PermissionDenied):
            person_for(auditor, found.pk, verb, on=TODAY)
    may = {action for one in access_of(auditor, on=TODAY).holdings for action in one.rights.may}
    assert {action.partition(":")[2] for action in may} == {"see", "reveal"}


def test_a_worker_reaches_oneself_alone_and_to_see() -> None:
    own = person("本人", "420106", BORN)
    person("别人", "420106", BORN + timedelta(days=1))
    worker = user("worker", person=own)
    assert sees(worker) == {"本人"}
    assert persons_in_reach(worker, on=TODAY, action="person:edit").count() == 0


def test_nobody_handles_their_own_record() -> None:
    acceptor = official("420106")
    acceptor.person = person("本人", "420106", BORN)
    acceptor.save()
    assert person_for(acceptor, acceptor.person.pk, "see", on=TODAY)
    for verb in ("edit", "reveal", "merge"):
        with pytest.raises(PermissionDenied):
            person_for(acceptor, acceptor.person.pk, verb, on=TODAY)


def test_out_of_reach_is_not_there_and_not_allowed_is_refused() -> None:
    near, far = person("近", "420106", BORN), person("远", "420502", BORN)
    reviewer = official("420106", role=Role.FIRST_REVIEWER)
    assert person_for(reviewer, near.pk, "see", on=TODAY) == near
    with pytest.raises(PermissionDenied):
        person_for(reviewer, near.pk, "edit", on=TODAY)
    for verb in ("see", "edit"):
        with pytest.raises(Http404):
            person_for(reviewer, far.pk, verb, on=TODAY)
    with pytest.raises(Http404):
        person_for(AnonymousUser(), near.pk, "see", on=TODAY)
    with pytest.raises(PermissionDenied):
        require(reviewer, "import:run", on=TODAY)


def test_a_role_holds_on_its_days_alone() -> None:
    person("武昌人", "420106", BORN)
    acceptor = official("420106")
    Membership.objects.filter(user=acceptor).update(starts_on=TODAY, ends_on=TODAY)
    for day, seen in ((-1, set()), (0, {"武昌人"}), (1, set())):
        assert sees(acceptor, TODAY + timedelta(days=day)) == seen


def test_a_role_ends_with_what_its_organisation_was() -> None:
    person("武昌人", "420106", BORN)
    acceptor = official("420106")
    OrganisationKind.objects.update(ends_on=TODAY - timedelta(days=1))
    assert sees(acceptor) == set()


def test_a_body_that_is_several_things_reaches_by_the_role_held_in_it() -> None:
    """A department is an employer too, and its personnel no officials."""
    person("武昌人", "420106", BORN)
    both = organisation("区人社局", "420106", Kind.HUMAN_RESOURCES, Kind.ENTERPRISE)
    assert sees(member(both, Role.ENTERPRISE_HR, "hr")) == set()
    assert sees(member(both, Role.ACCEPTOR, "acceptor")) == {"武昌人"}


def test_who_stands_in_reaches_as_far_on_those_days() -> None:
    person("武昌人", "420106", BORN)
    away = official("420106")
    held = Membership.objects.get(user=away)
    assert held.organisation
    colleague = member(held.organisation, Role.STATISTICIAN, "colleague")
    lent = Delegation.objects.create(
        membership=held,
        to_user=colleague,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=1),
        reason="年休假",
    )
    assert sees(colleague, TODAY - timedelta(days=1)) == set()
    assert sees(colleague) == {"武昌人"}
    lends, _own = access_of(User.objects.get(pk=colleague.pk), on=TODAY).holdings
    assert lends.stands_in_for == away.pk
    # Who has left is no colleague any more, and stands in for nobody.
    Membership.objects.filter(user=colleague).update(ends_on=TODAY)
    assert sees(colleague) == {"武昌人"}
    assert sees(colleague, TODAY + timedelta(days=1)) == set()
    assert sees(colleague, TODAY + timedelta(days=2)) == set()
    lent.revoked_at = "2026-11-20T00:00Z"
    lent.save()
    assert sees(colleague) == set()


def test_who_is_inactive_reaches_nothing() -> None:
    person("武昌人", "420106", BORN)
    acceptor = official("420106")
    acceptor.is_active = False
    acceptor.save()
    assert sees(acceptor) == set()


def test_organisations_are_ones_own_or_of_the_departments_region() -> None:
    near = organisation("近企", "420106", Kind.ENTERPRISE)
    far = organisation("远企", "420502", Kind.ENTERPRISE)
    personnel = member(near, Role.ENTERPRISE_HR, "hr")
    acceptor = official("420106")

    def reached(by: User, action: str = "organisation:see") -> set[Organisation]:
        return set(organisations_in_reach(by, on=TODAY, action=action)) & {near, far}

    assert reached(personnel) == {near}
    assert reached(acceptor) == {near}
    assert reached(acceptor, "qualification:edit") == {near}
    assert reached(personnel, "qualification:edit") == set()
    assert reached(member(None, Role.PLATFORM_ADMIN, "platform")) == {near, far}
    assert organisation_for(personnel, near.pk, "edit", on=TODAY) == near
    with pytest.raises(Http404):
        organisation_for(personnel, far.pk, "see", on=TODAY)
    with pytest.raises(PermissionDenied):
        organisation_for(personnel, near.pk, "qualification:edit", on=TODAY)


def test_a_body_without_a_region_reaches_no_region() -> None:
    person("武昌人", "420106", BORN)
    acceptor = official("420106")
    Organisation.objects.update(region=None)
    nowhere = person("无地", "420106", BORN + timedelta(days=1))
    nowhere.living_region = None
    nowhere.save()
    assert sees(acceptor) == set()
