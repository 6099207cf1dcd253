"""One cell to one canonical value, or a ValueError that says in Chinese what was expected.

Canonical: text and codes ``str``; date ``datetime.date``; yes/no ``bool``; whole numbers, months,
groups (a mask) and money (分) ``int``; other numbers ``float``; an empty cell ``None``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache

from jineng.policy import identity
from jineng.policy.facts import NO_GROUP, OPEN_ENDED, Fact, group_mask

_YES = frozenset({"是", "yes", "y", "true", "1", "有", "√"})
_NO = frozenset({"否", "no", "n", "false", "0", "无", "×"})
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]*")
_SERIAL = re.compile(r"[34][0-9]{4}")  # days since 1900: 1982 to 2036
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00?:00(?::00(?:\.0+)?)?)?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})")
_SEPARATORS = re.compile(r"[;；,，、|\n]+")
_OPEN = frozenset({"open", "无固定期限", "无固定", "不定期"})
_EXACT_FLOAT = 2**53

#: What a spreadsheet writes into a cell whose formula failed.
SHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!")
#: A long number after a spreadsheet has shortened it: 4.20106E+17.
LOST_DIGITS = r"^\d\.\d+[Ee]\+\d{1,2}$"
#: Characters that nobody sees and that make equal words unequal.
INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"
_INVISIBLE = re.compile(INVISIBLE)
_LOST_DIGITS = re.compile(LOST_DIGITS)


def parse(fact: Fact, value: object) -> object:
    """The canonical value of one cell.

    Errors: ValueError whose text says what was expected and what to do.
    """
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, str):
        value = _INVISIBLE.sub("", value).strip()
        if not value:
            return None
        if value in SHEET_ERRORS:
            raise ValueError(f"单元格是错误值 {value}，请在原表中改正公式，或直接填写内容")
        if fact.kind not in ("text", "person"):
            value = unicodedata.normalize("NFKC", value).strip()
    return _PARSERS[fact.kind](fact, value)


def shown(value: object) -> str:
    """A cell as its sheet shows it: 2020-08-31, 3 rather than 3.0."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return str(value.date())
    return str(value)


def _plain_text(fact: Fact, value: object) -> str:
    """Text as written; numbers that a spreadsheet made of it, without a decimal part."""
    if isinstance(value, str):
        if _LOST_DIGITS.match(value):
            raise ValueError("编号成了科学计数法，末几位已经丢失；请把该列设为“文本”格式后重新填写")
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        if not value.is_integer():
            return repr(value)
        if abs(value) >= _EXACT_FLOAT:
            raise ValueError("单元格存成了数字，末几位已经丢失；请把该列设为“文本”格式后重新填写")
        return str(int(value))
    if isinstance(value, datetime | date | time | timedelta):
        raise ValueError("这里应为文字或编号，单元格里却是日期；请把该列设为“文本”格式后重新填写")
    return str(value)


def _person(fact: Fact, value: object) -> str:
    text = _plain_text(fact, value)
    number = identity.bare(text)
    if identity.looks_like_one(number):
        return identity.canonical(number)
    if identity.almost_one(number):
        raise ValueError("像身份证号，但位数不对或有错字，请对照证件重填；如果是代号，请以字母开头")
    return text


def _region(fact: Fact, value: object) -> str:
    text = _plain_text(fact, value)
    if not re.fullmatch(r"[1-9]\d{5}", text):
        raise ValueError("应为六位行政区划代码，例如 420100（武汉市）")
    return text


@cache
def _by_word(fact: Fact) -> dict[str, str]:
    """The codes of a fact by whatever they may be written as, in lower case."""
    known = {code.casefold(): code for code in fact.codes}
    for code, name in fact.codes.items():
        known[unicodedata.normalize("NFKC", name).casefold()] = code
    return known


def _code(fact: Fact, value: object) -> str:
    text = _plain_text(fact, value)
    code = _by_word(fact).get(text.casefold())
    if code is None:
        raise ValueError("只能填：" + "、".join(f"{c}（{n}）" for c, n in fact.codes.items()))
    return code


