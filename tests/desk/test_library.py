"""The policy library: open to all, on any day, in any region, without script."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from jineng import policy
from jineng.desk.queries import library, pack_cases, searching, spans
from jineng.desk.queries.moments import Moment
from jineng.people.models import Region
from jineng.policy.documents import RULES
from tests.access.test_english import NUMBERS
from tests.english import left_in_chinese
from tests.policy.packs import HUBEI

pytestmark = pytest.mark.django_db

TODAY = date(2020, 9, 15)
AT = Moment(TODAY, "", TODAY)


@pytest.fixture(autouse=True)
def on_a_day(settings: Any) -> None:
    settings.BUSINESS_DATE = TODAY


@pytest.fixture(scope="module")
def pack() -> policy.Pack:
    return policy.load("hubei")


def page(client: Client, address: str) -> str:
    """A page as it reads: its text without tags, blanks in one."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    html = re.sub(r"<(script|style|svg).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_library_shows_every_scheme_and_document(client: Client, pack: policy.Pack) -> None:
    text = page(client, "/policy/")
    for scheme in pack.schemes.values():
        assert scheme.name in text
        assert pack.guides[scheme.code].who in text
    for document in pack.documents.values():
        assert document.number in text
    assert pack.release in text
    html = client.get("/policy/").content.decode()
    assert html.count('class="scheme-name"') == len(pack.schemes)


def test_a_document_shows_each_paragraph_and_what_carries_it(
    client: Client, pack: policy.Pack
) -> None:
    for key, document in pack.documents.items():
        html = client.get(f"/policy/documents/{key}/").content.decode()
        text = page(client, f"/policy/documents/{key}/")
        for entry in document.entries.values():
            assert f'id="{entry.clause}"' in html, entry.citation
            for part in entry.parts:
                assert part.text in text
                assert part.outside in text
                for feature in part.features:
                    assert pack.features[feature].name in text
    text = page(client, "/policy/documents/D6/")
    assert "培训不少于规定课时 岗前培训" in text
    # What is assumed is said there too, with the other readings.
    assert "自签订之日起，至次年同日之前开班" in text
    assert "培训须在一年内结束；含次年同日" in text
    assert "最少课时： 20" in text
    assert "待建" in text


def test_a_document_narrows_to_what_is_carried_in_a_way(client: Client, pack: policy.Pack) -> None:
    document = pack.documents["D6"]
    ruled = [e for e in document.entries.values() if any(e.named(kind) for kind in RULES)]
    html = client.get("/policy/documents/D6/?carried=rules").content.decode()
    assert html.count('<article class="entry') == len(ruled) < len(document.entries)
    every = client.get("/policy/documents/D6/?carried=nonsense").content.decode()
    assert every.count('<article class="entry') == len(document.entries)


def test_a_scheme_shows_all_that_decides_on_it(client: Client, pack: policy.Pack) -> None:
    for code, scheme in pack.schemes.items():
        text = page(client, f"/policy/schemes/{code}/")
        assert scheme.amount_due
        for condition in scheme.conditions:
            assert condition.title in text, (code, condition.code)
            assert (condition.assumed or "") in text
            assert all(reading in text for reading in condition.readings)
            assert all(pack.clause(cited)[2] in text for cited in condition.cites)
        for key in pack.rules.parameters(code):
            parameter = scheme.parameters[key]
            assert parameter.label in text, (code, key)
            assert (parameter.assumed or "") in text
        for material in pack.guides[code].materials:
            assert material.title in text


def test_figures_are_those_of_the_day(client: Client) -> None:
    assert "500.00 元 2020-06-01 起" in page(client, "/policy/schemes/PRE/")
    before = page(client, "/policy/schemes/PRE/?on=2020-05-31")
    assert "当日不在期内，列最近的" in before
    assert "尚未开始" in before
    assert "已到期" in page(client, "/policy/schemes/PRE/?on=2022-01-01")
    # The training has to be within the period, the application need not.
    assert "只受理期内的培训" in page(client, "/policy/schemes/ONLN/?on=2021-03-01")
    # Either of two terms.
    assert "有效" in page(client, "/policy/schemes/WORK/?on=2021-03-01")


