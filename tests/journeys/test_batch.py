"""From a claims file to explained decisions, as officials and HR live it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from jineng import claimsfile, policy
from jineng.policy.facts import FACT
from tests.claims.files import claim, workbook
from tests.journeys.story import claims_of_cases, hand_in, is_accessible, title, visitor
from tests.stand import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

LINES = ".table-cards tbody tr"


def narrow(page: Page, **words: str) -> None:
    """Narrows the list as its bar allows, which a phone shows when it is asked to."""
    if page.locator(".filters-toggle").is_visible():
        page.locator(".filters-toggle").click()
    for name, word in words.items():
        page.locator(f"#filter-{name}").select_option(word)
    page.get_by_role("button", name="查询").click()


@pytest.fixture(params=["desk", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    """On a desk and on a phone."""
    return str(request.param)


@pytest.fixture
def page(browser: Browser, size: str) -> Iterator[Page]:
    """A page on that screen. A test fails where the page's script or policy complained."""
    context = visitor(browser, size)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield opened
    context.close()
    assert complaints == []


def test_from_the_template_to_an_explained_decision(page: Page, site: Demo, tmp_path: Path) -> None:
    page.goto(f"{site.url}/batches/")
    is_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel 模板").click()
    template = tmp_path / "template.xlsx"
    download.value.save_as(template)
    hand_in(page, site.url, template)
    expect(title(page)).to_have_text("决定")
    expect(page.get_by_text("共 3 条", exact=True)).to_be_visible()
    page.get_by_role("link", name="示例-1").click()
    expect(page.get_by_text("符合岗前培训的全部条件，应向企业发放 500.00 元。")).to_be_visible()
    is_accessible(page)


def test_decisions_are_filtered_explained_and_exported(
    page: Page, site: Demo, tmp_path: Path
) -> None:
    lines = claims_of_cases()
    hand_in(page, site.url, workbook(tmp_path / "武汉市2020年补贴申领.xlsx", lines))
    expect(title(page)).to_have_text("决定")
    expect(page.get_by_text(f"共 {len(lines):,} 条", exact=True)).to_be_visible()
    is_accessible(page)

    narrow(page, scheme="PRE", outcome="ineligible")
    expect(page).to_have_url(re.compile("scheme=PRE&outcome=ineligible"))
    expect(page.get_by_text("筛选出的申请")).to_be_visible()
    is_accessible(page)

    menu = page.locator("summary", has_text="导出")
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="决定和申请信息").last.click()
    menu.click()
    history = tmp_path / "decisions.parquet"
    download.value.save_as(history)
    read = claimsfile.read(history, history=True)
    assert read.intake.problems == []
    assert set(read.intake.table["scheme"].to_pylist()) == {"PRE"}
    assert set(read.intake.table["outcome"].to_pylist()) == {"ineligible"}

    page.locator(LINES).get_by_role("link").first.click()
    expect(page.get_by_text("不符合岗前培训的条件，不予补贴")).to_be_visible()
    expect(page.get_by_role("heading", name="逐项条件")).to_be_visible()
    is_accessible(page)
    page.get_by_role("link", name="下一条").click()
    expect(page).to_have_url(re.compile("scheme=PRE&outcome=ineligible"))
    page.get_by_role("link", name="← 决定").click()
    expect(page.locator("#filter-outcome")).to_have_value("ineligible")


def test_a_search_finds_a_claim_and_stays_out_of_the_address(
    page: Page, site: Demo, tmp_path: Path
) -> None:
    file = workbook(tmp_path / "申领.xlsx", [claim(1), claim(2), claim(12)])
    hand_in(page, site.url, file)
    page.get_by_label("申请编号").fill("c-12")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(LINES)).to_have_count(1)
    expect(page).to_have_url(re.compile("search="))
    assert "c-12" not in page.url.lower()
    page.get_by_role("link", name="去掉这个条件").click()
    expect(page.locator(LINES)).to_have_count(3)


