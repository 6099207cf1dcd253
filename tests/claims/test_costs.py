"""What a page costs: queries, whatever the number of batches; time, whatever that of lines."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jineng.claims.files import BatchFiles
from jineng.claims.listing import listing_of
from jineng.claims.models import Batch
from jineng.claims.processing import process_batch
from tests.claims.files import MIXED, claim, csv_bytes

pytestmark = pytest.mark.django_db

# The session, the batch or the list of them; where the pack is needed, what is laid over it.
QUERIES = {
    "": 4,  # and the files that were made of it
    "problems": 2,
    "lines/2/": 3,
    "lines/2.json": 2,
    "decisions.csv": 3,
    "delete": 2,
}


@pytest.mark.parametrize("batches", [1, 3])
def test_queries_do_not_grow(
    client: Client,
    hand_in: Callable[..., Batch],
    batches: int,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(batches):
        batch = hand_in(MIXED)
    with django_assert_num_queries(2):
        page = client.get("/batches/").content.decode()
    assert page.count("申领表.csv</a>") == batches
    for address, queries in QUERIES.items():
        with django_assert_num_queries(queries):
            answer = client.get(f"/batches/{batch.pk}/{address}")
            assert answer.status_code == 200
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_stranger_costs_one_query(django_assert_num_queries: Any) -> None:
    """Somebody without a session owns nothing, and the database is asked once to find nothing."""
    with django_assert_num_queries(1):
        Client().get(f"/batches/{uuid.uuid4()}/")
    with django_assert_num_queries(1):
        Client().get("/batches/")


def test_a_hundred_thousand_lines_are_listed_at_once(client: Client) -> None:
    line = csv_bytes([claim(1)]).decode().splitlines()
    body = [line[0]]
    body += [
        line[1].replace("C-1,", f"C-{n},").replace(",P-1,", f",P-{n // 2},") for n in range(100_000)
    ]
    file = SimpleUploadedFile("十万行.csv", "\n".join(body).encode())
    answer = client.post("/batches/", {"claims": file})
    batch = Batch.objects.get(pk=answer["Location"].split("/")[-2])
    process_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.decided["lines"] == 100_000
    listing_of(batch)
    for wanted in ("", "outcome=ineligible&reason=PRE.no-repeat", "sort=-amount&page=1000"):
        assert seconds(client, f"/batches/{batch.pk}/?{wanted}") < 0.15, wanted
    found = client.post(f"/batches/{batch.pk}/search", {"search": "C-9999"})["Location"]
    assert seconds(client, found) < 0.15
    # Of the whole batch an explanation takes the person's own lines.
    began = time.process_time()
    mine = BatchFiles(batch.pk).lines_of_person("facts", "P-35000")
    assert time.process_time() - began < 0.25
    assert mine["claim_id"].to_pylist() == ["C-70000", "C-70001"]
    assert client.get(f"/batches/{batch.pk}/lines/70001/").status_code == 200


def seconds(client: Client, address: str) -> float:
    """How long processors are at a page: the best of three; others use the machine too."""
    took = []
    for _ in range(3):
        began = time.process_time()
        assert client.get(address).status_code == 200
        took.append(time.process_time() - began)
    return min(took)
