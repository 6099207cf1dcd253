"""What could I get: the pages, by a client without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from jineng.desk.quote.answers import LONGEST, Answers
from jineng.desk.quote.words import QUESTIONS
from jineng.desk.views.quote import address
from jineng.policy.facts import FACTS
from jineng.policy.quoting import ONE
from tests.access.test_english import NUMBERS
from tests.english import left_in_chinese

pytestmark = pytest.mark.django_db

CERTIFICATE = {
    "party": "person",
    "occasion": "certificate",
    "region": "420100",
    "applied_on": "2020-09-15",
    "certificate_type": "skill_level",
    "certificate_issued_on": "2020-08-01",
    "unemployment_insurance_months": "14",
    "level": "4",
    "training_start": "2020-07-01",
    "training_end": "2020-07-20",
    "plan_filed_on": "2020-06-20",
    "certificate_verified": "yes",
    "training_mode": "online",
    "platform_licensed": "yes",
    "platform_accredited": "yes",
    "employer_id": "yes",
}
NAMES = re.compile(rf"{NUMBERS}|技能|简体中文|武汉市|六\(二\)")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def answered(client: Client, told: dict[str, str]) -> tuple[str, list[str]]:
    """The page that follows when each question is answered as told, and what was asked."""
    asked, page = [], client.get("/quote/").content.decode()
    while name := hidden(page, "name"):
        asked.append(name)
        assert len(asked) < 60
        form = {"s": hidden(page, "s"), "name": name}
        form |= {"only": told[name]} if name in told else {"unknown": "1"}
        page = client.post("/quote/", form, follow=True).content.decode()
    return page, asked


def text(page: str) -> str:
    """What the page says, white space as one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_worker_with_a_certificate(client: Client) -> None:
    page, asked = answered(client, CERTIFICATE)
    assert set(asked) == set(CERTIFICATE)
    said = text(page)
    assert "个人 1,500.00 元" in said
    assert "企业 1,000.00 元" in said
    # why not, what was answered, by which clause
    assert "技能等级为高级技师、技师或高级工" in said
    assert "技能等级：中级工；补贴的技能等级：高级技师、技师、高级工" in said.replace(" ", "")
    assert "鄂政办发〔2019〕45号 四(一)" in said
    # what to bring, what else it brings, what it rests on
    assert "网上查得到的不用交" in said
    assert "个人所得税专项附加扣除" in said
    assert "武汉市落户" not in said  # a level too low
    assert "按 2020-09-15 申请" in said
    assert "本年度享受补贴的培训未超过规定次数（3）" in said
    assert "最后一题" not in said


def test_who_does_not_know_is_told_what_is_missing(client: Client) -> None:
    told = {name: CERTIFICATE[name] for name in ("party", "occasion", "level")}
    page, asked = answered(client, told)
    said = text(page)
    assert "可能符合" in said
    assert "失业保险累计月数 由社会保险经办机构提供" in said
    assert "没有选地区：按全省的标准算" in said
    assert "还有" in said
    # nobody is asked twice, and nothing that no longer matters
    assert len(asked) == len(set(asked))
    assert "hours" not in asked


def test_a_standard_that_nobody_has_set(client: Client) -> None:
    told = {"party": "institution", "occasion": "graduate", "applied_on": "2020-09-15"}
    told |= {"person_groups": "recent_graduate;poor_labourer"}
    page, asked = answered(client, told)
    assert "days" not in asked
    assert "暂不能核定" in text(page)
    assert "补贴标准还没有规定：由市州人社、财政部门制定" in text(page)


def test_whoever_is_trained_for_free_is_told_so(client: Client) -> None:
    told = {"party": "person", "occasion": "student", "applied_on": "2020-09-15"}
    told |= {"person_groups": "student", "certificate_type": "skill_level", "passed": "yes"}
    told |= {"institution_listed": "yes", "project_approved": "yes", "level": "4"}
    told |= {"training_mode": "offline", "training_start": "2020-07-01"}
    told |= {"plan_filed_on": "2020-07-01", "certificate_issued_on": "2020-08-01"}
    page, asked = answered(client, told)
    assert set(asked) == {*told, "region"}
    said = text(page)
    assert "学员本人： 培训费和考证费都不用缴" in said
    assert "鄂教职成〔2020〕1号 五(一)1 ：在校学生培训合格" in said
    # what the province sets is no city's to set
    assert "补贴标准还没有规定：由省财政厅、省教育厅制定" in said
    told["person_groups"] = "none"
    assert "学员本人：" not in text(answered(client, told)[0])


