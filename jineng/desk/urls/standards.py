"""Addresses of regional standards, `/standards/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
