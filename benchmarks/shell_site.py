"""The site with one view more, which says nothing: what every page costs before it is one."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jineng.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

settings.ROOT_URLCONF = __name__
application = get_wsgi_application()

from jineng.config import urls  # noqa: E402 - the site must be set up before its views are there


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in, as every view of the site."""
    return HttpResponse(b"")


urlpatterns = [path("empty", empty), *urls.urlpatterns]
handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler500 = urls.handler500
