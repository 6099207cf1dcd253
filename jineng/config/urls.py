"""Every address. Each context brings its own; one line here includes them."""

from django.urls import include, path

urlpatterns = [
    path("", include("jineng.portal.urls")),
    path("accounts/", include("jineng.people.signin.urls")),
    path("", include("jineng.people.urls")),
    path("audit/", include("jineng.audit.urls")),
    path("batches/", include("jineng.claims.urls")),
]

handler400 = "jineng.portal.views.bad_request"
handler403 = "jineng.portal.views.forbidden"
handler404 = "jineng.portal.views.not_found"
handler429 = "jineng.portal.views.too_many"
handler500 = "jineng.portal.views.server_error"
