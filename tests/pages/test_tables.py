"""Lists: what an address asks for, pages of many rows, files."""

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from jineng.core.addresses import sealed_search
from jineng.pages import exports, tables
from jineng.pages.tables import Column, Filter, Masked, Status, Table, text_of

KINDS = [("insert", "新增"), ("update", "更改")]
EVENTS = Table(
    "events",
    "事件",
    columns=(
        Column("row", "行", lambda one: one.row_id, sort=("row_id", "pk"), kind="code"),
        Column("kind", "种类", lambda one: one.kind, sort=("kind", "-pk")),
        Column("at", "时间", lambda one: one.at, sort=("pk",), kind="date"),
        Column("db", "角色", lambda one: one.db_user, shown=False),
    ),
    default_sort="row",
    filters=(
        Filter("search", "行", "search"),
        Filter("kind", "种类", "choice", lambda: KINDS),
        Filter("mine", "只看我的", "flag"),
        Filter("since", "自", "day"),
        Filter("word", "词", "text"),
    ),
    page_size=10,
)


def wanted(query: str) -> tables.Wanted:
    return EVENTS.read(QueryDict(query))


def test_an_address_is_read_and_said_again() -> None:
    sealed = sealed_search("张三")
    asked = wanted(f"search={sealed}&kind=update&mine=1&since=2020-09-15&sort=-kind&columns=db")
    assert asked["search"] == "张三"
    assert (asked["kind"], asked["mine"], asked["since"]) == ("update", "1", "2020-09-15")
    assert asked.columns == ("row", "db")
    assert asked.narrows
    query = asked.query(page=3)
    assert "张三" not in QueryDict(query)["search"]
    again = wanted(query)
    assert again.filters == asked.filters
    assert (again.sort, again.columns, again.page) == ("-kind", ("row", "db"), 3)
    # What goes without saying is not said.
    assert wanted("sort=row&columns=row&columns=kind&columns=at&kind=").query() == ""
    assert "kind" not in QueryDict(asked.query(kind=""))


@pytest.mark.parametrize(
    "query",
    [
        "kind=none&mine=yes&since=2020-02-31&sort=secret&page=-1",
        "sort=db&page=99999999999999999999",
        "search=AAAA&sort=--row&page=1.5",
        "sort=-&page=१",
    ],
)
def test_what_means_nothing_is_passed_over(query: str) -> None:
    asked = wanted(query)
    assert not asked.narrows
    assert (asked.sort, asked.page, asked.columns) == ("row", 1, EVENTS.usual)


def test_a_form_gives_its_search_plain_and_the_address_seals_it() -> None:
    asked = EVENTS.read(QueryDict("search=张三&kind=insert"), plain=True)
    assert asked["search"] == "张三"
    assert "张三" not in QueryDict(asked.query())["search"]
    assert wanted(asked.query())["search"] == "张三"


class Counted:
    """Rows by their number, as a table of the database has them, with what was asked of it."""

    def __init__(self, rows: range) -> None:
        self.rows = rows

    def order_by(self, *keys: str) -> "Counted":
        return Counted(self.rows[::-1] if keys and keys[0].startswith("-") else self.rows)

    def count(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice) -> "Counted":
        return Counted(self.rows[part])

    def __iter__(self) -> Any:
        return iter(self.rows)


NUMBERS = Table(
    "numbers", "数", (Column("n", "数", lambda n: n, sort=("n",), kind="count"),), "n", page_size=50
)


def test_two_million_rows_are_counted_and_paged_to_a_limit() -> None:
    many = Counted(range(2_000_000))
    page = NUMBERS.page(many, NUMBERS.read(QueryDict("page=20")))
    assert (page.count, page.more, page.pages, page.number) == (1_000, True, 20, 20)
    assert list(page.things) == list(range(950, 1_000))
    assert NUMBERS.page(many, NUMBERS.read(QueryDict("page=21"))).number == 20
    last = NUMBERS.page(many, NUMBERS.read(QueryDict("sort=-n")))
    assert last.rows[0][0].text == "1,999,999"
    none = NUMBERS.page(Counted(range(0)), NUMBERS.read(QueryDict("page=7")))
    assert (none.count, none.pages, none.number, none.things) == (0, 1, 1, [])


