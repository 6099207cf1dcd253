"""Addresses of regional standards, `/standards/`."""

from django.urls import path

from jineng.desk.views import standards

urlpatterns = [
    path("standards/", standards.standards, name="standards"),
    path("standards/standards.yaml", standards.file, name="standards_file"),
    path("standards/new/", standards.new, name="new_standard"),
    path("standards/<int:pk>/", standards.standard, name="standard"),
    path("standards/<int:pk>/edit/", standards.edit, name="edit_standard"),
    path("standards/<int:pk>/<str:name>/", standards.act, name="standard_act"),
]
