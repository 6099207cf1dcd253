"""Choices that are found by typing: a name, its pinyin or a code. Without script: plain selects."""

import csv
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

OCCUPATIONS = Path(__file__).parents[1] / "data" / "occupations.csv"


@lru_cache(maxsize=4_000)
def found_by(name: str) -> str:
    """What a name is found by beside itself: its pinyin in full, and its initials."""
    from pypinyin import lazy_pinyin  # late, as in jineng.people.names

    syllables = [one.lower().replace("ü", "v") for one in lazy_pinyin(name)]
    return f"{''.join(syllables)} {''.join(one[:1] for one in syllables)}"


#: What the script says.
WORDS = {
    "data-hint": _("输入名称、拼音或代码"),
    "data-none": _("没有找到"),
    "data-drop": _("去掉"),
}


class _Found:
    """Says for each choice what it is found by; `codes`: whether values are codes to be seen."""

    codes = False
    attrs: dict[str, Any]

    def create_option(self, name: str, value: Any, label: Any, *rest: Any, **more: Any) -> Any:
        """The option with what it is found by."""
        option = super().create_option(name, value, label, *rest, **more)  # type: ignore[misc]
        if value:
            option["attrs"]["data-found-by"] = found_by(str(label))
            if self.codes:
                option["attrs"]["data-code"] = str(value)
        return option


class RegionPicker(_Found, forms.Select):
    """One region."""

    codes = True

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-picker": "one", **WORDS, **(attrs or {})}, choices)


class ManyPicker(_Found, forms.SelectMultiple):
    """Several choices."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-picker": "many", "size": 8, **WORDS, **(attrs or {})}, choices)


@cache
def occupations() -> list[tuple[str, list[tuple[str, str]]]]:
    """Occupations (工种) by industry (D1 annex 2), as choices in groups."""
    groups: dict[str, dict[str, str]] = {}
    for line in csv.DictReader(OCCUPATIONS.read_text("utf-8").splitlines()):
        groups.setdefault(line["industry"], {})[line["occupation"]] = line["occupation"]
    return [(industry, list(names.items())) for industry, names in groups.items()]
