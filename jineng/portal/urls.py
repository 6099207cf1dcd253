"""Addresses of the frame itself."""

from django.urls import path

from jineng.portal import preferences
from jineng.portal.views import components, health, home, search

urlpatterns = [
    path("", home.home, name="home"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/set/", preferences.set_preferences, name="set_preferences"),
    path("preferences/columns/", preferences.set_columns, name="set_columns"),
    path("components/", components.components, name="components"),
    path("keys/", preferences.keys, name="keys"),
    path("search/", search.search, name="search"),
    path("healthz", health.health, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.counts, name="metrics"),
]
