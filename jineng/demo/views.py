"""The cast, and the door that each of them comes in by, without a password."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from jineng.demo.doors import user_of


@login_not_required
@require_safe
def cast(request: HttpRequest) -> HttpResponse:
    """Everybody of the cast, also for whoever is signed in as one of them."""
    return render(request, "demo/cast_page.html")


@login_not_required
@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Signs in as one of the cast, with a session like anybody's; who was signed in goes out."""
    user = user_of(key) if settings.DEMO else None
    if user is None:
        raise Http404
    then = get_next_redirect_url(request)
    if request.user.is_authenticated:
        logout(request)
    adapter = get_adapter()
    adapter.login(request, user)
    record_authentication(request, user, method="demo")
    entered: HttpResponse = adapter.post_login(
        request,
        user,
        email_verification="none",
        signal_kwargs=None,
        email=None,
        signup=False,
        redirect_url=then,
    )
    return entered
