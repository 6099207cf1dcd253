"""The search over everything."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jineng.core.addresses import sealed_search, unsealed_search
from jineng.core.calendar import business_date
from jineng.people.views.asking import signed_in
from jineng.portal.navigation import navigation_of
from jineng.portal.search import found


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Takes what is searched for by POST; shows what was found, the address holding it sealed."""
    user = signed_in(request)
    if request.method == "POST":
        sealed = sealed_search(request.POST.get("text", ""))
        query = f"?{urlencode({'for': sealed})}" if sealed else ""
        return redirect(reverse("search") + query)
    text = unsealed_search(request.GET.get("for", ""))
    kinds = found(user, text, navigation_of(request), on=business_date(), at=timezone.now())
    context = {"text": text, "kinds": kinds, "count": sum(len(one.hits) for one in kinds)}
    return render(request, "portal/search.html", context)
