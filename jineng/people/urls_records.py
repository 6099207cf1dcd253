"""Addresses of imports."""

from django.urls import path

from jineng.people.views import imports

urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new", imports.new_import, name="new_import"),
    path("imports/<int:pk>/", imports.one_import, name="import"),
]
