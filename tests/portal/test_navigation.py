"""What the navigation shows whom, and the way to each page."""

import re

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from jineng.people.models import Role, User
from jineng.people.roles import Kind
from jineng.portal.navigation import (
    OPEN_TO_ALL,
    SECTIONS,
    SIDE,
    TOP,
    WORKERS,
    WORKERS_TOO,
    navigation_of,
)
from jineng.portal.places import PLACES
from tests.access.table import ROWS
from tests.access.world import World, signed_in

pytestmark = pytest.mark.django_db

#: Answered with something else than a page of one's own, or led on.
NO_PAGE = {
    "healthz", "readyz", "metrics", "set_preferences", "account_logout", "people:archive_file",
    "people:leave_everywhere", "people:revoke", "people:search_persons",
    "people:search_organisations", "people:verify_person", "people:verify_organisation",
    "claims:template", "claims:progress", "claims:marked", "claims:clean", "claims:again",
    "claims:search", "claims:line_json", "claims:line_text", "audit:roots", "audit:public_key",
    "inbox:mark_all", "inbox:undo", "inbox:case", "inbox:mark",
    "inbox:choose", "inbox:mail", "inbox:forget",
    "mfa_download_recovery_codes", "openid_connect_login", "openid_connect_callback", "text_code",
    "claims:order", "claims:run_file", "desk:case_file", "desk:case_template", "desk:draft_file",
    "desk:draft_remove", "desk:end_share", "desk:marked_cases", "desk:restore_draft",
    "desk:standards_file", "set_columns", "whatif:again", "whatif:cancel", "whatif:file",
    "whatif:progress", "whatif:search",
}  # fmt: skip
#: Where one is not signed in yet there is no way to tell.
SIGNING_IN = (
    "account_", "mfa_authenticate", "mfa_reauthenticate", "mfa_login", "text", "socialaccount_",
)  # fmt: skip


def asked_by(user: User | None, path: str = "/") -> HttpRequest:
    """A request for a page, as its view gets it."""
    client = signed_in(user) if user else Client()
    found: HttpRequest = client.get(path).wsgi_request
    return found


def titles(user: User | None) -> list[str]:
    """What the navigation says."""
    shown = navigation_of(asked_by(user))
    return [str(link.title) for section in shown.sections for link in section.links]


def test_every_page_has_a_place() -> None:
    pages = {
        row.view for row in ROWS if row.view not in NO_PAGE and not row.view.startswith(SIGNING_IN)
    }
    assert {view for view in pages if not view.startswith("demo:")} <= set(PLACES)
    assert {place.under for place in PLACES.values()} - {""} <= set(PLACES)


def test_each_role_sees_what_it_may_do(world: World) -> None:
    users = world.home.users
    own = ["首页", "我的档案", "消息", "我的账号"]
    assert titles(users[Role.WORKER]) == [*own, "我能领多少", "政策库"]
    foot = navigation_of(asked_by(users[Role.WORKER])).bottom
    assert [str(link.title) for link in foot] == own
    assert all("政策库" in titles(users[role]) for role in Role)
    assert "员工" in titles(users[Role.ENTERPRISE_HR])
    assert "成员与岗位" in titles(users[Role.ENTERPRISE_HR])
    assert "学员" in titles(users[Role.INSTITUTION_ADMIN])
    assert "成员与岗位" not in titles(users[Role.TEACHER])
    assert "考生" in titles(users[Role.EXAMINER])
    acceptor = titles(users[Role.ACCEPTOR])
    assert {"更正申请", "企业报名", "人员", "单位", "资质", "导入"} <= set(acceptor)
    assert "事件日志封存" not in acceptor
    assert "事件日志封存" in titles(users[Role.AUDITOR])
    assert {"平台管理员", "事件日志封存"} <= set(titles(users[Role.PLATFORM_ADMIN]))
    assert "人员" not in titles(users[Role.PLATFORM_ADMIN])


def test_each_link_leads_somewhere(world: World) -> None:
    for role in Role:
        user = world.home.users[role]
        shown = navigation_of(asked_by(user))
        assert shown.kind == (TOP if role == Role.WORKER else SIDE)
        assert bool(shown.bottom) == (role == Role.WORKER)
        client = signed_in(user)
        for section in shown.sections:
            for link in section.links:
                assert client.get(link.url).status_code == 200, (role, link.url)


def test_letters_are_one_links_alone() -> None:
    entries = {*(one for _title, some in SECTIONS for one in some), *WORKERS, *WORKERS_TOO}
    entries |= set(OPEN_TO_ALL)
    letters = [entry.letter for entry in entries if entry.letter]
    assert len(letters) == len(set(letters))


def test_the_page_or_what_it_lies_under_is_marked(world: World) -> None:
    user = world.home.users[Role.ACCEPTOR]
    firm = world.home.bodies[Kind.ENTERPRISE].pk
    for path, marked in (
        ("/", "首页"),
        ("/persons/", "人员"),
        (f"/persons/{world.home.person.pk}/", "人员"),
        (f"/organisations/{firm}/qualification", "单位"),
        ("/imports/new", "导入"),
    ):
        shown = navigation_of(asked_by(user, path))
        links = [link for section in shown.sections for link in section.links if link.current]
        assert [str(link.title) for link in links] == [marked], path
    hr = navigation_of(asked_by(world.home.users[Role.ENTERPRISE_HR], f"/organisations/{firm}/"))
    marks = [str(one.title) for part in hr.sections for one in part.links if one.current]
    assert marks == ["单位信息"]


def test_the_way_to_a_page_names_what_it_is_about(world: World) -> None:
    client = signed_in(world.home.users[Role.ACCEPTOR])
    person, firm = world.home.person, world.home.bodies[Kind.ENTERPRISE]
    for path, way in (
        (f"/persons/{person.pk}/", [("首页", "/"), ("人员", "/persons/"), (person.name, "")]),
        (
            f"/persons/{person.pk}/edit",
            [
                ("首页", "/"),
                ("人员", "/persons/"),
                ("人员档案", f"/persons/{person.pk}/"),
                ("修改", ""),
            ],
        ),
        (
            f"/organisations/{firm.pk}/",
            [("首页", "/"), ("单位", "/organisations/"), (firm.name, "")],
        ),
        ("/", []),
    ):
        page = client.get(path).content.decode()
        trail = re.search(r'<nav class="trail".*?</nav>', page, re.DOTALL)
        steps = re.findall(r'<li>(?:<a href="(.*?)">|<span.*?>)(.*?)<', trail[0]) if trail else []
        assert [(title, url) for url, title in steps] == way, path


def test_without_a_request_it_is_a_strangers(rf: RequestFactory) -> None:
    shown = navigation_of(None)
    assert [link.url for part in shown.sections for link in part.links] == [
        "/",
        reverse("desk:quote"),
        reverse("desk:library"),
        reverse("claims:upload"),
        reverse("people:sign_up"),
    ]
    assert (shown.kind, shown.search_url, shown.inbox_url) == (TOP, "", "")
