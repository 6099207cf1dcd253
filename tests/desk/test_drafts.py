"""Drafts as pages: begun, changed by forms and as text, shared, compared, copied, deleted."""

import re
from typing import Any

import pytest
from django.test import Client

from jineng import policy
from jineng.core.models import Event
from jineng.desk.models import Draft, DraftShare
from jineng.people.models import Role, User
from jineng.people.roles import Kind
from tests.access.world import District, member, organisation, signed_in
from tests.policy.drafts import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> District:
    """A district with its departments."""
    return District("420106")


@pytest.fixture
def author(home: District) -> User:
    """The district's policy administrator."""
    return home.users[Role.POLICY_ADMIN]


@pytest.fixture
def browser(author: User) -> Client:
    """In which the author is signed in."""
    return signed_in(author)


@pytest.fixture
def draft(browser: Client) -> Draft:
    """A draft with changes of every kind."""
    answer = browser.post("/drafts/import/", {"text": GOOD})
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.get()


def text_of(answer: Any, status: int = 200) -> str:
    """What a page says, without tags."""
    assert answer.status_code == status, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def change(browser: Client, draft: Draft, where: str, **given: Any) -> Any:
    """Saves a change by its form."""
    return browser.post(f"/drafts/{draft.pk}/changes/{where}", given)


CITED = {
    "document": "new",
    "number": "鄂人社函〔2021〕（拟）",
    "title": "关于标准的通知",
    "clause": "一",
}


def test_a_draft_is_written_by_forms_alone_and_read_by_the_command_line(
    browser: Client, tmp_path: Any
) -> None:
    answer = browser.post("/drafts/new/", {"title": "提标延期", "note": "供讨论"})
    draft = Draft.objects.get()
    assert answer["Location"] == f"/drafts/{draft.pk}/"
    assert "还没有改动" in text_of(browser.get(answer["Location"]))
    chosen = browser.post(f"/drafts/{draft.pk}/changes/", {"parameter": "PRE.standard"})
    assert chosen["Location"] == f"/drafts/{draft.pk}/changes/PRE.standard/"
    page = text_of(browser.get(chosen["Location"]))
    assert "500.00 元" in page
    assert "不能高于它" in page
    raised = change(browser, draft, "PRE.standard/", value="600", start="2020-10-01", **CITED)
    assert raised.status_code == 302, text_of(raised, 422)
    longer = change(
        browser,
        draft,
        "WORK.term_d6/?how=until",
        until="2021-06-30",
        document="拟1",
        clause="二",
    )
    assert longer.status_code == 302, text_of(longer, 422)
    set_there = change(
        browser,
        draft,
        "FREE.standard/?how=standard",
        region="420100",
        value="1200",
        start="2020-09-01",
        number="武人社发〔2021〕（拟）",
    )
    assert set_there.status_code == 302, text_of(set_there, 422)
    table = change(
        browser,
        draft,
        "SKIL.standard/",
        value_3="2200",
        value_4="1600.50",
        start="2021-01-01",
        document="拟1",
        clause="一",
    )
    assert table.status_code == 302, text_of(table, 422)
    draft.refresh_from_db()
    assert draft.version == 5
    page = text_of(browser.get(f"/drafts/{draft.pk}/"))
    for words in ("600.00 元", "2020-06-01 至 2021-06-30", "武汉市", "1200.00 元", "1600.50 元"):
        assert words in page
    path = tmp_path / "draft.yaml"
    path.write_bytes(browser.get(f"/drafts/{draft.pk}/draft.yaml").content)
    pack = policy.load("hubei")
    drafted = pack.with_draft(path)
    told = {(one.key, one.region): one.after for one in policy.differences(pack, drafted)}
    assert told["standard", "420100"] == "1200.00 元"
    assert drafted.draft is not None
    assert (drafted.draft.title, drafted.draft.note) == ("提标延期", "供讨论")
    assert {e.kind for e in Event.objects.filter(table_name="desk_draft")} == {"insert", "update"}


def test_errors_are_told_all_at_once_and_nothing_is_saved(browser: Client, draft: Draft) -> None:
    wrong = change(
        browser,
        draft,
        "PRE.standard/?how=standard",
        region="420100",
        value="800",
        start="2020-10-01",
        number="武 1",
    )
    page = text_of(wrong, 422)
    assert "高于上限" in page
    assert "不能有空格" in page
    cited = change(
        browser,
        draft,
        "PRE.min_hours/",
        value="30",
        start="2021-01-01",
        document="D6",
        clause="九十九",
    )
    assert "依据“D6 九十九”不在文件条款表中" in text_of(cited, 422)
    overlap = browser.post(
        f"/drafts/{draft.pk}/text/",
        {
            "version": "1",
            "text": GOOD.replace(
                "- {from: 2020-10-01, value: 600, cites: 拟1 一}",
                "- {from: 2020-10-01, to: 2021-02-01, value: 600, cites: 拟1 一}\n"
                "        - {from: 2021-01-01, value: 700, cites: 拟9 一}",
            ),
        },
    )
    page = text_of(overlap, 422)
    assert "日期重叠" in page
    assert "拟9 一" in page
    assert "岗前培训 “岗前培训补贴标准（每人）”" in page
    draft.refresh_from_db()
    assert (draft.version, draft.text) == (1, GOOD)
    empty = change(browser, draft, "PRE.standard/", value="", start="", document="new", clause="")
    page = text_of(empty, 422)
    assert page.count("必填") + page.count("须填写") >= 4


