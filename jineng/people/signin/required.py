"""Whoever must sign in for a page is led there, and from there back to the page they were on."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Asks for a signed-in user before every view but those that say they don't.

    A session may end while its page is open. What is sent from there may have an address that is
    none to come back to; and script that fetches a part of the page would look for it in the page
    for signing in, and find nothing.
    """

    # Django takes any answer; its stubs know of a redirect alone.
    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        """Leads to where one signs in; also the page whose script has asked."""
        answer = redirect_to_login(_page(request), settings.LOGIN_URL)
        if _by_script(request):
            return HttpResponse(headers={"HX-Redirect": answer.url})
        return answer


def _by_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _page(request: HttpRequest) -> str:
    """The page that somebody is on, without the name of the site."""
    if request.method in ("GET", "HEAD") and not _by_script(request):
        return request.get_full_path()
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(told)
    return parts.path + (f"?{parts.query}" if parts.query else "")
