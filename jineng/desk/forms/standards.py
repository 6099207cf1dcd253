"""What is said of a region's standard, and why one is sent back."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jineng.desk.models import RegionalStandard
from jineng.desk.queries.standards import ONE, Settable, settable, to_correct
from jineng.pages.tables import yuan
from jineng.people.forms.fields import WithDays
from jineng.people.forms.pickers import RegionPicker
from jineng.people.models import Region

#: A name, a colon or a space, an amount, maybe in yuan (\u5143); whatever else is there is none.
_NAMED = re.compile(
    r"(.*[^\s\uff1a:])(?:\s*[\uff1a:]\s*|\s+)"
    r"([0-9]{1,8}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(\.[0-9]{1,2})?\s*\u5143?"
)
#: Figures, comma and point in full width, as Chinese keyboards type them.
_HALF_WIDTH = str.maketrans({0xFEE0 + ord(sign): sign for sign in "0123456789.,"})
#: What would be the first half of an amount with a space in it.
_NUMBER_LAST = re.compile(r"(?:.*\s)?[0-9.,]+")
BOUND_WORDS = {"cap": _("不得高于"), "floor": _("不得低于")}


class ChoiceForm(forms.Form):
    """Whose standard for what. ``regions``: those whose standards the user sets."""

    region = forms.ChoiceField(label=_("地区"), widget=RegionPicker)
    what = forms.ChoiceField(
        label=_("补贴项目和参数"),
        help_text=_("只列出文件交由地区规定、或在省定上限下限之内可以另定的标准。"),
    )

    def __init__(self, *args: Any, regions: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region, what = self.fields["region"], self.fields["what"]
        assert isinstance(region, forms.ChoiceField)
        assert isinstance(what, forms.ChoiceField)
        region.choices = [(one.code, one.name) for one in regions]
        what.choices = [(one.name, one.label) for one in settable().values()]

    def clean_what(self) -> Settable:
        """What can be set."""
        return settable()[self.cleaned_data["what"]]


class StandardForm(WithDays):
    """A region's amounts, the days on which they hold, and the document that says so."""

    number = forms.CharField(
        label=_("文件号"),
        max_length=60,
        help_text=_("本地区规定这一标准的文件，如 武人社发〔2020〕12号。"),
    )
    clause = forms.CharField(
        label=_("条款"), max_length=40, required=False, help_text=_("如 六(二)；整份文件可不填。")
    )
    title = forms.CharField(label=_("文件名称"), max_length=200, required=False)
    replaces = forms.ChoiceField(
        label=_("更正哪一份标准"),
        required=False,
        help_text=_(
            "只在原标准录错或被文件明确更正时选择；原标准从此不再适用。"
            "新标准接续旧标准的，不用选：旧标准到新标准的前一天为止。"
        ),
    )

    field_order = ("number", "clause", "title", "starts_on", "ends_on", "replaces")

    def __init__(
        self,
        *args: Any,
        chosen: Settable,
        region: Region,
        standard: RegionalStandard | None = None,
        **kwargs: Any,
    ) -> None:
        if standard is not None:
            kwargs["initial"] = _initial(standard)
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        self.fields = {**self._amounts(chosen), **self.fields}
        numbers = to_correct(region, chosen.scheme, chosen.parameter.key)
        listed = [
            (
                one.number,
                _now("%(number)s（%(day)s 起）") % {"number": one.number, "day": one.starts_on},
            )
            for one in numbers
        ]
        replaces = self.fields["replaces"]
        assert isinstance(replaces, forms.ChoiceField)
        replaces.choices = [("", _now("不更正，新增或接续")), *listed]
        if not listed:
            del self.fields["replaces"]

    def _amounts(self, chosen: Settable) -> dict[str, forms.Field]:
        """A field for each amount; one for all where they are set by free names."""
        if not chosen.codes:
            return {"named": NamedAmounts(label=_now("标准（元），每行一项"))}
        one = ONE in chosen.codes
        return {
            f"amount_{code}": forms.DecimalField(
                label=_now("标准（元）") if one else _now("%(what)s（元）") % {"what": label},
                min_value=Decimal(0),
                max_digits=10,
                decimal_places=2,
                required=one,
                help_text=self._bound(chosen, code),
            )
            for code, label in chosen.codes.items()
        }

    def _bound(self, chosen: Settable, code: str) -> str:
        parameter = chosen.parameter
        if parameter.bound is None or not parameter.own:
            return ""
        limits = [
            _now("%(first)s 起 %(yuan)s 元")
            % {"first": one.start, "yuan": yuan(_of(one.value, code))}
            for one in parameter.own
        ]
        return _now("%(word)s省定标准：%(limits)s。") % {
            "word": BOUND_WORDS[parameter.bound],
            "limits": _now("、").join(limits),
        }

    def clean_number(self) -> str:
        """The number, which a citation can carry."""
        from jineng.policy.assembly import citable

        number = str(self.cleaned_data["number"])
        if not citable(number):
            raise ValidationError(_now("文件号中不能有空格和分号，请照文件原样填写。"))
        return number

    def clean(self) -> dict[str, Any]:
        """Amounts within cap and floor on all of their days."""
        given = super().clean()
        first, last = given.get("starts_on"), given.get("ends_on")
        amounts = given.get("named") or {
            code: int(amount * 100)
            for code in self.chosen.codes
            if (amount := given.get(f"amount_{code}")) is not None
        }
        if not amounts and not any(name.startswith(("amount_", "named")) for name in self.errors):
            self.add_error(None, _now("请至少填写一项金额。"))
        if first and not self.errors.get("ends_on"):
            for code, fen in amounts.items():
                self._require_within(code, fen, first, last)
        given["amounts"] = amounts
        return given

    def _require_within(self, code: str, fen: int, first: date, last: date | None) -> None:
        bound = self.chosen.parameter.bound
        if bound is None:
            return
        for own in self.chosen.parameter.own_during(first, last):
            limit = _of(own.value, code)
            if fen > limit if bound == "cap" else fen < limit:
                told = {
                    "word": _now("高于上限") if bound == "cap" else _now("低于下限"),
                    "limit": yuan(limit),
                    "first": own.start,
                    "clause": _now("、").join(own.cites),
                }
                message = _now("%(word)s %(limit)s 元（%(clause)s，%(first)s 起），请改正。")
                self.add_error(f"amount_{code}", message % told)

    def details(self) -> dict[str, Any]:
        """For the command."""
        given = self.cleaned_data
        return {
            "amounts": given["amounts"],
            "number": given["number"],
            "title": given["title"],
            "clause": given["clause"],
            "replaces": given.get("replaces", ""),
            "starts_on": given["starts_on"],
            "ends_on": given["ends_on"],
        }


