"""Names are found by characters and pinyin, and stand in the order of their pinyin."""

from datetime import date

import pytest
from django.db import connection

from jineng.people.models import Organisation, Person
from jineng.people.names import (
    named,
    organisation_key,
    organisation_tokens,
    person_key,
    person_tokens,
    words_of,
)
from tests.people.numbers import credit_code, identity_number

NAMES = ["李明华", "李明", "单雄信", "吕布", "王芳", "曾国强", "乐嘉", "Anna Müller", "欧阳修"]
FIRMS = ["武汉明德纺织有限公司", "重庆银行武汉分行", "明蛙教育科技有限公司"]


@pytest.fixture
def register(db: None) -> None:
    for name in NAMES:
        Person.objects.create(
            name=name,
            identity_number=identity_number(),
            birth_date=date(1990, 1, 1),
            name_key=person_key(name),
            name_tokens=person_tokens(name),
        )
    for name in FIRMS:
        Organisation.objects.create(
            credit_code=credit_code(),
            name=name,
            name_key=organisation_key(name),
            name_tokens=organisation_tokens(name),
        )


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("李明华", {"李明华"}),
        ("李明", {"李明华", "李明"}),
        ("明华", {"李明华"}),
        ("李华", set()),
        ("李 华", {"李明华"}),
        ("明", {"李明华", "李明"}),
        ("liming", {"李明华", "李明"}),
        ("LiMingHua", {"李明华"}),
        ("lmh", {"李明华"}),
        ("minghua", {"李明华"}),
        ("shanxiong", {"单雄信"}),
        ("danxiong", {"单雄信"}),
        ("lvbu", {"吕布"}),
        ("lü bu", {"吕布"}),
        ("zeng", {"曾国强"}),
        ("ceng", {"曾国强"}),
        ("anna", {"Anna Müller"}),
        ("李 li", {"李明华", "李明"}),
        ("", set()),
        ("' | '':* & !", set()),
        ("\\ ' % ;--", set()),
        ("' & 'liming", {"李明华", "李明"}),
        ("🙂", set()),
    ],
)
def test_persons_are_found(search: str, found: set[str]) -> None:
    assert {one.name for one in named(Person.objects.all(), search)} == found


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("纺织", {FIRMS[0]}),
        ("明德纺", {FIRMS[0]}),
        ("武汉", {FIRMS[0], FIRMS[1]}),
        ("武汉 有限", {FIRMS[0]}),
        ("mingwa", {FIRMS[2]}),
        ("cqyh", {FIRMS[1]}),
        ("chongqingyinhang", {FIRMS[1]}),
        ("whmd", {FIRMS[0]}),
    ],
)
def test_organisations_are_found(search: str, found: set[str]) -> None:
    assert {one.name for one in named(Organisation.objects.all(), search)} == found


@pytest.mark.usefixtures("register")
def test_names_stand_in_the_order_of_their_pinyin() -> None:
    ordered = [one.name for one in Person.objects.order_by("name_key")]
    assert ordered[0] == "Anna Müller"
    assert ordered[1:] == ["李明", "李明华", "吕布", "欧阳修", "单雄信", "王芳", "乐嘉", "曾国强"]


@pytest.mark.usefixtures("register")
def test_the_index_is_used() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for rows, index in ((Person, "person_by_name"), (Organisation, "organisation_by_name")):
        assert index in named(rows.objects.all(), "明德").explain()


def test_a_search_s_words() -> None:
    assert words_of("李明华 lm'") == "'李明' & '明华' & 'lm':*"
