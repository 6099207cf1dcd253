"""The context `portal` as a Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The app `portal`."""

    name = "jineng.portal"