def test_a_bad_file_is_marked_corrected_and_decided(page: Page, site: Demo, tmp_path: Path) -> None:
    lines = [claim(number) for number in range(1, 31)]
    for number in (3, 7, 11):
        lines[number]["applied_on"] = "2020年13月1日"
    lines[5]["hours"] = "二十四"
    lines[9]["scheme"] = "岗前"
    lines[20]["training_end"] = "2020-07-01"
    lines[25]["claim_id"] = "C-1"
    hand_in(page, site.url, workbook(tmp_path / "申领表.xlsx", lines))
    expect(title(page)).to_have_text("核对结果")
    expect(page.get_by_text("尚未作出任何决定")).to_be_visible()
    expect(page.get_by_role("button", name="核定 23 行")).to_be_visible()
    expect(page.locator(".table-cards .status", has_text="提醒")).to_have_count(1)
    is_accessible(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="下载标出错误的副本").click()
    marked = tmp_path / "申领表（标出错误）.xlsx"
    download.value.save_as(marked)
    correct(marked)
    page.get_by_label("申领表", exact=True).set_input_files(marked)
    page.get_by_role("button", name="上传改正后的文件").click()
    expect(title(page)).to_have_text("决定", timeout=60_000)
    expect(page.get_by_text("共 30 条", exact=True)).to_be_visible()
    # The batch that was corrected is gone.
    page.goto(f"{site.url}/batches/")
    expect(page.locator("tbody tr")).to_have_count(1)
    is_accessible(page)


def correct(path: Path) -> None:
    """Corrects the marked copy as somebody would: cell by cell, the marks left as they are."""
    book = openpyxl.load_workbook(path)
    sheet = book["申领表"]
    headings = [cell.value for cell in sheet[1]]
    right = {"applied_on": "2020-10-15", "hours": 24, "scheme": "岗前培训"}
    columns = {name: headings.index(FACT[name].heading) + 1 for name in (*right, "claim_id")}
    for row in range(2, sheet.max_row + 1):
        for name, value in right.items():
            cell: Any = sheet.cell(row, columns[name])
            if cell.fill.start_color.rgb == "FFFFC7CE":
                cell.value = value
    sheet.cell(27, columns["claim_id"]).value = "C-26"
    book.save(path)


def test_a_file_that_cannot_be_read_is_told_in_plain_words(
    page: Page, site: Demo, tmp_path: Path
) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 and nothing of use")
    hand_in(page, site.url, broken)
    expect(title(page)).to_have_text("文件读不了")
    expect(page.get_by_role("alert").first).to_contain_text("工作簿已损坏")
    is_accessible(page)


def test_nobody_else_opens_a_batch(
    page: Page, site: Demo, browser: Browser, tmp_path: Path, size: str
) -> None:
    hand_in(page, site.url, workbook(tmp_path / "申领.xlsx", [claim(1)]))
    own, line = page.url, page.locator(f"{LINES} a").first.get_attribute("href")
    stranger = visitor(browser, size)
    other = stranger.new_page()
    for address in (own, f"{site.url}{line}", f"{own}decisions.csv", f"{own}delete"):
        answer = other.goto(address)
        assert answer
        assert answer.status == 404
    expect(title(other)).to_have_text("找不到此页")
    stranger.close()


def test_a_batch_is_deleted_after_asking(page: Page, site: Demo, tmp_path: Path) -> None:
    hand_in(page, site.url, workbook(tmp_path / "申领.xlsx", [claim(1)]))
    own = page.url
    folder = site.var / "uploads" / "batches" / own.rstrip("/").split("/")[-1]
    assert folder.is_dir()
    page.get_by_role("link", name="现在删除").click()
    is_accessible(page)
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_text("该批次及其文件已删除。")).to_be_visible()
    assert not folder.exists()
    answer = page.request.get(own)
    assert answer.status == 404


def test_what_is_wrong_with_a_file_is_told_before_it_is_sent(
    page: Page, site: Demo, tmp_path: Path
) -> None:
    page.goto(f"{site.url}/batches/")
    text = tmp_path / "申领.txt"
    text.write_text("申请编号")
    page.get_by_label("申领表", exact=True).set_input_files(text)
    expect(page.get_by_role("alert").first).to_have_text("请选择 .xlsx、.csv、.parquet 文件。")
    page.get_by_role("button", name="上传并核定").click()
    expect(title(page)).to_have_text("批量核定")


