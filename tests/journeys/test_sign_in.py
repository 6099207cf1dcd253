"""Getting in: a worker by oneself, an official by invitation and with a second factor."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.access.totp import code
from tests.access.world import PASSWORD, identity_number
from tests.journeys.story import is_accessible, title, visitor
from tests.stand import ROOT, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]


@pytest.fixture(params=["desk", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    """On a desk and on a phone."""
    return str(request.param)


@pytest.fixture
def page(browser: Browser, size: str) -> Iterator[Page]:
    """A page on that screen. A test fails where the page's script or policy complained."""
    context = visitor(browser, size)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))

    def complain(message: ConsoleMessage) -> None:
        # That a form was not accepted may be what a test is about.
        if message.type == "error" and message.location["url"] != opened.url:
            complaints.append(message.text)

    opened.on("console", complain)
    yield opened
    context.close()
    assert complaints == []


def administrator(site: Demo, name: str) -> str:
    """Makes a platform administrator as one does on the machine; the link that comes of it."""
    command = [sys.executable, str(ROOT / "manage.py"), "platform_admin", name]
    done = subprocess.run(
        command,
        env={**os.environ, "JINENG_VAR": str(site.var), "DATABASE_URL": address(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def address(site: Demo) -> str:
    """Where the site's database is."""
    return (site.var / "run" / "database_url").read_text().strip()


def leave(page: Page) -> None:
    """Signs out, by the menu of the account."""
    page.locator("details[data-menu=account] > summary").click()
    page.get_by_role("button", name="退出").click()


def sign_in(page: Page, site: Demo, name: str) -> None:
    """Name and password."""
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()


def test_a_worker_signs_up_out_and_in(page: Page, site: Demo, size: str) -> None:
    page.goto(site.url)
    page.get_by_role("banner").get_by_role("link", name="登录").click()
    expect(title(page)).to_have_text("登录")
    is_accessible(page)
    page.get_by_role("link", name="注册").click()
    expect(title(page)).to_have_text("劳动者注册")
    is_accessible(page)
    page.get_by_label("用户名").fill(f"chen-lei-{size}")
    page.get_by_label("密码", exact=True).fill("basketball123")
    page.get_by_label("密码（重复）").fill("basketball123")
    page.locator("main").get_by_role("button", name="注册").click()
    expect(page.get_by_text("这个密码已在别处泄露过").first).to_be_visible()
    is_accessible(page)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("密码（重复）").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="注册").click()
    expect(title(page)).to_have_text("您好")
    is_accessible(page)
    page.goto(f"{site.url}/mine/archive/")
    expect(page.get_by_text("还没有与您的账号对应的档案")).to_be_visible()
    is_accessible(page)
    leave(page)
    expect(page).to_have_url(f"{site.url}/")
    page.goto(f"{site.url}/mine/archive/")
    expect(title(page)).to_have_text("登录")
    page.get_by_label("用户名").fill(f"chen-lei-{size}")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    # Where one wanted to go.
    expect(title(page)).to_have_text("我的档案")


def test_an_official_gets_in_by_invitation_and_with_a_second_factor(
    page: Page, site: Demo, size: str
) -> None:
    name = f"li-ming-{size}"
    page.goto(administrator(site, name))
    expect(title(page)).to_have_text("设置密码")
    is_accessible(page)
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("新密码（重复）").fill(PASSWORD)
    page.get_by_role("button", name="保存密码").click()
    expect(title(page)).to_have_text("密码已设置")
    page.get_by_role("link", name="去登录").click()
    sign_in(page, site, name)
    # Nothing else is reached before a second factor is set up.
    expect(title(page)).to_have_text("启用手机验证器")
    page.goto(f"{site.url}/platform/members/")
    expect(title(page)).to_have_text("启用手机验证器")
    expect(page.get_by_role("img", name=re.compile("二维码"))).to_be_visible()
    is_accessible(page)
    secret = page.locator("code").inner_text()
    page.get_by_label("验证码").fill("12345")
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("alert").first).to_contain_text("验证码不正确")
    is_accessible(page)
    page.get_by_label("验证码").fill(code(secret, datetime.now(UTC)))
    page.get_by_role("button", name="启用").click()
    expect(title(page)).to_have_text("备用码")
    expect(page.locator(".codes li")).to_have_count(10)
    spare = page.locator(".codes li").first.inner_text()
    is_accessible(page)
    page.get_by_role("link", name="已保存，返回").click()
    expect(title(page)).to_have_text("双重验证")
    is_accessible(page)
    leave(page)

    sign_in(page, site, name)
    expect(title(page)).to_have_text("双重验证")
    is_accessible(page)
    page.get_by_label("验证码").fill("000000")
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("验证码不正确")
    page.get_by_label("验证码").fill(spare)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(title(page)).to_have_text("工作台")
    expect(page.locator("a[href='/platform/members/']").first).to_be_attached()
    is_accessible(page)
    page.locator("details[data-menu=account] > summary").click()
    is_accessible(page)
    page.get_by_role("link", name="登录的设备").click()
    expect(title(page)).to_have_text("登录的设备")
    is_accessible(page)
    page.goto(f"{site.url}/platform/members/")
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    is_accessible(page)
    page.get_by_role("link", name=name, exact=True).click()
    expect(title(page)).to_have_text(f"{name}：平台管理员")
    is_accessible(page)


def authenticator(page: Page) -> None:
    """Gives the browser a passkey store like a phone's: it asks for a finger, which is there."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_an_official_signs_in_with_a_passkey(page: Page, site: Demo, size: str) -> None:
    authenticator(page)
    name = f"zhou-{size}"
    page.goto(administrator(site, name))
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("新密码（重复）").fill(PASSWORD)
    page.get_by_role("button", name="保存密码").click()
    expect(title(page)).to_have_text("密码已设置")
    sign_in(page, site, name)
    page.get_by_role("link", name="添加通行密钥").click()
    expect(title(page)).to_have_text("添加通行密钥")
    is_accessible(page)
    page.get_by_role("button", name="添加通行密钥").click()
    # It is a second factor: with codes for when it is lost.
    expect(title(page)).to_have_text("备用码")
    page.goto(f"{site.url}/accounts/passkeys/")
    expect(page.get_by_role("strong")).to_have_text("通行密钥 1")
    is_accessible(page)
    # Not to be dropped while it is the only one.
    page.get_by_role("link", name="移除").click()
    expect(page.get_by_role("alert")).to_contain_text("您的岗位必须使用双重验证")
    leave(page)

    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(title(page)).to_have_text("工作台")
    expect(page.get_by_text(name).first).to_be_attached()
    leave(page)

    # After the password it stands for the second factor.
    sign_in(page, site, name)
    expect(title(page)).to_have_text("双重验证")
    is_accessible(page)
    page.get_by_role("button", name="使用通行密钥").click()
    expect(title(page)).to_have_text("工作台")


def test_without_a_passkey_on_the_device_one_is_told(page: Page, site: Demo) -> None:
    authenticator(page)
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("没有得到通行密钥")).to_be_visible()
    is_accessible(page)


def test_a_code_by_text_message_is_asked_for(page: Page, site: Demo) -> None:
    page.goto(f"{site.url}/accounts/login/?next=/mine/archive/")
    page.get_by_role("link", name="用短信验证码登录").click()
    expect(title(page)).to_have_text("用短信验证码登录")
    is_accessible(page)
    page.get_by_label("用户名或手机号").fill("nobody-here")
    page.get_by_role("button", name="发送验证码").click()
    expect(title(page)).to_have_text("填写短信验证码")
    is_accessible(page)
    page.get_by_label("短信验证码").fill("000000")
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("验证码不正确，或已过期")
    is_accessible(page)


def test_an_archive_is_claimed_by_name_and_number(page: Page, site: Demo, size: str) -> None:
    page.goto(f"{site.url}/accounts/signup/")
    page.get_by_label("用户名").fill(f"sun-{size}")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("密码（重复）").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="注册").click()
    page.goto(f"{site.url}/mine/archive/")
    page.get_by_role("link", name="实名认领").click()
    expect(title(page)).to_have_text("实名认领档案")
    is_accessible(page)
    page.get_by_label("姓名").fill("无此人")
    page.get_by_label("身份证号").fill(identity_number("420106", date(1988, 8, 8)))
    page.get_by_role("button", name="发送验证码").click()
    expect(title(page)).to_have_text("填写短信验证码")
    is_accessible(page)
