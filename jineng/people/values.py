"""Values as people write them, brought into the form that is kept. For forms and imports alike.

Each function raises ValueError with a sentence that says what is wrong and what to do.
"""

import re
import unicodedata
from contextlib import suppress
from datetime import date

from django.utils.translation import gettext as _
from stdnum.cn import uscc

from jineng.policy import identity

_PHONE = re.compile(r"1[3-9]\d{9}")
_ACCOUNT = re.compile(r"[0-9A-Z-]{6,40}")
_CLUTTER = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'`\u2018\u2019]")
_LETTERS_OF_CODES = "ABCDEFGHJKLMNPQRTUWXY"

#: The section letter of GB/T 4754-2017 by the last division that it holds.
_SECTIONS = (
    (5, "A"), (12, "B"), (43, "C"), (46, "D"), (50, "E"), (52, "F"), (60, "G"), (62, "H"),
    (65, "I"), (69, "J"), (70, "K"), (72, "L"), (75, "M"), (79, "N"), (82, "O"), (83, "P"),
    (85, "Q"), (90, "R"), (96, "S"), (97, "T"),
)  # fmt: skip


def bare(text: str) -> str:
    """Without white space, what nobody sees, an apostrophe put before by a spreadsheet; wide
    characters narrow."""
    return _CLUTTER.sub("", unicodedata.normalize("NFKC", text))


def person_name(text: str) -> str:
    """A person's name; spaces inside, as foreigners have them, are single ones."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not name:
        raise ValueError(_("请填写姓名"))
    if len(name) > 100:
        raise ValueError(_("姓名超过 100 个字，请核对"))
    if any(letter.isdigit() for letter in name):
        raise ValueError(_("姓名中有数字，请核对"))
    return name


def username(text: str) -> str:
    """A user's name, which stands in plain everywhere: no identity number, and no phone."""
    name = text.strip()
    taken = identity.looks_like_one(identity.bare(name))
    with suppress(ValueError):
        taken |= bool(phone(name))
    if taken:
        raise ValueError(_("用户名会显示给他人，不能用身份证号或手机号；请另起一个"))
    return name


def organisation_name(text: str) -> str:
    """An organisation's name as on its licence, brackets wide."""
    name = "".join(unicodedata.normalize("NFKC", text).split("\n"))
    name = " ".join(name.split()).replace("(", "（").replace(")", "）")
    if len(name) < 2:
        raise ValueError(_("请填写单位全称"))
    if len(name) > 200:
        raise ValueError(_("单位名称超过 200 个字，请核对"))
    return name


def identity_number(text: str, *, on: date) -> str:
    """An identity number with 18 characters, of somebody who is born by this day."""
    number = identity.bare(text)
    if not identity.looks_like_one(number):
        raise ValueError(_("身份证号应为 18 位（或旧的 15 位），请对照证件重填"))
    number = identity.canonical(number)
    if birth_date(number).year < 1900 or birth_date(number) > on:
        raise ValueError(_("身份证号中的出生日期不合常理，请对照证件重填"))
    return number


def birth_date(number: str) -> date:
    """The birth date in a number of 18 characters."""
    return date.fromisoformat(number[6:14])


def sex_in(number: str) -> str:
    """What the number says of the sex: M or F; nothing where the sequence is 000, nobody's."""
    sequence = number[14:17]
    return "" if sequence == "000" else "FM"[int(sequence) % 2]


def phone(text: str) -> str:
    """A mobile number of 11 digits."""
    number = re.sub(r"[-()（）]", "", bare(text)).removeprefix("+86").removesuffix(".0")
    if len(number) == 13 and number.startswith("86"):
        number = number[2:]
    if not _PHONE.fullmatch(number):
        raise ValueError(_("手机号应为 1 开头的 11 位数字，请核对"))
    return number


def bank_account(text: str) -> str:
    """A bank account's number, without spaces."""
    number = bare(text).upper().removesuffix(".0")
    if re.fullmatch(r"\d\.\d+E\+?\d+", number):
        raise ValueError(_("银行账号被表格软件改成了科学计数法；请把该列设为“文本”后重填"))
    if not _ACCOUNT.fullmatch(number):
        raise ValueError(_("银行账号应为 6 至 40 位数字或字母，请核对"))
    return number


def credit_code(text: str) -> str:
    """A unified social credit code (GB 32100), its check character right."""
    code = bare(text).upper().replace("-", "")
    if len(code) != 18:
        raise ValueError(
            _("统一社会信用代码应为 18 位，这里是 %(length)s 位") % {"length": len(code)}
        )
    for letter in code:
        if letter not in _LETTERS_OF_CODES and not ("0" <= letter <= "9"):
            raise ValueError(
                _("统一社会信用代码不用“%(letter)s”（没有 I、O、S、V、Z），请对照证照重填")
                % {"letter": letter}
            )
    if not code[2:8].isdigit():
        raise ValueError(_("统一社会信用代码第 3 至 8 位应为数字，请对照证照重填"))
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        raise ValueError(_("统一社会信用代码校验位不对，请对照证照重填"))
    return code


def industry(text: str) -> str:
    """A code of GB/T 4754 as letter and digits: `C`, `C39`, `C3912`; the letter may be left out."""
    code = bare(text).upper().removesuffix(".0")
    wrong = ValueError(_("行业代码应为国民经济行业代码（GB/T 4754），如 C 或 C39"))
    if code in {letter for _last, letter in _SECTIONS}:
        return code
    letter, digits = (code[0], code[1:]) if code[:1].isalpha() else ("", code)
    if not re.fullmatch(r"\d{1,4}", digits):
        raise wrong
    # A spreadsheet takes the nought off 011.
    digits = digits if letter or len(digits) in (2, 4) else digits.zfill(len(digits) + 1)
    section = next((name for last, name in _SECTIONS if int(digits[:2]) <= last), "")
    if len(digits) < 2 or digits.startswith("00") or not section:
        raise wrong
    if letter and letter != section:
        raise ValueError(
            _("行业代码 %(code)s 的门类不是 %(letter)s，应为 %(section)s")
            % {"code": digits, "letter": letter, "section": section}
        )
    return section + digits
