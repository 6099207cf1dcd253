"""Trials as pages: asked for, done by the worker, shown down to lines, compared, cancelled."""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils.module_loading import import_string

from jineng.claims.commands import delete_batch
from jineng.claims.models import Batch, Run, RunState, State
from jineng.claims.permissions import owner_of_user
from jineng.claims.processing import process_batch
from jineng.claims.runs import process_run
from jineng.claims.tasks import RUNS
from jineng.desk.models import Draft
from jineng.people.models import Role, User
from jineng.whatif.models import Trial
from tests.access.world import District, signed_in
from tests.claims.files import claim, upload

pytestmark = pytest.mark.django_db

#: Raises 岗前培训 and shortens it, so that some gain, one newly qualifies, and one drops out.
TEXT = """
draft: Raised and shorter
parameters:
  PRE:
    standard:
      values:
        - {from: 2020-06-01, value: 600, cites: D6 一(二)1}
    min_hours:
      values:
        - {from: 2020-06-01, value: 15, cites: D6 一(二)1}
    min_contract_months:
      values:
        - {from: 2020-06-01, value: 18, cites: D6 一(二)1}
"""
LOWER = TEXT.replace("Raised and shorter", "Lower").replace("600", "400")


@pytest.fixture
def user() -> User:
    """A policy administrator."""
    return District("420106").users[Role.POLICY_ADMIN]


@pytest.fixture
def browser(user: User) -> Client:
    """In which that user is signed in."""
    return signed_in(user)


def draft_of(browser: Client, text: str = TEXT) -> Draft:
    """A draft, brought in."""
    answer = browser.post("/drafts/import/", {"text": text})
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.get(pk=answer["Location"].split("/")[-2])


def batch_of(browser: Client, lines: Iterable[dict[str, Any]], **more: Any) -> Batch:
    """A batch of these claims, decided."""
    files = {"claims": upload(lines), **more}
    batch = Batch.objects.get(pk=browser.post("/batches/", files)["Location"].split("/")[-2])
    process_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.DECIDED
    return batch


#: One that stands (more money), one that is too short (newly), one with a short contract (out).
CLAIMS = [
    claim(1, contract_months="24"),
    claim(2, person_id="P-2", hours="16", contract_months="24", applied_on="2020-11-03"),
    claim(3, person_id="P-3", contract_months="12"),
    claim(4, person_id="P-4", contract_months="6"),
]


def work(trial: Trial) -> Trial:
    """What the worker does."""
    assert trial.run is not None
    process_run(trial.run.pk, lambda kind: import_string(RUNS[Run.Kind(kind)]))
    trial.refresh_from_db()
    return trial


def tried(browser: Client, batch: Batch, *drafts: Draft, **more: Any) -> list[Trial]:
    """Trials of a batch under drafts, done."""
    given = {"batch": batch.pk, "drafts": [one.pk for one in drafts], **more}
    answer = browser.post("/whatif/new/", given)
    assert answer.status_code == 302, text_of(answer, 422)
    return [work(one) for one in Trial.objects.filter(draft__in=drafts).order_by("pk")]


def text_of(answer: Any, status: int = 200) -> str:
    """What a page says, without tags."""
    assert answer.status_code == status, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_who_gains_and_who_loses_down_to_the_line(browser: Client) -> None:
    """One story: asked for, waited for, summed up, listed, explained both ways, taken along."""
    batch = batch_of(browser, CLAIMS)
    before = dict(batch.decided)
    draft = draft_of(browser)
    asked = browser.post(
        "/whatif/new/", {"batch": batch.pk, "drafts": [draft.pk], "budget": "800", "fund": "total"}
    )
    url = asked["Location"]
    trial = Trial.objects.get()
    assert url == f"/whatif/{trial.pk}/"
    assert "排队中" in text_of(browser.get(url))
    work(trial)
    assert trial.run is not None
    assert trial.run.state == RunState.DONE
    total = trial.sums["total"]
    assert [total[name] for name in ("claims", "new", "more", "less", "dropped")] == [4, 1, 1, 0, 1]
    money = [total[f"{name}_fen"] for name in ("before", "after", "difference")]
    assert money == [100_000, 120_000, 20_000]
    page = text_of(browser.get(url))
    for words in ("+200.00", "+20.00%", "800.00", "超出预算（元）", "500.00 元", "600.00 元"):
        assert words in page
    for by in ("city", "region", "group", "month", "fund"):
        assert "+200.00" in text_of(browser.get(f"{url}?by={by}"))
    lines = text_of(browser.get(f"{url}lines/"))
    assert "共 3 条" in lines
    only = text_of(browser.get(f"{url}lines/?change=dropped&scheme=PRE&month=2020-10"))
    assert "C-3" in only
    assert "C-2" not in only
    found = browser.post(f"{url}lines/search", {"search": "c-2"})
    assert "c-2" not in found["Location"]
    assert "C-2" in text_of(browser.get(found["Location"]))
    # A line goes on to the next of those that were wanted.
    narrowed = browser.get(f"{url}lines/?scheme=PRE&sort=-gained").content.decode()
    assert f'href="{url}lines/3/?scheme=PRE&amp;sort=-gained"' in narrowed
    assert "1 / 3" in text_of(browser.get(f"{url}lines/3/?scheme=PRE&sort=-gained"))
    assert "2 / 3" in text_of(browser.get(f"{url}lines/2/?scheme=PRE&sort=-gained"))
    line = text_of(browser.get(f"{url}lines/3/"))
    assert "新符合" in line
    assert "有不同" in line
    assert "20" in line
    assert "15" in line
    table = b"".join(browser.get(f"{url}lines/?export=csv&sort=-gained")).decode()
    assert table.splitlines()[1].startswith("C-2")
    book = b"".join(browser.get(f"{url}result.xlsx"))
    sheets = openpyxl.load_workbook(BytesIO(book)).sheetnames
    assert {"概览", "按补贴项目", "逐条"} <= set(sheets)
    # Nothing was decided by it.
    batch.refresh_from_db()
    assert batch.decided == before
    assert "draft" not in batch.release


