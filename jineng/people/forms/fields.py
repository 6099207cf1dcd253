"""Fields that forms of the registers share."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.core.calendar import business_date
from jineng.people.forms.members import DayInput
from jineng.people.forms.pickers import RegionPicker
from jineng.people.models import Region
from jineng.people.queries.regions import region_choices, region_on


class RegionField(forms.ChoiceField):
    """A region of today, chosen by its code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=_regions_or_none, widget=RegionPicker, **options)

    def clean(self, value: Any) -> Any:
        """The region; None where none was chosen."""
        code = super().clean(value)
        return region_on(code, business_date()) if code else None

    def prepare_value(self, value: Any) -> Any:
        """A region's code, which may be a former one's: then nothing is chosen."""
        return value.code if isinstance(value, Region) else value


def _regions_or_none() -> list[tuple[str, str]]:
    return [("", "—"), *region_choices(business_date())]


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day; where it may be left out, that is the last day of something without an end."""
    help_text = "" if required else _("不填：长期")
    return forms.DateField(label=label, widget=DayInput, required=required, help_text=help_text)


def why_field(*, required: bool = True) -> forms.CharField:
    """Why something is done; kept with it."""
    return forms.CharField(label=_("理由或依据"), max_length=200, required=required)


class WithDays(forms.Form):
    """Something that holds from day to day."""

    starts_on = day_field(_("开始日期"))
    ends_on = day_field(_("最后一天"), required=False)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        given: dict[str, Any] = super().clean() or {}
        first: date | None = given.get("starts_on")
        last: date | None = given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("最后一天不能早于开始日期。"))
        return given


class EndForm(forms.Form):
    """The last day of something."""

    last_day = day_field(_("最后一天"))
    why = why_field()


def sealed_details(given: dict[str, Any], *names: str) -> dict[str, Any]:
    """What becomes of sealed values that a form does not show: empty leaves them as they are.

    A field `x` goes with a box `no_x`, which takes the value away.
    """
    details = {name: value for name, value in given.items() if not name.startswith("no_")}
    for name in names:
        if given.get(f"no_{name}"):
            details[name] = None
        elif not given.get(name):
            details.pop(name, None)
    return details
