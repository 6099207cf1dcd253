"""The context `claims` as a Django app."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """The app `claims`."""

    name = "jineng.claims"

    def ready(self) -> None:
        """Clears away what a killed process left in plain."""
        from jineng.claims.files import sweep_plain_rooms

        sweep_plain_rooms()
