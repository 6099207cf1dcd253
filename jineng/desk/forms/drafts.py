"""What is asked for a draft: its title, its text, with whom it is shared."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.desk.models import Draft, DraftShare
from jineng.desk.models.drafts import LONGEST_TITLE
from jineng.desk.permissions.drafts import departments_of, readers
from jineng.people.models import Organisation, User

#: A draft's file is a few lines; nothing that a person wrote is longer.
LONGEST_TEXT = 200_000


def title_field() -> forms.CharField:
    """A draft's title."""
    return forms.CharField(
        label=_("草案名称"),
        max_length=LONGEST_TITLE,
        help_text=_("一句话说明改什么，例如：岗前培训提到 600 元。"),
    )


def note_field() -> forms.CharField:
    """What is to be said of a draft."""
    return forms.CharField(
        label=_("说明（可不填）"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TitleForm(forms.Form):
    """A draft's title and note."""

    title = title_field()
    note = note_field()


class _InDepartment(forms.Form):
    """Something that belongs to one of the user's departments; asked only where there are more."""

    def __init__(self, *given: Any, user: User, on: date, **more: Any) -> None:
        super().__init__(*given, **more)
        found = departments_of(user, on=on)
        self.only: Organisation | None = None
        if len(departments := list(found[:2])) > 1:
            self.fields["department"] = forms.ModelChoiceField(
                label=_("部门"), queryset=found, empty_label=None
            )
        else:
            self.only = next(iter(departments), None)

    def clean(self) -> dict[str, Any]:
        """With the department in any case."""
        given: dict[str, Any] = super().clean() or {}
        if self.only is not None:
            given["department"] = self.only
        return given


class NewDraftForm(_InDepartment):
    """A draft that is begun."""

    title = title_field()
    note = note_field()


class CopyForm(_InDepartment):
    """A copy's title."""

    title = title_field()


class TextForm(forms.Form):
    """A draft's text, and the version that it was before."""

    text = forms.CharField(
        label=_("草案文本（YAML）"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "lang": "zh-Hans"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ImportForm(_InDepartment):
    """A draft's file, or its text."""

    file = forms.FileField(
        label=_("草案文件（.yaml）"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        help_text=_("命令行 jineng policy whatif --draft 用的同一种文件。"),
    )
    text = forms.CharField(
        label=_("或者粘贴文本"),
        required=False,
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "lang": "zh-Hans"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, as text."""
        given = super().clean()
        upload, text = given.get("file"), (given.get("text") or "").strip()
        if bool(upload) == bool(text):
            self.add_error("file", _("请选择文件，或者粘贴文本，二者选一。"))
        elif upload and upload.size > LONGEST_TEXT:
            self.add_error("file", _("文件过大，不是草案文件。"))
        elif upload:
            try:
                given["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("不是 UTF-8 文本，请另存为 UTF-8 编码。"))
        return given


class ShareForm(forms.Form):
    """With whom, and for what."""

    audience = forms.ChoiceField(
        label=_("共享给"),
        choices=DraftShare.Audience.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择共享给谁。")},
    )
    user = forms.ModelChoiceField(
        label=_("同事"),
        queryset=User.objects.none(),
        required=False,
        empty_label="—",
        to_field_name="username",
        help_text=_("只有政策管理员、统计和审计可以查看草案。"),
        widget=forms.Select(attrs={"data-picker": "one", "data-none": _("没有找到")}),
    )
    may_edit = forms.ChoiceField(
        label=_("可以"),
        choices=(("", _("只看")), ("1", _("看和修改"))),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *given: Any, draft: Draft, on: date, **more: Any) -> None:
        super().__init__(*given, **more)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = readers(on).exclude(pk=draft.author_id)

    def clean(self) -> dict[str, Any]:
        """A colleague is named where one is meant."""
        given: dict[str, Any] = super().clean() or {}
        colleague = given.get("audience") == DraftShare.Audience.COLLEAGUE
        if colleague and not given.get("user"):
            self.add_error("user", _("请选择一位同事。"))
        if not colleague:
            given["user"] = None
        given["may_edit"] = bool(given.get("may_edit"))
        return given


class CompareForm(forms.Form):
    """Two drafts, or one and what is in force."""

    left = forms.ChoiceField(label=_("一方"))
    right = forms.ChoiceField(label=_("另一方"))

    def __init__(self, *given: Any, drafts: list[Draft], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [("", _("现行政策")), *((str(one.pk), one.title) for one in drafts)]
        for name in ("left", "right"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices, field.required = choices, False
