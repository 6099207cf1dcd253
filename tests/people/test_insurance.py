"""Insurance files: what they may look like, what becomes of them, what is told where they err."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from jineng.core.sealed import lookup_hash
from jineng.people.commands.merging import merge_persons
from jineng.people.commands.persons import correct_number
from jineng.people.commands.records import How
from jineng.people.models import (
    EmploymentSpell,
    ImportProblem,
    ImportRun,
    InsuranceSpell,
    Organisation,
    Person,
    PersonKey,
    Role,
    User,
)
from jineng.people.queries.persons import person_of_number
from tests.access.world import TODAY, World, organisation, person
from tests.people import files
from tests.people.insured import REGION, brought, counts, line, months, spells, taken, text
from tests.people.numbers import credit_code, identity_number


@pytest.fixture
def li(db: None) -> Person:
    return person("李明", REGION, date(1990, 1, 1))


@pytest.fixture
def firm(db: None) -> Organisation:
    return organisation("明德纺织有限公司", REGION, "enterprise")


def test_months_become_spells(tmp_path: Path, li: Person, firm: Organisation) -> None:
    other = organisation("另一家公司", REGION)
    rows = [line(li, firm, month) for month in months("2019-11", 4)]
    rows += [line(li, firm, month, "养老") for month in months("2020-03", 2)]
    rows += [line(li, firm, "2020-06"), line(li, other, "2020-06", "工伤")]
    run = brought(tmp_path, rows).run
    assert spells(li) == [
        ("2019-11", "2020-02", 31),
        ("2020-03", "2020-04", 1),
        ("2020-06", "2020-06", 31),
        ("2020-06", "2020-06", 8),
    ]
    assert (run.state, counts(run)) == ("done", (8, 8, 0, 0, 0))
    assert run.told["persons"] == 1
    assert run.told["employers"] == 2
    assert run.finished_at is not None


def test_a_line_for_each_insurance_says_the_same(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    each = ["职工基本养老保险", "失业保险", "城镇职工基本医疗保险", "工伤", "maternity"]
    rows = [line(li, firm, "2020年8月", kind, 缴费状态="已缴") for kind in each]
    rows.append(line(li, firm, "202009", "养老保险", 缴费状态="已缴"))
    rows.append(line(li, firm, "2020-09-01", "失业保险", 缴费状态="欠缴"))
    run = brought(tmp_path, rows).run
    assert spells(li) == [("2020-08", "2020-08", 31), ("2020-09", "2020-09", 1)]
    assert counts(run) == (7, 2, 0, 0, 0)


def test_the_same_file_again_changes_nothing(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    path = files.write(tmp_path / "a.csv", [line(li, firm, m) for m in months("2020-01", 3)])
    first = taken(path).run
    before = list(InsuranceSpell.objects.values())
    again = taken(path.rename(tmp_path / "another name.csv"))
    assert again.same_as == first
    assert counts(again.run) == (3, 0, 0, 3, 0)
    # Nor do the same lines in another order, which are another file.
    rows = [line(li, firm, month) for month in reversed(months("2020-01", 3))]
    shuffled = brought(tmp_path, rows)
    assert shuffled.same_as is None
    assert counts(shuffled.run) == (3, 0, 0, 3, 0)
    assert list(InsuranceSpell.objects.values()) == before
    assert ImportRun.objects.count() == 3


def test_a_correction_replaces_and_keeps_what_was_there(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    original = files.write(tmp_path / "o.csv", [line(li, firm, m) for m in months("2020-01", 5)])
    first = taken(original).run
    second = brought(
        tmp_path, [line(li, firm, "2020-02", "养老"), line(li, firm, "2020-04", "无")]
    ).run
    assert spells(li) == [
        ("2020-01", "2020-01", 31),
        ("2020-02", "2020-02", 1),
        ("2020-03", "2020-03", 31),
        ("2020-05", "2020-05", 31),
    ]
    assert counts(second) == (2, 0, 2, 0, 0)
    # 养老 alone is named, so the file may have meant nothing of the others: that is told.
    assert second.told["lost"] == {"2": 2, "4": 2, "8": 2, "16": 2}
    (old,) = InsuranceSpell.objects.exclude(superseded_by=None)
    assert (old.run, old.superseded_by) == (first, second)
    assert (text(old.first_month), text(old.last_month)) == ("2020-01", "2020-05")
    # The original, brought again by mistake, does not undo the correction; asked for, it does.
    assert taken(original).same_as == first
    assert len(spells(li)) == 4
    assert counts(taken(original, How(again=True)).run) == (5, 1, 1, 3, 0)
    assert {kinds for _, _, kinds in spells(li)} == {31}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM people_insurancespell",
        "UPDATE people_insurancespell SET kinds = 1",
        "UPDATE people_insurancespell SET superseded_by_id = NULL",
        "DELETE FROM people_employmentspell",
        "UPDATE people_employmentspell SET started_on = '2000-01-01'",
        "UPDATE people_employmentspell SET superseded_by_id = NULL",
        "DELETE FROM people_importrun",
        "UPDATE people_importrun SET file_sha256 = ''",
        "UPDATE people_importrun SET lines = 0",
        "UPDATE people_importrun SET added = 0",
        "DELETE FROM people_importproblem",
        "UPDATE people_importproblem SET message = ''",
    ],
)
def test_what_was_imported_stays(
    tmp_path: Path, li: Person, firm: Organisation, statement: str
) -> None:
    """Runs and superseded records are the history: the application can't change or remove them."""
    brought(tmp_path, [line(li, firm, "2020-01")])
    second = brought(tmp_path, [line(li, firm, "2020-01", "养老")]).run
    EmploymentSpell.objects.create(
        person=li, employer=firm, started_on=date(2020, 1, 1), superseded_by=second
    )
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|is history"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_system_that_keeps_some_insurances_leaves_the_others_alone(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    brought(tmp_path, [line(li, firm, m, "养老、失业") for m in months("2020-01", 3)])
    medical = [line(li, firm, m, "医疗、生育") for m in months("2020-02", 3)]
    brought(tmp_path, medical, kinds=4 | 16)
    assert spells(li) == [
        ("2020-01", "2020-01", 3),
        ("2020-02", "2020-03", 23),
        ("2020-04", "2020-04", 20),
    ]


