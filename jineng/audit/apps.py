"""The context `audit` as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The app `audit`."""

    name = "jineng.audit"
