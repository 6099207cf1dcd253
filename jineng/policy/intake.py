"""Any table to typed facts, column by column, with every problem collected.

Each distinct value of a column is read once, in plain Python, and the column is put together again
from the answers; only keys that differ on nearly every line take a vectorised way round.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy import identity
from jineng.policy.canonical import ARROW_TYPES, fen_of, is_canonical
from jineng.policy.facts import (
    FACT,
    FACTS,
    HISTORY_OUTCOME,
    OUT,
    Fact,
    column_names,
)
from jineng.policy.hashing import all_different
from jineng.policy.values import INVISIBLE, LOST_DIGITS, SHEET_ERRORS, parse, shown

_SQL_TYPES = {
    "groups": "BIGINT",
    "date": "DATE",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "months_or_open": "BIGINT",
    "yesno": "BOOLEAN",
    "yuan": "BIGINT",
}
#: The columns of the engine's view of claims, with DuckDB's types.
SQL_COLUMNS = {
    "line": "BIGINT",
    **{fact.name: _SQL_TYPES.get(fact.kind, "VARCHAR") for fact in (*FACTS, HISTORY_OUTCOME)},
}

#: Orders of dates that cannot be: (later, earlier, what to say).
ODD_DATES = (
    ("training_end", "training_start", "结业日期早于开班日期，请核对"),
    ("certificate_issued_on", "training_start", "发证日期早于开班日期，请核对"),
    ("applied_on", "certificate_issued_on", "受理日期早于发证日期，请核对"),
    ("applied_on", "contract_signed_on", "受理日期早于合同签订日期，请核对"),
)

_MARK = re.compile(r"^\*+|\*+$|[(\[](必填|选填|可选|必填项|选填项)[)\]]\*?$")
#: Columns that are texts whatever they come as.
_ONE_A_LINE = ("claim_id", "person_id")

Cells: TypeAlias = "pa.ChunkedArray | pa.Array | Sequence[object]"
#: Cells, or what draws them from a file when they are read.
Column: TypeAlias = "Cells | Callable[[], Cells]"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value of one column, on all the lines where it stands.

    ``rows`` count from 0 and are empty where the column as a whole is meant; ``column`` is the
    fact's name, or the heading as written where it is not known; ``value`` is masked where it
    looks like an identity number.
    """

    kind: str
    column: str | None
    value: str | None
    message: str
    rows: tuple[int, ...] = ()

    @property
    def heading(self) -> str:
        """The column's Chinese heading, or the heading as written."""
        fact = HISTORY_OUTCOME if self.column == "outcome" else FACT.get(self.column or "")
        return fact.heading if fact else (self.column or "")


class Intake:
    """Typed facts, what could not be read, and what looks odd but is no error.

    ``table``: the columns of the contract that were given, in its order, with canonical values
    (types in ``ARROW_TYPES``, or a dictionary of texts); an unreadable cell is null there.
    """

    def __init__(
        self,
        table: pa.Table,
        problems: Sequence[Problem] = (),
        warnings: Sequence[Problem] = (),
    ) -> None:
        self.table = table
        self.problems = list(problems)
        self.warnings = list(warnings)

    @property
    def bad_rows(self) -> np.ndarray:
        """Lines with a problem, counted from 0, ascending."""
        rows = [np.asarray(problem.rows, dtype=np.int64) for problem in self.problems]
        return np.unique(np.concatenate(rows)) if rows else np.empty(0, dtype=np.int64)

    @property
    def hopeless(self) -> bool:
        """Whether a problem concerns whole columns, so that leaving lines out does not help."""
        return any(not problem.rows for problem in self.problems)

    def clean(self) -> pa.Table:
        """The lines without a problem."""
        keep = np.ones(self.table.num_rows, dtype=bool)
        keep[self.bad_rows] = False
        return self.table.filter(pa.array(keep))


