"""Addresses of drafts, `/drafts/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