def test_two_drafts_side_by_side(browser: Client) -> None:
    batch = batch_of(browser, CLAIMS)
    drafts = [draft_of(browser), draft_of(browser, LOWER)]
    left, right = sorted(tried(browser, batch, *drafts), key=lambda one: -one.difference_fen)
    page = text_of(browser.get(f"/whatif/compare/?left={left.pk}&right={right.pk}"))
    assert "Raised and shorter" in page
    assert "+200.00" in page
    assert "-200.00" in page
    assert "不是同一批" not in page
    other = batch_of(browser, CLAIMS[:1])
    (third,) = [one for one in tried(browser, other, drafts[0]) if one.batch_key == other.pk]
    page = text_of(browser.get(f"/whatif/compare/?left={left.pk}&right={third.pk}"))
    assert "不是同一批" in page
    assert "共 3 条" in text_of(browser.get("/whatif/"))
    assert "共 1 条" in text_of(browser.get(f"/whatif/?draft={drafts[1].pk}"))


def test_sums_stay_when_the_claims_go(browser: Client, user: User) -> None:
    batch = batch_of(browser, CLAIMS)
    (trial,) = tried(browser, batch, draft_of(browser))
    delete_batch(batch, by=owner_of_user(user.pk))
    page = text_of(browser.get(f"/whatif/{trial.pk}/"))
    assert "+200.00" in page
    assert "逐条结果随之删除" in page
    assert browser.get(f"/whatif/{trial.pk}/lines/").status_code == 404
    browser.post(f"/whatif/{trial.pk}/delete/")
    assert not Trial.objects.exists()


def test_sums_are_shared_with_the_draft_and_lines_are_not(browser: Client, user: User) -> None:
    draft = draft_of(browser)
    (trial,) = tried(browser, batch_of(browser, CLAIMS), draft)
    colleague = signed_in(District("420107").users[Role.STATISTICIAN])
    url = f"/whatif/{trial.pk}/"
    assert colleague.get(url).status_code == 404
    named = {"audience": "colleague", "user": "statistician-420107"}
    assert browser.post(f"/drafts/{draft.pk}/share/", named).status_code == 302
    assert "只有试算的人能看" in text_of(colleague.get(url))
    for rest in ("lines/", "lines/2/", "result.xlsx", "delete/"):
        assert colleague.get(f"{url}{rest}").status_code == 403


def test_a_trial_is_cancelled_and_asked_for_again(browser: Client) -> None:
    batch, draft = batch_of(browser, CLAIMS), draft_of(browser)
    browser.post("/whatif/new/", {"batch": batch.pk, "drafts": [draft.pk]})
    trial = Trial.objects.get()
    browser.post(f"/whatif/{trial.pk}/cancel")
    assert "已取消" in text_of(browser.get(f"/whatif/{trial.pk}/"))
    work(trial)
    assert trial.finished_at is None
    again = browser.post(f"/whatif/{trial.pk}/again")
    made = work(Trial.objects.exclude(pk=trial.pk).get())
    assert again["Location"] == f"/whatif/{made.pk}/"
    assert made.finished_at is not None


def test_what_can_not_be_tried_is_told(browser: Client) -> None:
    batch = batch_of(browser, CLAIMS)
    browser.post("/drafts/new/", {"title": "Empty"})
    empty = Draft.objects.get()
    wrong = {"batch": batch.pk, "drafts": [empty.pk], "budget": "many"}
    assert "应为金额" in text_of(browser.post("/whatif/new/", wrong), 422)
    assert "请选择至少一份草案" in text_of(browser.post("/whatif/new/", {}), 422)
    page = text_of(browser.post("/whatif/new/", wrong | {"budget": "1.2亿"}), 422)
    assert "还没有改动" in page
    other = signed_in(District("420502").users[Role.POLICY_ADMIN])
    theirs = draft_of(other)
    page = text_of(other.post("/whatif/new/", {"batch": batch.pk, "drafts": [theirs.pk]}), 422)
    assert "选择" in page
    assert not Trial.objects.exists()
