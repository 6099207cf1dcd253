"""Decisions and explanations as files."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.test import Client

from jineng import claimsfile, policy
from jineng.claims.models import Batch
from jineng.policy.facts import OUT
from tests.claims.files import MIXED, claim

pytestmark = pytest.mark.django_db

HandIn = Callable[..., Batch]


def content(answer: Any) -> bytes:
    """What a download brings."""
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    got = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(got)


def test_csv(client: Client, decided: Batch) -> None:
    answer = client.get(f"/batches/{decided.pk}/decisions.csv?outcome=ineligible")
    text = content(answer).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert list(lines[0]) == [out.name for out in OUT]
    assert [line["claim_id"] for line in lines] == ["C-2", "C-4"]
    assert [line["failed"] for line in lines] == ["contract-term", "no-repeat"]


def test_xlsx(client: Client, decided: Batch) -> None:
    answer = client.get(f"/batches/{decided.pk}/decisions.xlsx?sort=-amount")
    sheet = openpyxl.load_workbook(io.BytesIO(content(answer))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(out.heading for out in OUT)
    assert [row[0] for row in rows[1:]] == ["C-1", "C-2", "C-3", "C-4"]
    assert rows[1][2] == 500


def test_parquet_is_what_the_pack_decides(client: Client, decided: Batch) -> None:
    answer = client.get(f"/batches/{decided.pk}/decisions.parquet")
    got = pq.read_table(io.BytesIO(content(answer)))
    expected = policy.load("hubei").decide(MIXED)
    assert got.to_pylist() == expected.to_pylist()


def test_with_its_facts_it_is_the_history_of_a_later_file(
    client: Client, decided: Batch, hand_in: HandIn, tmp_path: Path
) -> None:
    for ending in ("csv", "xlsx", "parquet"):
        answer = client.get(f"/batches/{decided.pk}/decisions.{ending}?facts=1")
        path = tmp_path / f"history.{ending}"
        path.write_bytes(content(answer))
        read = claimsfile.read(path, history=True)
        assert read.intake.problems == []
        later = policy.read_facts([claim(7, person_id="P-1", applied_on="2021-01-05")])
        (line,) = policy.load("hubei").decide(later, history=read.intake).to_pylist()
        assert (line["outcome"], line["failed"]) == ("ineligible", "no-repeat")


def test_no_cell_is_run_as_a_formula(client: Client, hand_in: HandIn) -> None:
    batch = hand_in([claim(1, claim_id="=1+1"), claim(2, claim_id="@SUM(A1)")])
    text = content(client.get(f"/batches/{batch.pk}/decisions.csv?facts=1")).decode("utf-8-sig")
    assert not [line for line in text.splitlines() if line.startswith(("=", "@", '"=', '"@'))]
    book = openpyxl.load_workbook(
        io.BytesIO(content(client.get(f"/batches/{batch.pk}/decisions.xlsx")))
    )
    assert {cell.data_type for cell in book.worksheets[0]["A"]} == {"s"}


@pytest.mark.parametrize("ending", ["pdf", "exe"])
def test_other_formats_are_not_found(client: Client, decided: Batch, ending: str) -> None:
    assert client.get(f"/batches/{decided.pk}/decisions.{ending}").status_code == 404


def test_an_explanation_as_json_and_text(client: Client, decided: Batch) -> None:
    expected = policy.load("hubei").explain(MIXED, "C-4")
    answer = json.loads(content(client.get(f"/batches/{decided.pk}/lines/5.json")))
    stored = answer.pop("decided")
    assert answer == json.loads(json.dumps(expected.to_dict()))
    assert stored["release"] == expected.release
    assert answer["conditions"][5]["stopped_by"] == ["C-1"]
    text = content(client.get(f"/batches/{decided.pk}/lines/5.txt")).decode()
    assert text == f"{expected.text()}\n"


def test_the_template_can_be_handed_in_as_it_is(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(content(client.get("/batches/template.xlsx")))
    read = claimsfile.read(path)
    assert read.intake.problems == []
    assert read.intake.table.num_rows == 3
