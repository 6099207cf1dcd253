"""A table of cases that is handed in, and how a draft comes in force."""

from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jineng.desk.models import Draft
from jineng.desk.models.cases import LONGEST_NAME
from jineng.desk.queries.in_force import pack_in_force
from jineng.people.forms.fields import day_field

MOST_MEGABYTES = 2
ENDINGS = (".xlsx", ".csv")


class CasesForm(forms.Form):
    """A table of cases, and against what it is run. ``drafts``: which may be chosen."""

    draft = forms.ChoiceField(
        label=_("对照"),
        required=False,
        help_text=_("对照草案的案例表随草案保存；草案以最近上传的一份为准。"),
    )
    file = forms.FileField(
        label=_("案例表"),
        help_text=_("Excel（.xlsx）或 CSV，最大 2 MB、2,000 行；更大的请用命令行运行。"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={
            "required": _("请选择案例表文件。"),
            "empty": _("文件是空的。请重新保存后再上传。"),
        },
    )

    def __init__(self, *args: Any, drafts: list[Draft], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drafts = {str(one.pk): one for one in drafts}
        draft = self.fields["draft"]
        assert isinstance(draft, forms.ChoiceField)
        titles = [
            (key, _now("草案：%(title)s") % {"title": d.title}) for key, d in self.drafts.items()
        ]
        draft.choices = [("", _now("现行政策")), *titles]

    def clean_draft(self) -> Draft | None:
        """The draft; None for the pack in force."""
        return self.drafts.get(self.cleaned_data["draft"])

    def clean_file(self) -> UploadedFile:
        """The upload. Raises ValidationError for another kind of file or one too large."""
        upload: UploadedFile = self.cleaned_data["file"]
        if Path(upload.name or "").suffix.lower() not in ENDINGS:
            raise ValidationError(_now("请选择 .xlsx 或 .csv 文件；可先下载模板填写。"))
        if (upload.size or 0) > MOST_MEGABYTES * 1024 * 1024:
            told = {"most": MOST_MEGABYTES}
            raise ValidationError(_now("文件超过 %(most)s MB，请拆成几份，或用命令行运行。") % told)
        upload.name = (upload.name or "")[-LONGEST_NAME:]
        return upload


class InForceForm(forms.Form):
    """From which day a draft decides, and under which numbers its documents were issued."""

    effective_on = day_field(_("自哪一天起按它核定"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, documents: dict[str, str], version: int, on: date, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"effective_on": on, "version": version})
        super().__init__(*args, **kwargs)
        self.on, self.documents = on, documents
        numbers = {
            f"number_{key}": forms.CharField(
                label=_now("%(title)s：文号") % {"title": title},
                max_length=60,
                help_text=_now("正式印发的文号，案例和决定都以它为依据。"),
            )
            for key, title in documents.items()
        }
        if not numbers:
            numbers["number_"] = forms.CharField(
                label=_now("施行依据的文号"), max_length=60, help_text=_now("决定施行的文件。")
            )
        self.fields = {**numbers, **self.fields}

    def clean_effective_on(self) -> date:
        """Not a day gone by: what was decided then stays."""
        day: date = self.cleaned_data["effective_on"]
        if day < self.on:
            told = {"day": self.on}
            raise ValidationError(_now("不能早于今天（%(day)s）：已作出的决定不再改变。") % told)
        return day

    def clean(self) -> dict[str, Any]:
        """Numbers that a citation can carry, and that no document of the pack's files has."""
        from jineng.policy.assembly import wrong_number

        given: dict[str, Any] = super().clean() or {}
        known, seen = pack_in_force().documents, set()
        for name in [name for name in given if name.startswith("number_")]:
            number = given[name]
            if wrong := wrong_number(number, known):
                self.add_error(name, _now(wrong))
            elif number in seen:
                self.add_error(name, _now("文号写了两次；若是同一份文件，请在草案中合成一份。"))
            seen.add(number)
        return given

    @property
    def numbers(self) -> dict[str, str]:
        """The documents' numbers, by their keys in the draft; "" for the draft itself."""
        return {
            name.removeprefix("number_"): str(number)
            for name, number in self.cleaned_data.items()
            if name.startswith("number_")
        }
