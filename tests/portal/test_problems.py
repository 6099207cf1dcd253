"""What went wrong is told with what to do next, and a number that finds the line in the log."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from jineng.config import logs
from jineng.config import urls as real_urls
from jineng.portal.views import health
from tests.access.world import TODAY, identity_number, user

pytestmark = pytest.mark.django_db


@login_not_required
def breaks(request: HttpRequest) -> HttpResponse:
    """A view that finds the database gone."""
    raise OperationalError("the database is gone")


urlpatterns = [path("breaks", breaks), *real_urls.urlpatterns]
handler400, handler403 = real_urls.handler400, real_urls.handler403
handler404, handler500 = real_urls.handler404, real_urls.handler500


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, in the form that the site writes."""
    form = dict(logs.configuration("INFO")["formatters"]["json"])
    make = form.pop("()")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make(**form))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def number_on(page: str) -> str:
    """The reference number that the page shows."""
    found = re.search(r"参考编号 <code>([0-9a-f]{12})</code>", page)
    assert found, page
    return found[1]


@override_settings(ROOT_URLCONF="tests.portal.test_problems")
@pytest.mark.parametrize(("address", "status"), [("/nothing", 404), ("/breaks", 500)])
def test_the_number_on_the_page_finds_the_line(
    written: io.StringIO, address: str, status: int
) -> None:
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == status
    number = number_on(answer.content.decode())
    assert answer["X-Request-ID"] == number
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    mine = [line for line in lines if line.get("request") == number]
    assert any(line["event"] == "answered" and line["status"] == status for line in mine)
    if status == 500:
        assert any("exception" in line for line in mine)
        assert "the database is gone" not in written.getvalue()


def test_what_is_searched_for_is_in_no_line_of_the_log(written: io.StringIO, settings: Any) -> None:
    settings.BUSINESS_DATE = TODAY
    client, number = Client(), identity_number("420106", date(1990, 4, 17))
    client.force_login(user("seeks-somebody"))
    for text in (number, "欧阳锦绣"):
        page = client.post("/search/", {"text": text}, follow=True)
        assert page.status_code == 200
        assert text in page.content.decode()
        client.get("/persons/", {"search": text})
        assert text not in written.getvalue()
    assert written.getvalue().count("answered") >= 6
    assert "seeks-somebody" not in written.getvalue()


def test_every_answer_has_its_number(client: Client) -> None:
    one, other = client.get("/"), client.get("/")
    assert one["X-Request-ID"] != other["X-Request-ID"]


def test_what_to_do_next_is_said(client: Client, settings: Any) -> None:
    page = client.get("/nothing").content.decode()
    assert 'class="problem-next"' in page
    settings.UPLOADS_MAX_BYTES = 1
    page = client.post("/", {"a": "bc"}).content.decode()
    assert "拆成几份" in page
    number_on(page)


def test_an_address_that_takes_forms_alone_says_that_no_page_is_there(client: Client) -> None:
    answer = client.get("/preferences/columns/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "找不到此页" in answer.content.decode()


def test_a_page_of_breakdown_without_a_frame_is_still_a_page(monkeypatch: Any) -> None:
    monkeypatch.setattr("jineng.portal.templatetags.frame.navigation_of", broken)
    answer = override_settings(ROOT_URLCONF="tests.portal.test_problems")(
        lambda: Client(raise_request_exception=False).get("/breaks")
    )()
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()


def broken(request: HttpRequest | None) -> None:
    """A frame that can't be told."""
    raise RuntimeError("no frame")


def test_while_the_site_is_looked_after_every_page_says_so(
    tmp_path: Path, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.MAINTENANCE = tmp_path / "maintenance"
    client = Client()
    client.force_login(user("somebody"))
    settings.MAINTENANCE.write_text("今晚 23:00 恢复 <b>")
    with django_assert_num_queries(0):
        page = client.get("/persons/")
        text = page.content.decode()
    assert (page.status_code, page["Retry-After"]) == (503, "300")
    assert "今晚 23:00 恢复 &lt;b&gt;" in text
    assert "系统维护中" in text
    assert page["X-Request-ID"] == number_on(text)
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["checks"]["open"] == "failed"
    settings.MAINTENANCE.unlink()
    assert client.get("/").status_code == 200


def test_ready_says_what_is_not(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MAINTENANCE = tmp_path / "none"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    (tmp_path / "file").touch()
    settings.UPLOADS_ROOT = tmp_path / "file" / "uploads"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "uploads": "failed",
        "open": "ok",
    }


def test_counts_are_for_this_machine_or_who_has_the_token(client: Client, settings: Any) -> None:
    client.get("/nothing/张三")
    answer = client.get("/metrics")
    told = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert 'jineng_requests_total{method="GET",route="",status="404"}' in told
    assert "jineng_request_seconds_bucket" in told
    assert 'jineng_jobs{state="todo"}' in told
    assert 'jineng_jobs_oldest_seconds{state="todo"}' in told
    assert "jineng_seal_position" in told
    assert "张三" not in told
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"}).status_code == 404
    settings.METRICS_TOKEN = "sesame"
    for token, status in (("sesame", 200), ("open", 404), ("", 404)):
        headers = {"authorization": f"Bearer {token}"}
        answer = client.get("/metrics", REMOTE_ADDR="10.0.0.9", headers=headers)
        assert answer.status_code == status


def test_migrations_that_are_not_done_are_noticed(monkeypatch: Any, client: Client) -> None:
    health._migrated.cache_clear()
    monkeypatch.setattr(
        "jineng.portal.views.health.MigrationExecutor.migration_plan", lambda *_: [object()]
    )
    assert client.get("/readyz").json()["checks"]["migrations"] == "failed"
    monkeypatch.undo()
    assert client.get("/readyz").json()["checks"]["migrations"] == "ok"
