"""The pages for what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jineng.core.requests import reference


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where a form was sent from another site or after its session had ended."""
    return render(request, "403.html", {"form_expired": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """429 where one address or one user asks too often."""
    return render(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; asks nothing of the database, which may be what is broken."""
    # Without the request, since whoever is signed in would be asked of the database.
    try:
        page = str(render_to_string("500.html"))
    except Exception:  # whatever broke may have broken the frame too
        page = f"{_('系统出错了')} · {_('参考编号')} {reference()}"
    return HttpResponse(page, status=500)