def test_what_two_write_at_once_is_not_lost(browser: Client, draft: Draft) -> None:
    first = {"version": "1", "text": GOOD.replace("600", "610")}
    assert browser.post(f"/drafts/{draft.pk}/text/", first).status_code == 302
    late = browser.post(
        f"/drafts/{draft.pk}/text/", {"version": "1", "text": GOOD.replace("600", "620")}
    )
    assert "第 2 版，没有覆盖" in text_of(late, 422)
    draft.refresh_from_db()
    assert "610" in draft.text


def test_changes_are_put_right_taken_out_and_brought_back(browser: Client, draft: Draft) -> None:
    page = browser.get(f"/drafts/{draft.pk}/").content.decode()
    assert page.count("/remove") == 4
    again = f"/drafts/{draft.pk}/changes/PRE.standard/?how=value&change=0"
    assert 'value="600"' in browser.get(again).content.decode()
    right = browser.post(
        again, {"value": "650", "start": "2020-11-01", "document": "拟1", "clause": "一"}
    )
    assert right.status_code == 302
    draft.refresh_from_db()
    assert "650" in draft.text
    assert "600" not in draft.text.partition("parameters")[2]
    browser.post(f"/drafts/{draft.pk}/changes/3/remove", {"version": "2"})
    draft.refresh_from_db()
    assert draft.version == 3
    assert "420100" not in draft.text
    earlier = text_of(browser.get(f"/drafts/{draft.pk}/versions/2/"))
    assert "恢复为这一版" in earlier
    browser.post(f"/drafts/{draft.pk}/versions/2/restore")
    draft.refresh_from_db()
    assert draft.version == 4
    assert "420100" in draft.text


def test_sharing_reaches_whom_it_names_and_no_further(browser: Client, draft: Draft) -> None:
    """A colleague by name, a department, and the departments of its line below."""
    url = f"/drafts/{draft.pk}/"
    city = organisation("武汉市人社局", "420100", Kind.HUMAN_RESOURCES)
    below = District("420107")
    reader = member(draft.department, Role.STATISTICIAN, "reader")
    elsewhere = District("420502").users[Role.POLICY_ADMIN]
    above = member(city, Role.POLICY_ADMIN, "city")
    assert signed_in(reader).get(url).status_code == 404
    browser.post(f"{url}share/", {"audience": "department", "may_edit": "1"})
    assert signed_in(reader).get(url).status_code == 200
    assert signed_in(reader).get(f"{url}text/").status_code == 403
    assert signed_in(above).get(url).status_code == 404
    named = {"audience": "colleague", "user": elsewhere.username, "may_edit": "1"}
    assert browser.post(f"{url}share/", named).status_code == 302
    assert signed_in(elsewhere).get(f"{url}text/").status_code == 200
    assert signed_in(elsewhere).get(f"{url}share/").status_code == 403
    nobody = {"audience": "colleague", "user": below.users[Role.CASHIER].username}
    assert browser.post(f"{url}share/", nobody).status_code == 422
    share = DraftShare.objects.get(user=elsewhere)
    browser.post(f"{url}share/{share.pk}/end")
    assert signed_in(elsewhere).get(url).status_code == 404
    # What a city shares with its reach, its districts' departments see.
    made = signed_in(above).post("/drafts/import/", {"text": GOOD})["Location"]
    assert browser.get(made).status_code == 404
    signed_in(above).post(f"{made}share/", {"audience": "reach"})
    assert browser.get(made).status_code == 200
    assert signed_in(elsewhere).get(made).status_code == 404
    assert "共享，只看" in text_of(browser.get("/drafts/"))


def test_drafts_are_compared_copied_and_deleted(browser: Client, draft: Draft) -> None:
    answer = browser.post(f"/drafts/{draft.pk}/copy/", {"title": "另一份"})
    copy = Draft.objects.get(title="另一份")
    assert answer["Location"] == f"/drafts/{copy.pk}/"
    changed = {"value": "550", "start": "2020-10-01", "document": "拟1", "clause": "一"}
    assert change(browser, copy, "PRE.standard/", **changed).status_code == 302
    page = text_of(browser.get(f"/drafts/compare/?left={draft.pk}&right={copy.pk}"))
    assert "600.00 元" in page
    assert "550.00 元" in page
    same = text_of(browser.get(f"/drafts/compare/?left=&right={copy.pk}"))
    assert "550.00 元" in same
    assert "600.00 元" not in same
    asked = browser.get(f"/drafts/{copy.pk}/delete/")
    assert "2 个版本立即删除" in text_of(asked)
    assert f'href="/drafts/{copy.pk}/">另一份</a>' in asked.content.decode()
    browser.post(f"/drafts/{copy.pk}/delete/")
    assert list(Draft.objects.all()) == [draft]
    assert browser.get(f"/drafts/{copy.pk}/").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    browser: Client, draft: Draft, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        browser.post(f"/drafts/{draft.pk}/copy/", {"title": f"第 {number} 份"})
    with django_assert_max_num_queries(12):
        page = text_of(browser.get("/drafts/"))
    assert page.count("我的") >= 4
    assert "共 1 条" in text_of(browser.get("/drafts/?words=第 2"))
