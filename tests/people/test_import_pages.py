"""Pages of imports, and what records say on a person's page."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jineng.people.commands.entitlements import reserve, use
from jineng.people.commands.records import import_employment, import_insurance
from jineng.people.models import (
    ImportProblem,
    ImportRun,
    InsuranceSpell,
    Membership,
    Region,
    Role,
)
from jineng.policy import load
from jineng.policy.entitlement import Places
from tests.access.world import TODAY, World, signed_in
from tests.people import files
from tests.people.insured import line, months
from tests.people.reading import text

NOW = timezone.now()
GIVEN: dict[str, Any] = {"by": None, "on": TODAY, "at": NOW}


@pytest.fixture
def world(made: Callable[[], World], db: None) -> World:
    """Two districts with one of everybody."""
    return made()


def sent(client: Client, rows: files.Rows, folder: Path, **fields: Any) -> Any:
    content = files.write(folder / "a.csv", rows).read_bytes()
    given = {"kind": "insurance", "file": SimpleUploadedFile("七月.csv", content)} | fields
    return client.post(reverse("people:new_import"), given, follow=True)


def test_a_file_is_brought_in(world: World, acceptor: Client, tmp_path: Path) -> None:
    firm, who = world.home.bodies["enterprise"], world.home.person
    page = sent(acceptor, [line(who, firm, m) for m in months("2020-01", 3)], tmp_path)
    run = ImportRun.objects.get()
    assert page.redirect_chain == [(reverse("people:import", args=[run.pk]), 302)]
    said = text(page)
    assert "已导入。" in said
    assert "3 人月" in said
    assert "2020-01—2020-03" in said
    assert run.file_sha256 in said
    assert "acceptor-420106" in said
    assert "七月.csv" in text(acceptor.get(reverse("people:imports")))
    assert "七月.csv" not in text(acceptor.get(reverse("people:imports"), {"kind": "persons"}))


def test_a_refusal_is_in_the_readers_language(acceptor: Client, tmp_path: Path) -> None:
    """What is wrong with lines is written down in Chinese; a refusal is only told."""
    acceptor.cookies["jineng_language"] = "en"
    page = sent(acceptor, [{"甲": "1", "乙": "2"}], tmp_path)
    (told,) = page.context["form"].non_field_errors()
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"“[^”]*”", "", told)), told
    assert not ImportRun.objects.exists()


def test_what_is_wrong_is_shown_by_line(world: World, acceptor: Client, tmp_path: Path) -> None:
    firm, who = world.home.bodies["enterprise"], world.home.person
    number = str(who.identity_number)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    rows = [line(who, firm, "2020-01"), line(who, firm, "2020-02") | {"身份证号": wrong}]
    said = text(sent(acceptor, rows, tmp_path))
    assert "没有导入任何内容" in said
    assert "有错误，未导入" in said
    assert f"3 身份证号 {wrong[:6]}***********{wrong[-1]} 身份证号校验位不对" in said
    assert wrong not in said
    said = text(sent(acceptor, rows, tmp_path, only_clean="on"))
    assert "已导入，跳过有错误的行" in said
    assert InsuranceSpell.objects.count() == 1


def test_a_file_may_speak_of_some_insurances_alone(
    world: World, acceptor: Client, tmp_path: Path
) -> None:
    firm, who = world.home.bodies["enterprise"], world.home.person
    sent(acceptor, [line(who, firm, "2020-01", "养老、失业")], tmp_path)
    page = sent(acceptor, [line(who, firm, "2020-01", "医疗")], tmp_path, kinds=["4"])
    assert "只涉及险种 医疗保险" in text(page)
    (spell,) = InsuranceSpell.objects.filter(superseded_by=None)
    assert spell.kinds == 7
    page = sent(acceptor, [line(who, firm, "2020-01", "医疗", 缴费状态="已缴")], tmp_path)
    assert "1 人月原有养老保险记录，文件没有提到这个险种" in text(page)


def test_what_can_t_be_read_is_told_in_the_form(acceptor: Client, tmp_path: Path) -> None:
    page = sent(acceptor, [{"甲": "1"}], tmp_path)
    assert page.status_code == 422
    assert "没有认得的列名" in text(page)
    page = acceptor.post(reverse("people:new_import"), {"kind": "insurance"})
    assert page.status_code == 422
    assert "请选择文件" in text(page)
    large = SimpleUploadedFile("a.csv", b"x" * (20 * 1024 * 1024 + 1))
    page = acceptor.post(reverse("people:new_import"), {"kind": "insurance", "file": large})
    assert "超过 20 MB" in text(page)
    assert not ImportRun.objects.exists()


def test_files_of_persons_come_in_here_too(acceptor: Client, tmp_path: Path) -> None:
    page = sent(acceptor, [{"身份证号": "?", "姓名": "李"}], tmp_path, kind="persons")
    assert "有错误，未导入" in text(page)
    assert ImportRun.objects.get().kind == "persons"


def test_whose_imports_are_seen(world: World) -> None:
    home, away = world.home, world.elsewhere
    mine, far = (
        ImportRun.objects.create(
            kind="insurance",
            file_name=name,
            at=NOW,
            by=district.users[Role.ACCEPTOR],
            organisation=district.bodies["human_resources"],
        )
        for name, district in (("近.csv", home), ("远.csv", away))
    )
    command = ImportRun.objects.create(kind="insurance", file_name="全省.csv", at=NOW)
    for role, seen in (
        (Role.ACCEPTOR, {mine}),
        (Role.STATISTICIAN, {mine}),
        (Role.AUDITOR, {mine, far, command}),
    ):
        client = signed_in(home.users[role])
        listed = client.get(reverse("people:imports"))
        assert set(listed.context["table"].things) == seen
        for run in (mine, far, command):
            status = client.get(reverse("people:import", args=[run.pk])).status_code
            assert status == (200 if run in seen else 404)
    home.bodies["human_resources"].region = Region.objects.current().get(code="420000")
    home.bodies["human_resources"].save()
    listed = signed_in(home.users[Role.ACCEPTOR]).get(reverse("people:imports"))
    assert set(listed.context["table"].things) == {mine, far, command}


def test_an_import_stays_with_the_department_it_was_made_for(
    world: World, acceptor: Client, tmp_path: Path
) -> None:
    """Whoever made it may leave, and come to another: neither takes it along."""
    home, away = world.home, world.elsewhere
    sent(acceptor, [{"身份证号": "?", "姓名": "李"}], tmp_path, kind="persons")
    run, who = ImportRun.objects.get(), home.users[Role.ACCEPTOR]
    assert run.organisation == home.bodies["human_resources"]
    Membership.objects.filter(user=who).update(ends_on=TODAY - timedelta(days=1))
    Membership.objects.create(
        user=who,
        organisation=away.bodies["human_resources"],
        role=Role.ACCEPTOR,
        starts_on=TODAY,
    )
    for district, seen in ((home, [run]), (away, [])):
        client = signed_in(district.users[Role.STATISTICIAN])
        listed = client.get(reverse("people:imports")).context["table"].things
        assert list(listed) == seen


@pytest.mark.parametrize("view", ["imports", "import"])
def test_a_page_costs_the_same_however_much_is_on_it(
    world: World, acceptor: Client, view: str
) -> None:
    by = world.home.users[Role.ACCEPTOR]
    counts = []
    for number in (1, 2):
        run = ImportRun.objects.create(kind="insurance", at=NOW, by=by, file_name=f"{number}")
        ImportProblem.objects.bulk_create(
            ImportProblem(run=run, line=at, message="m") for at in range(number * 2)
        )
        address = reverse(f"people:{view}", args=[run.pk] if view == "import" else [])
        acceptor.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            acceptor.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_records_on_a_person_s_page(world: World, acceptor: Client, tmp_path: Path) -> None:
    who, firm = world.home.person, world.home.bodies["enterprise"]
    for number, month in enumerate(["2020-01", "2020-02", "2020-04"]):
        path = files.write(tmp_path / f"{number}.csv", [line(who, firm, month)])
        import_insurance(path, file_name="a", **GIVEN)
    employed = line(who, firm, "") | {"入职日期": "2020-01-05", "离职日期": "2020-04-30"}
    employed |= {"合同期限（月）": "无固定期限"}
    path = files.write(tmp_path / "e.csv", [employed])
    import_employment(path, file_name="e", **GIVEN)
    places = Places(load("hubei").schemes.values())
    facts = {"applied_on": date(2020, 9, 1), "region": "420106", "occupation": "电工"}
    for number, scheme in enumerate(["SKIL", "POST"]):
        claim = facts | {"scheme": scheme, "training_id": f"班{number}", "level": "3"}
        reserve(who, places.of(claim), reference=f"{number}", by=None, at=NOW)
    use(reference="0", by=None, at=NOW)
    said = text(acceptor.get(reverse("people:person", args=[who.pk])))
    # Of this year's chances, all are left.
    assert "享受补贴的培训 2026 0 0 3" in said
    name = firm.name
    assert f"{name} 2020-01 2020-02 养老保险、失业保险、医疗保险、工伤保险、生育保险" in said
    assert f"{name} 2020-04 2020-04" in said
    assert f"{name} 2020-01-05 2020-04-30 — 无固定期限" in said
    assert "享受补贴的培训 2020 1 1 1" in said
    assert "岗位技能培训、职工技能提升补贴：电工 高级工 — 1 1 —" in said
