"""The pages of the frame, as anybody gets them."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils.functional import SimpleLazyObject
from pytest_django import DjangoAssertNumQueries

from jineng.people.models import User
from jineng.portal.views import problems

pytestmark = pytest.mark.django_db


def test_home_says_what_this_is(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "政府补贴性职业技能培训" in page.content.decode()


def test_health_asks_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_page_that_is_not_there(client: Client) -> None:
    page = client.get("/nothing")
    assert page.status_code == 404
    assert "找不到此页" in page.content.decode()
    assert "nothing" not in page.content.decode()


def test_a_form_from_elsewhere_is_not_accepted() -> None:
    page = Client(enforce_csrf_checks=True).post("/")
    assert page.status_code == 403
    assert "刷新后重新提交" in page.content.decode()


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (problems.bad_request, "请求无法识别"),
        (problems.forbidden, "没有权限打开此页"),
        (problems.not_found, "找不到此页"),
        (problems.csrf_failure, "提交未被接受"),
    ],
)
def test_what_went_wrong_is_said_in_the_frame(
    rf: RequestFactory, view: Callable[..., HttpResponse], words: str
) -> None:
    page = view(rf.get("/"), Exception("内情")).content.decode()
    assert words in page
    assert "跳到正文" in page
    assert "内情" not in page


def test_the_page_of_a_breakdown_needs_no_database(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def broken() -> User:
        raise OperationalError("the database is gone")

    request = rf.get("/")
    request.user = SimpleLazyObject(broken)  # type: ignore[assignment]
    with django_assert_num_queries(0):
        page = problems.server_error(request)
    assert page.status_code == 500
    assert "系统出错了" in page.content.decode()


def test_home_asks_nothing_of_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get("/")


@override_settings(SECURE_SSL_REDIRECT=True)
def test_behind_https_a_monitor_still_gets_its_answer() -> None:
    assert Client().get("/").status_code == 301
    assert Client().get("/healthz").status_code == 200
