"""Division codes (GB/T 2260), dated: codes, names and parents change."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RegionKind(models.TextChoices):
    """A region's level. Counties that the province administers itself are prefecture-level."""

    PROVINCE = "province", _("省")
    PREFECTURE = "prefecture", _("市州")
    COUNTY = "county", _("县市区")


class RegionQuerySet(models.QuerySet["Region"]):
    """Regions, by the days on which they hold."""

    def on(self, day: date) -> Self:
        """Those in force on this day."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day)
        )

    def current(self) -> Self:
        """Those that nothing has replaced."""
        return self.filter(valid_to=None)


class Region(models.Model):
    """One code under one name and one parent; a change of any of them makes another row."""

    code = models.CharField(max_length=6)
    name = models.CharField(max_length=30)
    kind = models.CharField(max_length=10, choices=RegionKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(null=True, help_text="first day; empty: before the records")
    valid_to = models.DateField(null=True, help_text="first day on which it holds no more")
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="predecessors", help_text="what it became"
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        """One row of a code from a day on; one that is in force."""

        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="region_code_from_a_day",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="region_code_in_force"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="region_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-9][0-9]{5}$"), name="region_code_of_six_digits"
            ),
            models.CheckConstraint(
                condition=Q(kind=RegionKind.PROVINCE, parent=None)
                | (~Q(kind=RegionKind.PROVINCE) & Q(parent__isnull=False)),
                name="region_province_alone_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name