def to_arrow(table: Any) -> pa.Table:
    """A pyarrow table of anything Arrow understands: pyarrow, polars, pandas, DuckDB.

    Errors: TypeError where it is none of them.
    """
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    if type(table).__module__.startswith("pandas"):
        return pa.Table.from_pandas(table, preserve_index=False)
    if hasattr(table, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(table).read_all()
    if hasattr(table, "to_arrow_table"):
        return table.to_arrow_table()
    wanted = "pyarrow、polars、pandas、DuckDB"
    raise TypeError(f"需要 Arrow 能读的表（{wanted}），得到的是 {type(table)}")


def read_facts(table: Any, *, history: bool = False) -> Intake:
    """Read facts from a table whose headings are the contract's names or Chinese headings.

    ``table``: anything ``to_arrow`` takes, or a list of dicts (one a line), cells text or typed.
    ``history``: the lines are earlier decisions; they must carry ``outcome`` and may carry the
    other columns that come out.
    """
    if isinstance(table, list):
        names = list(dict.fromkeys(name for line in table for name in line))
        columns = [(name, [line.get(name) for line in table]) for name in names]
        return read_columns(columns, len(table), history=history)
    arrow = to_arrow(table)
    cells = zip(arrow.column_names, arrow.columns, strict=True)
    return read_columns(cells, arrow.num_rows, history=history)


def read_columns(
    columns: Iterable[tuple[str, Column]],
    num_rows: int,
    *,
    history: bool = False,
    found: Sequence[Problem] = (),
) -> Intake:
    """Read facts from columns of any cells: Arrow arrays, or Python lists as a sheet gives them.

    A column may also be a function that gives its cells; several are drawn and read at a time.

    ``found``: problems that whoever took the cells out of a file has met already; a cell that
    they name is not called empty as well.
    """
    named, problems = _named(columns, history)
    problems = [*found, *problems]
    wanted = [*FACTS, HISTORY_OUTCOME] if history else list(FACTS)
    given = [fact for fact in wanted if fact.name in named]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        read = list(pool.map(lambda fact: _read(fact, named[fact.name]), given))
        typed = {fact.name: column for fact, (column, _) in zip(given, read, strict=True)}
        table = (
            pa.table(typed) if typed else pa.table({"claim_id": pa.nulls(num_rows, pa.string())})
        )
        odd = list(pool.map(lambda dates: _odd_dates(table, *dates), ODD_DATES))
    unreadable = {fact.name: found for fact, (_, found) in zip(given, read, strict=True)}
    for fact in wanted:
        problems += unreadable.get(fact.name, [])
        if fact.required:
            problems += _unfilled(fact, typed.get(fact.name), problems)
    return Intake(table, problems, [warning for warnings in odd for warning in warnings])


def plain_heading(heading: str) -> str:
    """A heading without what does not tell headings apart: width, case, white space and marks.

    Forms mark what must be filled, with a star or a word in brackets.
    """
    plain = "".join(unicodedata.normalize("NFKC", heading).casefold().split())
    return _MARK.sub("", plain) or plain


@cache
def _headings(history: bool) -> dict[str, str]:
    """Every heading that is understood, in plain form, to the column's name."""
    known = {plain_heading(heading): name for heading, name in column_names().items()}
    if history:
        known |= {HISTORY_OUTCOME.name: "outcome", HISTORY_OUTCOME.heading: "outcome"}
    return known


def fact_of_heading(heading: str, *, history: bool = False) -> str | None:
    """The name of the column that a heading means, or None."""
    return _headings(history).get(plain_heading(heading))


def is_out_column(heading: str) -> bool:
    """Whether a heading is that of a column that comes out."""
    return plain_heading(heading) in {
        plain_heading(word) for out in OUT for word in (out.name, out.heading)
    }


def nearest_heading(heading: str) -> str:
    """The heading of the contract that comes nearest to one that is not known."""
    plain = {plain_heading(word): word for word in column_names()}
    return plain[difflib.get_close_matches(plain_heading(heading), plain, n=1, cutoff=0.0)[0]]


def _named(
    columns: Iterable[tuple[str, Column]], history: bool
) -> tuple[dict[str, Column], list[Problem]]:
    """The columns by fact name, and what is wrong with the headings."""
    known = _headings(history)
    named: dict[str, Column] = {}
    problems = []
    for heading, column in columns:
        word = str(heading).strip()
        plain = plain_heading(word)
        name = known.get(plain)
        if name is None and is_out_column(word):
            if not history:
                message = "这是决定结果的列，不是申请信息；此前的决定请作为历史文件提供"
                problems.append(Problem("out-column", word, None, message))
        elif name is None:
            message = f"没有这一列；最接近的是“{nearest_heading(word)}”，请改名或删去"
            problems.append(Problem("unknown-column", word, None, message))
        elif name in named:
            message = "这一列出现了两次，请只保留一列"
            problems.append(Problem("duplicate-column", word, None, message))
        else:
            named[name] = column
    return named, problems


def _unfilled(fact: Fact, column: pa.ChunkedArray | None, found: list[Problem]) -> list[Problem]:
    """Lines on which a column that must be filled is empty, unreadable ones apart."""
    if column is None:
        message = f"缺少必填的列“{fact.heading}”（{fact.name}）"
        return [Problem("missing-column", fact.name, None, message)]
    if not column.null_count:
        return []
    empty = set(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False)).tolist())
    for problem in found:
        if problem.column == fact.name:
            empty -= set(problem.rows)
    if not empty:
        return []
    return [Problem("required", fact.name, None, f"必须填写：{fact.note}", tuple(sorted(empty)))]


