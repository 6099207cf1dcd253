"""What a draft changes, one parameter at a time: a value, a region's standard, a last day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.people.forms.fields import day_field
from jineng.people.forms.members import DayInput
from jineng.people.forms.pickers import RegionPicker, found_by
from jineng.people.models import Region
from jineng.people.models.regions import RegionKind

if TYPE_CHECKING:
    from jineng.policy.parameters import Parameter

NEW = "new"

Choices = list[tuple[str, Any]]

#: Ways of changing a parameter, as addresses say them.
HOWS: dict[str, str | Promise] = {
    "value": gettext_lazy("改数值"),
    "until": gettext_lazy("改截止日"),
    "standard": gettext_lazy("设地区标准"),
}


def hows_of(parameter: Parameter) -> list[str]:
    """How a parameter can be changed, the most likely first."""
    if parameter.kind == "period":
        return ["until", "value"]
    if not parameter.regional:
        return ["value"]
    return ["standard", "value"] if not parameter.own else ["value", "standard"]


class ParameterForm(forms.Form):
    """Which parameter is to be changed."""

    parameter = forms.ChoiceField(
        label=gettext_lazy("哪一项标准或条件"),
        help_text=gettext_lazy("输入项目或名称（汉字或拼音）查找。"),
        widget=forms.Select,
        error_messages={"required": gettext_lazy("请选择一项标准或条件。")},
    )

    def __init__(self, *given: Any, groups: list[tuple[str, Choices]], **more: Any) -> None:
        super().__init__(*given, **more)
        field = self.fields["parameter"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = _ParameterPicker()
        field.choices = [("", "—"), *groups]


class _ParameterPicker(RegionPicker):
    """One parameter, found by its scheme's name too."""

    codes = False

    def create_option(self, name: str, value: Any, label: Any, *rest: Any, **more: Any) -> Any:
        """The option with what it is found by."""
        option = super().create_option(name, value, label, *rest, **more)
        if value:
            option["attrs"]["data-found-by"] = found_by(str(label))
        return option


