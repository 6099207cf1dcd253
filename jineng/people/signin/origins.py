"""Where a change comes from: the address of whoever sent the request, for the event log."""

from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jineng.core.events import coming_from


class OriginMiddleware:
    """Events of a request come from its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with coming_from(get_client_ip(request) or ""):
            return self.get_response(request)