def _duplicates(ids: pa.ChunkedArray | pa.Array) -> list[Problem]:
    """Every line whose claim_id stands on another line too."""
    if all_different(ids):
        return []
    ids = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    encoded = pc.dictionary_encode(ids)
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.bincount(places[places >= 0])
    problems = []
    message = "申请编号重复，每行应有一个不同的编号"
    for rows in _rows_of(places, np.flatnonzero(counts > 1)):
        value = encoded.dictionary[int(places[rows[0]])].as_py()
        problem = Problem("duplicate-claim", "claim_id", value, message, tuple(rows.tolist()))
        problems.append(problem)
    return problems


def _rows_of(places: np.ndarray, wanted: np.ndarray) -> list[np.ndarray]:
    """For each wanted dictionary place, the rows on which it stands, ascending."""
    if not len(wanted):
        return []
    rows = np.flatnonzero(np.isin(places, wanted))
    order = rows[np.argsort(places[rows], kind="stable")]
    cuts = np.flatnonzero(np.diff(places[order])) + 1
    return np.split(order, cuts)


def _odd_dates(table: pa.Table, later: str, earlier: str, message: str) -> list[Problem]:
    """An order of dates that cannot be; it is shown, and decides nothing."""
    if later not in table.column_names or earlier not in table.column_names:
        return []
    wrong = pc.fill_null(pc.less(table[later], table[earlier]), False)
    rows = np.flatnonzero(wrong.to_numpy())
    if not len(rows):
        return []
    return [Problem("odd-dates", later, None, message, tuple(rows.tolist()))]


def _read(fact: Fact, column: Column) -> tuple[pa.ChunkedArray | pa.Array, list[Problem]]:
    """One typed column, the values of it that could not be read, and claim ids that come twice."""
    typed, problems = _typed(fact, column() if callable(column) else column)
    if fact.name == "claim_id":
        problems += _duplicates(typed)
    return typed, problems


def _typed(fact: Fact, column: Cells) -> tuple[pa.ChunkedArray | pa.Array, list[Problem]]:
    if not isinstance(column, pa.Array | pa.ChunkedArray):
        return _from_distinct(fact, *_factorised(column))
    if pa.types.is_dictionary(column.type) and fact.name in _ONE_A_LINE:
        column = column.cast(column.type.value_type)
    pieces = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    if all(is_canonical(fact, piece) for piece in pieces):
        return column, []
    if fact.kind == "yuan":
        in_fen = [fen_of(piece) for piece in pieces]
        if all(piece is not None for piece in in_fen):
            return pa.chunked_array(in_fen, pa.int64()), []
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # a column without chunks stays chunked
        array = pa.array([], array.type)
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), ARROW_TYPES[fact.kind]), []
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        array = array.cast(pa.string())
    if pa.types.is_timestamp(array.type):
        array = _local_time(array)
    if fact.kind in ("text", "person") and pa.types.is_string(array.type):
        return _keys(fact, _trimmed(array))
    if pa.types.is_integer(array.type) and fact.kind in ("whole", "number", "months_or_open"):
        lowest = pc.min(array).as_py()
        if lowest is None or (lowest >= 0 and pc.max(array).as_py() < 99_999):
            return array.cast(ARROW_TYPES[fact.kind]), []
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        message = f"这一列的类型是 {array.type}，读不了；请改为文本、数字或日期"
        empty = pa.nulls(len(array), ARROW_TYPES[fact.kind])
        return empty, [Problem("column-type", fact.name, None, message)]
    encoded = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    values = encoded.dictionary.to_pylist()
    try:
        answers = pa.array([parse(fact, value) for value in values], ARROW_TYPES[fact.kind])
    except ValueError:
        places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return _from_distinct(fact, values, places)
    return answers.take(encoded.indices), []


