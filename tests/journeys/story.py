"""What the stories are told with: files to hand in, the check for accessibility."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from jineng import policy
from jineng.policy.cases import read_cases
from jineng.policy.identity import check_character
from tests.stand import ROOT

SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
#: WCAG 2.2 AA and what axe counts as good practice; the size of targets it leaves out by itself.
RULES = {
    "resultTypes": ["violations"],
    "preload": False,
    "rules": {"target-size": {"enabled": True}},
}
#: What lies half beneath a bar that stays is taken for too small, and is only a scroll away. A page
#: that puts the focus somewhere by itself scrolls there with its next picture.
TO_ITS_TOP = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  window.scrollTo({top: 0, behavior: "instant"});
}"""
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def claims_of_cases() -> list[dict[str, Any]]:
    """The claims of the pack's own cases, each person given a number that nobody has."""
    lines: list[dict[str, Any]] = []
    persons: dict[str, str] = {}
    for case in read_cases(policy.load("hubei")):
        if case.history:
            continue
        for line in (*case.others, case.claim):
            person = persons.setdefault(str(line["person_id"]), _nobody(len(persons)))
            lines.append(line | {"claim_id": f"HB2020-{len(lines) + 1:05}", "person_id": person})
    return lines


def _nobody(number: int) -> str:
    born = date(1970, 1, 1) + timedelta(days=17 * number % 10_000 + number // 10_000)
    first = f"420106{born:%Y%m%d}000"
    return first + check_character(first)


def visitor(browser: Browser, size: str, *, script: bool = True) -> BrowserContext:
    """Somebody with a browser of their own."""
    return browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": SIZES[size]["width"], "height": SIZES[size]["height"]},
        java_script_enabled=script,
        accept_downloads=True,
    )


def hand_in(page: Page, url: str, file: Path) -> None:
    """Hands a file in and waits until the worker is through with it."""
    page.goto(f"{url}/batches/")
    page.get_by_label("申领表", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并核定").click()
    # First it is sent, and how far that is is shown on the same page.
    expect(page).not_to_have_url(re.compile("/batches/$"), timeout=60_000)
    expect(title(page)).not_to_have_text("处理进度", timeout=60_000)


def picker(page: Page, name: str) -> Locator:
    """The field that is typed into; the select that it takes the place of is a combobox too."""
    return page.locator("input").and_(page.get_by_role("combobox", name=name))


def title(page: Page) -> Locator:
    """The page's heading."""
    return page.locator("h1")


def is_accessible(page: Page) -> None:
    """Fails where axe-core finds what somebody could not use, or what sticks out of the screen."""
    page.wait_for_load_state()
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert beyond <= 0, f"{beyond} pixels beyond the screen"
    page.evaluate(AXE.read_text())
    told = violations(page)
    assert not told, told


def violations(page: Page) -> list[tuple[str, str, list[str]]]:
    """What axe-core, which is in the page, finds: rule, what it asks for, what breaks it."""
    page.evaluate(TO_ITS_TOP)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        (one["id"], one["help"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found["violations"]
    ]
