"""What is handed in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ACCEPT = ".xlsx,.csv,.parquet"


class ClaimsFileField(forms.FileField):
    """A file whose name says that it may be one of claims; its content is for the worker."""

    widget = forms.FileInput
    default_error_messages = {
        "required": _("请选择申领表文件。"),
        "empty": _("文件是空的（0 字节）。请重新导出后再上传。"),
        "missing": _("没有收到文件。请重新选择。"),
        "max_length": _("文件名过长。请缩短后再上传。"),
    }

    def to_python(self, data: File | None) -> Any:
        """The upload. Raises ValidationError that says what other ending is wanted."""
        upload = super().to_python(data)
        if upload is None:
            return None
        from pathlib import Path

        from jineng.claimsfile import FileError
        from jineng.claimsfile.container import ending_of

        try:
            ending_of(Path(upload.name or ""))
        except FileError as error:
            told = {"problem": gettext(error.message), "advice": gettext(error.advice)}
            raise ValidationError(_("%(problem)s。%(advice)s。") % told) from None
        return upload


class UploadForm(forms.Form):
    """A claims file, and the decisions made before it."""

    claims = ClaimsFileField(
        label=_("申领表"),
        help_text=_("每行一个申请。Excel（.xlsx）、CSV 或 Parquet。"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    history = ClaimsFileField(
        label=_("此前的决定（可不选）"),
        help_text=_("以前核定的结果文件。其中符合的申请计入次数和重复，不再重新核定。"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