def test_the_day_is_kept_from_page_to_page(client: Client) -> None:
    html = client.get("/policy/?on=2021-03-01&region=420100").content.decode()
    assert "/policy/schemes/PRE/?on=2021-03-01&amp;region=420100" in html
    html = client.get("/policy/schemes/PRE/?on=2021-03-01").content.decode()
    assert "/policy/documents/D6/?on=2021-03-01#" in html
    assert "/policy/schemes/PRE/guide/?on=2021-03-01" in html
    # Today needs no word.
    assert "/policy/schemes/PRE/guide/?" not in client.get("/policy/schemes/PRE/").content.decode()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("on=2020-13-01", "没有这一天。请按 2020-06-01 这样填写日期。"),
        ("region=999999", "没有这个地区。请从列表中选择。"),
    ],
)
def test_a_day_or_region_that_is_none_is_told(client: Client, query: str, told: str) -> None:
    text = page(client, f"/policy/schemes/PRE/?{query}")
    assert told in text
    assert "以下是 2020-09-15 的规定" in text


@pytest.mark.parametrize(
    "address",
    [
        "documents/D99/",
        "schemes/NONE/",
        "schemes/NONE/guide/",
        "schemes/PRE/cases/100000/",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/policy/{address}").status_code == 404


def test_a_region_sees_its_own_standard_on_its_dates(pack: policy.Pack) -> None:
    own = policy.Standard(
        region="420100",
        scheme="PRE",
        value=400,
        number="武人社发〔2020〕12号",
        start=date(2020, 8, 1),
        end=date(2020, 12, 31),
        clause="二(一)",
        entered_by="甲",
        seconded_by="乙",
    )
    with_own = pack.with_standards([own])
    scheme = with_own.schemes["PRE"]

    def paid(on: date, region: str) -> list[tuple[str, str]]:
        moment = Moment(on, region, TODAY, {"420100": "武汉市"})
        (amounts,) = library.figures(with_own, scheme, ["standard"], moment)
        return [(row.text, row.setter) for row in amounts.rows]

    assert paid(TODAY, "420100") == [("400.00 元", "武汉市")]
    assert paid(TODAY, "420106") == [("400.00 元", "武汉市")]
    assert paid(date(2021, 1, 1), "420106") == [("500.00 元", "")]
    assert paid(TODAY, "420500") == [("500.00 元", "")]
    (told,) = library.regional(with_own, scheme, replace(AT, names={"420100": "武汉市"}))
    assert (told.region, told.text, told.end) == ("武汉市", "400.00 元", date(2020, 12, 31))
    assert [cite.number for cite in told.cites] == ["武人社发〔2020〕12号"]


def test_figures_of_a_table_are_rows(pack: policy.Pack) -> None:
    (table,) = library.figures(pack, pack.schemes["COMP"], ["standard"], AT)
    assert [(row.label, row.fen) for row in table.rows] == [
        ("县（市、区）级", 50_000), ("市州级", 100_000), ("省级", 200_000), ("国家级", 300_000),
        ("企业自办", 50_000),
    ]  # fmt: skip
    line = library.scheme_line(pack, pack.schemes["COMP"], AT)
    assert (line.least, line.most) == (50_000, 300_000)
    assert library.scheme_line(pack, pack.schemes["FREE"], AT).least is None


def test_a_guide_says_what_the_plan_asks_of_guides(client: Client) -> None:
    """D7 五(二): from which fund, how one is assessed, how it is paid."""
    text = page(client, "/policy/schemes/SKIL/guide/")
    assert "资金来源 失业保险基金" in text
    assert "考核标准 取得职业资格证书或职业技能等级证书，有编号和发证日期，并经核验" in text
    assert "发放对象 个人" in text
    assert "考核标准 不以考核结果为条件" in page(client, "/policy/schemes/LIVE/guide/")
    free = page(client, "/policy/schemes/FREE/guide/")
    assert "学员本人 免费参加培训 鄂政办发〔2019〕45号 四(一)" in free
    assert "由省财政厅、省教育厅规定" in page(client, "/policy/schemes/STUD/guide/")


def test_every_assumption_stands_in_the_guide(client: Client, pack: policy.Pack) -> None:
    for code, scheme in pack.schemes.items():
        text = page(client, f"/policy/schemes/{code}/guide/")
        for condition in scheme.conditions:
            assert condition.title in text
            assert (condition.assumed or "") in text
            assert all(reading in text for reading in condition.readings)
        for step in pack.guides[code].steps:
            assert step.text in text
        assert pack.guides[code].who in text
        assert "文件没有规定受理后多少天办结，也没有列出各地经办机构的地址和电话" in text
        assert pack.release in text


def test_a_guide_names_only_contacts_that_the_documents_name(client: Client) -> None:
    assert "职业能力建设处" in page(client, "/policy/schemes/PRE/guide/")
    # It comes from a document that names none.
    assert "职业能力建设处" not in page(client, "/policy/schemes/LIVE/guide/")


def test_every_case_of_the_pack_can_be_read(client: Client, pack: policy.Pack) -> None:
    count = 0
    for code in pack.schemes:
        for case in pack_cases.cases_of(pack, code):
            shown = pack_cases.case_shown(pack, case, AT)
            count += 1
            assert shown.line.status.text
            assert all(one.text for one in (*shown.differing, *shown.same))
    assert count > 1000
    text = page(client, "/policy/schemes/PRE/cases/?outcome=ineligible&word=合同")
    assert "签订一年及以上期限劳动合同" in text
    assert "按上限发放" not in text
    export = client.get("/policy/schemes/PRE/cases/?export=csv&outcome=eligible")
    assert b"".join(export).decode().count("\n") > 5


def test_a_case_says_what_is_other_than_usual(client: Client, pack: policy.Pack) -> None:
    (case,) = (
        one
        for one in pack_cases.cases_of(pack, "PRE")
        if one.title == "文件生效前一天受理，不予补贴"
    )
    shown = pack_cases.case_shown(pack, case, AT)
    differing = {one.heading: (one.text, one.usual) for one in shown.differing}
    assert differing["受理日期"] == ("2020-05-31", "2020-10-15")
    text = page(client, f"/policy/schemes/PRE/cases/{case.number}/")
    assert "受理日期 2020-05-31 2020-10-15" in text
    assert "受理日期在文件有效期内" in text


# ---------------------------------------------------------------- search


def titles(pack: policy.Pack, words: str, kind: str = "") -> list[tuple[str, str]]:
    """What is found: kinds and titles, without marks."""
    every = searching.found(pack, words, AT, kind)
    return [
        (name, re.sub("<[^>]+>", "", hit.title)) for name, hits in every.items() for hit in hits
    ]


def test_search_finds_each_kind(pack: policy.Pack) -> None:
    assert ("scheme", "以工代训") in titles(pack, "以工代训")
    assert ("condition", "签订一年及以上期限劳动合同") in titles(pack, "劳动合同")
    assert ("figure", "最少课时") in titles(pack, "课时")
    assert ("material", "竞赛计划文件") in titles(pack, "竞赛计划")
    assert {kind for kind, _title in titles(pack, "61号")} >= {"document", "clause"}
    assert all(kind == "clause" for kind, _title in titles(pack, "证书", "clause"))


def test_all_words_are_asked_for(pack: policy.Pack) -> None:
    one, both = titles(pack, "社会保险"), titles(pack, "社会保险 连续")
    assert set(both) < set(one)
    assert ("condition", "结算时已连续缴纳城镇职工社会保险满规定月数") in both
    assert titles(pack, "社会保险 飞船") == []
    assert titles(pack, "   ") == []


def test_a_word_that_stands_nowhere_finds_what_has_most_of_it(pack: policy.Pack) -> None:
    assert ("clause", "线上平台的认定和线上考核") in titles(pack, "线上平台考核认定")


def test_width_and_case_do_not_matter(pack: policy.Pack) -> None:
    assert titles(pack, "１＋ｘ") == titles(pack, "1+X") != []


def test_hits_are_marked_and_all_else_is_escaped() -> None:
    marked = searching.highlighted("<b>以工代训</b> & 工", ["代训", "工"])
    assert marked == "&lt;b&gt;以<mark>工代训</mark>&lt;/b&gt; &amp; <mark>工</mark>"
    assert searching.highlighted("ＡＢ", ["b"]) == "Ａ<mark>Ｂ</mark>"


def test_the_search_page_shows_hits_and_says_when_there_are_none(client: Client) -> None:
    html = client.get("/policy/search/", {"q": "劳动合同"}).content.decode()
    assert "<mark>劳动合同</mark>" in html
    assert "kind=condition" in html
    text = page(client, "/policy/search/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "没有找到“<script>alert(1)</script>”" in text
    assert (
        "<script>alert(1)"
        not in client.get("/policy/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    )
    assert "请写下要找的词" in page(client, "/policy/search/")
    narrowed = client.get("/policy/search/", {"q": "证书", "kind": "clause"}).content.decode()
    assert narrowed.count('class="card mb-3 hits"') == 1


# ---------------------------------------------------------------- dates


def test_spans_are_drawn_to_one_scale() -> None:
    made = spans.drawing(
        [
            spans.Span("甲", date(2019, 7, 1), date(2021, 12, 31)),
            spans.Span("乙", date(2020, 1, 1), None),
            spans.Span("丙", None, None),
        ],
        date(2020, 7, 1),
    )
    assert made.years == (2019, 2020, 2021)
    (first, _url, (whole,)), (second, _url2, (open_end,)) = made.rows
    assert (first, second) == ("甲", "乙")
    assert whole.x == 165
    assert whole.x + whole.width == pytest.approx(1000, abs=2)
    assert (open_end.x, open_end.x + open_end.width, open_end.open) == (333, 1000, True)
    assert whole.x < open_end.x < made.at < 1000


def test_days_are_in_order_and_say_what_is_to_come(pack: policy.Pack) -> None:
    told = spans.days_of(spans.of_scheme(pack, pack.schemes["WORK"]), TODAY)
    assert [day.on for day in told] == sorted(day.on for day in told)
    assert [day for day in told if day.on == date(2020, 12, 31) and not day.begins and day.future]
    assert not any(day.future for day in told if day.on <= TODAY)


# ---------------------------------------------------------------- costs and readers


ADDRESSES = (
    "/policy/",
    "/policy/documents/D7/",
    "/policy/schemes/WORK/",
    "/policy/schemes/WORK/guide/",
    "/policy/schemes/WORK/cases/",
    "/policy/schemes/WORK/cases/2/",
    "/policy/search/?q=证书",
)


def test_pages_ask_little_of_the_database(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for address in ADDRESSES:
        with django_assert_max_num_queries(3):
            client.get(f"{address}{'&' if '?' in address else '?'}region=420100&on=2020-10-01")


def test_the_library_can_be_read_in_english(client: Client, pack: policy.Pack) -> None:
    """All but the titles of cases and the places of clauses, which are marked as Chinese."""
    names = re.compile("|".join([NUMBERS, *Region.objects.values_list("name", flat=True)]))
    client.cookies["jineng_language"] = "en"
    addresses = [*ADDRESSES, *(f"/policy/documents/{key}/" for key in pack.documents)]
    addresses += [f"/policy/schemes/{code}/guide/" for code in pack.schemes]
    for address in addresses:
        html = client.get(address).content.decode()
        assert left_in_chinese(html, names) == set(), address
    # What an engineer who reads no Chinese has to follow is there in English.
    for address in ("/policy/documents/D6/", "/policy/schemes/PRE/", "/policy/schemes/WORK/guide/"):
        html = re.sub(
            r"<script.*?</script>", "", client.get(address).content.decode(), flags=re.DOTALL
        )
        marked = re.findall(r'lang="zh-Hans">([^<]+)<', html)
        assert [text for text in marked if len(text) > 24] == [], address


def test_nothing_of_the_policy_stands_in_code_or_templates() -> None:
    """Figures come from the pack: no amount of it stands where the library is written."""
    from tests.architecture.tree import texts

    ours = {
        name: text
        for name, text in texts().items()
        if re.match(
            r"jineng/desk/(queries|views)/(library|clauses|spans|searching|pack_cases)", name
        )
        or name.startswith("jineng/desk/templates/desk/library/")
    }
    assert len(ours) > 10
    figures = re.compile(r"\b(500|300|1500|2000|3000|4000|5000|3500)\b|\d 元")
    assert {
        name: figures.findall(text) for name, text in ours.items() if figures.search(text)
    } == {}
    assert HUBEI.is_dir()
