"""Tables of any make to typed facts, every problem with all its lines."""

from datetime import date, datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jineng.policy import FACTS, read_columns, read_facts
from jineng.policy.intake import fact_of_heading, nearest_heading
from tests.claimsfile.made import claim, person

CLAIMS = [claim(1, hours="24", passed="是"), claim(2, hours=None, passed="否")]


def arrow(claims: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(claims)


@pytest.mark.parametrize(
    "table",
    [
        CLAIMS,
        arrow(CLAIMS),
        arrow(CLAIMS).to_batches()[0],
        arrow(CLAIMS).to_reader(),
        pl.DataFrame(CLAIMS),
        pd.DataFrame(CLAIMS),
        duckdb.from_arrow(arrow(CLAIMS)),
    ],
    ids=["dicts", "table", "batch", "reader", "polars", "pandas", "duckdb"],
)
def test_tables_of_any_make(table: Any) -> None:
    intake = read_facts(table)
    assert intake.problems == []
    assert intake.table.to_pylist() == [
        claim(1, applied_on=date(2020, 10, 15), hours=24.0, passed=True),
        claim(2, applied_on=date(2020, 10, 15), hours=None, passed=False),
    ]


def test_what_is_no_table() -> None:
    with pytest.raises(TypeError, match="polars"):
        read_facts(7)


def test_a_problem_carries_all_its_lines() -> None:
    claims = [claim(n, hours="?" if n % 3 == 0 else "1") for n in range(10)]
    [problem] = read_facts(claims).problems
    assert (problem.column, problem.value, problem.rows) == ("hours", "?", (0, 3, 6, 9))


def test_lines_without_a_problem() -> None:
    intake = read_facts([claim(1), claim(2, hours="?"), claim(3, region=None), claim(4)])
    assert intake.bad_rows.tolist() == [1, 2]
    assert intake.clean()["claim_id"].to_pylist() == ["C1", "C4"]
    assert not intake.hopeless
    assert read_facts([claim(1, nonsense=1)]).hopeless


def test_a_cell_that_can_not_be_read_is_not_called_empty_too() -> None:
    [problem] = read_facts([claim(1, region="?")]).problems
    assert problem.kind == "unreadable"


def test_numbers_yes_and_no_are_three_things() -> None:
    """1, 1.0 and True are equal in Python."""
    cells = [1, 1.0, True, "1", 0, False, "x"]
    intake = read_columns([("occupation", cells)], len(cells))
    assert intake.table["occupation"].to_pylist() == ["1", "1", "1", "1", "0", "0", "x"]
    intake = read_columns([("hours", cells)], len(cells))
    bad = {row for problem in intake.problems if problem.column == "hours" for row in problem.rows}
    assert bad == {2, 5, 6}


def test_persons_are_read_alike_in_lists_and_in_arrow() -> None:
    number = person()
    short = number[:6] + number[8:17]
    wide = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    keys = [number, short, wide, f"{number[:6]} {number[6:]}", wrong, "p1", "a" * 18, "甲乙丙"]
    listed = read_columns([("person_id", keys)], len(keys))
    packed = read_columns([("person_id", pa.array(keys))], len(keys))
    assert listed.table.equals(packed.table)
    assert listed.problems == packed.problems
    expected = [number] * 4 + [None, *keys[5:]]
    assert listed.table["person_id"].to_pylist() == expected
    [problem] = [p for p in listed.problems if p.column == "person_id"]
    assert number[6:14] not in str(problem)


def test_an_identity_number_in_the_wrong_column_is_masked_too() -> None:
    [problem] = read_facts([claim(1, hours=person())]).problems
    assert person()[6:14] not in str(problem)


def test_typed_columns_pass_as_they_are() -> None:
    table = pa.table(
        {
            "claim_id": ["C1", "C2"],
            "scheme": pa.array(["PRE", "WORK"]).dictionary_encode(),
            "applied_on": pa.array([date(2020, 10, 15)] * 2),
            "region": pa.array([420100] * 2, pa.int32()),
            "person_id": pa.array(["P1", "P2"], pa.large_string()),
            "passed": [True, None],
            "town_months": pa.array([6, None], pa.uint8()),
            "hours": pa.array([20.5, None], pa.float32()),
            "training_start": pa.array([datetime(2020, 7, 6)] * 2, pa.timestamp("s")),  # noqa: DTZ001
        }
    )
    intake = read_facts(table)
    assert intake.problems == []
    assert intake.table["passed"].to_pylist() == [True, None]
    assert intake.table["town_months"].to_pylist() == [6, None]
    assert intake.table["training_start"].to_pylist() == [date(2020, 7, 6)] * 2


def test_a_moment_with_a_time_zone_is_a_day_in_china() -> None:
    late = pa.array([datetime.fromisoformat("2020-07-05T16:00Z")], pa.timestamp("ns", "UTC"))
    intake = read_columns([("applied_on", late)], 1)
    assert intake.table["applied_on"].to_pylist() == [date(2020, 7, 6)]


def test_headings_are_known_in_both_languages_and_any_width() -> None:
    for fact in FACTS:
        wide = fact.heading.replace("（", "(").replace("）", ")")
        for heading in (fact.name, fact.name.upper(), fact.heading, f" {wide} ", f"{wide}\n"):
            assert fact_of_heading(heading) == fact.name
    assert fact_of_heading("结论") is None
    assert fact_of_heading("结论", history=True) == "outcome"
    assert nearest_heading("applyed on") == "applied_on"


def test_columns_of_decisions_are_passed_over_in_a_history() -> None:
    past = [claim(1, outcome="eligible", amount_yuan="500.00", 依据="D6")]
    assert read_facts(past, history=True).problems == []
    assert {p.kind for p in read_facts(past).problems} == {"out-column"}


def test_every_line_of_a_history_has_an_outcome() -> None:
    kinds = {(p.kind, p.column) for p in read_facts([claim(1)], history=True).problems}
    assert kinds == {("missing-column", "outcome")}


def test_an_empty_table() -> None:
    table = arrow(CLAIMS).slice(0, 0)
    intake = read_facts(table)
    assert intake.problems == []
    assert intake.table.num_rows == 0


WORDS = ["是", "no", "2020-08-31", "420100", "4.2E+17", "#N/A", "open", " 24 ", "veteran", "none"]
CELLS = st.none() | st.text(max_size=6) | st.sampled_from(WORDS)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FACTS), st.lists(CELLS, min_size=1, max_size=8))
def test_text_cells_are_read_alike_in_lists_arrow_and_pieces(fact: Any, cells: list[Any]) -> None:
    packed = pa.array(cells, pa.string())
    pieces = pa.chunked_array([packed.slice(0, 1), packed.slice(1)])
    ways = [cells, packed, pieces, packed.dictionary_encode()]
    intakes = [read_columns([(fact.name, way)], len(cells)) for way in ways]
    for other in intakes[1:]:
        assert other.table.cast(intakes[0].table.schema).equals(intakes[0].table)
        ours = sorted(map(repr, other.problems))
        assert ours == sorted(map(repr, intakes[0].problems))


def test_bad_rows_are_in_order() -> None:
    intake = read_facts([claim(3, hours="?"), claim(3), claim(4), claim(5, level="9")])
    assert np.array_equal(intake.bad_rows, [0, 1, 3])


@pytest.mark.parametrize(
    "marked", ["{}（必填）", "*{}", "{} *", "＊{}", "{}[选填]", " {}(必填项) "]
)
def test_marks_of_forms_are_no_part_of_a_heading(marked: str) -> None:
    assert fact_of_heading(marked.format("申请编号")) == "claim_id"
    assert fact_of_heading(marked.format("hours")) == "hours"
    assert fact_of_heading(marked.format("不认识的列")) is None
