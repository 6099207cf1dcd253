"""The site with one view more, which says nothing: what every page costs before it is one."""

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from jineng.config.wsgi import application as application

# isort: split
# The site must be set up before its views are there.
from jineng.config import urls

settings.ROOT_URLCONF = __name__


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in, as every view of the site; by which process is told."""
    return HttpResponse(b"", headers={"X-Process": str(os.getpid())})


urlpatterns = [path("empty", empty), *urls.urlpatterns]
handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler500 = urls.handler500
