"""Addresses of the questionnaire on what one could get, `/quote/`."""

from django.urls import URLPattern, path

from jineng.desk.views import quote

urlpatterns: list[URLPattern] = [path("quote/", quote.quote, name="quote")]
