"""The language of a page: by the cookie alone, Chinese without."""

import pytest
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import get_language

from jineng.portal.languages import LanguageMiddleware

pytestmark = pytest.mark.django_db

HERE = '<html lang="{}"'


def english(client: Client) -> Client:
    client.cookies["jineng_language"] = "en"
    return client


def test_pages_are_in_chinese(client: Client) -> None:
    page = client.get("/")
    assert HERE.format("zh-hans") in page.content.decode()
    assert page["Content-Language"] == "zh-hans"


def test_a_browser_that_wants_english_gets_what_everybody_gets(client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "en"})
    assert HERE.format("zh-hans") in page.content.decode()


@pytest.mark.parametrize("said", ["fr", "", "en-GB", "../en"])
def test_a_language_that_there_is_not_is_chinese(client: Client, said: str) -> None:
    client.cookies["jineng_language"] = said
    assert HERE.format("zh-hans") in client.get("/").content.decode()


def test_the_footer_leads_to_english_and_back(client: Client) -> None:
    foot = client.get("/preferences/").content.decode().partition("<footer")[2]
    assert '<button type="submit" name="language" value="en" lang="en">English</button>' in foot
    answer = client.post("/preferences/set/", {"language": "en", "next": "/preferences/"})
    assert (answer.status_code, answer["Location"]) == (302, "/preferences/")
    page = client.get("/preferences/").content.decode()
    assert HERE.format("en") in page
    assert "简体中文</button>" in page.partition("<footer")[2]
    client.post("/preferences/set/", {"language": "zh-hans"})
    assert HERE.format("zh-hans") in client.get("/").content.decode()


def test_errors_are_in_the_language_too(client: Client) -> None:
    page = english(client).get("/nothing")
    assert page.status_code == 404
    assert HERE.format("en") in page.content.decode()


def test_what_is_streamed_is_in_the_language(rf: RequestFactory) -> None:
    def answer(_request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(str(get_language()) for _part in range(2))

    request = rf.get("/")
    request.COOKIES["jineng_language"] = "en"
    response = LanguageMiddleware(answer)(request)
    assert get_language() == "zh-hans"
    assert isinstance(response, StreamingHttpResponse)
    assert b"".join(response) == b"enen"
    assert get_language() == "zh-hans"
