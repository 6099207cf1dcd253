"""What people write, brought into the form that is kept, or told what is wrong with it."""

from collections.abc import Callable
from datetime import date

import pytest

from jineng.people import values
from tests.people.numbers import credit_code, identity_number

TODAY = date(2026, 11, 20)
NUMBER = identity_number(date(1990, 2, 28))
CODE = credit_code(7)


def number(text: str) -> str:
    return values.identity_number(text, on=TODAY)


@pytest.mark.parametrize(
    ("parse", "text", "kept"),
    [
        (number, NUMBER, NUMBER),
        (number, f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:].lower()}\u200b", NUMBER),
        (number, NUMBER[:6] + NUMBER[8:17], NUMBER),
        (number, "'" + NUMBER, NUMBER),
        (values.phone, "+86 138-0000-0000", "13800000000"),
        (values.phone, "8613800000000", "13800000000"),
        (values.phone, "13800000000.0", "13800000000"),
        (values.bank_account, "6222 0000 0000 0000 000", "6222000000000000000"),
        (values.credit_code, CODE.lower(), CODE),
        (values.credit_code, f" {CODE[:8]}-{CODE[8:]} ", CODE),
        (values.person_name, "  李　明 ", "李 明"),
        (values.person_name, "买买提·吐尔逊", "买买提·吐尔逊"),
        (values.organisation_name, "明德(武汉)纺织", "明德（武汉）纺织"),
        (values.industry, "c39", "C39"),
        (values.industry, "39", "C39"),
        (values.industry, "3912", "C3912"),
        (values.industry, "11", "B11"),
        (values.industry, "11.0", "B11"),
        (values.industry, "111", "A0111"),
        (values.industry, "0111", "A0111"),
        (values.industry, "T", "T"),
    ],
)
def test_what_is_meant_is_kept(parse: Callable[[str], str], text: str, kept: str) -> None:
    assert parse(text) == kept


@pytest.mark.parametrize(
    ("parse", "text", "said"),
    [
        (number, NUMBER[:-1] + "9X"[NUMBER[-1] == "9"], "校验位"),
        (number, NUMBER[:-1], "18 位"),
        (number, "张三", "18 位"),
        (number, "99" + NUMBER[2:], "省级代码"),
        (number, NUMBER[:10] + "0230" + NUMBER[14:], "不存在"),
        (number, identity_number(date(2026, 11, 21)), "不合常理"),
        (number, identity_number(date(1899, 12, 31)), "不合常理"),
        (values.phone, "1380000000", "11 位"),
        (values.phone, "027-87654321", "11 位"),
        (values.bank_account, "6.222E+18", "科学计数法"),
        (values.bank_account, "12345", "6 至 40"),
        (values.credit_code, CODE[:-1], "17 位"),
        (values.credit_code, CODE[:-2] + "O" + CODE[-1], "“O”"),
        (values.credit_code, CODE[:-1] + "01"[CODE[-1] == "0"], "校验位"),
        (values.credit_code, CODE[:3] + "A" + CODE[4:], "第 3 至 8 位"),
        (values.person_name, " ", "请填写"),
        (values.person_name, "李明1", "数字"),
        (values.person_name, "明" * 101, "100"),
        (values.organisation_name, "明", "全称"),
        (values.industry, "A39", "应为 C"),
        (values.industry, "98", "GB/T 4754"),
        (values.industry, "00", "GB/T 4754"),
        (values.industry, "Z", "GB/T 4754"),
        (values.industry, "纺织", "GB/T 4754"),
    ],
)
def test_what_can_t_be_is_told(parse: Callable[[str], str], text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(text)


def test_sex_is_in_the_number_but_where_the_sequence_is_nobody_s() -> None:
    assert values.sex_in(NUMBER) == ""
    assert values.sex_in(NUMBER[:14] + "123" + "0") == "M"
    assert values.sex_in(NUMBER[:14] + "124" + "0") == "F"
    assert values.birth_date(NUMBER) == date(1990, 2, 28)
