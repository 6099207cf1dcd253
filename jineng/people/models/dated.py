"""What holds from one day to another."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q


class DatedQuerySet(models.QuerySet[Any]):
    """Rows, by the days on which they hold."""

    def on(self, day: date) -> Self:
        """Those that hold on this day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def within(self, first: date, last: date) -> Self:
        """Those that hold on at least one day from `first` to `last`."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=first), starts_on__lte=last)


class Dated(models.Model):
    """A row that holds from its first day to its last, both included."""

    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="last day; empty: until further")

    objects = DatedQuerySet.as_manager()

    class Meta:
        """The first day is not after the last."""

        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="%(class)s_days_in_order",
            )
        ]
