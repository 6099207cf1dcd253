"""One cell to one canonical value, or a sentence that says what was expected."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jineng.policy.facts import FACT, FACTS, OPEN_ENDED, Fact, group_codes, group_mask, yuan_text
from jineng.policy.values import parse, shown

DAY = date(2020, 8, 31)

GOOD = [
    ("applied_on", "2020-08-31", DAY),
    ("applied_on", "２０２０年８月３１日", DAY),
    ("applied_on", "20200831", DAY),
    ("applied_on", 20200831.0, DAY),
    ("applied_on", datetime.fromisoformat("2020-08-31 08:00"), DAY),
    ("service_month", "2020-8", "2020-08"),
    ("service_month", "2020年08月", "2020-08"),
    ("service_month", "202008", "2020-08"),
    ("service_month", date(2020, 8, 1), "2020-08"),
    ("service_month", "2020-08-01", "2020-08"),
    ("passed", "是", True),
    ("passed", "NO", False),
    ("passed", 1, True),
    ("passed", 0.0, False),
    ("passed", "√", True),
    ("level", 3.0, "3"),
    ("level", "高级工", "3"),
    ("scheme", "pre", "PRE"),
    ("scheme", "在校学生1+X", "STUD"),
    ("scheme", "在校学生１＋ｘ", "STUD"),
    ("region", 420100, "420100"),
    ("region", 420100.0, "420100"),
    ("hours", "24.5", 24.5),
    ("hours", "1,024", 1024.0),
    ("hours", Decimal(24), 24.0),
    ("town_months", "12", 12),
    ("town_months", 12.0, 12),
    ("contract_months", "open", OPEN_ENDED),
    ("contract_months", "无固定期限", OPEN_ENDED),
    ("contract_months", 36, 36),
    ("fee_yuan", "1650.50", 165050),
    ("fee_yuan", 1650.1, 165010),
    ("fee_yuan", "0", 0),
    ("person_groups", "none", 0),
    ("person_groups", "退役军人；残疾人", group_mask(["veteran", "disabled"])),
    ("person_groups", "Disabled;disabled", group_mask(["disabled"])),
    ("claim_id", " C1 ", "C1"),
    ("claim_id", 71.0, "71"),
    ("claim_id", 2.5, "2.5"),
    ("person_id", "ｐ－１", "ｐ－１"),
    ("employer_id", "", None),
    ("hours", "   ", None),
    ("hours", float("nan"), None),
    ("hours", None, None),
]

BAD = [
    ("applied_on", "31.8.2020", "应为日期"),
    ("applied_on", "2021-02-29", "没有这一天"),
    ("applied_on", 44074, "日期序号"),
    ("applied_on", time(8), "应为日期"),
    ("service_month", "2020-13", "应为年月"),
    ("service_month", "2020-08-02", "应为年月"),
    ("service_month", timedelta(days=2), "应为年月"),
    ("passed", "也许", "是 或 否"),
    ("passed", 2, "是 或 否"),
    ("level", "6", "只能填"),
    ("region", "42010", "六位"),
    ("region", "042010", "六位"),
    ("hours", "-1", "不小于零"),
    ("hours", "很多", "不小于零"),
    ("hours", "inf", "不小于零"),
    ("hours", True, "不小于零"),
    ("town_months", "1.5", "整数"),
    ("contract_months", "3.5", "open"),
    ("contract_months", "100000", "open"),
    ("fee_yuan", "1.005", "两位小数"),
    ("fee_yuan", "1元", "两位小数"),
    ("person_groups", "none;veteran", "单独"),
    ("person_groups", "农民", "不认识“农民”"),
    ("person_groups", ";", "可填"),
    ("claim_id", "4.2E+17", "科学计数法"),
    ("claim_id", 1e18, "末几位已经丢失"),
    ("claim_id", DAY, "日期"),
    ("programme", "#REF!", "错误值"),
]


@pytest.mark.parametrize(("name", "cell", "value"), GOOD)
def test_cells_that_are_read(name: str, cell: object, value: object) -> None:
    read = parse(FACT[name], cell)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("name", "cell", "said"), BAD)
def test_cells_that_are_not(name: str, cell: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(FACT[name], cell)


def test_every_code_and_every_label_is_read_in_any_case() -> None:
    for fact in FACTS:
        for code, label in fact.codes.items():
            expected = group_mask([code]) if fact.kind == "groups" else code
            for written in (code, code.upper(), code.lower(), label, label.upper()):
                assert parse(fact, written) == expected


@given(st.integers(0, 10**11))
def test_money_survives_both_ways(fen: int) -> None:
    assert parse(FACT["fee_yuan"], yuan_text(fen)) == fen


@given(st.lists(st.sampled_from(list(FACT["person_groups"].codes)), unique=True, min_size=1))
def test_groups_survive_both_ways(codes: list[str]) -> None:
    mask = parse(FACT["person_groups"], ";".join(codes))
    assert sorted(group_codes(mask)) == sorted(codes)


@given(st.sampled_from(FACTS), st.text() | st.floats() | st.integers() | st.booleans())
def test_nothing_but_a_value_or_a_sentence(fact: Fact, cell: object) -> None:
    """Any cell at all is read, or refused in Chinese."""
    said = "应"
    try:
        parse(fact, cell)
    except ValueError as error:
        said = str(error)
    assert any("\u4e00" <= character <= "\u9fff" for character in said)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3.0, "3"),
        (2.5, "2.5"),
        (True, "TRUE"),
        (DAY, "2020-08-31"),
        (datetime.fromisoformat("2020-08-31 00:00"), "2020-08-31"),
        (datetime.fromisoformat("2020-08-31 08:30"), "2020-08-31 08:30:00"),
        ("x", "x"),
    ],
)
def test_cells_as_a_sheet_shows_them(cell: object, text: str) -> None:
    assert shown(cell) == text
