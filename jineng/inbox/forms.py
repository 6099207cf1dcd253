"""Where one wants to be told."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MailForm(forms.Form):
    """An address to be told at."""

    address = forms.EmailField(
        label=_("邮箱"),
        max_length=200,
        help_text=_("会发去一封确认邮件，打开其中的链接后生效。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PhoneForm(forms.Form):
    """A phone to be told at."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=30,
        help_text=_("会发去一条验证码，填写后生效。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )


class CodeForm(forms.Form):
    """The code that was sent there."""

    code = forms.CharField(
        label=_("短信验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
