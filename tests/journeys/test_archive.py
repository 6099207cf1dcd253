"""A number is looked at for a reason that its owner reads; what is wrong is put right."""

import base64
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.access.totp import code
from tests.access.world import PASSWORD
from tests.journeys.story import is_accessible, title, visitor
from tests.stand import ROOT, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

SECRET = base64.b32encode(b"twenty bytes, no more").decode()[:32]


@pytest.fixture(scope="module")
def person(site: Demo) -> int:
    """A worker of a district that the demo has now; the number of the record."""
    database = (site.var / "run" / "database_url").read_text().strip()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.journeys.peopled", SECRET],
        cwd=ROOT,
        env={**os.environ, "JINENG_VAR": str(site.var), "DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def sign_in(page: Page, site: Demo, name: str, *, ahead: int | None = None) -> None:
    """With what a phone shows whose clock is so many seconds ahead; each number is taken once."""
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    if ahead is not None:
        shown = code(SECRET, datetime.now(UTC) + timedelta(seconds=ahead))
        page.get_by_label("验证码").fill(shown)
        page.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(title(page)).to_have_text(re.compile("工作台|您好"))


def test_who_looked_is_read_and_what_is_wrong_is_mended(
    site: Demo, browser: Browser, person: int
) -> None:
    # one after the other in this order: a number is taken once, and none before it any more
    for size, ahead in (("desk", 0), ("phone", 30)):
        looked_at_and_mended(site, browser, person, size, ahead)


def looked_at_and_mended(site: Demo, browser: Browser, person: int, size: str, ahead: int) -> None:
    officials, workers = visitor(browser, size), visitor(browser, size)
    official, worker = officials.new_page(), workers.new_page()
    sign_in(official, site, "first_reviewer-420106", ahead=ahead)
    official.goto(f"{site.url}/persons/{person}/reveal/phone")
    expect(title(official)).to_have_text("查看王芳的完整手机号")
    is_accessible(official)
    official.get_by_label("查看理由").fill(f"核对申领人电话 {size}")
    official.get_by_role("button", name="显示").click()
    expect(official.locator("main code")).to_have_text("13800000000")
    is_accessible(official)

    sign_in(worker, site, "worker-420106")
    worker.goto(f"{site.url}/mine/archive/")
    expect(worker.locator("#looks")).to_contain_text(f"核对申领人电话 {size}")
    expect(worker.locator("main")).not_to_contain_text("13800000000")
    is_accessible(worker)
    worker.get_by_label("哪一项有误").select_option("银行账户")
    worker.get_by_label("正确的内容").fill("开户行为湖北银行")
    worker.get_by_role("button", name="提交").click()
    expect(worker.get_by_text("等待答复")).to_be_visible()
    is_accessible(worker)
    with worker.expect_download() as download:
        worker.get_by_role("link", name="导出全部").click()
        worker.get_by_label("密码").fill(PASSWORD)
        worker.get_by_role("button", name="确认").click()
    assert "13800000000" in download.value.path().read_text()

    acceptors = visitor(browser, size)
    acceptor = acceptors.new_page()
    sign_in(acceptor, site, "acceptor-420106", ahead=ahead)
    if size == "desk":
        # What is answered before the worker looks needs nobody to act, and nobody is told of it.
        told_of(acceptor, site, "有一项更正申请等待答复")
        is_accessible(acceptor)
    acceptor.goto(f"{site.url}/corrections/")
    expect(title(acceptor)).to_have_text("更正申请")
    is_accessible(acceptor)
    acceptor.get_by_role("link", name="王芳").first.click()
    expect(acceptor.get_by_text("开户行为湖北银行")).to_be_visible()
    is_accessible(acceptor)
    acceptor.get_by_label("答复").fill(f"已按存折更正 {size}")
    acceptor.get_by_role("button", name="答复").click()
    expect(acceptor.get_by_text("已答复。")).to_be_visible()
    worker.goto(f"{site.url}/mine/archive/")
    expect(worker.get_by_text(f"已按存折更正 {size}")).to_be_visible()
    is_told(worker, site, size)
    acceptor.goto(f"{site.url}/inbox/")
    expect(acceptor.get_by_text("已办结").first).to_be_visible()
    is_accessible(acceptor)
    for context in (officials, workers, acceptors):
        context.close()


def told_of(page: Page, site: Demo, what: str, *, at_least: int = 1) -> Locator:
    """The inbox, once it holds so many notices of this title."""
    page.goto(f"{site.url}/inbox/")
    give_up = time.monotonic() + 60
    notices = page.get_by_role("link", name=what)
    # The real worker looks four times a minute.
    while notices.count() < at_least:
        assert time.monotonic() < give_up
        page.wait_for_timeout(1000)
        page.reload()
    return notices


def is_told(worker: Page, site: Demo, size: str) -> None:
    """The worker's inbox says what was done, and by which ways it is to be said."""
    # That of the round before is there already.
    answers = told_of(worker, site, "您的更正申请有了答复", at_least=1 if size == "desk" else 2)
    expect(worker.get_by_text("查看了您的完整手机号").first).to_be_visible()
    is_accessible(worker)
    answers.first.click()
    expect(title(worker)).to_have_text("您的更正申请有了答复")
    is_accessible(worker)
    worker.get_by_role("button", name="标为未读").click()
    worker.get_by_role("button", name="全部标为已读").click()
    is_accessible(worker)
    worker.get_by_role("button", name="撤销").click()
    expect(worker.get_by_text("消息恢复为未读")).to_be_visible()
    worker.goto(f"{site.url}/inbox/?topic=standing")
    expect(worker.get_by_text("没有符合条件的内容")).to_be_visible()
    is_accessible(worker)
    worker.get_by_role("link", name="通知方式").click()
    expect(title(worker)).to_have_text("通知方式")
    is_accessible(worker)
    worker.get_by_role("checkbox", name="我的档案：短信").check()
    worker.get_by_role("button", name="保存").click()
    expect(worker.get_by_role("checkbox", name="我的档案：短信")).to_be_checked()
    worker.get_by_role("textbox", name="手机号").fill("12")
    worker.get_by_role("button", name="发送验证码").click()
    expect(worker.get_by_text("手机号应为")).to_be_visible()
    is_accessible(worker)
    if size == "desk":
        worker.get_by_role("textbox", name="手机号").fill("13800000009")
        worker.get_by_role("button", name="发送验证码").click()
        shown = re.search(r"验证码 (\d{6})，", worker.locator("main").inner_text())
        assert shown
        worker.get_by_role("textbox", name="短信验证码").fill(shown[1])
        is_accessible(worker)
        worker.get_by_role("button", name="确认手机号").click()
        expect(worker.get_by_text("手机号已确认")).to_be_visible()
