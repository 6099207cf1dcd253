"""The columns of insurance and employment files, and how their cells read.

Each function makes the value that is kept of a text, and raises ValueError with a sentence that
says what is wrong and what to do.
"""

import re
import unicodedata
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jineng.people.models import InsuranceKind
from jineng.people.tables import Heading
from jineng.policy import values as cells
from jineng.policy.facts import FACT
from jineng.policy.identity import masked

ALL_KINDS = sum(InsuranceKind)
EARLIEST = date(1949, 10, 1)

_SEPARATORS = re.compile(r"[、,，;；/|+＋\s]+")
_BEFORE_A_KIND = re.compile(r"^(城镇|企业|机关事业单位|职工|基本)+")
_WITH_MATERNITY = re.compile(r"\(含生育(保险)?\)$")
_KINDS = {kind.name.lower(): int(kind) for kind in InsuranceKind}
_KINDS |= {str(kind.label).removesuffix("保险"): int(kind) for kind in InsuranceKind}
_KINDS |= {"五险": ALL_KINDS}
_NONE = frozenset({"无", "未缴", "none", "0"})
_PAID = frozenset({"已缴", "已缴费", "实缴", "已实缴", "足额缴费", "正常缴费", "已到账", "是", "1"})
_UNPAID = frozenset({"未缴", "未缴费", "欠缴", "欠费", "未实缴", "未到账", "否", "0"})
_VALID = frozenset({"有效", "正常", "是", "1"})
_VOID = frozenset({"作废", "撤销", "无效", "否", "0"})


def _first_character(name: str) -> str:
    return name[:1] + "*" * min(3, len(name) - 1)


NUMBER = Heading(
    "number", "身份证号", ("身份证号码", "公民身份号码", "证件号码", "社会保障号码"), mask=masked
)
NAME = Heading("name", "姓名", ("职工姓名", "参保人姓名", "人员姓名"), mask=_first_character)
CREDIT_CODE = Heading(
    "credit_code",
    "统一社会信用代码",
    ("单位统一社会信用代码", "单位信用代码", "社会信用代码"),
    mask=str,
)
EMPLOYER = Heading("employer", "单位名称", ("用人单位", "参保单位", "单位"), required=False)

INSURANCE = (
    NUMBER,
    NAME,
    CREDIT_CODE,
    EMPLOYER,
    Heading("month", "费款所属期", ("缴费月份", "所属月份", "月份", "缴费年月")),
    Heading("kinds", "险种", ("缴费险种", "参保险种", "险种类型")),
    Heading("paid", "缴费状态", ("缴费标志", "到账标志"), required=False),
)
EMPLOYMENT = (
    NUMBER,
    NAME,
    CREDIT_CODE,
    EMPLOYER,
    Heading("started_on", "入职日期", ("就业日期", "用工起始日期", "开始日期")),
    Heading("ended_on", "离职日期", ("解除日期", "用工终止日期", "结束日期")),
    Heading("signed_on", "合同签订日期", ("劳动合同签订日期",), required=False),
    Heading("contract_months", "合同期限（月）", ("劳动合同期限", "合同期限"), required=False),
    Heading("valid", "记录状态", ("状态",), required=False),
)


def month_of(day: date) -> int:
    """A day's month as records keep it."""
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    """2020-08."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def month(text: str, *, on: date) -> int:
    """The month of `2020-08`, `202008`, `2020年8月`, `2020-08-01`; not one that is yet to come."""
    written = str(cells.parse(FACT["service_month"], text))
    found = int(written[:4]) * 12 + int(written[5:]) - 1
    if not month_of(EARLIEST) <= found <= month_of(on):
        raise ValueError(_("费款所属期晚于当前月份或早得不合常理，请核对"))
    return found


def kinds(text: str) -> int:
    """The mask of `养老、失业`, `职工基本养老保险`, `五险`; `无` is none of them."""
    words = [word for word in _SEPARATORS.split(unicodedata.normalize("NFKC", text)) if word]
    if [word.casefold() for word in words] == [*_NONE & {word.casefold() for word in words}]:
        return 0
    mask = 0
    for word in words:
        bare = _WITH_MATERNITY.sub("", word)
        mask |= InsuranceKind.MATERNITY if bare != word else 0
        bare = _BEFORE_A_KIND.sub("", bare).removesuffix("保险").casefold()
        if bare not in _KINDS:
            known = "、".join(str(kind.label) for kind in InsuranceKind)
            raise ValueError(
                _("不认识险种“%(word)s”；可填（用、隔开）：%(known)s；没有缴费的填“无”")
                % {"word": word[:20], "known": known}
            )
        mask |= _KINDS[bare]
    if not mask:
        raise ValueError(_("请填写险种"))
    return mask


def kinds_text(mask: int) -> str:
    """A mask in words."""
    return _("、").join(str(kind.label) for kind in InsuranceKind if mask & kind) or _("无")


def paid(text: str) -> bool:
    """Whether a line was paid."""
    return _either(text, _PAID, _UNPAID, _("应为 已缴 或 未缴"))


def valid(text: str) -> bool:
    """Whether an employment record holds; 作废 takes back what was said before."""
    return _either(text, _VALID, _VOID, _("应为 有效 或 作废"))


def _either(text: str, yes: frozenset[str], no: frozenset[str], wrong: str) -> bool:
    word = unicodedata.normalize("NFKC", text).strip()
    if word not in yes | no:
        raise ValueError(wrong)
    return word in yes


def day(text: str) -> date:
    """A day; no one before the republic."""
    found: Any = cells.parse(FACT["contract_signed_on"], text)
    if found < EARLIEST or found.year > 2100:
        raise ValueError(_("日期不合常理，请核对"))
    return date(found.year, found.month, found.day)


def past_day(text: str, *, on: date) -> date:
    """A day that is not yet to come."""
    found = day(text)
    if found > on:
        raise ValueError(_("日期在今天之后，请核对"))
    return found


def contract_months(text: str) -> int:
    """Months, or `policy.facts.OPEN_ENDED` for 无固定期限."""
    return int(str(cells.parse(FACT["contract_months"], text)))
