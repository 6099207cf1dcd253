"""The home page: what waits for whoever is signed in; for strangers, what this is."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jineng.core.calendar import business_date
from jineng.people.models import User
from jineng.people.permissions import access_of
from jineng.people.signin.factors import led_to_factor
from jineng.portal.homes import office, worker
from jineng.portal.navigation import works


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A home for each role."""
    user, on = request.user, business_date()
    if not isinstance(user, User):
        return render(request, "portal/home.html")
    access = access_of(user, on=on)
    # The page is open to strangers, so nothing before has asked for it.
    if leads := led_to_factor(request, user):
        return leads
    if works(access):
        shown = office.home_of(user, on=on)
        return render(request, "portal/homes/office.html", {"home": shown, "today": on})
    return render(
        request, "portal/homes/worker.html", {"home": worker.home_of(user, on=on), "today": on}
    )
