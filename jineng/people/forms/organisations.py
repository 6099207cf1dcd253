"""Organisations: new, changed, what they are and hold; and the form of annex 1."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jineng.people.forms.fields import (
    RegionField,
    WithDays,
    day_field,
    sealed_details,
    why_field,
)
from jineng.people.forms.pickers import ManyPicker, occupations
from jineng.people.models import Organisation, OrganisationKind, PillarStatus, Qualification
from jineng.people.models.organisations import Size
from jineng.people.queries.archives import masked

_NOTHING = [("", "—")]


class AccountForm(forms.Form):
    """Where an organisation is paid; all that it changes of itself."""

    bank_name = forms.CharField(label=_("开户行"), max_length=100, required=False)
    bank_account = forms.CharField(label=_("银行账号"), max_length=60, required=False)
    no_bank_account = forms.BooleanField(label=_("删除现有银行账号"), required=False)
    why = why_field()

    def __init__(self, *args: Any, organisation: Organisation | None, **kwargs: Any) -> None:
        if organisation is not None:
            shown = ("name", "region", "size", "industry", "bank_name")
            kwargs["initial"] = {name: getattr(organisation, name) for name in shown}
        super().__init__(*args, **kwargs)
        held = masked("bank_account", organisation.bank_account) if organisation else ""
        if held:
            told = _now("现有：%(held)s；不填则不变") % {"held": held}
            self.fields["bank_account"].help_text = told
        else:
            del self.fields["no_bank_account"]

    def details(self) -> dict[str, Any]:
        """For the command."""
        return sealed_details(self.cleaned_data, "bank_account")


class OrganisationForm(AccountForm):
    """What officials change of an organisation."""

    name = forms.CharField(label=_("单位全称"), max_length=200)
    region = RegionField(label=_("所在地"), required=False)
    size = forms.ChoiceField(
        label=_("企业规模"), choices=[*_NOTHING, *Size.choices], required=False
    )
    industry = forms.CharField(
        label=_("行业代码"),
        max_length=10,
        required=False,
        help_text=_("国民经济行业分类（GB/T 4754），如 C 或 C39"),
    )

    field_order: tuple[str, ...] = ("name", "region", "size", "industry")


class NewOrganisationForm(OrganisationForm):
    """An organisation that is not known yet."""

    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=30)
    kinds = forms.MultipleChoiceField(
        label=_("类别"),
        choices=OrganisationKind.Kind,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一个单位可以有几种类别"),
    )

    field_order = ("credit_code", "name", "kinds", "region", "size", "industry")


class CodeForm(forms.Form):
    """The right credit code."""

    credit_code = forms.CharField(label=_("正确的统一社会信用代码"), max_length=30)
    why = why_field()


class KindForm(WithDays):
    """What else an organisation is."""

    kind = forms.ChoiceField(label=_("类别"), choices=[*_NOTHING, *OrganisationKind.Kind.choices])
    why = why_field()

    field_order = ("kind",)


class PillarForm(forms.Form):
    """As what an enterprise counts in a year."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    kinds = forms.MultipleChoiceField(
        label=_("列为"),
        choices=PillarStatus.Kind,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("不选：该年度不列入"),
    )
    source = forms.CharField(
        label=_("名单或文件"), max_length=200, required=False, help_text=_("如：市政府公布的名单")
    )
    why = why_field(required=False)


class SuspensionForm(WithDays):
    """That an enterprise stands still."""

    reason = forms.CharField(label=_("停工停产的原因"), max_length=200)

    field_order = ("reason",)


class QualificationForm(WithDays):
    """A qualification as its document says."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("one", "资质"), choices=[*_NOTHING, *Qualification.Kind.choices]
    )
    number = forms.CharField(label=_("证书编号"), max_length=60)
    issuer = forms.CharField(label=_("发证机关"), max_length=100)
    scope = forms.CharField(
        label=_("范围"), max_length=200, required=False, help_text=_("如：培训职业（工种）及等级")
    )
    region = RegionField(
        label=_("有效地区"), required=False, help_text=_("不选：各地都有效；当地认定必须选")
    )
    why = why_field()

    field_order = ("kind", "number", "issuer", "scope", "region")

    def __init__(
        self, *args: Any, qualification: Qualification | None = None, **kwargs: Any
    ) -> None:
        if qualification is not None:
            shown = ("kind", "number", "issuer", "scope", "region", "starts_on", "ends_on")
            kwargs["initial"] = {name: getattr(qualification, name) for name in shown}
        super().__init__(*args, **kwargs)


class SignUpForm(forms.Form):
    """The enterprise's application (A1)."""

    name = forms.CharField(label=_("企业名称"), max_length=200)
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=30)
    region = RegionField(label=_("企业所在地"))
    industry = forms.CharField(label=_("所属行业"), max_length=100)
    occupations = forms.MultipleChoiceField(
        label=_("所需工种"),
        choices=occupations,
        widget=ManyPicker,
        required=False,
        help_text=_("可选多个；输入名称或拼音查找"),
    )
    other_occupations = forms.CharField(
        label=_("其他工种"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("目录中没有的，每行一个，参照国家职业资格目录"),
    )
    eligible_count = forms.IntegerField(
        label=_("符合条件人数"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("失业保险累计缴费满 12 个月的职工，含劳务派遣人员"),
    )
    contact_name = forms.CharField(label=_("联系人"), max_length=100)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=30, help_text=_("手机号"))
    remarks = forms.CharField(
        label=_("备注说明"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """One occupation at least, chosen or written."""
        given: dict[str, Any] = super().clean() or {}
        if "occupations" in self.fields and not self.named_occupations(given):
            self.add_error("occupations", _("请选择或写明所需工种。"))
        return given

    @staticmethod
    def named_occupations(given: dict[str, Any]) -> str:
        """Those chosen and those written, one to a line."""
        written = str(given.get("other_occupations", "")).splitlines()
        named = [*given.get("occupations", []), *(one.strip() for one in written)]
        return "\n".join(dict.fromkeys(one for one in named if one))


class NoteForm(forms.Form):
    """What was arranged, or why not."""

    note = forms.CharField(label=_("安排或原因"), max_length=200)


class BlacklistForm(WithDays):
    """A decision that puts somebody on the blacklist."""

    decision_number = forms.CharField(label=_("决定文号"), max_length=60)
    reason = forms.CharField(
        label=_("事由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    field_order = ("decision_number", "reason")


class AppealForm(forms.Form):
    """That somebody appealed."""

    appealed_on = day_field(_("申诉日期"))
    why = why_field(required=False)


class AppealOutcomeForm(forms.Form):
    """What came of an appeal."""

    outcome = forms.ChoiceField(
        label=_("结果"), choices=[("upheld", _("维持原决定")), ("overturned", _("撤销原决定"))]
    )
    decided_on = day_field(_("决定日期"))
    note = forms.CharField(label=_("依据"), max_length=500)
