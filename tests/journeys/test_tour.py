"""README's tour: what each of the demo's cast is shown there, they come to from their home.

With JINENG_SCREENSHOTS=1 its pictures are left in `docs/screenshots`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.cast import entered
from tests.journeys.pictures import TOUR, toured
from tests.journeys.story import is_accessible, title, visitor
from tests.stand import ROOT, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

Shown = Callable[[str], None]
HERE = Path(__file__).parent
#: Where a picture of the tour is made.
MADE = re.compile(r'(?:shown\(|toured\(page, )"([a-z-]+)"\)')
#: A picture's name where it is told of.
NAMED = re.compile(r"screenshots/tour-([a-z-]+)\.png")


@contextmanager
def seen(browser: Browser, province: Demo, who: str, size: str) -> Iterator[tuple[Page, Shown]]:
    """One of the cast at home, and what is done with each page that README shows."""
    with visitor(browser, size) as context:
        page = entered(context, province, who)

        def shown(name: str) -> None:
            is_accessible(page)
            toured(page, name)

        page.goto(province.url)
        yield page, shown


def test_a_worker_sees_what_is_left_and_who_looked(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "zhou-hao", "phone") as (page, shown):
        expect(page.get_by_role("main")).to_contain_text("2020")
        shown("worker-home")
        page.get_by_role("link", name="谁看过我的档案").first.click()
        expect(page.get_by_text("复审技能提升补贴，核对证书上的身份证号").last).to_be_visible()
        shown("worker-looks")
        inbox = f"{province.url}/inbox/?topic=archive"
        told = page.get_by_role("link", name=re.compile("有人查看了您的完整号码"))
        comes(page, inbox, told)
        told.first.click()
        shown("worker-notice")


def test_an_enterprise_is_told_of_all_errors_at_once(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "huang-li", "desk") as (page, shown):
        page.get_by_role("link", name="申领表有错误，待改正").click()
        page.get_by_role("link", name="9月新进员工岗前培训（待改）.xlsx").first.click()
        expect(title(page)).to_have_text("核对结果")
        expect(page.get_by_role("link", name="下载标出错误的副本")).to_be_visible()
        shown("hr-errors")


def test_an_institution_sees_what_waits(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "zheng-guoping", "desk") as (page, shown):
        expect(page.get_by_role("link", name=re.compile("资质即将到期"))).to_be_visible()
        shown("institution-home")
        page.get_by_role("link", name="楚匠学校养老护理2020-3班.xlsx").first.click()
        expect(page.get_by_text("补贴标准尚未规定").first).to_be_attached()
        shown("institution-batch")


def test_a_reviewer_goes_from_a_batch_to_its_clause(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "liu-yang", "desk") as (page, shown):
        page.get_by_role("link", name="武昌区职工技能提升补贴2020年8月.xlsx").first.click()
        shown("reviewer-batch")
        page.get_by_role("table").get_by_role("link", name=re.compile("^WCSKIL")).first.click()
        expect(page.get_by_role("heading", name="逐项条件")).to_be_visible()
        shown("reviewer-line")


def test_an_acceptor_answers_by_a_day(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "chen-jing", "desk") as (page, shown):
        shown("acceptor-home")
        page.get_by_role("link", name=re.compile("更正申请待答复")).click()
        page.get_by_role("link", name=re.compile("李桂芳")).click()
        expect(page.get_by_role("button", name="答复")).to_be_visible()
        shown("acceptor-answer")


def test_an_auditor_takes_the_seal_along(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "yan-ming", "desk") as (page, shown):
        page.get_by_role("link", name=re.compile("事件日志封存")).first.click()
        comes(page, page.url, page.get_by_role("link", name="下载根文件"))
        shown("auditor-seal")


def test_anybody_reads_the_rules(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "", "desk") as (page, shown):
        page.goto(f"{province.url}/policy/")
        page.get_by_role("main").get_by_role("link", name="职工技能提升补贴").first.click()
        shown("library-scheme")


def test_a_draft_is_tried_before_it_is_in_force(browser: Browser, province: Demo) -> None:
    with seen(browser, province, "feng-li", "desk") as (page, shown):
        page.get_by_role("link", name="岗前培训提到 600 元，合同须满一年半").first.click()
        expect(page.get_by_text("试算不是决定")).to_be_visible()
        shown("policy-trial")


def test_what_is_told_in_pictures_was_seen() -> None:
    """A picture that nobody makes anew grows old; one that no page shows is none of the tour."""
    told = [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob("*.md")]
    named = {name for page in told for name in NAMED.findall(page.read_text())}
    made = {name for test in HERE.glob("test_*.py") for name in MADE.findall(test.read_text())}
    assert named == made == {one.stem.removeprefix("tour-") for one in TOUR.glob("tour-*.png")}


def comes(page: Page, address: str, what: Locator) -> None:
    """Waits for what a job brings: notices four times a minute, the first seal after a minute."""
    for _ in range(120):
        page.goto(address)
        if what.count():
            return
        page.wait_for_timeout(1_000)
    raise AssertionError(f"nothing came to {address}")
