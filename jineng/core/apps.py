"""Makes the shared ground a Django app, so that its jobs and template tags are found."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The app `core`."""

    name = "jineng.core"
