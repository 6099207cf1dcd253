"""The doors of the demo: installed in demo mode alone."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """It has no tables."""

    name = "jineng.demo"
