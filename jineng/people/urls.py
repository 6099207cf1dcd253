"""Addresses of persons, organisations and their members."""

from jineng.people import urls_access

app_name = "people"

urlpatterns = [*urls_access.urlpatterns]
