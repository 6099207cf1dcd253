"""Batches, handed in and processed as the site and its worker do, within the test's process."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client

from jineng.claims.models import Batch
from jineng.claims.processing import process_batch
from tests.claims.files import MIXED, upload


@pytest.fixture
def hand_in(client: Client) -> Callable[..., Batch]:
    """Hands in claims through the page and does the worker's part."""

    def handed_in(
        claims: Iterable[dict[str, Any]],
        *,
        history: Iterable[dict[str, Any]] | None = None,
        by: Client = client,
    ) -> Batch:
        files = {"claims": upload(claims)}
        if history is not None:
            files["history"] = upload(history, "历史.csv")
        answer = by.post("/batches/", files)
        assert answer.status_code == 302, answer.content.decode()
        batch = Batch.objects.get(pk=answer["Location"].split("/")[-2])
        process_batch(batch.pk)
        batch.refresh_from_db()
        return batch

    return handed_in


@pytest.fixture
def decided(hand_in: Callable[..., Batch]) -> Batch:
    """A batch with decisions of every kind."""
    return hand_in(MIXED)
