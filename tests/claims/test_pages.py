"""Pages of a batch as its owner and others get them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jineng.claims.listing import listing_of
from jineng.claims.models import Batch, State
from tests.claims.files import MIXED, claim

pytestmark = pytest.mark.django_db

HandIn = Callable[..., Batch]


def text_of(answer: Any) -> str:
    """What a page says, without tags."""
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_decisions_are_summed_up_and_listed(client: Client, decided: Batch) -> None:
    assert decided.state == State.DECIDED
    page = text_of(client.get(f"/batches/{decided.pk}/"))
    for words in (
        "全部申请 4 条 应补合计 500.00 元",
        "签订一年及以上期限劳动合同 1",
        "社保连续缴费月数 1 社会保险经办机构",
        "宜昌市",
        "共 4 条",
    ):
        assert words in page
    assert decided.decided["outcomes"] == {
        "eligible": [1, 50000],
        "ineligible": [2, 0],
        "needs_evidence": [1, 0],
    }


def test_each_line_opens_its_explanation(client: Client, decided: Batch) -> None:
    expected = {
        2: "符合岗前培训的全部条件，应向企业发放 500.00 元。",
        3: "不符合岗前培训的条件，不予补贴：有 1 项不满足，“签订一年及以上期限劳动合同”。",
        4: "岗前培训暂不能作出结论：还缺少“社保连续缴费月数”；补齐后可以再次核定。",
        5: "不符合岗前培训的条件，不予补贴：有 1 项不满足，"
        "“同一人在同一企业未享受过岗前培训补贴”。",
    }
    for row, sentence in expected.items():
        page = text_of(client.get(f"/batches/{decided.pk}/lines/{row}/"))
        assert sentence in page
        assert "版本已更新" not in page
        assert "不一致" not in page


def test_a_stopped_claim_leads_to_the_one_that_holds_the_place(
    client: Client, decided: Batch
) -> None:
    page = client.get(f"/batches/{decided.pk}/lines/5/").content.decode()
    assert f'<a href="/batches/{decided.pk}/lines/2/">C-1</a>' in page


def test_a_claim_stopped_by_the_history_says_so(client: Client, hand_in: HandIn) -> None:
    earlier = claim(9, person_id="P-1", applied_on="2020-09-01", outcome="eligible")
    batch = hand_in([claim(1)], history=[earlier])
    assert batch.decided["outcomes"] == {"ineligible": [1, 0]}
    assert "C-9（历史）" in text_of(client.get(f"/batches/{batch.pk}/lines/2/"))


@pytest.mark.parametrize(
    ("query", "claims"),
    [
        ("outcome=eligible", ["C-1"]),
        ("outcome=ineligible", ["C-2", "C-4"]),
        ("reason=PRE.contract-term", ["C-2"]),
        ("reason=PRE.no-repeat", ["C-4"]),
        ("reason=PRE.no-repeat&outcome=needs_evidence", []),
        ("reason=-.social_insurance_months", ["C-3"]),
        ("region=420500", ["C-2"]),
        ("month=2020-10", ["C-1", "C-2", "C-3", "C-4"]),
        ("payee=enterprise&least=500", ["C-1"]),
        ("least=0.01&most=499.99", []),
        ("most=0", ["C-2", "C-3", "C-4"]),
        ("scheme=POST", ["C-1", "C-2", "C-3", "C-4"]),
        ("sort=-applied", ["C-4", "C-1", "C-2", "C-3"]),
        ("sort=-row", ["C-4", "C-3", "C-2", "C-1"]),
        ("sort=-amount", ["C-1", "C-2", "C-3", "C-4"]),
        ("sort=amount", ["C-2", "C-3", "C-4", "C-1"]),
        ("outcome=ineligible&region=420100", ["C-4"]),
        ("sort=nonsense&page=99&search=tampered", ["C-1", "C-2", "C-3", "C-4"]),
    ],
)
def test_filters(client: Client, decided: Batch, query: str, claims: list[str]) -> None:
    page = client.get(f"/batches/{decided.pk}/?{query}").content.decode()
    listed = re.findall(r'<th scope="row" data-label="申请编号"[^>]*><a [^>]*>([^<]*)</a>', page)
    assert listed == claims
    assert ("没有符合条件的内容" in page) == (not claims)


def test_a_search_stands_in_no_address(client: Client, decided: Batch) -> None:
    asked = {"search": " c-3 ", "region": "420100"}
    answer = client.post(f"/batches/{decided.pk}/search", asked)
    assert answer.status_code == 302
    assert "c-3" not in answer["Location"].lower()
    assert "region=420100" in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert re.findall(r"/lines/(\d+)/", page) == ["4"]
    assert 'value="c-3"' in page
    # and one that is emptied asks for nothing
    answer = client.post(f"/batches/{decided.pk}/search", {"search": "  "})
    assert answer["Location"] == f"/batches/{decided.pk}/?"


def test_totals_follow_the_filters(client: Client, decided: Batch) -> None:
    page = text_of(client.get(f"/batches/{decided.pk}/?outcome=ineligible"))
    assert "筛选出的申请 2 条 应补合计 0.00 元" in page
    page = text_of(client.get(f"/batches/{decided.pk}/?region=420100"))
    assert "筛选出的申请 3 条 应补合计 500.00 元" in page
    totals = listing_of(decided).totals
    assert totals.schemes == {
        "PRE": {"eligible": (1, 50000), "ineligible": (2, 0), "needs_evidence": (1, 0)}
    }
    assert totals.failed == [("PRE", "contract-term", 1), ("PRE", "no-repeat", 1)]
    assert totals.missing == [("social_insurance_months", 1)]
    assert sum(count for day in totals.days.values() for count, _fen in day.values()) == 4


def test_errors_are_all_shown_at_once(client: Client, hand_in: HandIn) -> None:
    bad = [*MIXED, claim(5, applied_on="2020-13-01"), claim(6, applied_on="2020-13-01", hours="x")]
    batch = hand_in(bad)
    assert batch.state == State.FAULTY
    assert batch.decided == {}
    page = text_of(client.get(f"/batches/{batch.pk}/"))
    assert "共 6 行，其中 2 行有错误，合计 2 处" in page
    assert "第 6、7 行" in page
    assert "2020-13-01" in page
    assert "核定 4 行" in page
    narrowed = text_of(client.get(f"/batches/{batch.pk}/?column=1"))
    assert "共 1 条" in narrowed
    assert "2020-13-01" not in narrowed


def test_the_marked_copy_can_be_corrected_and_handed_in(client: Client, hand_in: HandIn) -> None:
    batch = hand_in([claim(1), claim(2, hours="二十")])
    answer = client.get(f"/batches/{batch.pk}/marked/claims")
    assert "%E6%A0%87%E5%87%BA%E9%94%99%E8%AF%AF" in answer["Content-Disposition"]
    marked = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "课时" in marked.decode("utf-8-sig") or "hours" in marked.decode("utf-8-sig")
    mended = marked.decode("utf-8-sig").replace("二十", "20").encode()
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jineng.claims.processing import process_batch

    file = SimpleUploadedFile("改正.csv", mended, "text/csv")
    answer = client.post(f"/batches/{batch.pk}/corrected", {"claims": file})
    assert answer.status_code == 302
    assert not Batch.objects.filter(pk=batch.pk).exists()
    corrected = Batch.objects.get()
    process_batch(corrected.pk)
    corrected.refresh_from_db()
    assert (corrected.state, corrected.decided["lines"]) == (State.DECIDED, 2)


def test_the_clean_lines_can_be_decided_alone(client: Client, hand_in: HandIn) -> None:
    from jineng.claims.processing import process_batch

    batch = hand_in([claim(1), claim(2, hours="二十"), claim(3)])
    assert client.post(f"/batches/{batch.pk}/clean").status_code == 302
    process_batch(batch.pk)
    page = text_of(client.get(f"/batches/{batch.pk}/"))
    assert "有错误的 1 行没有核定" in page
    assert "全部申请 2 条" in page
    # The lines keep the rows of the file.
    assert "C-3" in text_of(client.get(f"/batches/{batch.pk}/lines/4/"))
    assert client.get(f"/batches/{batch.pk}/lines/3/").status_code == 404
    assert "二十" in text_of(client.get(f"/batches/{batch.pk}/problems"))


def test_the_release_is_compared(client: Client, decided: Batch) -> None:
    Batch.objects.filter(pk=decided.pk).update(release="hubei-another")
    page = text_of(client.get(f"/batches/{decided.pk}/lines/2/"))
    assert "决定是按版本 hubei-another 作出的：符合，500.00 元" in page
    assert "两者结论一致" in page
    assert client.post(f"/batches/{decided.pk}/again").status_code == 302
    decided.refresh_from_db()
    assert decided.state == State.DECIDING
