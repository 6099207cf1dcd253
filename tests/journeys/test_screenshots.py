"""Every page there is, looked at on a desk and on a phone: filled, empty, and with errors.

Nobody lists the pages. Each of the demo's cast starts at home and follows the links that it sees,
so that a page is found as somebody finds it; one of the table of addresses that nobody came to
fails the walk. On every page, at both widths, axe-core finds nothing and nothing sticks out.

With JINENG_SCREENSHOTS=1 pictures are left in `docs/screenshots/pages`.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pytest
import structlog
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import APIResponse, Browser, Page, Response, Route
from playwright.sync_api import Error as PlaywrightError

from tests.access.table import ROWS
from tests.journeys.cast import entered, opened
from tests.journeys.pictures import KEPT, keep
from tests.journeys.story import AXE, SIZES, violations, visitor
from tests.stand import ROOT, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

PICTURES = ROOT / "docs" / "screenshots" / "pages"

#: Who walks, a stranger first: whoever comes to a page first is who it is looked at as.
WALKERS = (
    "",
    "zhou-hao",
    "huang-li",
    "zheng-guoping",
    "chen-jing",
    "tan-yong",
    "xu-ying",
    "feng-li",
    "yan-ming",
    "cheng-kai",
)
#: Whose work is on pages that those above have come to; of them the home alone is looked at.
AT_HOME = (
    "luo-zhigang",
    "peng-wenjing",
    "hu-haibo",
    "liu-yang",
    "wan-hong",
    "xiong-wei",
    "yu-li",
)
#: So many things of a kind are opened by each who walks: departments come first in some lists.
ALIKE = 3
#: Looked at as everybody, since everybody has another.
OF_EACH = {"home"}
#: What the walk does not come to.
ELSEWHERE = {
    # Of somebody with a second factor, whom the cast has not; a file behind a password.
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "people:archive_file",
    # A file that is there once the log is sealed.
    "audit:roots",
    # For whoever has no archive yet; behind a search.
    "people:claim",
    "people:account",
    "people:account_act",
    "people:merge_with",
    # Of things in a state that the first ones of a list need not be in.
    "people:blacklist_act",
    "people:end_group",
    "people:undo_merge",
}
#: The links of a page that is shown, or of one that was read.
LINKS = """text => {
  const page = text === null ? document : new DOMParser().parseFromString(text, "text/html");
  return [...page.querySelectorAll("main a[href], nav a[href], .drop a[href], footer a[href]")]
    .filter(one => !one.hasAttribute("download")).map(one => one.getAttribute("href"));
}"""


@dataclass
class Looks:
    """Looks at pages and remembers what was wrong with them."""

    wrong: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def at(self, page: Page, name: str) -> None:
        """At what the page shows now, at both widths."""
        page.evaluate(AXE.read_text())
        for size, extent in SIZES.items():
            page.set_viewport_size({"width": extent["width"], "height": extent["height"]})
            beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if beyond > 0:
                self.wrong.append(f"{name} {size}: {beyond} pixels beyond the screen")
            self.wrong += [f"{name} {size}: {told}" for told in violations(page)]
            if KEPT:
                # As high as the page: what is fixed to the screen stands at its edges.
                high = page.evaluate("document.documentElement.scrollHeight")
                least = 800 if size == "desk" else extent["height"]
                page.set_viewport_size(
                    {"width": extent["width"], "height": min(max(high, least), 1600)}
                )
                keep(page, PICTURES / f"{name}-{size}.png")


def walk(
    page: Page, looks: Looks, who: str, ahead: Iterable[str] = ("/",), *, on: bool = True
) -> None:
    """Looks at every page that nobody has looked at yet, and goes on by its links unless not `on`.

    What is linked to differs by who looks, so pages that somebody has seen before are read again;
    they are not shown, which takes a browser ten times as long.
    """
    start = urlsplit(page.url)
    site, queue, known = f"{start.scheme}://{start.netloc}", deque(ahead), set(ahead)
    opened: Counter[str] = Counter()
    while queue:
        path = queue.popleft()
        view = view_at(path)
        # Things of a kind differ in what can be done with them: more than one is opened.
        if opened[view] == ALIKE:
            continue
        fresh = view not in looks.seen or (view in OF_EACH and not opened[view])
        came = shown(page, site + path) if fresh else read(page, site + path)
        if came.kind == "file":
            looks.seen.add(view)
        if came.kind != "page" or urlsplit(came.at).path != path:
            # Not theirs, or led elsewhere: another may see it.
            continue
        opened[view] += 1
        for link in page.evaluate(LINKS, came.text):
            to = urlsplit(urljoin(came.at, link))
            ours = f"{to.scheme}://{to.netloc}" == site
            if on and ours and not to.query and to.path not in known:
                known.add(to.path)
                queue.append(to.path)
        if fresh:
            looks.seen.add(view)
            name = view.replace(":", "-")
            looks.at(page, f"{name}-{who}" if view in OF_EACH else name)
            refuse(page, looks, name)


def view_at(path: str) -> str:
    """The name of the view at a path; the demo's own are not known outside of a demo."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return path.strip("/").replace("/", ":")


