"""As a library: whatever Arrow understands, text or typed, gives the same bytes."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jineng import policy
from jineng.policy.cases import case_facts, read_cases
from jineng.policy.facts import FACT, FACTS, OUT
from tests.policy.claims import Line, claim
from tests.policy.test_across import data


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Typed facts of some cases of every scheme, all columns present."""
    cases = [case for case in read_cases(policy.load("hubei")) if case.number % 9 == 1]
    intake, _ = case_facts(cases)
    names = [case.claim["claim_id"] for case in cases]
    empty = dict.fromkeys(FACT)
    given = {line["claim_id"]: line for case in cases for line in (*case.others, case.claim)}
    read = intake.table["claim_id"].to_pylist()
    assert set(names) <= set(read)
    return [empty | given[name] for name in read]


def typed(lines: list[Line]) -> pa.Table:
    """One Arrow type a column, as a database would give it."""
    types: dict[str, pa.DataType] = {
        "date": pa.date32(), "whole": pa.int32(), "number": pa.float64(), "yesno": pa.bool_(),
        "yuan": pa.decimal128(12, 2),
    }  # fmt: skip
    columns = {}
    for fact in FACTS:
        cells = [line[fact.name] for line in lines]
        if fact.kind == "yuan":
            cells = [None if cell is None else Decimal(str(cell)) for cell in cells]
        elif fact.kind not in types:
            cells = [None if cell is None else str(cell) for cell in cells]
        columns[fact.name] = pa.array(cells, types.get(fact.kind, pa.string()))
    return pa.table(columns)


