"""Addresses of the policy desk, one module for each of its parts."""

from jineng.desk.urls import cases, drafts, library, quote, standards

app_name = "desk"

urlpatterns = [
    *library.urlpatterns,
    *quote.urlpatterns,
    *drafts.urlpatterns,
    *standards.urlpatterns,
    *cases.urlpatterns,
]
