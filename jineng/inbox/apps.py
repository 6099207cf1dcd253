"""The context `inbox` as a Django app."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The app `inbox`."""

    name = "jineng.inbox"