def test_who_asks_about_everything_and_knows_little_is_not_asked_everything(
    client: Client,
) -> None:
    told = CERTIFICATE | {"occasion": "any", "person_groups": "none", "passed": "yes"}
    page, asked = answered(client, told | {"hours": "24"})
    assert "个人 1,500.00 元 企业 1,000.00 元" in text(page)
    assert {"hire_status", "finalist"} < set(asked)
    assert not {"enterprise_suspended", "competition_planned", "still_employed"} & set(asked)
    assert len(asked) <= 30


def at(*told: tuple[str, str], ask: str = "") -> str:
    return address(Answers(told), ask)


BEGUN = tuple(list(CERTIFICATE.items())[:4])


def test_an_answer_that_can_not_be_read_stays_to_be_mended(client: Client) -> None:
    given = Answers((*BEGUN, ("occasion", "new-hire")))
    given = given.answering("occasion", "new-hire")
    form = {"s": given.sealed, "name": "contract_months", "answer": "一年"}
    answer = client.post("/quote/", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "没有期限的，选“无固定期限”" in page
    assert 'value="一年"' in page
    for wrong in (
        {"name": "region", "answer": "999999"},
        {"name": "applied_on", "answer": "0020-09-15"},
        {"name": "hours", "answer": ""},
        {"name": "party", "only": "nobody"},
        {"name": "occasion", "only": "nothing"},
        {"name": "level", "only": "9"},
    ):
        assert client.post("/quote/", form | {"answer": ""} | wrong).status_code == 422, wrong
    for strange in ({"name": "none"}, {"name": ""}, {"name": "outcome"}):
        assert client.post("/quote/", form | strange).status_code == 302


def test_an_answer_is_changed_and_the_others_stay(client: Client) -> None:
    page, _asked = answered(client, CERTIFICATE)
    change = next(unescape(url) for url in re.findall(r'href="([^"]*ask=level[^"]*)"', page))
    asked = client.get(change).content.decode()
    assert "修改回答" in asked
    assert re.search(r'is-chosen" type="submit" name="only" value="4"', asked)
    form = {"s": hidden(asked, "s"), "name": "level", "only": "3"}
    page = client.post("/quote/", form, follow=True).content.decode()
    said = text(page)
    assert "同一次培训，以下几种只能选一种" in said
    assert "个人 2,000.00 元" in said
    assert "武汉市落户" in said


def test_script_gets_the_page_that_a_fresh_look_gives(client: Client) -> None:
    form = {"s": Answers(BEGUN).sealed, "name": "level", "only": "3"}
    at_once = client.post("/quote/", form, headers={"HX-Request": "true"})
    pushed = at_once.headers["HX-Push-Url"]
    fresh = client.get(pushed).content.decode()

    def plain(page: str) -> str:
        page = page.partition('<div id="quote"')[2].partition("</main>")[0]
        page = re.sub(r'name="(csrfmiddlewaretoken|s)" value="[^"]*"', "", page)
        return re.sub(r"\?s=[\w-]+", "", page)

    assert plain(at_once.content.decode()) == plain(fresh)


def test_answers_stay_out_of_logs_and_can_not_be_made_up(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    sealed = parse_qs(urlsplit(at(*BEGUN)).query)["s"][0]
    with caplog.at_level("DEBUG"):
        client.get(at(*BEGUN, ("person_groups", "disabled"), ask="person_groups"))
        client.post("/quote/", {"s": sealed, "name": "person_groups", "answer": ["disabled"]})
    records = [one for one in caplog.records if one.name != "django.db.backends"]
    told = " ".join(str(record.__dict__) for record in records)
    assert "quote/" in told
    for word in ("disabled", sealed, "?s="):
        assert word not in told
    for changed in (sealed[:-4] + "AAAA", "x", "%00", "é", sealed[:20]):
        answer = client.get("/quote/", {"s": changed}, follow=True)
        assert "这个链接打不开了" in answer.content.decode()
    assert Answers.unsealed(sealed) == Answers(BEGUN)
    assert len(Answers().answering("programme", "长" * 999).of("programme")) == LONGEST


def test_what_is_asked_of_the_database(
    client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client.get(at(*BEGUN))
    every = tuple(CERTIFICATE.items())
    for url in (at(*BEGUN), at(*every[:9]), at(*every)):
        with django_assert_max_num_queries(3):
            assert client.get(url).status_code == 200


def test_every_fact_has_a_question(client: Client) -> None:
    never = {"claim_id", "scheme", "institution_id", "platform_id", "cap_exempt", "blacklisted"}
    # a certificate that was issued has a number
    never |= {*ONE, "service_month", "certificate_no"}
    assert {fact.name for fact in FACTS} - never <= set(QUESTIONS)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    pages = [client.get(at(*BEGUN, ask="person_groups")).content.decode()]
    pages.append(answered(client, CERTIFICATE)[0])
    assert [left_in_chinese(page, NAMES) for page in pages] == [set(), set()]