def test_a_file_dropped_on_the_box_is_chosen(page: Page, site: Demo, tmp_path: Path) -> None:
    page.goto(f"{site.url}/batches/")
    file = workbook(tmp_path / "拖来的.xlsx", [claim(1)])
    box = page.locator(".dropzone").first
    place = box.bounding_box()
    assert place
    at = {"x": place["x"] + place["width"] - 10, "y": place["y"] + place["height"] / 2}
    dragged = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    mouse = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver"):
        mouse.send("Input.dispatchDragEvent", {"type": kind, "data": dragged, **at})
    expect(box).to_have_class(re.compile("is-over"))
    mouse.send("Input.dispatchDragEvent", {"type": "drop", "data": dragged, **at})
    expect(box).to_contain_text("拖来的.xlsx")
    expect(box).not_to_have_class(re.compile("is-over"))
    page.get_by_role("button", name="上传并核定").click()
    expect(title(page)).to_have_text("决定", timeout=60_000)


def test_all_of_it_works_without_script(
    browser: Browser, site: Demo, size: str, tmp_path: Path
) -> None:
    context = visitor(browser, size, script=False)
    page = context.new_page()
    lines = [claim(1), claim(2, hours="二十"), claim(3, contract_months="11")]
    page.goto(f"{site.url}/batches/")
    page.get_by_label("申领表", exact=True).set_input_files(workbook(tmp_path / "表.xlsx", lines))
    page.get_by_role("button", name="上传并核定").click()
    # The page asks for itself anew; so may who waits.
    expect(title(page)).to_have_text("核对结果", timeout=60_000)
    page.get_by_role("button", name="核定 2 行").click()
    expect(title(page)).to_have_text("决定", timeout=60_000)
    page.locator("#filter-outcome").select_option("ineligible")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="C-3").click()
    expect(page.get_by_text("不符合岗前培训的条件")).to_be_visible()
    context.close()


def test_what_is_shown_is_what_the_library_decides(page: Page, site: Demo, tmp_path: Path) -> None:
    """The page's sums are those of `Pack.decide` on the same file."""
    file = workbook(tmp_path / "申领.xlsx", claims_of_cases())
    decisions = policy.load("hubei").decide(claimsfile.read(file).intake)
    due = sum(decisions["amount_yuan"].to_pylist())
    hand_in(page, site.url, file)
    expect(page.locator(".totals-sums")).to_contain_text(f"{due:,.2f}")


@pytest.mark.parametrize("size", ["desk"], indirect=True)
def test_what_is_sent_is_fetched_once_and_can_be_cancelled(
    page: Page, site: Demo, tmp_path: Path
) -> None:
    """The upload leads to its batch without fetching it twice; while it waits it is cancelled."""
    fetched: list[str] = []
    page.on("request", lambda one: fetched.append(one.url) if one.method == "GET" else None)
    page.goto(f"{site.url}/batches/")
    file = workbook(tmp_path / "申领.xlsx", [claim(1)])
    page.get_by_label("申领表", exact=True).set_input_files(file)
    with worker_held(site):
        page.get_by_role("button", name="上传并核定").click()
        page.get_by_role("link", name="取消处理").click(timeout=60_000)
        own = page.url.removesuffix("cancel")
        assert [url for url in fetched if url.rstrip("/") == own.rstrip("/")] == [own]
        is_accessible(page)
        page.get_by_role("button", name="取消处理").click()
        expect(page.get_by_text("没有作出任何决定")).to_be_visible()
        is_accessible(page)
        folder = site.var / "uploads" / "batches" / own.rstrip("/").split("/")[-1]
        assert {path.name for path in folder.iterdir()} == {"claims"}
    page.get_by_role("button", name="重新核定").click()
    expect(title(page)).to_have_text("决定", timeout=60_000)


@contextmanager
def worker_held(site: Demo) -> Iterator[None]:
    """The demo's worker does nothing meanwhile."""
    (worker,) = [one for one in site.processes() if "procrastinate" in one.cmdline()]
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()
