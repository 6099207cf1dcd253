"""A decision is explained by the release that made it, or the page says that it is not."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jineng import policy
from jineng.claims.models import Batch, State
from jineng.claims.processing import process_batch
from tests.claims.files import claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The pack with thirty hours asked for where the documents ask for twenty."""
    folder = tmp_path / "stricter"
    shutil.copytree(policy.load("hubei").folder, folder)
    for path in folder.glob("*.parameters.yaml"):
        text = path.read_text()
        start = text.find("min_hours:")
        if start >= 0:
            path.write_text(text[:start] + text[start:].replace("value: 20", "value: 30", 1))
    return folder


def test_another_release_is_told_and_offered(
    client: Client, hand_in: Callable[..., Batch], stricter: Path, settings: Any
) -> None:
    settings.POLICY_PACK = stricter
    batch = hand_in([claim(1)])
    assert batch.decided["outcomes"] == {"ineligible": [1, 0]}
    settings.POLICY_PACK = "hubei"
    now = policy.load("hubei").release
    assert batch.release != now

    address = f"/batches/{batch.pk}/"
    assert "政策版本已更新" in client.get(address).content.decode()
    page = client.get(f"{address}lines/2/").content.decode()
    assert f"决定是按版本 {batch.release} 作出的：不符合，0.00 元" in page
    assert f"以下按现行版本 {now} 说明" in page
    assert "两者结论不同" in page
    text = client.get(f"{address}lines/2.txt").content.decode()
    assert text.startswith(f"决定是按政策版本 {batch.release} 作出的：不符合")

    assert client.post(f"{address}again").status_code == 302
    assert "正在核定" in client.get(address).content.decode()
    process_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.release) == (State.DECIDED, now)
    assert batch.decided["outcomes"] == {"eligible": [1, 50000]}
    assert "政策版本已更新" not in client.get(f"{address}lines/2/").content.decode()
