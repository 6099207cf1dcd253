"""Words of a file, read as what the registers keep."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from jineng.people.models import Region
from jineng.people.models.persons import Education
from jineng.people.queries.persons import GROUPS
from jineng.people.registers.words import choice_of, choices_of, day_of, region_of, text_of
from tests.access.world import TODAY

education = choice_of("文化程度", Education.choices)
groups = choices_of("人员类别", GROUPS)
day = day_of("类别开始日期")


@pytest.mark.parametrize(
    ("read", "text", "kept"),
    [
        (education, "高中、中专、技校", "senior"),
        (education, " 技校 ", "senior"),
        (education, "本科", "bachelor"),
        (education, "Bachelor", "bachelor"),
        (groups, "退役军人", ("veteran",)),
        (groups, "退役军人；残疾人,veteran", ("veteran", "disabled")),
        (day, "2020-08-31", date(2020, 8, 31)),
        (day, "2020/8/1", date(2020, 8, 1)),
        (day, "2020年8月1日", date(2020, 8, 1)),
        (day, "20200801", date(2020, 8, 1)),
        (day, "2020-08-31 00:00:00", date(2020, 8, 31)),
        (text_of(4), "  甲  乙 ", "甲 乙"),
    ],
)
def test_words_are_read(read: Callable[[str], Any], text: str, kept: Any) -> None:
    assert read(text) == kept


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (education, "博学", "文化程度应为：小学及以下"),
        (groups, "退役军人；国王", "人员类别应为"),
        (day, "2020-02-30", "2020-08-31"),
        (day, "去年", "2020-08-31"),
        (day, "0020-08-31", "核对年份"),
        (text_of(2), "甲乙丙", "超过 2 个字"),
    ],
)
def test_what_can_t_be_read_is_told(read: Callable[[str], Any], text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(text)


@pytest.mark.django_db
def test_regions_are_read_by_code_and_name() -> None:
    read = region_of(TODAY)
    for text in (
        "420106",
        "420106.0",
        "武昌区",
        "武汉市武昌区",
        "湖北省武汉市武昌区",
        "武汉市 武昌区",
    ):
        assert read(text) == Region.objects.current().get(code="420106")
    assert read("仙桃市").code == "429004"
    assert read("湖北省").code == "420000"
    for text, said in (
        ("420121", r"现为 420114（蔡甸区）"),
        ("422522", r"现为 420683（枣阳市）"),
        ("421023", r"现为 421088（监利市）"),
        ("监利县", "6 位地区代码"),
        ("110101", "6 位地区代码"),
        ("火星", "6 位地区代码"),
    ):
        with pytest.raises(ValueError, match=said):
            read(text)
    assert region_of(date(2019, 1, 1))("监利县").code == "421023"
