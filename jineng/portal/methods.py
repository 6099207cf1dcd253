"""Some addresses take forms and have no page: whoever opens one is told so, and what to do now."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render


class NoPageMiddleware:
    """Puts the page of status 404 in place of an empty answer of status 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405:
            return response
        page = render(request, "404.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page
