"""Resident identity numbers (GB 11643): shape, check character, 15 to 18 digits, masking."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import numpy as np
import pyarrow as pa

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = frozenset(
    f"{area}{place}"
    for area, places in enumerate(("12345", "123", "1234567", "123456", "01234", "12345"), start=1)
    for place in places
) | {"71", "81", "82", "83"}
_CLUTTER = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'`\u2018\u2019\u2010-\u2015-]")
_LOOK_ALIKE = {ord("Х"): "X", ord("х"): "X"}
_LONG = re.compile(r"\d{17}[\dXx]")
_SHORT = re.compile(r"\d{15}")


def looks_like_one(text: str) -> bool:
    """Whether a person's key has the shape of an identity number rather than of a pseudonym."""
    return bool(_LONG.fullmatch(text) or _SHORT.fullmatch(text))


def check_character(first_17: str) -> str:
    """The 18th character that belongs to 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, first_17, strict=True)) % 11]


def canonical(number: str) -> str:
    """The number with 18 characters, X in upper case.

    Errors: ValueError with a Chinese message that says what is wrong with it.
    """
    if _SHORT.fullmatch(number):
        first_17 = number[:6] + "19" + number[6:]
        number = first_17 + check_character(first_17)
    number = number.upper()
    if number[:2] not in _PROVINCES:
        raise ValueError("身份证号前两位不是省级代码，请核对后重填")
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError("身份证号中的出生日期不存在，请核对后重填") from None
    if check_character(number[:17]) != number[17]:
        raise ValueError("身份证号校验位不对，请对照证件重填")
    return number


def bare(text: str) -> str:
    """A key without what gets into identity numbers on their way: spaces, hyphens, a leading
    apostrophe, characters that nobody sees, a decimal part, wide digits, a Russian X."""
    narrow = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKE)
    return _CLUTTER.sub("", narrow).removesuffix(".0")


def almost_one(text: str) -> bool:
    """Whether a key, bare, is an identity number with a digit too many or too few, or one amiss.

    Province and birth date stand about where they would; a pseudonym of as many digits hardly has
    both.
    """
    if not 14 <= len(text) <= 20 or sum(c.isdigit() for c in text) < len(text) - 1:
        return False
    return text[:2] in _PROVINCES and any(_is_birth_date(text[at : at + 8]) for at in (5, 6, 7))


def _is_birth_date(digits: str) -> bool:
    try:
        return date.fromisoformat(digits).year >= 1900
    except ValueError:
        return False


def masked(text: str) -> str:
    """An identity number, or what is nearly one, with its middle hidden; a pseudonym as it is."""
    number = bare(text)
    if not looks_like_one(number) and not almost_one(number):
        return text
    return number[:6] + "*" * (len(number) - 7) + number[-1]


def all_canonical(numbers: pa.Array) -> np.ndarray:
    """For each text of 18 bytes, whether it is a valid number already in its canonical form.

    ``numbers``: a string array without nulls, every value 18 bytes long. A value that is no
    identity number at all gives False too: the caller looks closer at the few that fail.
    """
    flat = pa.concat_arrays([numbers]) if numbers.offset else numbers
    offsets = np.frombuffer(flat.buffers()[1], dtype=np.int32, count=len(flat) + 1)
    raw = np.frombuffer(flat.buffers()[2], dtype=np.uint8, count=offsets[-1])[offsets[0] :]
    # one row a digit: sums over rows run through memory in order
    digit = np.ascontiguousarray(raw.reshape(-1, 18).T) - np.uint8(ord("0"))
    good = (digit[:17] <= 9).all(axis=0)
    total = np.zeros(len(flat), dtype=np.int32)
    for weight, place in zip(_WEIGHTS, digit, strict=False):
        total += weight * place.astype(np.int32)
    check = np.frombuffer(_CHECK.encode(), dtype=np.uint8) - np.uint8(ord("0"))
    good &= digit[17] == check[total % 11]

    def number(first: int, last: int) -> np.ndarray:
        value = np.zeros(len(flat), dtype=np.int32)
        for place in digit[first:last]:
            value = value * 10 + place
        return value

    good &= np.isin(number(0, 2), np.array([int(code) for code in _PROVINCES]))
    year, month, day = number(6, 10), number(10, 12), number(12, 14)
    good &= (month >= 1) & (month <= 12) & (year >= 1)
    months = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    start = months.astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(int)
    return good & (day >= 1) & (day <= length)
