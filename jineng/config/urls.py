"""Every address. Each context brings its own; one line here includes them."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("jineng.portal.urls")),
    path("accounts/", include("jineng.people.signin.urls")),
    path("", include("jineng.people.urls")),
    path("audit/", include("jineng.audit.urls")),
    path("", include("jineng.desk.urls")),
    path("batches/", include("jineng.claims.urls")),
    path("whatif/", include("jineng.whatif.urls")),
    path("inbox/", include("jineng.inbox.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("jineng.demo.urls")))

handler400 = "jineng.portal.views.problems.bad_request"
handler403 = "jineng.portal.views.problems.forbidden"
handler404 = "jineng.portal.views.problems.not_found"
handler429 = "jineng.portal.views.problems.too_many"
handler500 = "jineng.portal.views.problems.server_error"
