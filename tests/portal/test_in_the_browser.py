"""The frame in a real browser, on the running site: by keyboard, on a phone, in the dark."""

import re

import pytest
from playwright.sync_api import Page, Response, expect

from tests.stand import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


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
def test_nothing_sticks_out(page: Page, site: Demo, size: dict[str, int]) -> None:
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
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
    page.goto(site.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_the_menu_opens_on_a_phone(page: Page, site: Demo) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site.url)
    menu, button = page.locator("#navigation"), page.get_by_role("button", name="菜单")
    expect(menu).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_and_can_be_read(page: Page, site: Demo, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(site.url)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
    for selector in ("h1", "main p", "footer div", ".nav-link", "dd"):
        assert contrast(page, selector) >= 4.5, selector


def test_paper_shows_the_content_alone(page: Page, site: Demo) -> None:
    page.emulate_media(media="print")
    page.goto(site.url)
    expect(page.locator("header.navbar")).to_be_hidden()
    expect(page.locator("footer")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


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
