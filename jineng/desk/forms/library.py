"""The day and the region that the library is looked at for, as a form in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.people.forms.fields import RegionField
from jineng.people.forms.members import DayInput


class MomentForm(forms.Form):
    """Both may be left out: today, and no region's own standards."""

    on = forms.DateField(
        label=_("日期"),
        widget=DayInput,
        required=False,
        error_messages={"invalid": _("没有这一天。请按 2020-06-01 这样填写日期。")},
    )
    region = RegionField(
        label=_("地区"),
        required=False,
        error_messages={"invalid_choice": _("没有这个地区。请从列表中选择。")},
    )

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for field in self.fields.values():
            field.widget.attrs.setdefault("form", "moment")
