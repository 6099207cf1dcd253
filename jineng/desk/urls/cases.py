"""Addresses of cases by officials, `/cases/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