def _groups(fact: Fact, value: object) -> int:
    known = _by_word(fact)
    words = [w.strip() for w in _SEPARATORS.split(_plain_text(fact, value)) if w.strip()]
    plain = [word.casefold() for word in words]
    if plain in ([NO_GROUP], ["不属于任何群体"]):
        return 0
    if NO_GROUP in plain:
        raise ValueError("none 表示不属于任何群体，只能单独填写")
    unknown = [word for word in words if word.casefold() not in known]
    if unknown or not words:
        listed = "、".join(f"{c}（{n}）" for c, n in fact.codes.items())
        expected = f"可填（用 ; 隔开）：{listed}，都不属于填 none"
        raise ValueError(f"不认识“{'、'.join(unknown)}”；{expected}" if unknown else expected)
    return group_mask([known[word] for word in plain])


def _date(fact: Fact, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool | time | timedelta):
        raise ValueError("应为日期，例如 2020-08-31")
    text = _plain_text(fact, value)
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not found:
        hint = ""
        if _SERIAL.fullmatch(text) if isinstance(value, str) else text.isdigit():
            hint = "；单元格里像是日期序号，请把该列设为“日期”格式"
        raise ValueError("应为日期，例如 2020-08-31" + hint)
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise ValueError("没有这一天，应为日历上存在的日期，例如 2020-08-31") from None


def _month(fact: Fact, value: object) -> str:
    if isinstance(value, datetime | date):
        return f"{value.year:04d}-{value.month:02d}"
    if isinstance(value, bool | time | timedelta):
        raise ValueError("应为年月，例如 2020-08")
    text = _plain_text(fact, value)
    found = _MONTH.fullmatch(text) or _COMPACT_MONTH.fullmatch(text)
    if not found:
        whole = _DATE.fullmatch(text)
        found = whole if whole and whole.group(3).lstrip("0") == "1" else None
    if not found or not 1 <= int(found.group(2)) <= 12:
        raise ValueError("应为年月，例如 2020-08")
    return f"{int(found.group(1)):04d}-{int(found.group(2)):02d}"


def _decimal(value: object, expected: str) -> Decimal:
    if isinstance(value, bool | datetime | date | time | timedelta):
        raise ValueError(expected)
    text = repr(value) if isinstance(value, float) else str(value).replace(",", "")
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(text.strip()):
        raise ValueError(expected)  # such as 1e3, which nobody writes and a program may have made
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(expected) from None
    if not number.is_finite() or number < 0 or number > 1_000_000_000:
        raise ValueError(expected)
    return number


def _number(fact: Fact, value: object) -> float:
    return float(_decimal(value, "应为不小于零的数字，例如 24"))


def _whole(fact: Fact, value: object) -> int:
    expected = "应为不小于零的整数，例如 12"
    number = _decimal(value, expected)
    if number != int(number):
        raise ValueError(expected)
    return int(number)


def _months_or_open(fact: Fact, value: object) -> int:
    if isinstance(value, str) and value.casefold() in _OPEN:
        return OPEN_ENDED
    expected = "应为整数月数，例如 12；无固定期限填 open"
    number = _decimal(value, expected)
    if number != int(number) or number > OPEN_ENDED:
        raise ValueError(expected)
    return int(number)


def _yuan(fact: Fact, value: object) -> int:
    expected = "应为金额（元），最多两位小数，例如 1650 或 1650.50"
    fen = _decimal(value, expected) * 100
    if fen != int(fen):
        raise ValueError(expected)
    return int(fen)


def _yesno(fact: Fact, value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = _plain_text(fact, value).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueError("应为 是 或 否（也可填 yes/no、true/false、1/0）；不清楚时留空")


_PARSERS: dict[str, Callable[[Fact, object], object]] = {
    "text": _plain_text,
    "person": _person,
    "region": _region,
    "code": _code,
    "groups": _groups,
    "date": _date,
    "month": _month,
    "number": _number,
    "whole": _whole,
    "months_or_open": _months_or_open,
    "yesno": _yesno,
    "yuan": _yuan,
}