GROUPS = Table(
    "groups",
    "组",
    (Column("n", "名", lambda one: one.name, sort=("name", "-pk")),),
    "n",
    filters=(Filter("word", "词", "text"),),
    page_size=10,
    most=20,
)


@pytest.mark.django_db
def test_a_page_is_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Group.objects.create(name="a")
    with django_assert_num_queries(2):
        GROUPS.page(Group.objects.all(), GROUPS.read(QueryDict("sort=-n")))


@pytest.mark.django_db
def test_what_is_narrowed_is_found_first_and_then_put_in_order() -> None:
    """A page after the last is the last; of what is still too long, so many are shown."""
    for n in range(25):
        Group.objects.create(name=f"{n * 7 % 25:02}")

    def names(rows: Any, query: str) -> tuple[list[str], int, bool, int]:
        page = GROUPS.page(rows, GROUPS.read(QueryDict(query)))
        return [one.name for one in page.things], page.count, page.more, page.number

    few = Group.objects.filter(name__lt="12")
    assert names(few, "") == ([f"{n:02}" for n in range(10)], 12, False, 1)
    assert names(few, "sort=-n&page=9") == (["01", "00"], 12, False, 2)
    assert names(few.none(), "") == ([], 0, False, 1)
    # All of very many, in their order; and what is narrowed, of which twenty are looked at.
    assert names(Group.objects.all(), "page=2") == ([f"{n:02}" for n in range(10, 20)], 20, True, 2)
    found, count, more, number = names(Group.objects.all(), "word=x&page=2")
    assert (found, count, more, number) == (sorted(found), 20, True, 2)
    assert len(found) == 10


def test_values_are_read_by_their_kind() -> None:
    noon = datetime(2020, 9, 15, 4, tzinfo=UTC)
    assert text_of("money", 1_234_560) == "12,345.60"
    assert text_of("money", -5) == "-0.05"
    assert text_of("count", 48_000_000) == "48,000,000"
    assert text_of("date", date(2020, 9, 15)) == "2020-09-15"
    assert text_of("date", noon) == "2020-09-15 12:00"
    assert text_of("status", Status("有效", "good")) == "有效"
    assert text_of("person", Masked("王芳", "4201************")) == "王芳"
    assert (text_of("text", None), text_of("count", 0)) == ("", "0")


class Line:
    def __init__(self, name: str, fen: int | None) -> None:
        self.name, self.fen, self.on = name, fen, date(2020, 9, 15)


COLUMNS = (
    Column("who", "姓名", lambda one: Masked(one.name, "4201**")),
    Column("fen", "金额（元）", lambda one: one.fen, kind="money"),
    Column("on", "日期", lambda one: one.on, kind="date"),
)
COLUMNS = (Column("who", "姓名", COLUMNS[0].value, kind="person"), *COLUMNS[1:])
LINES = [Line("王芳", 1_234_560), Line("=HYPERLINK(1)", None)]


def test_a_csv_is_opened_by_a_spreadsheet_and_runs_nothing() -> None:
    text = "".join(exports.csv_lines(COLUMNS, LINES))
    assert text == (
        "\ufeff姓名,号码,金额（元）,日期\r\n"
        "王芳,4201**,12345.60,2020-09-15\r\n"
        "'=HYPERLINK(1),4201**,,2020-09-15\r\n"
    )


def test_a_workbook_has_numbers_and_days_as_such() -> None:
    with exports.xlsx(COLUMNS, LINES) as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["姓名", "号码", "金额（元）", "日期"]
    assert rows[1][:3] == ["王芳", "4201**", 12345.6]
    assert isinstance(rows[1][3], datetime)
    assert rows[2][0] == "=HYPERLINK(1)"
    assert sheet["A3"].data_type == "s"


@pytest.mark.django_db
def test_too_long_a_file_is_not_made(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(messages, "error", lambda _request, words: told.append(words))
    many: Any = Counted(range(100_001))
    asked = NUMBERS.read(QueryDict("export=csv&sort=-n"))
    answer = exports.listed(rf.get("/numbers/"), "none", NUMBERS, asked, many)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/numbers/?sort=-n")
    assert "100,000" in told[0]