class _Cited(forms.Form):
    """A change that rests on a clause of a document of the pack, or of one that would come."""

    def __init__(self, *given: Any, documents: Choices, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["document"] = forms.ChoiceField(
            label=_("依据的文件"),
            choices=[*documents, (NEW, _("新的拟发文件（请填文号和标题）"))],
        )
        self.fields["number"] = forms.CharField(
            label=_("拟发文件的文号"), max_length=60, required=False
        )
        self.fields["title"] = forms.CharField(
            label=_("拟发文件的标题"), max_length=100, required=False
        )
        self.fields["clause"] = forms.CharField(
            label=_("条款"),
            max_length=40,
            help_text=_("文件中的哪一条，例如 六(二)；拟发文件写第一条即可。"),
        )

    def clean(self) -> dict[str, Any]:
        """A document that would come has a number and a title."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("document") == NEW:
            for name in ("number", "title"):
                if name in self.fields and not given.get(name) and name not in self.errors:
                    self.add_error(name, _("新的拟发文件须填写这一项。"))
        return given

    def refuse(self, reasons: tuple[str, ...]) -> None:
        """What the engine finds wrong, at the fields that it is about."""
        from jineng.desk.drafting import OF_VALUE

        _refuse(self, OF_VALUE, reasons)


class ValueForm(_Cited):
    """A value from a day on, for all of the province."""

    def __init__(self, *given: Any, parameter: Parameter, **more: Any) -> None:
        super().__init__(*given, **more)
        self.parameter = parameter
        rest = dict(self.fields)
        self.fields = value_fields(parameter)
        self.fields["start"] = day_field(_("自哪天起"))
        self.fields |= rest
        self.fields["start"].help_text = _("按受理日期。与现行值同一天开始的，取代现行值。")

    def clean(self) -> dict[str, Any]:
        """Of a table at least one figure."""
        return _some_figure(self, super().clean())

    def value(self) -> Any:
        """The value as a draft's file says it."""
        return value_given(self.parameter, self.cleaned_data)


class StandardForm(forms.Form):
    """What a region would set."""

    def __init__(self, *given: Any, parameter: Parameter, on: date, **more: Any) -> None:
        super().__init__(*given, **more)
        self.parameter = parameter
        self.fields["region"] = forms.ChoiceField(
            label=_("市州（或直管市、林区）"),
            choices=[("", "—"), *_setting_regions(on)],
            widget=RegionPicker,
        )
        self.fields |= value_fields(parameter)
        self.fields["start"] = day_field(_("自哪天起"))
        self.fields["end"] = day_field(_("最后一天"), required=False)
        self.fields["number"] = forms.CharField(
            label=_("拟发文件的文号"),
            max_length=60,
            help_text=_("例如 武人社发〔2021〕1号，不能有空格。"),
        )
        self.fields["clause"] = forms.CharField(
            label=_("条款（可不填）"), max_length=40, required=False
        )
        self.fields["replaces"] = forms.CharField(
            label=_("更正哪个文件的标准（可不填）"),
            max_length=60,
            required=False,
            help_text=_("该地区同一天起已有标准的，填它的文号。"),
        )

    def clean(self) -> dict[str, Any]:
        """Of a table at least one figure."""
        return _some_figure(self, super().clean() or {})

    def refuse(self, reasons: tuple[str, ...]) -> None:
        """What the engine finds wrong, at the fields that it is about."""
        from jineng.desk.drafting import OF_STANDARD

        _refuse(self, OF_STANDARD, reasons)

    def value(self) -> Any:
        """The amount as a draft's file says it."""
        return value_given(self.parameter, self.cleaned_data)


class UntilForm(_Cited):
    """Another last day of a term."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        rest = dict(self.fields)
        self.fields = {"until": forms.DateField(label=_("新的截止日"), widget=DayInput), **rest}


def _refuse(
    form: forms.Form, places: tuple[tuple[str, str], ...], reasons: tuple[str, ...]
) -> None:
    """Each reason at the field that a word in it is about, else above the form.

    Of what is said of this very change, where it stands goes without saying.
    """
    from jineng.desk.drafting import of_change

    start = form.cleaned_data.get("start")
    for reason in reasons:
        ours = of_change(reason, start)
        found = (name for word, name in places if word in reason and name in form.fields)
        name = next(found, None) if ours else None
        if name is None or name not in form.errors:
            form.add_error(name, ours or reason)


def _some_figure(form: ValueForm | StandardForm, given: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in form.fields if name.startswith("value_")]
    if names and not any(given.get(name) is not None or name in form.errors for name in names):
        form.add_error(names[0], _("请至少填写一档。"))
    return given


def _setting_regions(on: date) -> Choices:
    """The regions that set standards: prefectures, and what the province governs directly."""
    found = Region.objects.on(on).filter(kind=RegionKind.PREFECTURE).order_by("code")
    return [(one.code, one.name) for one in found]


# ---------------------------------------------------------------- values


def value_fields(parameter: Parameter) -> dict[str, forms.Field]:
    """The fields of a parameter's value: one, or one for each code of a table."""
    if parameter.by:
        from jineng.policy.facts import FACT

        codes = FACT[parameter.by].codes
        label = _(FACT[parameter.by].heading)
        return {
            f"value_{code}": _field(parameter, f"{label} · {_(word)}", required=False)
            for code, word in codes.items()
        }
    if parameter.kind == "period":
        return {
            "first": day_field(_("第一天")),
            "last": forms.DateField(
                label=_("最后一天"), widget=DayInput, required=False, help_text=_("不填：未定")
            ),
        }
    return {"value": _field(parameter, _(parameter.label))}


def _field(parameter: Parameter, label: str, *, required: bool = True) -> forms.Field:
    if parameter.kind == "yuan":
        return forms.DecimalField(
            label=_("%(what)s（元）") % {"what": label},
            min_value=0,
            max_digits=12,
            decimal_places=2,
            required=required,
        )
    if parameter.kind == "list":
        return forms.MultipleChoiceField(
            label=label, choices=_codes(parameter), widget=forms.CheckboxSelectMultiple
        )
    what = _("%(what)s（个月）") if parameter.kind == "months" else "%(what)s"
    return forms.IntegerField(label=what % {"what": label}, min_value=0, required=required)


def _codes(parameter: Parameter) -> Choices:
    """What a list may hold: the codes of the fact that has all of those it holds now."""
    from jineng.policy.facts import FACTS

    now = {str(code) for value in parameter.values for code in value.value}
    for fact in FACTS:
        if fact.kind == "code" and now <= fact.codes.keys():
            return [(code, _(word)) for code, word in fact.codes.items()]
    return [(code, code) for code in sorted(now)]


def value_given(parameter: Parameter, given: Mapping[str, Any]) -> Any:
    """The value as a draft's file says it, from what was filled in."""
    if parameter.by:
        filled = {name: one for name, one in given.items() if name.startswith("value_")}
        return {
            _code(name.removeprefix("value_")): one
            for name, one in filled.items()
            if one is not None
        }
    if parameter.kind == "period":
        days = {"first": given["first"], "last": given.get("last")}
        return {name: day for name, day in days.items() if day}
    if parameter.kind == "list":
        return [_code(one) for one in given["value"]]
    return given["value"]


def _code(code: str) -> int | str:
    return int(code) if re.fullmatch(r"[1-9][0-9]{0,5}", code) else code


def value_filled(parameter: Parameter, raw: Any) -> dict[str, Any]:
    """What the fields show of a value as a draft's file says it."""
    if parameter.by and isinstance(raw, Mapping):
        return {f"value_{code}": amount for code, amount in raw.items()}
    if parameter.kind == "period" and isinstance(raw, Mapping):
        return {"first": raw.get("first"), "last": raw.get("last")}
    if parameter.kind == "list" and isinstance(raw, list):
        return {"value": [str(code) for code in raw]}
    return {"value": raw}


def value_now(parameter: Parameter, value: Any) -> dict[str, Any]:
    """The same of a value that is in force, which is typed."""
    if parameter.kind == "period":
        return {"first": value[0], "last": value[1]}
    if parameter.by:
        return {f"value_{code}": _shown(parameter, one) for code, one in value.items()}
    if parameter.kind == "list":
        return {"value": [str(code) for code in value]}
    return {"value": _shown(parameter, value)}


def _shown(parameter: Parameter, value: Any) -> Any:
    from decimal import Decimal

    if parameter.kind != "yuan":
        return value
    yuan = Decimal(value) / 100
    return int(yuan) if yuan == yuan.to_integral_value() else yuan
