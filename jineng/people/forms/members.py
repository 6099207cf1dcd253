"""Roles given, ended and stood in for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.people.models import Membership, Role, User


class DayInput(forms.DateInput):
    """The browser's own way to pick a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MemberForm(forms.Form):
    """A role for a user, who may be new.

    ``tells``: whether it is said which names there are; only who runs the platform learns that.
    """

    NEW, KNOWN = "new", "known"

    account = forms.ChoiceField(
        label=_("账号"), choices=[(NEW, _("新开账号")), (KNOWN, _("已有账号"))]
    )
    username = forms.CharField(
        label=_("用户名"), max_length=150, help_text=_("汉字、字母、数字和 @ . + - _")
    )
    role = forms.ChoiceField(label=_("岗位"))
    starts_on = forms.DateField(label=_("开始日期"), widget=DayInput)
    ends_on = forms.DateField(
        label=_("最后一天"), widget=DayInput, required=False, help_text=_("不填：长期")
    )
    why = forms.CharField(label=_("理由"), max_length=200)

    def __init__(self, *args: Any, roles: list[str], tells: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tells = tells
        if not tells:
            self.fields["account"].help_text = _("已有账号的，须本人在“我的账号”接受后生效。")
        choice: Any = self.fields["role"]
        choice.choices = [(role, Role(role).label) for role in roles]
        username = self.fields["username"]
        username.validators = [*User._meta.get_field("username").validators]

    def clean(self) -> dict[str, Any]:
        """Finds the user who is known already; `user` is None for a new one, and for one who is to
        be asked: `invites` then."""
        given: dict[str, Any] = super().clean() or {}
        given["user"] = None
        known = given.get("account") == self.KNOWN
        given["invites"] = known and not self.tells
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("最后一天不能早于开始日期。"))
        if known and self.tells and given.get("username"):
            given["user"] = User.objects.filter(
                username__iexact=given["username"], is_active=True
            ).first()
            if given["user"] is None:
                self.add_error("username", _("没有这个用户名。请核对，或选择新开账号。"))
        return given


class EndForm(forms.Form):
    """The last day of a role."""

    last_day = forms.DateField(label=_("最后一天"), widget=DayInput)
    why = forms.CharField(label=_("理由"), max_length=200)


class DelegationForm(forms.Form):
    """Who stands in for a member, and when."""

    username = forms.CharField(label=_("代理人用户名"), max_length=150)
    starts_on = forms.DateField(label=_("开始日期"), widget=DayInput)
    ends_on = forms.DateField(label=_("最后一天"), widget=DayInput)
    reason = forms.CharField(label=_("事由"), max_length=200, help_text=_("如：年休假"))

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_username(self) -> User:
        """A colleague. Raises ValidationError, whoever else it may be."""
        colleague = User.objects.filter(
            username__iexact=self.cleaned_data["username"],
            is_active=True,
            memberships__organisation=self.member.organisation_id,
        ).first()
        if colleague is None:
            raise forms.ValidationError(_("本单位没有这个用户名的成员。"))
        return colleague


class AccountNameForm(forms.Form):
    """The user name of an account, in full."""

    username = forms.CharField(
        label=_("用户名"), max_length=150, help_text=_("请输入完整的用户名，不分大小写。")
    )

    def clean_username(self) -> User:
        """The account. Raises ValidationError where there is none."""
        found = User.objects.filter(username__iexact=self.cleaned_data["username"]).first()
        if found is None:
            raise forms.ValidationError(_("没有这个用户名。请向本人核对。"))
        return found


class WhyForm(forms.Form):
    """A reason, for what asks for nothing else."""

    why = forms.CharField(label=_("理由"), max_length=200)
