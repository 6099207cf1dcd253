"""Lists, queues and pickers in a browser: by script, by keyboard, and with script off."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.story import is_accessible, picker, title, visitor
from tests.stand import ROOT, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

#: Makes an acceptor with sixty persons and fifty-five requests, and prints the cookie of a session.
PEOPLED = """
import django; django.setup()
from django.conf import settings
from django.utils import timezone
from jineng.people.commands.persons import add_person
from jineng.people.models import CorrectionRequest, Region, Role
from tests.access.world import TODAY, member, organisation, signed_in
from tests.people.numbers import identity_number
of = organisation("江夏区人社局", "420115", "human_resources")
clerk = member(of, Role.ACCEPTOR, "acceptor of lists")
lives = Region.objects.current().get(code="420115")
for place in range(60):
    person = add_person(
        identity_number=identity_number(), name=f"欧阳{chr(0x4E00 + place)}",
        living_region=lives, by=None, on=TODAY, phone=f"138{place:08}",
    )
    if place < 55:
        CorrectionRequest.objects.create(
            person=person, about="phone", stated="已换号", by=clerk, asked_at=timezone.now()
        )
print(signed_in(clerk).cookies[settings.SESSION_COOKIE_NAME].value)
"""


@pytest.fixture(scope="module")
def session(site: Demo) -> str:
    """The cookie of somebody with rows in every list."""
    environment = {
        **os.environ,
        "JINENG_VAR": str(site.var),
        "DATABASE_URL": (site.var / "run" / "database_url").read_text().strip(),
        "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
    }
    command = [sys.executable, "-c", PEOPLED]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def somebody(
    browser: Browser, site: Demo, session: str, size: str, *, script: bool = True
) -> BrowserContext:
    """A browser in which the acceptor is signed in."""
    context = visitor(browser, size, script=script)
    cookie = {"name": "sessionid", "value": session, "path": "/"}
    context.add_cookies([cookie | {"domain": urlsplit(site.url).hostname}])  # type: ignore[list-item]
    return context


def count(page: Page, text: str) -> None:
    expect(page.locator("[data-list-count]")).to_have_text(text)


def taken_along(page: Page, file: Path) -> None:
    """The list as a workbook: its sixty rows, with the columns that are shown."""
    page.locator("summary", has_text="导出").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Excel 表格").click()
    assert taken.value.suggested_filename == "人员.xlsx"
    taken.value.save_as(file)
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    assert sheet.max_row == 61
    assert [cell.value for cell in sheet[1]][-2:] == ["手机号", "人员类别"]


def test_a_list_is_narrowed_sorted_and_taken_along(
    browser: Browser, site: Demo, session: str, tmp_path: Path
) -> None:
    context = somebody(browser, site, session, "desk")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(f"{site.url}/persons/")
    count(page, "共 60 条")
    loads: list[Page] = []
    page.on("load", lambda loaded: loads.append(loaded))  # noqa: PLW0108 - it has attributes of its own

    page.get_by_label("身份证号、手机号或姓名").fill("欧阳丁")
    page.get_by_role("button", name="查询", exact=True).click()
    count(page, "共 1 条")
    expect(page.locator("[data-list-told]")).to_have_text("共 1 条")
    assert "欧阳" not in page.url
    assert "search" in parse_qs(urlsplit(page.url).query)
    page.get_by_role("link", name="查询：欧阳丁").click()
    count(page, "共 60 条")

    # By keyboard, and whoever sorts stays where they are.
    page.get_by_role("link", name="姓名").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("姓名")
    expect(page.get_by_role("link", name="姓名")).to_be_focused()
    page.get_by_role("link", name="下一页").press("Enter")
    expect(page.get_by_text("第 2 / 2 页")).to_be_visible()
    # What was pressed is gone with the first page: the keyboard goes on where the list begins.
    expect(page.locator("[data-list-count]:focus")).to_be_in_viewport()

    page.locator("summary", has_text="显示列").click()
    page.get_by_role("checkbox", name="手机号").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", name="手机号")).to_be_hidden()
    expect(page.locator("summary", has_text="显示列")).to_be_focused()
    page.locator("summary", has_text="显示列").click()
    page.get_by_role("button", name="应用").click()
    expect(page.get_by_role("columnheader", name="手机号")).to_be_visible()

    place = picker(page, "地区")
    place.fill("jxq")
    place.press("ArrowDown")
    is_accessible(page)
    place.press("Enter")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_role("link", name="地区：武汉市江夏区")).to_be_visible()
    assert "region=420115" in page.url
    taken_along(page, tmp_path / "persons.xlsx")

    # All without a page being loaded, and back leads back.
    assert loads == []
    page.go_back()
    expect(page.get_by_role("link", name="地区：武汉市江夏区")).to_have_count(0)
    page.route("**/persons/**", lambda route: route.abort())
    page.get_by_role("link", name="姓名").click()
    expect(page.get_by_text("没有取到最新内容")).to_be_visible()
    assert page.get_by_role("row").count() > 10
    assert complaints == []
    context.close()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_queue_is_worked_through(browser: Browser, site: Demo, session: str, size: str) -> None:
    context = somebody(browser, site, session, size)
    page = context.new_page()
    page.goto(f"{site.url}/corrections/")
    first = page.locator(".queue-item").first
    name = first.locator("strong").inner_text()
    is_accessible(page)
    if size == "desk":
        page.keyboard.press("j")
        expect(page.locator(".queue-item[aria-current] strong")).to_have_text(name)
        page.keyboard.press("j")
        expect(page.locator(".queue-item[aria-current] strong")).not_to_have_text(name)
        page.keyboard.press("k")
        expect(page.locator(".queue-item[aria-current] strong")).to_have_text(name)
        page.get_by_role("link", name="下一页").press("Enter")
        expect(page.get_by_text("第 2 / 2 页")).to_be_visible()
        expect(page.locator("[data-list-count]:focus")).to_be_in_viewport()
        page.get_by_role("link", name="上一页").press("Enter")
        expect(page.get_by_text("第 1 / 2 页")).to_be_visible()
    else:
        first.click()
        expect(first).to_be_hidden()
        page.get_by_role("link", name="返回列表").click()
        expect(first).to_be_visible()
        first.click()
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_role("alert").first).to_contain_text("答复")
    is_accessible(page)
    page.locator("textarea").fill("已按来电更正")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_role("status")).to_have_text("已答复。")
    # The next one is open.
    expect(page.locator("h2.card-title")).not_to_contain_text(f"{name}：")
    context.close()


def test_all_of_it_works_without_script(browser: Browser, site: Demo, session: str) -> None:
    context = somebody(browser, site, session, "phone", script=False)
    page = context.new_page()
    page.goto(f"{site.url}/persons/")
    page.get_by_label("地区").select_option("420115")
    page.get_by_label("排序").select_option("-name")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_role("link", name="地区：武汉市江夏区")).to_be_visible()
    assert "sort=-name" in page.url
    page.locator("summary", has_text="显示列").click()
    page.get_by_role("checkbox", name="手机号").check()
    page.get_by_role("button", name="应用").click()
    expect(page.get_by_text("138******").first).to_be_visible()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("第 2 / 2 页")).to_be_visible()
    page.goto(f"{site.url}/sign-up/")
    page.get_by_label("企业名称").fill("明德")
    page.get_by_label("企业所在地").select_option("420115")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert").first).to_contain_text("统一社会信用代码")
    context.close()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_component_can_be_used_by_everybody(browser: Browser, site: Demo, size: str) -> None:
    context = visitor(browser, size)
    page = context.new_page()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(f"{site.url}/components/")
        expect(title(page)).to_have_text("组件")
        for numbers in page.locator(".chart-numbers > summary").all():
            numbers.click()
        is_accessible(page)
    context.close()
