"""Fixtures for all tests: a real database with both roles, the whole demo, a real browser."""

import os
import shutil
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase, override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from jineng.config.database import Roles
from jineng.core.sealed import forget_keys
from tests import stand
from tests.as_made import AsMade

# The browser's driver keeps an event loop in the thread of the tests; Django would refuse to work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts the run names it and clears up what killed runs left."""
    if not hasattr(config, "workerinput"):
        os.environ.pop("JINENG_TEST_RUN", None)
        stand.this_run()
        stand.clear_killed_runs()


def pytest_unconfigure(config: pytest.Config) -> None:
    """And ends it."""
    if not hasattr(config, "workerinput") and "JINENG_TEST_RUN" in os.environ:
        stand.end_run(stand.this_run())


@pytest.fixture(scope="session")
def database_roles(worker_id: str) -> Iterator[Roles]:
    """The database of this worker, as `owner` and as `app`."""
    roles = stand.test_database(worker_id)
    yield roles
    connection.close()


@pytest.fixture(scope="session")
def django_db_setup(database_roles: Roles, django_db_blocker: Any) -> None:
    """Django's tests run as `app`, as the site does, on a copy of the migrated database."""
    as_settings = database_roles.app.django(pool=None)
    connection.settings_dict.update(as_settings)
    with django_db_blocker.unblock():
        made = AsMade()
    emptied = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = (  # type: ignore[attr-defined]
        lambda case: made.restore(partial(emptied, case))
    )


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """What is slow on purpose; the site itself, and a test of its settings, see to that."""
    hashers = ["tests.quick.QuickHasher"]
    # Each client of Django's would look for all static files first, and take longer than its page.
    with override_settings(PASSWORD_HASHERS=hashers, WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def fresh_data_keys() -> Iterator[None]:
    """No test seals with a key that went with another test's transaction."""
    yield
    forget_keys()


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    """No test touches uploads and seals of the demo."""
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    settings.SEALS_ROOT = tmp_path / "seals"


@pytest.fixture
def var() -> Path:
    """An empty folder for a demo's data, where the database's own user can reach it."""
    return new_var()


def new_var() -> Path:
    """A folder under this run's."""
    folder = stand.this_run() / uuid.uuid4().hex[:8]
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def site() -> Iterator[stand.Demo]:
    """The whole demo, running: database, site and worker. Its tests share a group of xdist."""
    with stand.running_demo(stand.with_database(new_var())) as demo:
        yield demo


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system."""
    names = (os.environ.get("JINENG_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    assert path, "no Chromium; `make test` installs it or says how"
    # A slow machine is not what a test is about; what does come, comes at once.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        # Chromium's sandbox does not run as root.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=path, args=options)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page in Chinese. A test fails where the page's script or policy complained."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    opened = context.new_page()
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        # That a page itself was not found may be what a test is about.
        if message.type == "error" and message.location["url"] != opened.url:
            complaints.append(message.text)

    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    opened.on("console", complain)
    yield opened
    context.close()
    assert complaints == []
