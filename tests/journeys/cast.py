"""The demo's cast comes in by the demo's door."""

from playwright.sync_api import BrowserContext, Page

from tests.stand import Demo


def entered(context: BrowserContext, province: Demo, who: str) -> Page:
    """A page of one of the cast, or of a stranger."""
    page = opened(context, f"{province.url}/demo/cast/")
    if who:
        page.locator(f"form[action$='/{who}/'] button").click()
    return page


def opened(context: BrowserContext, address: str) -> Page:
    """A page at an address."""
    page = context.new_page()
    page.goto(address)
    return page
