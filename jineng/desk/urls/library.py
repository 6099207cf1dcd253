"""Addresses of the policy library, `/policy/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
