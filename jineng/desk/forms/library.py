"""The day and the region that the library is looked at for, as a form in the address."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.people.forms.members import DayInput
from jineng.people.forms.pickers import RegionPicker


class MomentForm(forms.Form):
    """Both may be left out: today, and no region's own standards. ``names``: of regions by code."""

    on = forms.DateField(
        label=_("日期"),
        widget=DayInput,
        required=False,
        error_messages={"invalid": _("没有这一天。请按 2020-06-01 这样填写日期。")},
    )
    region = forms.ChoiceField(
        label=_("地区"),
        widget=RegionPicker,
        required=False,
        error_messages={"invalid_choice": _("没有这个地区。请从列表中选择。")},
    )

    def __init__(self, *given: Any, names: Mapping[str, str], **options: Any) -> None:
        super().__init__(*given, **options)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *names.items()]
        self.fields["on"].widget.attrs["class"] = "form-control"
        field.widget.attrs["class"] = "form-select"
