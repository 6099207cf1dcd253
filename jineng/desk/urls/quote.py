"""Addresses of the questionnaire on what one could get, `/quote/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
