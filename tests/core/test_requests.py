"""What every request passes."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from jineng.config import logs
from jineng.config import urls as real_urls

SECRET = "王小明"


@login_not_required
def fails(request: HttpRequest, name: str) -> HttpResponse:
    """A view that breaks with personal data in its hands."""
    logging.getLogger("django.something").warning("looked for %s", name)
    raise ValueError(f"nobody called {name}")


urlpatterns = [path("person/<name>", fails), *real_urls.urlpatterns]
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


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.core.test_requests")
def test_logs_hold_no_personal_data(written: io.StringIO) -> None:
    answer = Client(raise_request_exception=False).get(f"/person/{SECRET}")
    assert answer.status_code == 500
    assert SECRET not in answer.content.decode()
    assert SECRET not in written.getvalue()
    events = [json.loads(line) for line in written.getvalue().splitlines()]
    by_event = {event["event"]: event for event in events}
    assert "looked for %s" in by_event
    assert by_event["answered"]["route"] == "person/<name>"
    assert by_event["answered"]["status"] == 500
    places = next(event["exception"] for event in events if "exception" in event)
    assert places[0] == "builtins.ValueError"
    assert places[-1].endswith("fails")


@pytest.mark.django_db
def test_every_line_of_a_request_carries_its_number(client: Client, written: io.StringIO) -> None:
    client.get("/")
    client.get("/")
    numbers = [json.loads(line)["request"] for line in written.getvalue().splitlines()]
    assert len(set(numbers)) == 2


@pytest.mark.django_db
def test_a_body_too_large_is_turned_away(client: Client, settings: Any) -> None:
    settings.UPLOADS_MAX_BYTES = 2 * 1024 * 1024
    answer = client.post("/", {"file": SimpleUploadedFile("a.csv", b"x" * 2 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "不能超过 2.0\xa0MB" in answer.content.decode()


@pytest.mark.django_db
def test_answers_are_guarded(client: Client) -> None:
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
