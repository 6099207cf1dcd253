"""Addresses of the demo; there in demo mode alone (see `config.urls`)."""

from django.urls import path

from jineng.demo import views

app_name = "demo"
urlpatterns = [
    path("cast/", views.cast, name="cast"),
    path("cast/<slug:key>/", views.enter, name="enter"),
]
