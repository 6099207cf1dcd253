"""`manage.py reference`: brings the reference data that ship with the code into the database."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from jineng.core.events import acting


class Command(BaseCommand):
    """Runs `load()` of each context's module `reference`; what is up to date stays untouched."""

    help = "Brings reference data up to date; may be run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        """All contexts in one transaction."""
        with acting(by=None, why="reference data of the release", origin="manage.py reference"):
            for config in apps.get_app_configs():
                if find_spec(f"{config.name}.reference"):
                    changed = import_module(f"{config.name}.reference").load()
                    self.stdout.write(f"{config.label}: {changed} rows changed")
