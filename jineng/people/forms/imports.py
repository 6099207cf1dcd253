"""A file to be imported."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.people.models import InsuranceKind
from jineng.people.models.employment import ImportRun
from jineng.people.records.headings import ALL_KINDS

MOST_MEGABYTES = 20
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024


class ImportForm(forms.Form):
    """What is to be imported, and how."""

    kind = forms.ChoiceField(label=gettext_lazy("文件种类"), choices=ImportRun.Kind.choices)
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "Excel（.xlsx）、CSV 或 Parquet，最大 20 MB；更大的请管理员用命令行导入。"
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.gz,.parquet"}),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("文件是空的。请重新导出后再上传。"),
        },
    )
    kinds = forms.TypedMultipleChoiceField(
        label=gettext_lazy("文件只管这些险种（社会保险）"),
        help_text=gettext_lazy("不选：文件管全部险种，没有写到的视为未缴。"),
        choices=InsuranceKind.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    only_clean = forms.BooleanField(
        label=gettext_lazy("跳过有错误的行（社会保险、就业登记）"), required=False
    )

    def clean_file(self) -> UploadedFile:
        """The upload. Raises ValidationError where it is too large for a page."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise ValidationError(
                _("文件超过 %(most)s MB，请管理员用命令行导入。") % {"most": MOST_MEGABYTES}
            )
        return upload

    @property
    def scope(self) -> int:
        """The mask of insurances of which the file speaks."""
        given: dict[str, Any] = self.cleaned_data
        return sum(given["kinds"]) or ALL_KINDS
