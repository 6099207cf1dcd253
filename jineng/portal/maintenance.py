"""While the site is being looked after, every page says so. A file is the switch.

`touch var/maintenance` closes the site at once, `rm var/maintenance` opens it. What the file says,
such as when it will be over, is on the page. The database is not asked for anything; a monitor, and
style sheets, are answered as ever.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = 300
LONGEST_NOTICE = 300
OPEN = frozenset({"/healthz", "/readyz", "/metrics"})


def notice() -> str | None:
    """What the file of the setting MAINTENANCE says; None where there is none."""
    try:
        return str(settings.MAINTENANCE.read_text("utf-8", "replace")).strip()[:LONGEST_NOTICE]
    except OSError:
        return None


class MaintenanceMiddleware:
    """Answers 503 while the file is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = None if request.path in OPEN else notice()
        if said is None:
            return self.get_response(request)
        # Without the request, since whoever is signed in would be asked of the database.
        return HttpResponse(
            render_to_string("503.html", {"notice": said}),
            status=503,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
