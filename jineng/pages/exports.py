"""Lists as files: what is filtered, with the columns that are shown, in their order."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from jineng.core.calendar import business_time
from jineng.core.events import acting, noted
from jineng.pages.columns import as_chosen
from jineng.pages.tables import Column, Masked, Table, Wanted, text_of

ENDINGS = ("csv", "xlsx")
#: The event that a list was taken along.
EXPORTED = "exported"
#: A list of more rows is to be narrowed first.
MOST_EXPORTED = 100_000
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def listed(
    request: HttpRequest,
    template: str,
    table: Table,
    wanted: Wanted,
    rows: Any,
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """The page of this template with the list as `table`; or the file that is asked for."""
    wanted = as_chosen(request, wanted)
    if wanted.export not in ENDINGS:
        page = {"table": table.page(rows, wanted)}
        return render(request, template, {**(context or {}), **page})
    count = rows.order_by()[: MOST_EXPORTED + 1].count()
    if count > MOST_EXPORTED:
        told = _("超过 %(most)s 条，没有导出。请先用筛选缩小范围。") % {
            "most": f"{MOST_EXPORTED:,}"
        }
        messages.error(request, told)
        return HttpResponseRedirect(f"{request.path}?{wanted.query()}")
    _note(request, table, wanted, count)
    columns, found = table.shown(wanted), table.ordered(rows, wanted).iterator(chunk_size=2_000)
    name = quote(f"{table.title}.{wanted.export}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    if wanted.export == "csv":
        return StreamingHttpResponse(csv_lines(columns, found), content_type=CSV, headers=headers)
    return FileResponse(xlsx(columns, found), content_type=XLSX, headers=headers)


def _note(request: HttpRequest, table: Table, wanted: Wanted, count: int) -> None:
    """The log says who took which list along, but not whom was searched for."""
    user: Any = request.user
    if not user.is_authenticated:
        return
    plain = {one.name: wanted[one.name] for one in table.filters if one.kind != "search"}
    told = {"list": table.name, "rows": count, "columns": list(wanted.columns)}
    with acting(by=user):
        noted(EXPORTED, user, **told, filters={name: word for name, word in plain.items() if word})


class _Line:
    """Takes what the csv module writes, and gives it away."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Iterable[Column], things: Iterable[Any]) -> Iterator[str]:
    """A CSV line by line, with the mark by which Excel knows UTF-8."""
    columns, writer = list(columns), csv.writer(_Line())
    yield "\ufeff" + writer.writerow([str(one) for one in _headings(columns)])
    for thing in things:
        yield writer.writerow([_plain(value) for value in _values(columns, thing)])


def xlsx(columns: Iterable[Column], things: Iterable[Any]) -> Any:
    """An XLSX, a row at a time, in a file that is gone once it is closed."""
    columns = list(columns)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever answers with it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    looks = {
        float: book.add_format({"num_format": "#,##0.00"}),
        int: book.add_format({"num_format": "#,##0"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns), 20)
    for place, heading in enumerate(_headings(columns)):
        sheet.write_string(0, place, heading, head)
    for line, thing in enumerate(things, 1):
        for place, value in enumerate(_values(columns, thing)):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, value, looks[type(value)])
            elif value is not None:
                sheet.write_number(line, place, value, looks[type(value)])
    book.close()
    file.seek(0)
    return file


def _headings(columns: list[Column]) -> Iterator[str]:
    for one in columns:
        yield str(one.heading)
        if one.kind == "person":
            yield _("号码")


def _values(columns: list[Column], thing: Any) -> Iterator[Any]:
    """Numbers and days as such, all else as text; a person takes two places."""
    for one in columns:
        value = one.value(thing)
        if isinstance(value, Masked):
            yield value.name
            yield value.number
        elif one.kind == "money" and value is not None:
            yield value / 100
        elif isinstance(value, datetime):
            yield business_time(value).replace(tzinfo=None)
        elif isinstance(value, date | None) or (one.kind == "count" and isinstance(value, int)):
            yield value
        else:
            yield text_of(one.kind, value)


def _plain(value: Any) -> str:
    """A value in a CSV. What a spreadsheet would take for a formula is made a text."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