def _trimmed(array: pa.Array) -> pa.Array:
    """Texts without white space around them, empty ones not known."""
    trimmed = pc.utf8_trim_whitespace(array)
    if pc.any(pc.equal(trimmed, "")).as_py():
        trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    return trimmed


def _local_time(array: pa.Array) -> pa.Array:
    """Timestamps to the microsecond; one with a time zone as the clock in China shows it."""
    if array.type.tz is None:
        return array.cast(pa.timestamp("us"), safe=False)
    return pc.local_timestamp(array.cast(pa.timestamp("us", "Asia/Shanghai"), safe=False))


def _keys(fact: Fact, array: pa.Array) -> tuple[pa.Array, list[Problem]]:
    """Texts that stand as written; the few that may not are looked at singly."""
    suspects = np.flatnonzero(_suspects(fact, array))
    if not len(suspects):
        return array, []
    chosen = array.take(pa.array(suspects))
    read, problems = _from_distinct(fact, *_factorised(chosen.to_pylist()))
    problems = [replace(p, rows=tuple(suspects[list(p.rows)].tolist())) for p in problems]
    mask = np.zeros(len(array), dtype=bool)
    mask[suspects] = True
    return pc.replace_with_mask(array, pa.array(mask), read), problems


def _suspects(fact: Fact, array: pa.Array) -> np.ndarray:
    """Where a text may be a spreadsheet's error or rounded number, or a person's number amiss."""
    doubtful = pc.or_(
        pc.is_in(array, pa.array(SHEET_ERRORS)), pc.match_substring_regex(array, LOST_DIGITS)
    )
    doubtful = pc.or_(doubtful, pc.match_substring_regex(array, INVISIBLE))
    if fact.kind == "person":
        # what has some digits together may be an identity number, written well or not
        longer = pc.greater_equal(pc.binary_length(array), 14)
        digits = pc.and_(longer, pc.match_substring_regex(array, r"[0-9\p{Nd}]{5}"))
        digits = pc.fill_null(digits, False).to_numpy(zero_copy_only=False).copy()
        full = pc.fill_null(pc.equal(pc.binary_length(array), 18), False)
        places = np.flatnonzero(full.to_numpy(zero_copy_only=False))
        if len(places):
            digits[places[identity.all_canonical(array.filter(full))]] = False
        doubtful = pc.or_(pc.fill_null(doubtful, False), pa.array(digits))
    return pc.fill_null(doubtful, False).to_numpy(zero_copy_only=False)


def _factorised(cells: Iterable[object]) -> tuple[list[object], np.ndarray]:
    """The distinct cells in order of appearance, and each cell's place among them; -1 is empty."""
    seen: dict[object, int] = {}
    values: list[object] = []
    places = []
    for cell in cells:
        if cell is None or cell == "":
            places.append(-1)
            continue
        # 1, 1.0 and True are one dictionary key, and three different cells
        key = cell if type(cell) is str else (type(cell), cell)
        place = seen.get(key)
        if place is None:
            place = seen[key] = len(values)
            values.append(cell)
        places.append(place)
    return values, np.asarray(places, dtype=np.int64)


def _from_distinct(
    fact: Fact, values: Sequence[object], places: np.ndarray
) -> tuple[pa.Array, list[Problem]]:
    """A typed column from its distinct values and where each of them stands."""
    answers: list[object] = []
    wrong: dict[int, str] = {}
    for place, value in enumerate(values):
        try:
            answers.append(parse(fact, value))
        except ValueError as error:
            answers.append(None)
            wrong[place] = str(error)
    problems = []
    for rows in _rows_of(places, np.array(list(wrong), dtype=np.int64)):
        place = int(places[rows[0]])
        value = identity.masked(shown(values[place]))
        problems.append(Problem("unreadable", fact.name, value, wrong[place], tuple(rows.tolist())))
    answered = pa.array([*answers, None], type=ARROW_TYPES[fact.kind])
    indices = pa.array(np.where(places < 0, len(answers), places))
    return answered.take(indices), problems


def as_lines(table: pa.Table) -> list[dict[str, Any]]:
    """The typed facts of a small table as one dict a line, absent columns not known."""
    empty = dict.fromkeys(FACT)
    return [empty | line for line in table.to_pylist()]
