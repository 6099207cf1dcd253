"""Hubei's division codes, as they were and are."""

import io
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from stdnum.cn import ric

from jineng.core.models import Event
from jineng.people import reference
from jineng.people.models import Region
from jineng.people.permissions import regions_within
from jineng.people.queries.regions import full_name, region_choices, region_on

pytestmark = pytest.mark.django_db

NOW = date(2026, 11, 21)


def test_all_of_hubei_is_there() -> None:
    kinds = Counter(Region.objects.current().values_list("kind", flat=True))
    assert kinds == {"province": 1, "prefecture": 17, "county": 99}
    # With the four that the province administers itself, there are 103 at county level.
    counties = Counter(region.code[:4] for region in Region.objects.current().filter(kind="county"))
    assert counties == {
        "4201": 13, "4202": 6, "4203": 8, "4205": 13, "4206": 9, "4207": 3, "4208": 5,
        "4209": 7, "4210": 8, "4211": 10, "4212": 6, "4213": 3, "4228": 8,
    }  # fmt: skip
    direct = Region.objects.current().filter(code__startswith="4290")
    assert {(one.code, one.name, one.kind) for one in direct} == {
        ("429004", "仙桃市", "prefecture"),
        ("429005", "潜江市", "prefecture"),
        ("429006", "天门市", "prefecture"),
        ("429021", "神农架林区", "prefecture"),
    }


def test_every_region_stands_under_one_of_its_days() -> None:
    for region in Region.objects.select_related("parent", "successor"):
        if region.kind == "province":
            assert region.code == "420000"
            continue
        above = region.parent
        assert above is not None
        county = region.kind == "county"
        assert above.code == (region.code[:4] + "00" if county else "420000")
        assert (above.valid_from or date.min) < (region.valid_to or date.max)
        assert (above.valid_to or date.max) > (region.valid_from or date.min)
        if region.valid_to is None:
            assert above.valid_to is None
            assert region.successor is None
        else:
            assert region.successor is not None


def test_a_code_has_one_name_on_a_day() -> None:
    edges = Region.objects.values_list("valid_from", flat=True)
    for edge in {edge for edge in edges if edge is not None}:
        for on in (edge - timedelta(days=1), edge):
            assert max(Counter(Region.objects.on(on).values_list("code", flat=True)).values()) == 1


@pytest.mark.parametrize(
    ("code", "last", "then", "name", "now"),
    [
        ("420600", date(2010, 11, 25), "420600", "襄樊市", "襄阳市"),
        ("420607", date(2010, 11, 25), "420607", "襄阳区", "襄州区"),
        ("421023", date(2020, 6, 11), "421088", "监利县", "监利市"),
        ("420321", date(2013, 12, 31), "420304", "郧县", "郧阳区"),
        ("420821", date(2017, 12, 31), "420882", "京山县", "京山市"),
        ("421302", date(2008, 12, 31), "421303", "曾都区", "曾都区"),
        ("420121", date(1991, 12, 31), "420114", "汉阳县", "蔡甸区"),
        ("420122", date(1994, 12, 31), "420115", "武昌县", "江夏区"),
    ],
)
def test_codes_and_names_change(code: str, last: date, then: str, name: str, now: str) -> None:
    before, after = region_on(code, last), region_on(then, last + timedelta(days=1))
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == (name, now)
    assert before.successor == after
    assert region_on(code, last + timedelta(days=1)) in (None, after)
    assert before.pk in regions_within(then)


def test_who_reaches_a_city_reaches_what_has_become_part_of_it() -> None:
    names = set(
        Region.objects.filter(pk__in=regions_within("420600")).values_list("name", flat=True)
    )
    assert {"襄阳市", "襄樊市", "襄阳地区", "襄州区", "襄阳县", "枣阳县", "老河口市"} <= names
    assert not {"武汉市", "十堰市", "随县", "湖北省"} & names
    assert set(regions_within("420000")) == set(Region.objects.values_list("pk", flat=True))


def test_names_in_full() -> None:
    shown = dict(region_choices(NOW))
    assert len(shown) == 117
    assert (shown["420115"], shown["429004"], shown["420000"]) == (
        "武汉市江夏区",
        "仙桃市",
        "湖北省",
    )
    assert "421023" not in shown
    assert dict(region_choices(date(2019, 1, 1)))["421023"] == "荆州市监利县"
    assert full_name(Region.objects.get(code="420106")) == "武汉市武昌区"


def test_it_agrees_with_what_identity_numbers_are_checked_by() -> None:
    """The same codes, as another list has them."""
    for region in Region.objects.filter(kind="county", valid_to=None):
        found = ric.get_birth_place(f"{region.code}20230101000X")
        assert found["county"] == region.name


def test_loading_again_changes_nothing() -> None:
    before = Event.objects.count()
    assert reference.load() == 0
    Region.objects.filter(code="420106").update(name="武昌")
    call_command("reference", stdout=io.StringIO())
    assert Region.objects.get(code="420106").name == "武昌区"
    told = Event.objects.filter(id__gt=0).order_by("-id")[0]
    assert (told.table_name, told.origin) == ("people_region", "manage.py reference")
    assert Event.objects.count() == before + 2
