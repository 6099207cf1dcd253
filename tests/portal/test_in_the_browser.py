"""The frame in a real browser, on the running site: by keyboard, on a phone, in the dark."""

import re

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect

from tests.portal.slow_line import slow_line
from tests.stand import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

PHONE: ViewportSize = {"width": 360, "height": 740}
#: What has the focus, and the ring around it; nothing once the focus has left the page.
FOCUSED = """() => {
  const one = document.activeElement, look = getComputedStyle(one);
  return one === document.body ? null
    : {kind: one.tagName, is: one.id, ring: `${look.outlineStyle} ${look.outlineWidth}`};
}"""
DESK: ViewportSize = {"width": 1280, "height": 800}


def width_beyond_the_screen(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def contrast(page: Page, selector: str) -> float:
    """The contrast of a text with the ground that it stands on, as WCAG 2 reckons it."""
    return float(
        page.eval_on_selector(
            selector,
            """element => {
              const numbers = text => text.match(/[0-9.]+/g).map(Number);
              const light = text => {
                const [r, g, b] = numbers(text).map(value => {
                  const part = value / 255;
                  return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              let ground = element;
              const clear = color => color === "rgba(0, 0, 0, 0)" || color === "transparent";
              while (clear(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
              const pair = [
                light(getComputedStyle(element).color),
                light(getComputedStyle(ground).backgroundColor),
              ].sort((a, b) => b - a);
              return (pair[0] + 0.05) / (pair[1] + 0.05);
            }""",
        )
    )


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_sticks_out(page: Page, site: Demo, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    for path in ("/", "/nothing"):
        with_status = page.goto(site.url + path)
        assert with_status
        expect(page.locator("h1")).to_be_visible()
        assert width_beyond_the_screen(page) <= 0


def test_the_keyboard_skips_to_the_content(page: Page, site: Demo) -> None:
    page.goto(site.url)
    page.keyboard.press("Tab")
    skip = page.get_by_text("跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_focus_is_seen(page: Page, site: Demo) -> None:
    """On links, fields, buttons and what opens: all that the keyboard comes to."""
    page.goto(f"{site.url}/sign-up/")
    kinds = set()
    page.keyboard.press("Tab")
    while focused := page.evaluate(FOCUSED):
        kinds.add(focused["kind"])
        assert focused["ring"] == "solid 3px", focused
        page.keyboard.press("Tab")
    assert kinds >= {"A", "BUTTON", "INPUT", "SUMMARY"}


def test_the_menu_opens_on_a_phone(page: Page, site: Demo) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site.url)
    menu, button = page.locator("#navigation"), page.locator(".topbar-menu")
    expect(menu).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    # Anywhere beside it closes it too.
    button.click()
    page.mouse.click(350, 600)
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_and_can_be_read(page: Page, site: Demo, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(site.url)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == {
        "dark": "dark",
        "light": "normal",
    }.get(scheme)
    for selector in ("h1", "main p", "footer p", "footer a", "#navigation a"):
        assert contrast(page, selector) >= 4.5, selector


def test_paper_shows_the_content_alone(page: Page, site: Demo) -> None:
    page.emulate_media(media="print")
    page.goto(site.url)
    expect(page.locator("header.topbar")).to_be_hidden()
    expect(page.locator("footer")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    # What it is and when it was is said at the top; paper is white for those in the dark too.
    expect(page.locator(".print-head")).to_contain_text("页面时间")
    page.emulate_media(media="print", color_scheme="dark")
    assert contrast(page, "h1") >= 7
    # Paper is as narrow as a tablet, and no phone: a table is a table there, with its heads.
    page.set_viewport_size({"width": 688, "height": 1000})
    page.goto(f"{site.url}/policy/schemes/PRE/cases/")
    expect(page.locator("thead").first).to_be_visible()


def test_preferences_need_no_script(browser: Browser, site: Demo) -> None:
    """A drawer by the address's fragment, large and dark by a form."""
    with browser.new_context(java_script_enabled=False, viewport=PHONE) as context:
        page = context.new_page()
        page.goto(site.url)
        expect(page.locator("#navigation")).to_be_hidden()
        page.get_by_role("button", name="菜单").click()
        expect(page.locator("#navigation")).to_be_visible()
        page.get_by_role("button", name="关闭菜单").click()
        expect(page.locator("#navigation")).to_be_hidden()
        page.goto(f"{site.url}/keys/")
        for menu_of, choice in (("大字版", "large"), ("深色", "dark")):
            page.locator("summary").first.click()
            page.get_by_role("button", name=menu_of).first.click()
            expect(page.locator("h1")).to_have_text("快捷键")
            assert choice in page.content()
        expect(page.locator("html")).to_have_css("font-size", "20px")
        expect(page.locator("html")).to_have_css("color-scheme", "dark")
        assert contrast(page, "h1") >= 4.5


def test_preferences_change_the_page_in_place(page: Page, site: Demo) -> None:
    page.goto(f"{site.url}/preferences/")
    page.evaluate("window.still = true")
    page.locator("main").get_by_role("button", name="大字版").click()
    expect(page.locator("html")).to_have_css("font-size", "20px")
    page.locator("main").get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    assert page.evaluate("window.still")
    page.reload()
    expect(page.locator("html")).to_have_css("font-size", "20px")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    expect(page.locator("main").get_by_role("button", name="深色")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_keys_move_and_can_be_turned_off(page: Page, site: Demo) -> None:
    page.goto(f"{site.url}/preferences/")
    page.keyboard.press("?")
    told = page.get_by_role("dialog", name="快捷键")
    expect(told).to_be_visible()
    expect(told.get_by_text("到查找框")).to_be_visible()
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(f"{site.url}/")
    page.goto(f"{site.url}/keys/")
    page.get_by_role("button", name="停用").click()
    expect(page.locator("html")).to_have_attribute("data-keys", "off")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.keyboard.press("?")
    page.wait_for_timeout(200)
    expect(page).to_have_url(f"{site.url}/keys/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def moved(page: Page) -> list[str]:
    """What was pushed about after it had been shown, and from where to where."""
    return list(
        page.evaluate(
            """new Promise(done => {
              const found = [];
              const place = one => [one.x, one.y, one.width, one.height].map(Math.round).join(" ");
              const of = one => `${one.node?.nodeName} ${one.node?.className}: `
                + `${place(one.previousRect)} → ${place(one.currentRect)}`;
              const add = list => list.getEntries().forEach(
                one => found.push(String(one.value), ...one.sources.map(of)));
              new PerformanceObserver(add).observe({type: "layout-shift", buffered: true});
              setTimeout(() => done(found), 150);
            })"""
        )
    )


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_moves_once_it_is_shown(page: Page, site: Demo, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    with slow_line(site.port) as in_pieces:
        for address in (site.url, in_pieces):
            for path in ("/", "/accounts/login/", "/batches/", "/preferences/"):
                page.goto(address + path, wait_until="networkidle")
                assert moved(page) == [], path


def test_the_first_page_is_light(page: Page, site: Demo) -> None:
    """What a phone on a slow line has to fetch: everything, compressed, below 200 KB."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(f"{site.url}/accounts/login/", wait_until="networkidle")
    assert len(sizes) >= 4
    assert sum(sizes) < 200_000


def test_scripts_and_styles_are_kept_for_ever(page: Page, site: Demo) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - it has attributes of its own
    page.goto(site.url, wait_until="networkidle")
    static = [answer for answer in answers if "/static/" in answer.url]
    assert len(static) >= 3
    for answer in static:
        assert answer.status == 200
        assert re.search(r"\.[0-9a-f]{12}\.", answer.url), answer.url
        assert "immutable" in answer.headers["cache-control"]


def test_nothing_is_asked_of_other_sites(page: Page, site: Demo) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url, wait_until="networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((site.url, "data:"))] == []
