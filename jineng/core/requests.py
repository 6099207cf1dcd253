"""What every request passes: its line in the log, its limits, the security of its answer."""

import time
import uuid
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

Respond = Callable[[HttpRequest], HttpResponseBase]

log = structlog.get_logger("jineng.requests")


def content_security_policy(forms_lead_to: Iterable[str] = ()) -> str:
    """Scripts, styles and requests go nowhere but to this site; nothing inline, no eval.

    ``forms_lead_to``: addresses of other sites that a form may be answered from.
    """
    others = [urlsplit(address) for address in forms_lead_to]
    origins = [f"{other.scheme}://{other.netloc}" for other in others]
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # Tabler draws its marks with pictures inside the style sheet.
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            " ".join(["form-action 'self'", *origins]),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )


#: What a monitor asks for again and again.
UNTOLD = frozenset({"healthz", "readyz", "metrics"})


def reference() -> str:
    """The number of the request at hand, which finds its lines in the log; "" outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request", ""))


class RequestLogMiddleware:
    """One line for each request: the route's pattern, never the address with what was filled in.

    Its number is in each line that it causes, in a header of the answer, and on every error page.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        structlog.contextvars.clear_contextvars()
        number = uuid.uuid4().hex[:12]
        structlog.contextvars.bind_contextvars(request=number)
        began = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = number
        match = request.resolver_match
        if match is None or match.view_name not in UNTOLD:
            log.info(
                "answered",
                method=request.method,
                route=match.route if match else None,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - began) * 1000),
            )
        return response


class ContentSecurityMiddleware:
    """Sets the content security policy on every answer."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.policy = content_security_policy(settings.FORMS_LEAD_TO)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class NotKeptMiddleware:
    """Pages may hold personal data: no browser or proxy keeps one unless its view says so."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestSizeMiddleware:
    """Turns away a body over `UPLOADS_MAX_BYTES` with status 413, before anything reads it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if announced_bytes(request) > settings.UPLOADS_MAX_BYTES:
            return too_large(request)
        return self.get_response(request)


def announced_bytes(request: HttpRequest) -> int:
    """The length that the request says its body has; 0 where it says none."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def too_large(request: HttpRequest) -> HttpResponse:
    """The page of status 413, with the limit."""
    return render(request, "413.html", {"limit": settings.UPLOADS_MAX_BYTES}, status=413)
