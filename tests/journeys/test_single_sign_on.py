"""Getting in by the government's single sign-on, in a browser that holds to the page's policy."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.access.provider import PASSWORD, SECRET
from tests.access.single_sign_on import provider
from tests.access.world import identity_number
from tests.conftest import new_var
from tests.journeys.story import is_accessible, title, visitor
from tests.stand import Demo, free_port, start_demo, with_database

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module")
def site_with_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The whole demo, which knows a provider."""
    port, there, folder = free_port(), free_port(), tmp_path_factory.mktemp("provider")
    callback = f"http://localhost:{port}/accounts/oidc/gov/login/callback/"
    number = identity_number("420106", date(1988, 8, 8))
    with provider(there, Path(folder), callback, number) as address:
        demo = start_demo(
            with_database(new_var()),
            port,
            JINENG_OIDC_SERVER=address,
            JINENG_OIDC_CLIENT_ID="jineng",
            JINENG_OIDC_SECRET=SECRET,
            JINENG_OIDC_NAME="政务服务网账号",
        )
        try:
            demo.wait_until_up()
            yield demo
        finally:
            if demo.process.poll() is None:
                demo.end()
            demo.forget()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_worker_comes_by_it(site_with_provider: Demo, browser: Browser, size: str) -> None:
    site = site_with_provider
    context = visitor(browser, size)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and site.url in page.url
            else None
        ),
    )
    page.goto(f"{site.url}/mine/archive/")
    expect(title(page)).to_have_text("登录")
    is_accessible(page)
    page.get_by_role("button", name="用政务服务网账号登录").click()
    # At the provider.
    page.locator("#id_login").fill("worker")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    page.locator("button[value=grant]").click()
    # Back where one wanted to go.
    expect(title(page)).to_have_text("我的档案")
    expect(page).to_have_url(f"{site.url}/mine/archive/")
    page.goto(f"{site.url}/mine/")
    page.get_by_role("link", name="统一身份认证").click()
    expect(title(page)).to_have_text("统一身份认证")
    is_accessible(page)
    context.close()
    assert complaints == []
