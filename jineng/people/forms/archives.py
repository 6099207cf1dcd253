"""Looking closer at an archive, and asking that it be put right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.people.models import CorrectionRequest


class ClaimForm(forms.Form):
    """Whose archive it is."""

    name = forms.CharField(label=_("姓名"), max_length=100)
    number = forms.CharField(label=_("身份证号"), max_length=18)


class RevealForm(forms.Form):
    """Why a number is looked at."""

    why = forms.CharField(label=_("查看理由"), max_length=200)


class CorrectionForm(forms.Form):
    """What is wrong, and what is right."""

    about = forms.ChoiceField(label=_("哪一项有误"), choices=CorrectionRequest.About)
    stated = forms.CharField(
        label=_("正确的内容"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("可以写明依据，如证件名称。加密保存。"),
    )


class AnswerForm(forms.Form):
    """What came of it."""

    outcome = forms.ChoiceField(label=_("结果"), choices=CorrectionRequest.Outcome)
    answer = forms.CharField(
        label=_("答复"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
