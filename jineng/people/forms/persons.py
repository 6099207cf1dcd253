"""Persons: new, changed, their numbers, groups and merges."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jineng.people.forms.fields import RegionField, WithDays, sealed_details, why_field
from jineng.people.models import Person
from jineng.people.models.persons import Education, Sex
from jineng.people.queries.archives import masked
from jineng.people.queries.persons import GROUP_NAMES

_NOTHING = [("", "—")]


class PersonForm(forms.Form):
    """What of a person may be changed. Sealed numbers are not shown: left empty, they stay."""

    name = forms.CharField(label=_("姓名"), max_length=100)
    sex = forms.ChoiceField(
        label=_("性别"),
        choices=[*_NOTHING, *Sex.choices],
        required=False,
        help_text=_("不填：以身份证号为准"),
    )
    phone = forms.CharField(label=_("手机号"), max_length=30, required=False)
    no_phone = forms.BooleanField(label=_("删除现有手机号"), required=False)
    household_region = RegionField(label=_("户籍地"), required=False)
    living_region = RegionField(label=_("居住地"), required=False)
    working_region = RegionField(label=_("工作地"), required=False)
    education = forms.ChoiceField(
        label=_("文化程度"), choices=[*_NOTHING, *Education.choices], required=False
    )
    bank_name = forms.CharField(label=_("开户行"), max_length=100, required=False)
    bank_account = forms.CharField(label=_("银行账号"), max_length=60, required=False)
    no_bank_account = forms.BooleanField(label=_("删除现有银行账号"), required=False)
    why = why_field()

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        if person is not None:
            shown = ("name", "sex", "education", "bank_name")
            regions = ("household_region", "living_region", "working_region")
            kwargs["initial"] = {name: getattr(person, name) for name in shown + regions}
        super().__init__(*args, **kwargs)
        for name in ("phone", "bank_account"):
            held = masked(name, getattr(person, name)) if person is not None else ""
            if held:
                self.fields[name].help_text = _now("现有：%(held)s；不填则不变") % {"held": held}
            else:
                del self.fields[f"no_{name}"]

    def details(self) -> dict[str, Any]:
        """For the command."""
        details = sealed_details(self.cleaned_data, "phone", "bank_account")
        if not details["sex"]:
            del details["sex"]
        return details


class NewPersonForm(PersonForm):
    """A person who is not known yet, with one group where that is known."""

    identity_number = forms.CharField(
        label=_("身份证号"), max_length=30, help_text=_("18 位；旧的 15 位会自动升为 18 位")
    )
    group = forms.ChoiceField(
        label=_("人员类别"), choices=[*_NOTHING, *GROUP_NAMES.items()], required=False
    )
    proof = forms.CharField(
        label=_("类别的凭据"), max_length=200, required=False, help_text=_("如：失业登记证及编号")
    )
    source = forms.CharField(label=_("类别的来源"), max_length=100, required=False)

    field_order = (
        *("identity_number", "name", "sex", "phone"),
        *("household_region", "living_region", "working_region", "education"),
        *("bank_name", "bank_account", "group", "proof", "source", "why"),
    )

    def details(self) -> dict[str, Any]:
        """For the command; the group begins today."""
        details = super().details()
        names = ("group", "proof", "source")
        group = {name: details.pop(name) for name in names}
        if group["group"]:
            details["groups"] = [group]
        return details


class NumberForm(forms.Form):
    """The right identity number."""

    identity_number = forms.CharField(label=_("正确的身份证号"), max_length=30)
    why = why_field()


class GroupForm(WithDays):
    """That somebody belongs to a group."""

    group = forms.ChoiceField(label=_("人员类别"), choices=[*_NOTHING, *GROUP_NAMES.items()])
    proof = forms.CharField(label=_("凭据"), max_length=200, help_text=_("如：失业登记证及编号"))
    source = forms.CharField(label=_("来源"), max_length=100, help_text=_("如：区人社局"))

    field_order = ("group", "proof", "source")


class MergeSearchForm(forms.Form):
    """The other record."""

    text = forms.CharField(
        label=_("另一份档案"), max_length=100, help_text=_("身份证号、手机号或姓名")
    )


class WhyForm(forms.Form):
    """Why something is done."""

    why = why_field()
