"""Words of a file for what the registers keep as codes: regions, choices, groups, days, lists."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jineng.people.errors import EARLIEST, LATEST
from jineng.people.models import Region
from jineng.people.queries.regions import full_name, regions_by_code
from jineng.people.values import bare

#: Codes with what they are called.
Choices = Mapping[str, Any] | Iterable[tuple[str, Any]]

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:00:00:00)?")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_PARTING = re.compile(r"[;；、,，/\s]+")


def region_of(on: date) -> Callable[[str], Region]:
    """Reads a region by its code or its name, where no other bears the name."""
    known = regions_by_code(on)
    short = Counter(region.name for region in known.values())
    by_name = {region.name: region for region in known.values() if short[region.name] == 1}
    by_name |= {full_name(region): region for region in known.values()}
    by_name |= {f"湖北省{full_name(region)}": region for region in known.values()}
    former = {
        one.code: one.successor
        for one in Region.objects.exclude(valid_to=None).select_related("successor")
        if one.code not in known
    }

    def read(text: str) -> Region:
        word = bare(text).removesuffix(".0")
        found = known.get(word) or by_name.get(word)
        if found is not None:
            return found
        now = former.get(word)
        while now is not None and now.code not in known:
            now = now.successor
        if now is not None:
            raise ValueError(
                _("地区代码 %(code)s 现为 %(now)s（%(name)s），请改用现行代码")
                % {"code": word, "now": now.code, "name": now.name}
            )
        if short[word] > 1:
            raise ValueError(_("有几个地区叫“%(name)s”，请写上所属市州或改用代码") % {"name": word})
        raise ValueError(_("应为湖北省的 6 位地区代码或地区名称，如 420106 或武汉市武昌区"))

    return read


def choice_of(title: str, choices: Choices) -> Callable[[str], str]:
    """Reads a code or its name."""
    labels = {code: str(label) for code, label in dict(choices).items()}
    # 高中、中专、技校 is one choice, and each of the three words means it.
    by_word = {word: code for code, label in labels.items() for word in bare(label).split("、")}
    by_word |= {bare(label): code for code, label in labels.items()}
    by_word |= {code.lower(): code for code in labels}
    expected = "、".join(labels.values())

    def read(text: str) -> str:
        found = by_word.get(bare(text)) or by_word.get(bare(text).lower())
        if found is None:
            raise ValueError(
                _("%(title)s应为：%(expected)s") % {"title": title, "expected": expected}
            )
        return found

    return read


def choices_of(title: str, choices: Choices) -> Callable[[str], tuple[str, ...]]:
    """Reads several codes or names, parted by `;`, `、` or a comma."""
    one = choice_of(title, choices)

    def read(text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one(word) for word in _PARTING.split(text.strip()) if word))

    return read


def day_of(title: str) -> Callable[[str], date]:
    """Reads a day."""

    def read(text: str) -> date:
        word = bare(text).removesuffix(".0")
        match = _DAY.fullmatch(word) or _EIGHT.fullmatch(word)
        try:
            found = date(*(int(part) for part in match.groups()))  # type: ignore[union-attr]
        except (ValueError, AttributeError):
            raise ValueError(_("%(title)s应为日期，如 2020-08-31") % {"title": title}) from None
        if not EARLIEST <= found <= LATEST:
            raise ValueError(_("%(title)s不合常理，请核对年份") % {"title": title})
        return found

    return read


def text_of(most: int) -> Callable[[str], str]:
    """Reads a text."""

    def read(text: str) -> str:
        word: Any = " ".join(text.split())
        if len(word) > most:
            raise ValueError(_("超过 %(most)s 个字，请缩短") % {"most": most})
        return str(word)

    return read
