"""`make demo` for the first time, broken off in the midst, and again; then through a door."""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar

import psutil
import psycopg
import pytest
from playwright.sync_api import Browser, expect

from jineng.config.database import DatabaseUrl
from tests.conftest import new_var
from tests.journeys.story import SIZES, is_accessible, title, visitor
from tests.stand import Demo, free_port, running_demo, start_demo

pytestmark = pytest.mark.xdist_group("launcher")

PERSONS = 300
PROVINCE = {"JINENG_DEMO": "1", "JINENG_DEMO_PERSONS": str(PERSONS)}


class Visitor:
    """Somebody with a browser, as far as pages without script go."""

    def __init__(self, demo: Demo) -> None:
        self.url = f"http://127.0.0.1:{demo.port}"
        self.cookies = CookieJar()
        keeping = urllib.request.HTTPCookieProcessor(self.cookies)
        self.opener = urllib.request.build_opener(keeping)

    def get(self, path: str) -> str:
        """The page that one ends up on."""
        with self.opener.open(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())

    def enter(self, key: str, page: str) -> str:
        """Presses the button of one of the cast."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(f"{self.url}/demo/cast/{key}/", form, timeout=20) as answer:
            return str(answer.read().decode())


def broken_off(demo: Demo) -> None:
    """Kills the launcher and what loads, in the midst of it."""
    assert demo.process.stdout is not None
    for line in demo.process.stdout:
        if "导入单位" in line:
            break
    loads = [one for one in demo.processes() if "--first-start" in one.cmdline()]
    assert len(loads) == 1
    for process in (*loads, psutil.Process(demo.process.pid)):
        process.kill()
    demo.forget()


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo whose first start was killed while it loaded."""
    var = new_var()
    first = start_demo(var, free_port(), **PROVINCE)
    broken_off(first)
    with running_demo(var, seconds=180, **PROVINCE) as again:
        yield again


def test_what_was_broken_off_is_done_once(demo: Demo) -> None:
    own = DatabaseUrl((demo.var / "run" / "database_url").read_text())
    with psycopg.connect(own.text) as connection:
        (persons,) = connection.execute("SELECT count(*) FROM people_person").fetchall()
        (runs,) = connection.execute("SELECT count(*) FROM people_importrun").fetchall()
    assert persons == (PERSONS,)
    assert runs == (11,)


def test_one_press_and_one_is_in(demo: Demo) -> None:
    visitor = Visitor(demo)
    page = visitor.get("/accounts/login/")
    assert "虚构" in page
    assert page.count("/demo/cast/") > 20
    home = visitor.enter("chen-jing", page)
    assert "陈静@武昌人社" in home
    assert "虚构" in home
    # No second factor is asked for, and the session stands in the list as any other.
    assert "武昌" in visitor.get("/persons/")
    assert "陈静" in visitor.get("/accounts/sessions/")
    # Where a password is asked for again, it is said that nobody of the cast has one.
    assert "这一步在演示里走不通" in visitor.get("/accounts/reauthenticate/")


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_the_cast_is_chosen_from_with_the_eyes_or_the_keyboard(
    demo: Demo, browser: Browser, size: str
) -> None:
    with visitor(browser, size) as context:
        page = context.new_page()
        page.goto(f"{demo.url}/accounts/login/")
        is_accessible(page)
        page.get_by_role("button", name="黄莉").focus()
        page.keyboard.press("Enter")
        expect(title(page)).to_be_visible()
        expect(page.get_by_text("虚构")).to_be_visible()
        is_accessible(page)
        page.get_by_role("link", name="换个角色看看").click()
        expect(title(page)).to_have_text("演示角色")
        is_accessible(page)


@pytest.mark.browser
def test_the_doors_open_without_script(demo: Demo, browser: Browser) -> None:
    with visitor(browser, "phone", script=False) as context:
        page = context.new_page()
        page.goto(f"{demo.url}/accounts/login/?next=/accounts/sessions/")
        page.get_by_role("button", name="周浩").click()
        assert page.url.endswith("/accounts/sessions/")


def test_from_one_role_to_another(demo: Demo) -> None:
    visitor = Visitor(demo)
    visitor.enter("yan-ming", visitor.get("/accounts/login/"))
    page = visitor.enter("li-guifang", visitor.get("/demo/cast/"))
    assert "李桂芳" in page
    assert "严明" not in page


def test_nobody_else_can_be_entered_as(demo: Demo) -> None:
    visitor = Visitor(demo)
    page = visitor.get("/accounts/login/")
    for key in ("mei-xiaoling", "nobody"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            visitor.enter(key, page)
    with pytest.raises(urllib.error.HTTPError, match="405"):
        visitor.get("/demo/cast/chen-jing/")
