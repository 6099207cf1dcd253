"""Files of persons and organisations brought into the registers, all of a file or nothing."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from openpyxl import Workbook

from jineng.core.events import events_of
from jineng.core.models import Event
from jineng.people.commands.merging import merge_persons
from jineng.people.commands.persons import add_person, correct_number
from jineng.people.commands.registers import import_register
from jineng.people.errors import Refused
from jineng.people.models import (
    GroupMembership,
    ImportRun,
    Organisation,
    OrganisationKind,
    Person,
    PersonKey,
    Region,
    Role,
    User,
)
from jineng.people.queries.imports import REFUSED_LINES
from jineng.people.queries.persons import person_of_number, persons_found
from jineng.people.registers import bulk
from tests.access.world import TODAY, World
from tests.people.numbers import credit_code, identity_number

HEADINGS = ["姓名", "身份证号", "手机号", "居住地", "文化程度", "人员类别", "类别凭据", "类别来源"]
HEADINGS += ["类别开始日期"]


def written(path: Path, headings: Sequence[str], lines: Sequence[Sequence[Any]]) -> Path:
    """A file of this ending."""
    if path.suffix == ".xlsx":
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (headings, *lines):
            sheet.append(list(row))
        book.save(path)
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *lines])
    return path


def imported(path: Path, by: User | None = None, **given: Any) -> ImportRun:
    told: dict[str, Any] = {"by": by, "on": TODAY, "at": timezone.now()}
    return import_register(path, file_name=path.name, **told, **given).run


def line(number: str | None = None, **given: str) -> list[str]:
    cells = {
        "姓名": "李明华",
        "身份证号": number or identity_number(),
        "手机号": "13800000001",
        "居住地": "420106",
        "文化程度": "本科",
    } | given
    return [cells.get(heading, "") for heading in HEADINGS]


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.added, run.changed, run.unchanged, run.refused


def told(run: ImportRun) -> list[tuple[int, str, str]]:
    return list(run.problems.order_by("line", "id").values_list("line", "column", "message"))


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_persons_are_imported_and_again_nothing_changes(tmp_path: Path, ending: str) -> None:
    number = identity_number(date(1985, 12, 31))
    group = {
        "人员类别": "退役军人；下岗失业人员",
        "类别凭据": "证 1",
        "类别来源": "区人社局",
        "类别开始日期": "2020年3月1日",
    }
    lines = [
        line(number[:6] + number[8:17], 手机号="138 0000 0002", 居住地="武汉市武昌区"),
        line(姓名="王芳", 手机号="", 居住地="仙桃", **group),
    ]
    lines[1][HEADINGS.index("居住地")] = "仙桃市"
    file = written(tmp_path / f"persons.{ending}", HEADINGS, lines)
    run = imported(file)
    assert told(run) == []
    assert (run.kind, run.state, run.lines, counts(run)) == ("persons", "done", 2, (2, 0, 0, 0))
    assert len(run.file_sha256) == 64
    person = person_of_number(number)
    assert person is not None
    assert (person.name, person.phone, person.education) == ("李明华", "13800000002", "bachelor")
    assert person.living_region == Region.objects.current().get(code="420106")
    assert person.birth_date == date(1985, 12, 31)
    assert person.run == run
    assert list(persons_found(Person.objects.all(), "lmh", on=TODAY)) == [person]
    assert list(persons_found(Person.objects.all(), "13800000002", on=TODAY)) == [person]
    groups = GroupMembership.objects.filter(person__name="王芳")
    assert {(one.group, one.proof, one.starts_on) for one in groups} == {
        ("veteran", "证 1", date(2020, 3, 1)),
        ("laid_off", "证 1", date(2020, 3, 1)),
    }
    event = events_of(person)[0]
    assert (event.kind, event.why) == ("insert", f"导入 persons.{ending}")

    before = Event.objects.count()
    again = imported(file)
    assert counts(again) == (0, 0, 2, 0)
    assert Event.objects.count() == before
    assert ImportRun.objects.count() == 2


@pytest.mark.django_db
def test_a_line_changes_what_it_says_and_leaves_what_it_does_not(tmp_path: Path) -> None:
    one, two, three = (identity_number() for _ in range(3))
    first = written(tmp_path / "1.csv", HEADINGS, [line(one), line(two), line(three)])
    imported(first)
    changed = [
        line(one, 手机号="13800000009", 居住地="", 文化程度=""),
        line(two),
        line(three, 人员类别="student", 类别凭据="学籍", 类别来源="学校", 类别开始日期="20260901"),
    ]
    run = imported(written(tmp_path / "2.csv", HEADINGS, changed))
    assert counts(run) == (0, 2, 1, 0)
    person = person_of_number(one)
    assert person is not None
    assert (person.phone, person.education) == ("13800000009", "bachelor")
    assert person.living_region is not None
    assert set(events_of(person)[0].after or {}) == {"phone"}
    assert not persons_found(Person.objects.filter(pk=person.pk), "13800000001", on=TODAY)
    assert PersonKey.objects.filter(person=person).count() == 2
    assert person.run is not None
    assert person.run != run


@pytest.mark.django_db
def test_all_errors_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    good = identity_number()
    lines = [
        line(good),
        line(good[:-1] + "9X"[good[-1] == "9"]),
        line(姓名=""),
        line(手机号="123", 居住地="420321", 文化程度="博学"),
        line(居住地="城区"),
        line(good, 姓名="李明"),
        line(人员类别="退役军人"),
        line(居住地="鄂城区", 人员类别="国王", 类别开始日期="2020-13-01"),
    ]
    run = imported(written(tmp_path / "persons.csv", HEADINGS, lines))
    assert (run.state, run.lines, counts(run)) == ("refused", 8, (0, 0, 0, 7))
    assert not Person.objects.exists()
    found = told(run)
    assert run.problems_found == len(found) == 12

    def message(row: int, column: str) -> str:
        return next(text for at, title, text in found if (at, title) == (row, column))

    assert "校验位" in message(3, "身份证号")
    assert "请填写姓名" in message(4, "姓名")
    assert "11 位" in message(5, "手机号")
    assert "现为 420304（郧阳区）" in message(5, "居住地")
    assert "小学及以下、初中" in message(5, "文化程度")
    assert "6 位地区代码" in message(6, "居住地")
    assert "与第 2 行重复" in message(7, "身份证号")
    assert [column for row, column, _ in found if row == 8] == [
        "类别凭据",
        "类别来源",
        "类别开始日期",
    ]
    assert "人员类别应为" in message(9, "人员类别")
    assert "2020-08-31" in message(9, "类别开始日期")
    # Values are shown masked.
    shown = {one.value for one in run.problems.filter(column="身份证号")}
    assert all("*" in value for value in shown)
    assert run.problems.get(line=5, column="手机号").value == "1**"


@pytest.mark.django_db
def test_what_only_the_register_knows_is_told_too(tmp_path: Path) -> None:
    given: dict[str, Any] = {"by": None, "on": TODAY}
    wuchang = Region.objects.current().get(code="420106")
    number, old = identity_number(), identity_number()
    one = add_person(identity_number=number, name="王芳", living_region=wuchang, **given)
    other = add_person(identity_number=old, name="王芳", **given)
    merge_persons(one, other, at=timezone.now(), why="同一人", **given)
    group = {"人员类别": "退役军人", "类别凭据": "x", "类别来源": "x"}
    imported(
        written(
            tmp_path / "0.csv",
            HEADINGS,
            [line(number, 姓名="王芳", **group, 类别开始日期="2020-03-01")],
        )
    )
    before = Event.objects.count()
    lines = [
        line(number, 姓名="李明华"),
        line(old, 姓名="王芳"),
        line(姓名="赵云"),
    ]
    run = imported(written(tmp_path / "1.csv", HEADINGS, lines))
    assert run.state == "refused"
    assert [(row, column) for row, column, _ in told(run)] == [(2, "姓名"), (3, "身份证号")]
    assert "同一个人的档案" in told(run)[1][2]
    early = line(number, 姓名="王芳", **group, 类别开始日期="2019-01-01")
    run = imported(written(tmp_path / "2.csv", HEADINGS, [early]))
    assert "已从 2020-03-01 起" in told(run)[0][2]
    # Only the two runs that were refused are new, and told as such.
    assert Event.objects.exclude(kind=REFUSED_LINES).count() == before
    assert Event.objects.filter(kind=REFUSED_LINES).count() == 2
    late = line(old, 姓名="王芳", 手机号="13800000003", **group, 类别开始日期="2021-01-01")
    assert counts(imported(written(tmp_path / "3.csv", HEADINGS, [late]))) == (0, 1, 0, 0)
    one.refresh_from_db()
    assert one.phone == "13800000003"


@pytest.mark.django_db
def test_a_number_that_was_corrected_is_somebody_else_s(tmp_path: Path) -> None:
    wrong, right = identity_number(), identity_number()
    made = add_person(identity_number=wrong, name="李明华", by=None, on=TODAY)
    correct_number(made, identity_number=right, by=None, on=TODAY, why="按证件")
    run = imported(written(tmp_path / "1.csv", HEADINGS, [line(wrong), line(right)]))
    assert counts(run) == (1, 1, 0, 0)


@pytest.mark.django_db
def test_a_check_changes_nothing(tmp_path: Path) -> None:
    before = Event.objects.count()
    good = written(tmp_path / "1.csv", HEADINGS, [line(), line()])
    assert counts(imported(good, check=True)) == (2, 0, 0, 0)
    wrong = written(tmp_path / "2.csv", HEADINGS, [line(), line(姓名="")])
    given: dict[str, Any] = {"by": None, "on": TODAY, "at": timezone.now(), "check": True}
    found = import_register(wrong, file_name="2.csv", **given)
    assert (found.run.state, counts(found.run)) == ("refused", (0, 0, 0, 1))
    assert [(one.line, one.column) for one in found.problems] == [(3, "姓名")]
    assert not Person.objects.exists()
    assert not ImportRun.objects.exists()
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_chunks_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 3)
    numbers = [identity_number() for _ in range(10)]
    lines = [line(number) for number in numbers]
    assert counts(imported(written(tmp_path / "1.csv", HEADINGS, lines[:7]))) == (7, 0, 0, 0)
    lines[8][0] = ""
    run = imported(written(tmp_path / "2.csv", HEADINGS, lines))
    assert (run.state, counts(run)) == ("refused", (0, 0, 0, 1))
    lines[8][0] = "李明华"
    assert counts(imported(written(tmp_path / "2.csv", HEADINGS, lines))) == (3, 0, 7, 0)


def test_who_imports_and_whom(world: World, tmp_path: Path) -> None:
    by = world.home.users[Role.ACCEPTOR]
    near, far = line(), line(居住地="宜昌市西陵区")
    run = imported(written(tmp_path / "1.csv", HEADINGS, [near, far]), by)
    assert (run.state, run.by) == ("refused", by)
    assert told(run) == [
        (
            3,
            "身份证号",
            "户籍地、居住地、工作地至少一处须在您的辖区内，并属于您的业务条线",
        )
    ]
    persons = Person.objects.count()
    assert counts(imported(written(tmp_path / "2.csv", HEADINGS, [near]), by)) == (1, 0, 0, 0)
    assert Person.objects.count() == persons + 1
    for role in (Role.SUPERVISOR, Role.AUDITOR, Role.ENTERPRISE_HR, Role.PLATFORM_ADMIN):
        with pytest.raises(PermissionDenied):
            imported(tmp_path / "2.csv", world.home.users[role])


def test_nobody_is_brought_into_reach_by_a_file(world: World, tmp_path: Path) -> None:
    """Whoever knows a number would else change what is said of anybody in the province."""
    by, far = world.home.users[Role.ACCEPTOR], world.elsewhere.person
    drawn = line(str(far.identity_number), 姓名=far.name, 手机号="13900000000")
    run = imported(written(tmp_path / "1.csv", HEADINGS, [line(), drawn]), by)
    assert told(run) == [(3, "身份证号", "已有档案，不在您的辖区或业务条线内；请由当地办理变更")]
    firm = world.elsewhere.bodies["enterprise"]
    lines = [[firm.name, firm.credit_code, "", "420106", "", "", "6222000011112222"]]
    run = imported(written(tmp_path / "2.csv", ORGANISATION, lines), by)
    assert told(run) == [(2, "统一社会信用代码", "已在别处登记，不在您的辖区内；请由当地办理变更")]
    far.refresh_from_db()
    firm.refresh_from_db()
    assert (far.phone, firm.bank_account) == ("13800000000", None)
    # Nor does anybody handle their own record this way.
    by.person = add_person(
        identity_number=identity_number(),
        name="李明华",
        living_region=world.home.person.living_region,
        by=None,
        on=TODAY,
    )
    by.save()
    own = line(str(by.person.identity_number), 手机号="13900000000")
    run = imported(written(tmp_path / "3.csv", HEADINGS, [own]), User.objects.get(pk=by.pk))
    assert told(run) == [(2, "身份证号", "这是您本人的档案，须由他人办理；请从文件中去掉")]


@pytest.mark.django_db
def test_a_number_in_the_wrong_column_is_veiled(tmp_path: Path) -> None:
    number = identity_number()
    mixed = line(居住地=number, 文化程度="13800000001", 类别开始日期="6222000011112222333")
    mixed[0] = "6222000011112222333"
    run = imported(written(tmp_path / "1.csv", HEADINGS, [mixed]))
    kept = [f"{one.value} {one.message}" for one in run.problems.all()]
    assert len(kept) == 4
    for secret in (number, "13800000001", "6222000011112222333"):
        assert secret not in " ".join(kept)
    assert f"{number[:4]}******{number[-2:]} " in " ".join(kept)


ORGANISATION = ["单位名称", "信用代码", "单位类别", "所在地", "企业规模", "行业代码", "银行账号"]


@pytest.mark.django_db
def test_organisations_are_imported_and_again_nothing_changes(tmp_path: Path) -> None:
    code, other = credit_code(), credit_code()
    lines = [
        ["明德纺织(武汉)", code, "企业", "420106", "小型", "1711", "6222 0000 1111"],
        ["明蛙教育", other, "培训机构、线上培训平台", "武汉市", "", "", ""],
    ]
    file = written(tmp_path / "organisations.csv", ORGANISATION, lines)
    run = imported(file)
    assert told(run) == []
    assert (run.kind, counts(run)) == ("organisations", (2, 0, 0, 0))
    one = Organisation.objects.get(credit_code=code)
    assert (one.name, one.size, one.industry) == ("明德纺织（武汉）", "small", "C1711")
    assert one.bank_account == "622200001111"
    kinds = OrganisationKind.objects.filter(organisation__credit_code=other)
    assert {(one.kind, one.starts_on) for one in kinds} == {
        ("institution", TODAY),
        ("platform", TODAY),
    }
    before = Event.objects.count()
    assert counts(imported(file)) == (0, 0, 2, 0)
    assert Event.objects.count() == before
    lines[0][4], lines[0][6], lines[1][2] = "微型", "", "评价机构"
    run = imported(written(tmp_path / "2.csv", ORGANISATION, lines))
    assert counts(run) == (0, 2, 0, 0)
    one.refresh_from_db()
    assert (one.size, one.bank_account) == ("micro", "622200001111")
    assert set(events_of(one)[0].after or {}) == {"size"}
    assert kinds.all().count() == 3


def test_departments_are_no_acceptor_s(world: World, tmp_path: Path) -> None:
    lines = [
        ["区财政局", credit_code(), "财政部门", "420106", "", "", ""],
        ["宜昌公司", credit_code(), "企业", "420502", "", "", ""],
        ["本地公司", credit_code(), "企业", "420106", "", "", ""],
    ]
    by = world.home.users[Role.ACCEPTOR]
    run = imported(written(tmp_path / "1.csv", ORGANISATION, lines), by)
    assert told(run) == [(2, "单位类别", "部门由平台管理员登记，请从文件中去掉")]
    run = imported(written(tmp_path / "2.csv", ORGANISATION, lines[1:]), by)
    assert told(run) == [(2, "统一社会信用代码", "单位所在地须在您的辖区内")]
    assert counts(imported(written(tmp_path / "3.csv", ORGANISATION, lines[2:]), by))[0] == 1


@pytest.mark.django_db
def test_a_file_of_neither_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="身份证号"):
        imported(written(tmp_path / "1.csv", ["甲", "乙"], [["1", "2"]]))
    with pytest.raises(Refused, match="信用代码"):
        imported(written(tmp_path / "2.csv", HEADINGS, [line()]), kind="organisations")
    assert not ImportRun.objects.exists()
