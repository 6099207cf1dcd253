"""The registers in a browser: persons and organisations registered, found, merged, signed up."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.story import is_accessible, picker, title, visitor
from tests.people.numbers import credit_code, identity_number
from tests.stand import ROOT, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

#: Makes an acceptor of a district, signs in, and prints the cookie of the session.
ACCEPTOR = """
import sys
import django; django.setup()
from django.conf import settings
from jineng.people.models import Role
from tests.access.world import member, organisation, signed_in
of = organisation(f"武昌区人社局 {sys.argv[1]}", "420106", "human_resources")
client = signed_in(member(of, Role.ACCEPTOR, f"acceptor {sys.argv[1]}"))
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


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
    yield opened
    context.close()
    assert complaints == []


def as_acceptor(page: Page, site: Demo, name: str) -> None:
    """Gives the browser the session of an acceptor."""
    environment = {
        **os.environ,
        "JINENG_VAR": str(site.var),
        "DATABASE_URL": (site.var / "run" / "database_url").read_text().strip(),
        "DJANGO_SETTINGS_MODULE": "jineng.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", ACCEPTOR, name],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    cookie = {"name": "sessionid", "value": done.stdout.strip(), "path": "/"}
    page.context.add_cookies([cookie | {"domain": urlsplit(site.url).hostname}])  # type: ignore[list-item]


def pick(page: Page, label: str, typed: str, name: str) -> None:
    """Finds a choice by its name, pinyin or code."""
    field = picker(page, label)
    field.click()
    field.fill(typed)
    page.get_by_role("option", name=name).click()


def register(page: Page, site: Demo, name: str, number: str) -> None:
    """Registers a person by the form."""
    page.goto(f"{site.url}/persons/new")
    page.get_by_label("身份证号").fill(number)
    page.get_by_label("姓名").fill(name)
    pick(page, "居住地", "wuchang", "武汉市武昌区")
    page.get_by_label("理由或依据").fill("窗口登记")
    page.get_by_role("button", name="登记").click()
    expect(title(page)).to_have_text(name)


def test_a_person_is_registered_found_grouped_and_merged(page: Page, site: Demo, size: str) -> None:
    as_acceptor(page, site, size)
    number, other = identity_number(), identity_number()
    page.goto(f"{site.url}/persons/new")
    page.get_by_label("身份证号").fill(number[:-1])
    page.get_by_label("姓名").fill("欧阳明")
    page.get_by_label("理由或依据").fill("窗口登记")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("身份证号应为 18 位")).to_be_visible()
    is_accessible(page)

    register(page, site, "欧阳明", number)
    is_accessible(page)
    expect(page.get_by_text(number)).to_have_count(0)
    page.get_by_role("link", name="登记类别").click()
    page.get_by_label("人员类别").select_option("退役军人")
    page.get_by_label("凭据").fill("退役证 1")
    page.get_by_label("来源").fill("区退役军人事务局")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("status")).to_have_text("人员类别已登记。")
    expect(page.get_by_text("登记人员类别")).to_be_visible()

    register(page, site, "欧阳民", other)
    page.goto(f"{site.url}/persons/")
    page.get_by_role("search").get_by_label("身份证号、手机号或姓名").fill("ouyangm")
    page.get_by_role("button", name="查询").click()
    assert "ouyang" not in page.url
    is_accessible(page)
    page.get_by_role("link", name="欧阳明").first.click()
    page.get_by_role("link", name="合并档案").click()
    page.get_by_label("另一份档案").fill(other)
    page.get_by_role("button", name="查找").click()
    assert other not in page.url
    page.get_by_role("link", name="核对并合并").click()
    is_accessible(page)
    page.get_by_label("理由或依据").fill("同一人，证件一致")
    page.get_by_role("button", name="确认是同一人，合并").click()
    expect(page.get_by_role("status")).to_have_text("两份档案已合并。")
    page.get_by_role("link", name="撤销合并").click()
    page.get_by_label("理由或依据").fill("误认")
    page.get_by_role("button", name="撤销合并").click()
    expect(page.get_by_role("status")).to_have_text("合并已撤销。")


def test_an_organisation_is_registered_and_looked_at(page: Page, site: Demo, size: str) -> None:
    as_acceptor(page, site, f"{size} 2")
    page.goto(f"{site.url}/organisations/new")
    page.get_by_label("统一社会信用代码").fill(credit_code())
    page.get_by_label("单位全称").fill("江汉明蛙教育科技有限公司")
    page.get_by_label("培训机构").check()
    page.get_by_label("线上培训平台").check()
    pick(page, "所在地", "420106", "武汉市武昌区")
    page.get_by_label("理由或依据").fill("营业执照")
    is_accessible(page)
    page.get_by_role("button", name="登记").click()
    expect(title(page)).to_have_text("江汉明蛙教育科技有限公司")
    page.get_by_role("link", name="登记资质").click()
    page.get_by_label("资质").select_option("职业技能培训许可")
    page.get_by_label("证书编号").fill("鄂 1")
    page.get_by_label("发证机关").fill("武汉市人社局")
    page.get_by_label("理由或依据").fill("证书")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("职业技能培训许可 · 鄂 1").first).to_be_visible()
    is_accessible(page)
    for path in ("organisations/", "qualifications/"):
        page.goto(f"{site.url}/{path}")
        is_accessible(page)


def test_an_enterprise_signs_up_and_is_served(page: Page, site: Demo, size: str) -> None:
    page.goto(f"{site.url}/sign-up/")
    is_accessible(page)
    page.get_by_label("企业名称").fill(f"明德纺织 {size}")
    page.get_by_role("button", name="下一步").click()
    # What is wrong leads to its field.
    page.get_by_role("alert").get_by_role("link", name="统一社会信用代码").click()
    expect(page.get_by_label("统一社会信用代码")).to_be_focused()
    is_accessible(page)
    page.get_by_label("统一社会信用代码").fill(credit_code())
    pick(page, "企业所在地", "武昌", "武汉市武昌区")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("status")).to_contain_text("草稿已保存")
    page.get_by_label("所属行业").fill("纺织业")
    page.get_by_role("button", name="下一步").click()
    trades = picker(page, "所需工种")
    trades.fill("aqpj")
    trades.press("ArrowDown")
    trades.press("Enter")
    pick(page, "所需工种", "电工", "电工")
    is_accessible(page)
    page.get_by_role("button", name="去掉电工").click()
    page.get_by_label("其他工种").fill("养老护理员")
    page.get_by_label("符合条件人数").fill("120")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("联系人").fill("王芳")
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("安全评价师")).to_be_visible()
    is_accessible(page)
    page.get_by_role("button", name="提交报名").click()
    expect(page.get_by_role("status")).to_contain_text("已收到")
    as_acceptor(page, site, f"{size} 3")
    page.goto(f"{site.url}/sign-ups/")
    is_accessible(page)
    page.get_by_role("link", name=f"明德纺织 {size}").click()
    is_accessible(page)
    page.get_by_label("安排或原因").fill("12 月班")
    page.get_by_role("button", name="安排培训").click()
    expect(page.get_by_role("status")).to_have_text("已办理。")
