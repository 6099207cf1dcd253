"""Addresses of the context `audit`."""

from django.urls import path

from jineng.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.state, name="state"),
    path("roots", views.roots, name="roots"),
    path("keys/<slug:key>.pub", views.public_key, name="public_key"),
]
