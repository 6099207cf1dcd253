"""Addresses of the frame itself."""

from django.urls import path

from jineng.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="healthz"),
]