class NamedAmounts(forms.CharField):
    """Amounts in 分 by names that nobody lists: a line each, the name and then the yuan."""

    def __init__(self, **options: Any) -> None:
        example = _now("如：钢铁行业转岗培训 1200")
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(help_text=example, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """Amounts by name. Raises ValidationError with every line that can't be read."""
        amounts: dict[str, int] = {}
        wrong = []
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            found = _NAMED.fullmatch(line.strip().translate(_HALF_WIDTH))
            name = line.strip()[: len(found[1])] if found else ""
            if found and name not in amounts and not _NUMBER_LAST.fullmatch(found[1]):
                figure = found[2].replace(",", "") + (found[3] or "")
                amounts[name] = int(Decimal(figure) * 100)
            elif line.strip():
                told = {"number": number, "line": line.strip()}
                message = _now("第 %(number)s 行“%(line)s”：应写成名称、空格、金额，名称不重复。")
                wrong.append(ValidationError(message % told))
        if wrong:
            raise ValidationError(wrong)
        return amounts


class SecondForm(forms.Form):
    """A standard is seconded as it was seen: as it was handed in at that moment."""

    seen = forms.CharField(widget=forms.HiddenInput)


class WhyForm(forms.Form):
    """Why a standard is sent back or given up."""

    why = forms.CharField(label=_("理由"), max_length=200)


def _of(value: Any, code: str) -> int:
    return int(value[code] if isinstance(value, dict) else value)


def _initial(standard: RegionalStandard) -> dict[str, Any]:
    names = ("number", "clause", "title", "replaces", "starts_on", "ends_on")
    told: dict[str, Any] = {name: getattr(standard, name) for name in names}
    for code, fen in standard.amounts.items():
        told[f"amount_{code}"] = Decimal(fen) / 100
    told["named"] = "\n".join(
        f"{c} {Decimal(fen) / 100:.2f}" for c, fen in standard.amounts.items()
    )
    return told
