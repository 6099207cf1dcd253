"""Files that are handed in on a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def led(request: HttpRequest, view: str, pk: object) -> HttpResponse:
    """Leads from a form with a file to the page of `view` and `pk`.

    The script that shows how far a file is sent it; it is told where to, for what it fetched itself
    nobody would see.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(view, kwargs={"pk": pk})})
    return redirect(view, pk=pk)
