"""What is asked of notices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.inbox.tellings import topics


class FilterForm(forms.Form):
    """Which notices are listed; an address that asks for what is not there asks for all."""

    unread = forms.BooleanField(label=_("只看未读"), required=False)
    topic = forms.ChoiceField(label=_("类别"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(name, one.label) for name, one in topics().items()]
        self.fields["topic"] = forms.ChoiceField(
            label=_("类别"), required=False, choices=[("", _("全部")), *known]
        )

    def wanted(self) -> dict[str, Any]:
        """For `queries.notices_of`."""
        self.is_valid()
        given = self.cleaned_data
        return {"unread": bool(given.get("unread")), "topic": given.get("topic") or ""}


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
