"""In which language a page is: Chinese, unless its reader chose otherwise in the footer.

A browser that says it would like English gets Chinese too: officials' machines say all kinds of
things, and a page that is read out or printed must be the same for everybody who did not choose.
"""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import override


def language_of(request: HttpRequest) -> str:
    """The language that the request's cookie names, where there is such a one."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class LanguageMiddleware:
    """Answers in the reader's language, what is streamed too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        with override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _said_in(language, iter(response))
        return response


def _said_in(language: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    with override(language):
        yield from parts
