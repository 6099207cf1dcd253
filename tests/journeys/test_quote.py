"""What could I get, as somebody finds out on a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.pictures import toured
from tests.journeys.story import is_accessible, picker, visitor
from tests.stand import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]


def test_a_contest_with_the_thumb_and_without_script(browser: Browser, site: Demo) -> None:
    phone = visitor(browser, "phone")
    page = phone.new_page()
    page.goto(site.url)
    page.get_by_role("main").get_by_role("link", name="我能领多少").first.click()
    is_accessible(page)
    press(page, "企业人力资源")
    press(page, "职业技能竞赛")
    picker(page, "在哪里申请？").fill("wuhan")
    page.keyboard.press("Enter")
    press(page, "下一题")
    page.get_by_label("打算哪一天申请？").fill("2020-09-15")
    press(page, "就这一天")
    press(page, "是")  # the final was reached
    expect(page.get_by_text("可能符合")).to_be_visible()
    is_accessible(page)
    press(page, re.compile("^省级"))
    before = page.url
    press(page, "是")  # in the year's plan
    expect(page.locator("#sum")).to_be_visible()
    expect(page.get_by_text("2,000.00").first).to_be_visible()
    expect(page.get_by_role("heading", name="结果")).to_be_focused()
    is_accessible(page)
    toured(page, "anyone-quote")
    page.go_back()
    expect(page.get_by_role("heading", name="竞赛列入")).to_be_visible()
    assert page.url == before

    # the address is all there is: another browser goes on from it, without script
    plain = visitor(browser, "desk", script=False).new_page()
    plain.goto(before)
    plain.get_by_role("button", name="否").click()
    expect(plain.get_by_text("为什么不符合")).to_be_visible()
    plain.get_by_role("link", name="修改 在哪里申请？").first.click()
    plain.get_by_role("button", name="下一题").click()
    expect(plain.get_by_role("heading", name="为什么不符合")).to_be_visible()
    phone.close()
    plain.context.close()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Presses a button and waits for what follows."""
    quote, exactly = page.locator("#quote"), isinstance(name, str) and len(name) < 4
    asked = quote.locator("input[name=s]").get_attribute("value")
    quote.get_by_role("button", name=name, exact=exactly).first.click()
    expect(quote.locator(f'input[name=s][value="{asked}"]')).to_have_count(0, timeout=30_000)
