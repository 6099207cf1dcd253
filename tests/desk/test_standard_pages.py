"""The pages of standards: entered by one, seconded by another."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from jineng.desk.models import RegionalStandard
from jineng.desk.queries.in_force import pack_in_force
from tests.access.world import signed_in
from tests.desk.standing import TODAY, WUHAN, Desk, entered, seconded, submitted

pytestmark = pytest.mark.django_db

AT = f"/standards/new/?region={WUHAN}&what=PRE.standard"
GIVEN = {
    "amount_": "450",
    "number": "武人社发〔2020〕12号",
    "clause": "二",
    "starts_on": "2020-09-01",
}


def _text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def test_from_the_first_word_to_being_in_force(three: Desk) -> None:
    city, province = signed_in(three.city), signed_in(three.province)
    assert "还没有地区标准" in _text(city, "/standards/")
    assert "武汉市" in _text(city, "/standards/new/")
    assert "宜昌市" not in _text(city, "/standards/new/")
    assert "不得高于省定标准" in _text(city, AT)

    wrong = city.post(AT, GIVEN | {"amount_": "600", "number": "武 12号", "ends_on": "2020-08-01"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "文件号中不能有空格和分号" in page
    assert "最后一天不能早于开始日期" in page
    assert (
        "高于上限 500.00 元（D6 一(二)1"
        in city.post(AT, GIVEN | {"amount_": "600"}).content.decode()
    )

    made = city.post(AT, GIVEN)
    assert made.status_code == 302, made.content.decode()
    at = made["Location"]
    assert "提交复核" in _text(city, at)
    assert "您本人不能复核" in _text(city, f"{at}submit/")
    assert city.post(f"{at}submit/").status_code == 302
    assert "等待另一人复核" in _text(city, at)
    assert city.get(f"{at}second/").status_code == 403

    assert "地区标准待复核" in _text(province, "/")
    page = _text(province, f"{at}second/")
    assert "450.00 元" in page
    assert "施行日期早于今天" in page
    assert "已经作出的决定不变" in page
    assert province.post(f"{at}second/", _seen(page)).status_code == 302
    assert "施行中" in _text(city, at)
    assert "450.00" in _text(city, "/standards/?stands=in_force&day=2020-10-01")
    assert pack_in_force(TODAY).standards[0].value == "450.00"
    listed = _text(city, "/standards/standards.yaml")
    assert f"# release {pack_in_force(TODAY).release}" in listed
    assert "seconded_by: user-" in listed
    assert city.get(f"{at}edit/").status_code == 403


def test_what_was_handed_in_anew_is_looked_at_anew(three: Desk) -> None:
    city, province = signed_in(three.city), signed_in(three.province)
    one = submitted(three.city)
    at = f"/standards/{one.pk}/"
    seen = _seen(_text(province, f"{at}second/"))
    assert province.post(f"{at}return/", {"why": "再看"}).status_code == 302
    said = {"amount_": "9000", "number": one.number, "starts_on": "2020-09-01"}
    assert city.post(f"{at}edit/", said).status_code == 302
    assert city.post(f"{at}submit/").status_code == 302
    assert province.post(f"{at}second/", seen)["Location"] == f"{at}second/"
    page = _text(province, f"{at}second/")
    assert "这项标准刚刚有改动，没有复核" in page
    assert "9,000.00 元" in page
    assert province.post(f"{at}second/", _seen(page)).status_code == 302
    # One of earlier days holds until that begins.
    earlier = submitted(three.city, number="武人社发〔2020〕1号", starts_on=date(2020, 7, 1))
    page = _text(province, f"/standards/{earlier.pk}/second/")
    assert "从 2020-07-01 到 2020-08-31 的申请" in page


def _seen(page: str) -> dict[str, str]:
    """What the page says of the standard as it is seen."""
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return {"seen": found[1]}


def test_sent_back_and_given_up(three: Desk) -> None:
    city, province = signed_in(three.city), signed_in(three.province)
    one = submitted(three.city)
    at = f"/standards/{one.pk}/"
    assert province.post(f"{at}return/", {"why": ""}).status_code == 422
    assert province.post(f"{at}return/", {"why": "条款写错了"}).status_code == 302
    assert "条款写错了" in _text(city, at)
    page = _text(city, f"{at}edit/")
    assert "1200" in page
    said = {"amount_": "1100", "number": one.number, "starts_on": "2020-09-01"}
    assert city.post(f"{at}edit/", said).status_code == 302
    assert RegionalStandard.objects.get(pk=one.pk).amounts == {"": 110_000}
    assert city.post(f"{at}withdraw/", {"why": "文件未印发"}).status_code == 302
    assert "已撤回" in _text(city, at)
    # What is over leads back to where it is shown.
    assert city.get(f"{at}submit/").status_code == 302


def test_amounts_by_names_that_nobody_lists(three: Desk) -> None:
    city = signed_in(three.city)
    at = f"/standards/new/?region={WUHAN}&what=SPEC.standard"
    said = {"number": "武人社发〔2020〕15号", "starts_on": "2020-09-01"}
    bad = ("一千", "1200.555", "-1200", "1.2万", "1 200", "12,00", "1.2.3", "")
    wrong = city.post(at, said | {"named": "\n".join(f"转岗培训 {amount}" for amount in bad)})
    assert wrong.status_code == 422
    for number, amount in enumerate(bad, start=1):
        line = f"转岗培训 {amount}".strip()
        assert f"第 {number} 行“{line}”：应写成名称、空格、金额" in wrong.content.decode()
    good = "转岗培训 1,200\n去产能培训：800.50 元\n1+X 二期　９００"
    made = city.post(at, said | {"named": good})
    assert made.status_code == 302
    one = RegionalStandard.objects.get()
    assert one.amounts == {"转岗培训": 120_000, "去产能培训": 80_050, "1+X 二期": 90_000}
    assert "去产能培训 800.50" in _text(city, f"/standards/{one.pk}/edit/")
    assert city.post(f"/standards/{one.pk}/submit/").status_code == 302


def test_a_list_asks_the_same_however_long(three: Desk, django_assert_max_num_queries: Any) -> None:
    city = signed_in(three.city)
    seconded(three)
    city.get("/standards/")
    with django_assert_max_num_queries(14):
        city.get("/standards/")
    entered(three.city, "PRE.standard", yuan=400)
    seconded(three, "POST.standard", yuan=200, number="武人社发〔2020〕13号")
    with django_assert_max_num_queries(14):
        city.get("/standards/")
