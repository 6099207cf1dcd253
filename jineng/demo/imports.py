"""Persons, organisations, insurance and employment, brought in by the registers' own imports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from jineng.demo.users import moment
from jineng.demo.work import parts
from jineng.people.commands.records import Imported, import_employment, import_insurance
from jineng.people.commands.registers import import_register
from jineng.people.models import ImportRun, User

if TYPE_CHECKING:
    from jineng.demo.loading import Loading

#: So many persons are in one file.
PERSONS_OF_A_FILE = 250_000
#: Who brings what the province's own systems hold.
BRINGS = "he-jianbo"
_OF_DEPARTMENT = {"hr": BRINGS, "education": "mei-xiaoling"}

REGISTERED, GROUPED, RECORDED = date(2018, 6, 1), date(2020, 9, 2), date(2020, 9, 10)
PEOPLED = date(2020, 7, 1)

Import = Callable[..., Imported]


def load(loading: Loading, tell: Callable[[str], None]) -> None:
    """All of them, in the order in which they build on each other."""
    made, by = loading.province, loading.users[BRINGS]
    count = len(made.people)
    organisations = made.organisations()
    tell(f"导入单位：{organisations.num_rows:,} 家")
    _bring(loading.folder, "培训评价机构和企业", organisations, import_register, by, REGISTERED,
           kind="organisations")  # fmt: skip
    for number, (first, last) in enumerate(parts(count, PERSONS_OF_A_FILE), 1):
        tell(f"导入人员：{last:,} / {count:,}")
        _bring(loading.folder, _called("人员基础信息", number, count), made.persons(first, last),
               import_register, by, PEOPLED, kind="persons")  # fmt: skip
    for one, listed in made.lists():
        tell(f"导入{one.title}：{listed.num_rows:,} 人")
        _bring(loading.folder, one.title, listed, import_register,
               loading.users[_OF_DEPARTMENT[one.department]], GROUPED, kind="persons")  # fmt: skip
    for number, (first, last) in enumerate(parts(count, PERSONS_OF_A_FILE), 1):
        table = made.employment(first, last)
        tell(f"导入就业登记：{table.num_rows:,} 条")
        _bring(loading.folder, _called("就业登记", number, count), table, import_employment, by,
               RECORDED)  # fmt: skip
        table = made.insurance(first, last)
        tell(f"导入社会保险缴费：{table.num_rows:,} 条")
        _bring(loading.folder, _called("社会保险缴费201809-202008", number, count), table,
               import_insurance, by, RECORDED)  # fmt: skip


def _called(title: str, number: int, count: int) -> str:
    return title if count <= PERSONS_OF_A_FILE else f"{title}-{number}"


def _bring(
    folder: Path, title: str, table: pa.Table, into: Import, by: User, on: date, **how: Any
) -> None:
    """Writes a file and imports it. A file that is refused is a mistake of the maker's."""
    path = folder / f"{title}.parquet"
    pq.write_table(table, path)
    done = into(path, file_name=path.name, by=by, on=on, at=moment(on, 8, 30), **how)
    path.unlink()
    if done.run.state != ImportRun.State.DONE:
        raise AssertionError([(one.column, one.message) for one in done.problems[:5]])