def as_text(cell: Any) -> str | None:
    """A cell as a CSV file has it."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)


def of_text(lines: list[Line]) -> pa.Table:
    """Every column text, with some of it as people type it."""
    columns = {n: pa.array([as_text(line[n]) for line in lines], pa.string()) for n in FACT}
    columns["passed"] = pa.array(
        [{True: " 是", False: "否", None: ""}[line["passed"]] for line in lines]
    )
    starts = [line["training_start"] for line in lines]
    columns["training_start"] = pa.array(
        [None if d is None else f"{d.year}年{d.month}月{d.day}日" for d in starts]
    )
    return pa.table(columns)


def headed(lines: list[Line]) -> pa.Table:
    """Chinese headings, columns in another order."""
    table = of_text(lines)
    table = table.rename_columns([FACT[name].heading for name in table.column_names])
    return table.select(table.column_names[::-1])


def duckdb_relation(lines: list[Line]) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(typed(lines))


def timestamps(lines: list[Line]) -> pd.DataFrame:
    """Dates as pandas reads them from a workbook."""
    frame = typed(lines).to_pandas()
    for fact in FACTS:
        if fact.kind == "date":
            frame[fact.name] = pd.to_datetime(frame[fact.name])
    return frame


def chunked(lines: list[Line]) -> pa.Table:
    half = len(lines) // 2
    return pa.concat_tables([typed(lines[:half]), typed(lines[half:])])


def dictionaries(lines: list[Line]) -> pa.Table:
    table = typed(lines)
    columns = [c.dictionary_encode() if pa.types.is_string(c.type) else c for c in table.columns]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))


KINDS: dict[str, Any] = {
    "a list of dicts": lambda lines: lines,
    "pyarrow, typed": typed,
    "pyarrow, text": of_text,
    "pyarrow, Chinese headings": headed,
    "pyarrow, in chunks": chunked,
    "pyarrow, dictionaries": dictionaries,
    "pyarrow, large text": lambda lines: pa.table(
        {n: c.cast(pa.large_string()) for n, c in zip(FACT, of_text(lines).columns, strict=True)}
    ),
    "polars": lambda lines: pl.from_arrow(typed(lines)),
    "polars, text": lambda lines: pl.from_arrow(of_text(lines)),
    "pandas": lambda lines: typed(lines).to_pandas(),
    "pandas, text": lambda lines: of_text(lines).to_pandas(),
    "pandas, timestamps": timestamps,
    "DuckDB": duckdb_relation,
    "read beforehand": lambda lines: policy.read_facts(typed(lines)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_input_gives_the_same_bytes(
    kind: str, lines: list[Line], pack: policy.Pack
) -> None:
    expected = pack.decide(policy.read_facts(of_text(lines)))
    assert data(pack.decide(KINDS[kind](lines))) == data(expected)


def test_the_answer_is_the_contracts_table(lines: list[Line], pack: policy.Pack) -> None:
    table = pack.decide(lines)
    assert table.column_names == [out.name for out in OUT]
    assert table["claim_id"].to_pylist() == [line["claim_id"] for line in lines]
    assert table.schema.field("amount_yuan").type == pa.decimal128(12, 2)
    for name in table.column_names:
        assert table[name].null_count == 0
        if name != "amount_yuan":
            assert isinstance(table[name][0].as_py(), str)
    assert set(table["outcome"].to_pylist()) == {"eligible", "ineligible", "needs_evidence"}


def test_columns_left_out_are_empty_throughout(pack: policy.Pack) -> None:
    line = claim("WORK")
    full = dict.fromkeys(FACT) | line
    assert data(pack.decide([line])) == data(pack.decide([full]))


def test_no_lines_are_no_decisions(pack: policy.Pack, lines: list[Line]) -> None:
    table = pack.decide(typed(lines).slice(0, 0))
    assert table.num_rows == 0
    assert table.column_names == [out.name for out in OUT]


def test_decisions_serve_as_history(pack: policy.Pack) -> None:
    """The columns that come out may stand beside the facts of earlier lines."""
    first = [claim("PRE", "1")]
    decided = pack.decide(first).to_pylist()
    history = pa.Table.from_pylist(
        [
            line | {n: str(v) for n, v in out.items()}
            for line, out in zip(first, decided, strict=True)
        ]
    )
    (line,) = pack.decide([claim("PRE", "2", training_id="班9")], history=history).to_pylist()
    assert line["failed"] == "no-repeat"


def test_problems_are_all_told_and_nothing_is_decided(pack: policy.Pack) -> None:
    lines = [
        claim("PRE", "1", hours="二十"),
        claim("PRE", "1", "乙", passed="大概"),
        claim("PRE", "3", "丙", applied_on=None),
        claim("PRE", "4", "丁", region="武汉", hour=24),
    ]
    for call in (lambda: pack.decide(lines), lambda: pack.explain(lines, "4")):
        with pytest.raises(policy.FactsError) as caught:
            call()
        told = {(problem.column, problem.rows) for problem in caught.value.problems}
        assert told == {
            ("hour", ()), ("hours", (0,)), ("passed", (1,)), ("applied_on", (2,)),
            ("region", (3,)), ("claim_id", (0, 1)),
        }  # fmt: skip
        assert "未作任何决定" in str(caught.value)


def test_problems_of_history_are_told_too(pack: policy.Pack) -> None:
    for history in ([claim("PRE", "0")], [claim("PRE", "0", outcome="paid")]):
        with pytest.raises(policy.FactsError) as caught:
            pack.decide([claim("PRE", "1")], history=history)
        assert {problem.column for problem in caught.value.problems} == {"outcome"}


def test_what_is_no_table_is_refused(pack: policy.Pack) -> None:
    with pytest.raises(TypeError, match="pyarrow、polars、pandas、DuckDB"):
        pack.decide("claims.csv")
    with pytest.raises(KeyError):
        pack.explain([claim("PRE", "1")], "2")


def test_dates_of_python_are_dates(pack: policy.Pack) -> None:
    for day in (date(2020, 10, 15), datetime(2020, 10, 15), "2020-10-15", "2020/10/15"):  # noqa: DTZ001
        (line,) = pack.decide([claim("PRE", applied_on=day)]).to_pylist()
        assert line["outcome"] == "eligible"


def test_two_packs_live_side_by_side(pack: policy.Pack, open_pack: policy.Pack) -> None:
    lines = [claim("FREE")]
    assert pack.decide(lines)["outcome"].to_pylist() == ["needs_evidence"]
    assert open_pack.decide(lines)["outcome"].to_pylist() == ["eligible"]
    assert pack.decide(lines)["outcome"].to_pylist() == ["needs_evidence"]


def test_a_library_needs_neither_django_nor_a_database() -> None:
    """Loading and deciding in a fresh process imports none of it."""
    code = (
        "import sys; from jineng import policy; pack = policy.load('hubei');"
        "pack.decide([{'claim_id': '1', 'scheme': 'PRE', 'applied_on': '2020-10-15',"
        " 'region': '420100', 'person_id': '1'}]);"
        "ours = {name.split('.')[1] for name in sys.modules if name.startswith('jineng.')};"
        "print(sorted(ours), sorted({'django', 'psycopg', 'procrastinate'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['policies', 'policy'] []"
