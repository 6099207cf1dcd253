"""The state of the chain, and the roots to take along."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jineng.audit.queries import chain_state
from jineng.core.calendar import business_date
from jineng.core.seal import RootFile
from jineng.people.permissions import require

ACTION = "audit:see"


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """The newest root, what waits to be sealed, and the roots before."""
    require(request.user, ACTION, on=business_date())
    return render(request, "audit/state.html", {"state": chain_state()})


@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """The file of roots: a copy kept elsewhere shows whatever is rewritten later."""
    require(request.user, ACTION, on=business_date())
    return _download("roots", "\n".join([*RootFile().lines(), ""]).encode(), "text/plain")


@require_safe
def public_key(request: HttpRequest, key: str) -> HttpResponse:
    """A public key with which roots were signed."""
    require(request.user, ACTION, on=business_date())
    pem = RootFile().public_keys().get(key)
    if pem is None:
        raise Http404
    return _download(f"{key}.pub", pem, "application/x-pem-file")


def _download(name: str, content: bytes, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
