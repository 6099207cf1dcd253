"""The context `desk` as a Django app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The app `desk`."""

    name = "jineng.desk"
