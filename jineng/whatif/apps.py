"""The context `whatif` as a Django app."""

from django.apps import AppConfig


class WhatIfConfig(AppConfig):
    """The app `whatif`."""

    name = "jineng.whatif"

    def ready(self) -> None:
        """Says which function the worker calls for a trial."""
        from jineng.claims.models import Run
        from jineng.claims.tasks import RUNS

        RUNS[Run.Kind.WHATIF] = "jineng.whatif.reckoning.reckoned"
