"""The page with the state of the chain."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jineng.core.models import Root
from jineng.core.seal import RootFile, seal
from jineng.people.models import Role
from tests.access.world import World, signed_in
from tests.audit.log import happen, tamper

pytestmark = [pytest.mark.sealer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def auditor(settings: Any) -> Client:
    from tests.access.world import TODAY

    settings.BUSINESS_DATE = TODAY
    return signed_in(World.made().home.users[Role.AUDITOR])


def page(client: Client) -> str:
    answer = client.get(reverse("audit:state"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_and_after_the_first_seal(auditor: Client) -> None:
    assert "还没有签名" in page(auditor)
    root = seal()
    happen(2)
    text = page(auditor)
    assert f'<dd class="col-7 col-md-9">{root.position}</dd>' in text
    assert '<dd class="col-7 col-md-9">2</dd>' in text
    assert root.hash[:16] in text
    assert "alert-danger" not in text


def test_roots_and_key_can_be_taken_along(auditor: Client, settings: Any) -> None:
    root = seal()
    taken = auditor.get(reverse("audit:roots"))
    assert taken.content == (settings.SEALS_ROOT / "roots").read_bytes()
    assert "attachment" in taken["Content-Disposition"]
    key = auditor.get(reverse("audit:public_key", args=[root.key]))
    assert key.content == RootFile().public_keys()[root.key]
    assert auditor.get(reverse("audit:public_key", args=["roots"])).status_code == 404


def test_what_is_amiss_shows(auditor: Client, settings: Any) -> None:
    seal()
    seal()
    file = settings.SEALS_ROOT / "roots"
    whole = file.read_text()
    file.write_text(whole.splitlines()[0] + "\n")
    assert "根文件的最后一行不是最近的根" in page(auditor)
    file.write_text(whole)
    tamper("UPDATE core_root SET line = 'nonsense' WHERE number = 1")
    assert "数据库里的根已经读不出来" in page(auditor)
    assert Root.objects.count() == 2
