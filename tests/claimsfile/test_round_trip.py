"""Facts written as CSV, XLSX and Parquet are read as the same facts from each."""

import string
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from jineng import claimsfile
from jineng.policy import FACTS, Fact, read_facts
from tests.claimsfile import made
from tests.claimsfile.test_writing import decisions

_LETTERS = st.text(string.ascii_letters + "一二三武汉培训 ;,'\"=+-@#é", min_size=1, max_size=12)
_BIRTHS = st.dates(date(1950, 1, 1), date(2004, 12, 31))


def cells(fact: Fact) -> st.SearchStrategy[Any]:
    """Typed cells of a fact, as whoever fills in a file may give them."""
    codes = list(fact.codes)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": _LETTERS.map(str.strip).filter(bool),
        "person": _BIRTHS.map(lambda day: made.person(day.strftime("%Y%m%d"))) | st.just("P-1"),
        "region": st.sampled_from(["420100", "429004", "420106"]),
        "code": st.sampled_from([*codes, *fact.codes.values()] or [""]),
        "groups": st.lists(st.sampled_from(codes or [""]), unique=True).map(
            lambda groups: ";".join(groups) or "none"
        ),
        "date": st.dates(date(1600, 1, 1), date(2999, 12, 31)),
        "month": st.dates(date(1990, 1, 1), date(2030, 12, 31)).map(lambda d: f"{d:%Y-%m}"),
        "number": st.integers(0, 4_000).map(lambda n: n / 4),
        "whole": st.integers(0, 10**9),
        "months_or_open": st.integers(0, 99_998).map(str) | st.just("open"),
        "yesno": st.booleans(),
        "yuan": st.integers(0, 10**9).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
    }
    filled = kinds[fact.kind]
    return filled if fact.required else st.none() | filled


@st.composite
def claims(draw: st.DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(1, 6))
    chosen = [f for f in FACTS if f.required or draw(st.booleans())]
    lines = [{fact.name: draw(cells(fact)) for fact in chosen} for _ in range(count)]
    for number, line in enumerate(lines):
        line["claim_id"] = f"{line['claim_id']}{number}"
    return lines


@settings(max_examples=40, deadline=None)
@given(claims())
def test_the_same_facts_from_every_format(lines: list[dict[str, Any]]) -> None:
    facts = read_facts(lines)
    assert facts.problems == []
    ids = facts.table["claim_id"].to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "xlsx", "parquet"):
            path = Path(folder) / f"a.{ending}"
            claimsfile.write_decisions(path, decisions(ids), facts=facts)
            again = claimsfile.read(path, history=True)
            assert [again.told(problem) for problem in again.intake.problems] == []
            table = again.intake.table.drop_columns(["outcome"])
            assert table.equals(facts.table), (ending, difference(table, facts.table))


def difference(one: pa.Table, other: pa.Table) -> str:
    """The first column that differs."""
    for name in other.column_names:
        if name not in one.column_names or not one[name].equals(other[name]):
            got = one[name].to_pylist() if name in one.column_names else None
            return f"{name}: {got} for {other[name].to_pylist()}"
    return ""