def test_other_ways_of_writing_a_number_are_the_same_person(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    number = str(li.identity_number)
    short = number[:6] + number[8:17]
    rows = [
        line(li, firm, month) | {"身份证号": written}
        for month, written in zip(
            months("2020-01", 5),
            [number, short, f"'{number}", f'="{number}"', f"{number[:6]} {number[6:]}"],
            strict=True,
        )
    ]
    assert brought(tmp_path, rows).run.state == "done"
    assert spells(li) == [("2020-01", "2020-05", 31)]


def test_a_former_number_leads_to_its_person(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    before = str(li.identity_number)
    corrected = correct_number(
        li, identity_number=identity_number(date(1990, 1, 2)), by=None, on=TODAY, why="录入错误"
    )
    rows = [line(corrected, firm, "2020-01"), line(li, firm, "2020-02") | {"身份证号": before}]
    assert brought(tmp_path, rows).run.state == "done"
    assert spells(li) == [("2020-01", "2020-02", 31)]


def test_records_that_were_merged_are_put_right_together(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    other = person("李明", REGION, date(1991, 1, 1))
    brought(tmp_path, [line(other, firm, m) for m in months("2020-01", 3)])
    told: dict[str, Any] = {"by": None, "on": TODAY, "at": timezone.now(), "why": "同一人"}
    merge_persons(li, other, **told)
    run = brought(tmp_path, [line(li, firm, m, "养老") for m in months("2020-03", 2)]).run
    assert counts(run) == (2, 1, 1, 0, 0)
    assert spells(li) == [("2020-03", "2020-04", 1)]
    assert spells(other) == [("2020-01", "2020-02", 31)]
    # The other number's lines are the survivor's, and what the merged record says already stays.
    again = brought(tmp_path, [line(other, firm, m) for m in months("2020-01", 2)]).run
    assert counts(again) == (2, 0, 0, 2, 0)


def test_a_key_in_rotation_finds_its_persons(
    tmp_path: Path, li: Person, firm: Organisation, settings: Any
) -> None:
    settings.LOOKUP_KEYS = {"new": b"n" * 32} | settings.LOOKUP_KEYS
    assert bytes(PersonKey.objects.get(person=li).hash) != lookup_hash(
        "identity", str(li.identity_number)
    )
    assert brought(tmp_path, [line(li, firm, "2020-01")]).run.state == "done"


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, li: Person, firm: Organisation) -> None:
    stranger = identity_number(date(1980, 5, 5))
    wrong = stranger[:17] + ("0" if stranger[17] != "0" else "1")
    rows = [
        line(li, firm, "2020-01"),
        line(li, firm, "2020-13"),
        line(li, firm, "2020-02", "养老、五谷"),
        line(li, firm, "2020-03") | {"姓名": "王芳"},
        line(li, firm, "2020-04") | {"身份证号": wrong},
        line(li, firm, "2020-05") | {"身份证号": stranger},
        line(li, firm, "2020-06") | {"统一社会信用代码": credit_code()},
        line(li, firm, "2020-07") | {"统一社会信用代码": "123"},
        line(li, firm, "2020-08") | {"险种": ""},
        line(li, firm, "2030-01"),
    ]
    path = files.write(tmp_path / "a.csv", rows)
    path.write_bytes(path.read_bytes() + b"\r\n1,2,3\r\n")
    result = taken(path)
    told = [(one.line, one.column, one.value) for one in result.problems]
    assert told == [
        (3, "费款所属期", "2020-13"),
        (4, "险种", "养老、五谷"),
        (5, "姓名", "王*"),
        (6, "身份证号", f"{wrong[:6]}***********{wrong[-1]}"),
        (7, "身份证号", f"{stranger[:6]}***********{stranger[-1]}"),
        (8, "统一社会信用代码", rows[6]["统一社会信用代码"]),
        (9, "统一社会信用代码", "123"),
        (10, "险种", ""),
        (11, "费款所属期", "2030-01"),
        (13, "", ""),
    ]
    assert "校验位" in result.problems[3].message
    assert "有 3 列" in result.problems[-1].message
    run = ImportRun.objects.get()
    assert (run.state, counts(run), run.problems_found) == ("refused", (11, 0, 0, 0, 10), 10)
    kept = ImportProblem.objects.order_by("line").values_list("line", "column", "value")
    assert list(kept) == told
    assert not InsuranceSpell.objects.exists()


def test_the_clean_lines_alone(tmp_path: Path, li: Person, firm: Organisation) -> None:
    rows = [line(li, firm, "2020-01"), line(li, firm, "?"), line(li, firm, "2020-02")]
    path = files.write(tmp_path / "a.csv", rows)
    run = taken(path, How(only_clean=True)).run
    assert (run.state, counts(run)) == ("done", (3, 2, 0, 0, 1))
    assert spells(li) == [("2020-01", "2020-02", 31)]
    assert run.problems.get().line == 3
    # The file was not imported whole, so it may be brought again.
    assert taken(path, How(only_clean=True)).same_as is None
    with_nothing = files.write(tmp_path / "b.csv", [line(li, firm, "?")])
    assert taken(with_nothing, How(only_clean=True)).run.state == "refused"


def test_one_number_has_one_name_in_a_file(tmp_path: Path, li: Person, firm: Organisation) -> None:
    rows = [line(li, firm, "2020-01"), line(li, firm, "2020-02") | {"姓名": "李 明"}]
    (problem,) = brought(tmp_path, rows).problems
    assert (problem.line, problem.column) == (3, "姓名")


def test_whom_the_register_does_not_know_it_may_learn(
    tmp_path: Path, li: Person, firm: Organisation
) -> None:
    number, code = identity_number(date(1985, 3, 2)), credit_code()
    new = {"身份证号": number, "姓名": "张伟", "统一社会信用代码": code, "单位名称": "新公司"}
    rows = [line(li, firm, "2020-01"), line(li, firm, "2020-02") | new]
    path = files.write(tmp_path / "a.csv", rows)
    assert len(taken(path).problems) == 2
    run = taken(path, How(add_unknown=True)).run
    assert run.state == "done"
    zhang = person_of_number(number)
    assert zhang is not None
    assert (zhang.name, zhang.birth_date, zhang.run) == ("张伟", date(1985, 3, 2), run)
    assert zhang.identity_number == number
    assert Organisation.objects.get(credit_code=code).name == "新公司"
    assert spells(zhang) == [("2020-02", "2020-02", 31)]
    nameless = [line(li, firm, "2020-03") | {"统一社会信用代码": credit_code()}]
    (problem,) = brought(tmp_path, nameless, "b.csv", how=How(add_unknown=True)).problems
    assert "没有单位名称" in problem.message


def test_a_look_changes_nothing(tmp_path: Path, li: Person, firm: Organisation) -> None:
    path = files.write(tmp_path / "a.csv", [line(li, firm, m) for m in months("2020-01", 3)])
    look = taken(path, How(check=True))
    assert not look.run.pk
    assert counts(look.run) == (3, 3, 0, 0, 0)
    bad = files.write(tmp_path / "b.csv", [line(li, firm, "?")])
    assert len(taken(bad, How(check=True)).problems) == 1
    assert not ImportRun.objects.exists()
    assert not InsuranceSpell.objects.exists()


def test_who_may_import(tmp_path: Path, world: World) -> None:
    home, away = world.home, world.elsewhere
    firm = home.bodies["enterprise"]
    path = files.write(tmp_path / "a.csv", [line(home.person, firm, "2020-01")])
    for role in (Role.SUPERVISOR, Role.ENTERPRISE_HR, Role.WORKER):
        with pytest.raises(PermissionDenied):
            taken(path, by=home.users[role])
    by: User = home.users[Role.ACCEPTOR]
    run = taken(path, by=by).run
    assert (run.state, run.by) == ("done", by)
    far = files.write(tmp_path / "b.csv", [line(away.person, firm, "2020-01")])
    (problem,) = taken(far, by=by).problems
    assert "辖区" in problem.message
    # Nobody brings records of one's own, wherever that person lives.
    for own, file in ((home.person, path), (away.person, far)):
        User.objects.filter(person=own).update(person=None)
        User.objects.filter(pk=by.pk).update(person=own)
        (problem,) = taken(file, How(again=True), by=User.objects.get(pk=by.pk)).problems
        assert "不能导入自己的记录" in problem.message


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_take_turns(tmp_path: Path) -> None:
    who, firm = person("李明", REGION, date(1990, 1, 1)), organisation("甲", REGION)
    paths = [
        files.write(tmp_path / f"{kinds}.csv", [line(who, firm, m, kinds) for m in span])
        for kinds, span in (("养老", months("2020-01", 9)), ("失业", months("2020-05", 9)))
    ]
    done: list[str] = []

    def take(path: Path) -> None:
        done.append(taken(path).run.state)
        connection.close()

    threads = [threading.Thread(target=take, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["done", "done"]
    in_force = spells(who)
    assert [first for first, _, _ in in_force] in (
        ["2020-01", "2020-05"],
        ["2020-01", "2020-10"],
    )
    assert InsuranceSpell.objects.exclude(superseded_by=None).count() == 1


KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import date
from pathlib import Path
from django.db import connection
from django.utils import timezone
from jineng.people.commands import records
from jineng.people.records import copying

at, path = sys.argv[1:]
if at.isdecimal():
    whole, left = copying.copy_in, [int(at)]
    def copy_in(cursor, into, table):
        if "insurancespell" in into:
            whole(cursor, into, table.slice(0, left[0]))
            os.kill(os.getpid(), signal.SIGKILL)
        whole(cursor, into, table)
    from jineng.people.records import insurance
    insurance.copy_in = copy_in

def progress(stage, done, total):
    if stage == at:
        os.kill(os.getpid(), signal.SIGKILL)

records.import_insurance(
    Path(path), file_name="a", by=None, on=date(2026, 11, 20), at=timezone.now(),
    how=records.How(add_unknown=True), progress=progress,
)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", ["读取文件", "查找人员和单位", "比较并写入", "1", "30"])
def test_whatever_kills_it_leaves_nothing_half_done(
    tmp_path: Path, at: str, database_roles: Any
) -> None:
    who, firm = person("李明", REGION, date(1990, 1, 1)), organisation("甲", REGION)
    taken(files.write(tmp_path / "a.csv", [line(who, firm, m) for m in months("2020-01", 80)]))
    before = state()
    rows: Sequence[Any] = [
        *(line(who, firm, m, "养老") for m in months("2020-01", 80)[::2]),
        line(who, firm, "2020-01") | {"身份证号": identity_number(), "姓名": "张伟"},
    ]
    path = files.write(tmp_path / "b.csv", rows)
    environment = os.environ | {"DATABASE_URL": database_roles.app.text}
    environment["DJANGO_SETTINGS_MODULE"] = "jineng.config.settings"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, at, str(path)], env=environment, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert state() == before
    assert taken(path, How(add_unknown=True)).run.changed == 40


def state() -> list[Any]:
    """Everything that an import writes."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (ImportRun, ImportProblem, InsuranceSpell, Person, PersonKey)
    ]