@dataclass
class Came:
    """What an address gave: a page, a file, or neither; where from, and its text if it was read."""

    kind: str
    at: str
    text: str | None = None


def shown(page: Page, address: str) -> Came:
    """Opens an address in the browser."""
    try:
        answer = page.goto(address)
    except PlaywrightError as problem:
        if "Download is starting" not in problem.message:
            raise
        return Came("file", address)
    return Came(kind_of(answer) if answer else "", page.url)


def read(page: Page, address: str) -> Came:
    """Fetches an address as whoever the browser belongs to, and shows nothing."""
    answer = page.request.get(address)
    kind = kind_of(answer)
    return Came(kind, answer.url, answer.text() if kind == "page" else None)


def kind_of(answer: Response | APIResponse) -> str:
    """A page, a file, or neither."""
    if answer.status != 200:
        return ""
    return "page" if answer.headers["content-type"].startswith("text/html") else "file"


def refuse(page: Page, looks: Looks, name: str) -> None:
    """Sends the page's form with nothing in it, where something must be; looks at the answer."""
    sent = page.evaluate(
        """() => {
          const form = [...document.querySelectorAll("main form[method=post]")].find(
            one => one.querySelector("input[required]:not([type=hidden]), textarea[required]"));
          if (!form) return false;
          form.noValidate = true;
          form.dataset.refused = "";
          form.querySelectorAll("input:not([type=hidden]), textarea").forEach(one => {
            if (one.type !== "checkbox" && one.type !== "radio") one.value = "";
          });
          form.querySelector("button[type=submit], button:not([type])").disabled = false;
          return true;
        }"""
    )
    if not sent:
        return
    # Sent on a desk, which is looked at first: what is focused at once scrolls as it does there,
    # and not as far as on a phone.
    page.set_viewport_size({"width": SIZES["desk"]["width"], "height": SIZES["desk"]["height"]})
    with page.expect_navigation():
        page.evaluate("""document.querySelector("form[data-refused]").submit()""")
    looks.at(page, f"{name}-refused")


def test_every_page(browser: Browser, province: Demo) -> None:
    looks = Looks()
    for who in WALKERS:
        with visitor(browser, "desk") as context:
            walk(entered(context, province, who), looks, who or "stranger")
    for who in AT_HOME:
        with visitor(browser, "desk") as context:
            walk(entered(context, province, who), looks, who, on=False)
    pages = {row.view for row in ROWS if row.method == "GET" and row.status == 200} - ELSEWHERE
    for who in ("", "chen-jing"):
        # What no link leads to, such as where one comes to by signing in.
        alone = [row for row in ROWS if row.view in pages - looks.seen and row.stranger == 200]
        alone += [row for row in ROWS if row.view in pages - looks.seen and not row.at]
        with visitor(browser, "desk") as context:
            page = entered(context, province, who)
            walk(page, looks, who, [reverse(row.view, kwargs=row.at) for row in alone])
    looks.wrong += [f"nobody comes to {view}" for view in sorted(pages - looks.seen)]
    assert not looks.wrong, "\n".join(looks.wrong)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 503])
def test_pages_of_what_went_wrong(browser: Browser, province: Demo, status: int) -> None:
    looks = Looks()

    def answer(route: Route) -> None:
        told = {"limit": settings.UPLOADS_MAX_BYTES}
        with structlog.contextvars.bound_contextvars(request="5f0c2ad91b7e"):
            body = render_to_string(f"{status}.html", told)
        route.fulfill(body=body, content_type="text/html")

    with visitor(browser, "desk") as context:
        context.route("**/went-wrong", answer)
        looks.at(opened(context, f"{province.url}/went-wrong"), str(status))
    assert not looks.wrong, "\n".join(looks.wrong)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_bar_fits_the_narrowest_phone_in_large_text(
    browser: Browser, province: Demo, language: str
) -> None:
    with visitor(browser, "phone") as context:
        page = entered(context, province, "chen-jing")
        page.set_viewport_size({"width": 320, "height": 640})
        chosen = {"jineng_text": "large", "jineng_language": language}
        context.add_cookies(
            [{"name": name, "value": one, "url": province.url} for name, one in chosen.items()]
        )
        page.goto(province.url)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
