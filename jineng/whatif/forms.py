"""What is asked for a trial."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jineng.claims.models import Batch
from jineng.core.calendar import business_time
from jineng.desk.models import Draft
from jineng.desk.permissions.drafts import drafts_in_reach
from jineng.people.forms.pickers import ManyPicker
from jineng.people.models import User
from jineng.whatif.models import Trial
from jineng.whatif.queries import batches_to_try

#: So many drafts are tried at a time.
MOST_DRAFTS = 5


class _BatchField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """The file, how many claims it has, when it was handed in."""
        assert isinstance(obj, Batch)
        lines = obj.decided.get("lines", obj.checked.get("lines", 0))
        told = {
            "name": obj.file_name,
            "count": f"{lines:,}",
            "at": f"{business_time(obj.created_at):%m-%d %H:%M}",
        }
        return str(_("%(name)s · %(count)s 条 · %(at)s 上传") % told)


class TrialForm(forms.Form):
    """Claims, drafts, and a budget."""

    batch = _BatchField(
        label=_("用哪批申请试算"),
        queryset=Batch.objects.none(),
        empty_label=_("请选择"),
        help_text=_("您自己上传并已核定完成的申领表。"),
        error_messages={"required": _("请选择一批申请。")},
    )
    drafts = forms.ModelMultipleChoiceField(
        label=_("试算哪些草案"),
        queryset=Draft.objects.none(),
        widget=ManyPicker,
        help_text=_("可选几份，各算一次，算完可以并排比较。"),
        error_messages={"required": _("请选择至少一份草案。")},
    )
    budget = forms.CharField(
        label=_("预算（可不填）"),
        required=False,
        max_length=30,
        help_text=_("元，可写 500万、1.2亿；算出何时用完、超出多少。"),
    )
    fund = forms.ChoiceField(label=_("预算是哪项资金的"), required=False)

    def __init__(
        self, *given: Any, user: User, funds: dict[str, Any], on: date, at: datetime, **more: Any
    ) -> None:
        super().__init__(*given, **more)
        batch, drafts, fund = (self.fields[name] for name in ("batch", "drafts", "fund"))
        assert isinstance(batch, forms.ModelChoiceField)
        assert isinstance(drafts, forms.ModelMultipleChoiceField)
        assert isinstance(fund, forms.ChoiceField)
        batch.queryset = batches_to_try(user, at=at)
        drafts.queryset = drafts_in_reach(user, on=on).order_by("-changed_at")
        fund.choices = [("total", _("全部资金")), *funds.items()]

    def clean_drafts(self) -> Any:
        """Not too many at a time."""
        drafts = self.cleaned_data["drafts"]
        if len(drafts) > MOST_DRAFTS:
            raise ValidationError(_("一次最多试算 %(most)s 份。") % {"most": MOST_DRAFTS})
        return drafts

    def clean_budget(self) -> int | None:
        """The budget in 分."""
        word = self.cleaned_data["budget"].strip()
        if not word:
            return None
        from jineng.policy.impact import fen_of

        fen = fen_of(word)
        if fen is None:
            raise ValidationError(_("应为金额（元），例如 5000000、500万 或 1.2亿。"))
        return fen

    def budgets(self) -> dict[str, int]:
        """By fund, as the engine takes them."""
        budget = self.cleaned_data["budget"]
        return {self.cleaned_data["fund"] or "total": budget} if budget else {}


class _TrialField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """The draft, the claims, when they were tried."""
        assert isinstance(obj, Trial)
        told = {
            "title": obj.title,
            "version": str(obj.version),
            "file": obj.file_name,
            "at": f"{business_time(obj.at):%m-%d %H:%M}",
        }
        return str(_("%(title)s 第 %(version)s 版 · %(file)s · %(at)s") % told)


class CompareForm(forms.Form):
    """Two trials."""

    left = _TrialField(
        label=_("一方"), queryset=Trial.objects.none(), required=False, empty_label=_("请选择")
    )
    right = _TrialField(
        label=_("另一方"), queryset=Trial.objects.none(), required=False, empty_label=_("请选择")
    )

    def __init__(self, *given: Any, trials: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for name in ("left", "right"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = trials
