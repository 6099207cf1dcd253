"""The page of all components: there is each of them, in each state."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from jineng.portal.templatetags.charts import WIDTH, drawn
from tests.stand import ROOT

pytestmark = pytest.mark.django_db

COMPONENTS = ROOT / "jineng" / "portal" / "templates" / "portal" / "components"


def rows(answer: Any) -> list[str]:
    return [cells[0].text for cells in answer.context["table"].rows]


def test_its_list_is_one(client: Client) -> None:
    page = client.get("/components/?sort=person&state=paid&columns=fen")
    names = rows(page)
    assert len(names) == 8
    assert names == sorted(names)
    shown = page.content.decode()
    assert 'aria-sort="ascending"' in shown
    assert "状态：已拨付" in shown
    assert [one.name for one in page.context["table"].columns] == ["person", "fen"]
    assert rows(client.get("/components/?word=欧阳")) == []
    assert "没有符合条件的内容" in client.get("/components/?word=欧阳").content.decode()
    lines = b"".join(client.get("/components/?export=csv&large=1")).decode().splitlines()
    assert lines[0] == "\ufeff申请人,号码,工种,学时,金额（元）,受理日期,状态"
    assert 1 < len(lines) < 35


def test_what_is_asked_of_the_database_is_what_any_page_asks(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/components/")
    # The regions, as often as the fields of two forms ask for them; the list asks nothing.
    with django_assert_num_queries(6):
        client.get("/components/?page=2")


def test_every_component_is_told_of(client: Client) -> None:
    told = (ROOT / "docs" / "design-system.md").read_text()
    files = {path.name for path in COMPONENTS.glob("*.html")}
    named = set(re.findall(r"components/([\w]+\.html)", told))
    assert named <= files
    inner = {"cell.html", "list_tools.html", "list_empty.html", "pager.html", "filters.html"}
    inner |= {"messages.html", "queue_sample.html", "upload_state.html"}
    assert files - named - inner == set()


def test_one_of_few_is_chosen_by_round_boxes(client: Client) -> None:
    page = client.get("/components/").content.decode()
    boxes = re.findall(r'<input class="form-check-input" type="(\w+)" name="(\w+)"', page)
    assert ("checkbox", "kinds") in boxes
    assert ("radio", "paid_to") in boxes


def test_a_chart_s_parts_fit_its_width() -> None:
    series = [("一", "good"), ("二", "waiting"), ("三", "bad")]
    bars = [{"name": "长", "values": [1_000_000, 1, 1]}, {"name": "短", "values": [0, 0, 3]}]
    long, short = drawn(series, bars, "count")
    assert sum(part.width for part in long.parts) <= WIDTH
    assert long.parts[0].width > WIDTH - 10
    assert [part.width for part in short.parts] == [0, 0, 4]
    assert (long.total, short.total) == ("1,000,002", "3")
    assert drawn(series, [{"name": "无", "values": [0, 0, 0]}], "count")[0].total == "0"
