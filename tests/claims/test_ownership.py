"""A batch belongs to whoever handed it in; for all others it does not exist."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from jineng.claims import commands
from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch, State
from jineng.claims.workflow import NotAllowed
from jineng.people.models import User
from tests.claims.files import claim, upload

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "progress",
    "problems",
    "marked/claims",
    "decisions.csv",
    "decisions.xlsx?facts=1",
    "lines/2/",
    "lines/2.json",
    "lines/2.txt",
    "delete",
]
ACTS = ["corrected", "clean", "again", "delete", "search"]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_opens_nothing(decided: Batch, page: str) -> None:
    stranger = Client()
    assert stranger.get(f"/batches/{decided.pk}/{page}").status_code == 404
    # nor does one who has a batch of their own
    stranger.post("/batches/", {"claims": upload([claim(1)])})
    assert stranger.get(f"/batches/{decided.pk}/{page}").status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_changes_nothing(decided: Batch, act: str) -> None:
    stranger = Client()
    files = {"claims": upload([claim(1)])}
    assert stranger.post(f"/batches/{decided.pk}/{act}", files).status_code == 404
    decided.refresh_from_db()
    assert decided.state == State.DECIDED


def test_a_stranger_sees_no_batch_in_the_list(decided: Batch) -> None:
    assert str(decided.pk) not in Client().get("/batches/").content.decode()


def test_commands_ask_who_it_is(decided: Batch) -> None:
    for command in (
        commands.decide_again,
        commands.decide_clean_lines,
        commands.try_again,
        commands.delete_batch,
    ):
        for by in ("", "f" * 64):
            with pytest.raises(NotAllowed):
                command(decided, by=by)


def test_the_table_does_not_hold_the_key(client: Client, decided: Batch) -> None:
    assert client.session["claims_owner"] not in decided.owner
    assert len(decided.owner) == 64


def test_forms_are_protected_from_other_sites(decided: Batch) -> None:
    other_site = Client(enforce_csrf_checks=True)
    for address in ("/batches/", *(f"/batches/{decided.pk}/{act}" for act in ACTS)):
        answer = other_site.post(address, {"claims": upload([claim(1)])})
        assert answer.status_code == 403
        assert "刷新后重新提交" in answer.content.decode()


def test_an_expired_batch_is_refused_before_it_is_deleted(client: Client, decided: Batch) -> None:
    at = timezone.now()
    created = at - timedelta(hours=30)
    Batch.objects.filter(pk=decided.pk).update(created_at=created, expires_at=at)
    for page in PAGES:
        assert client.get(f"/batches/{decided.pk}/{page}").status_code == 404
    assert BatchFiles(decided.pk).folder.exists()
    assert commands.delete_expired(at=timezone.now()) == 1
    assert not Batch.objects.exists()
    assert not BatchFiles(decided.pk).folder.exists()


def test_what_is_not_yet_expired_stays(decided: Batch) -> None:
    assert commands.delete_expired(at=timezone.now()) == 0
    assert BatchFiles(decided.pk).folder.exists()


def test_deleting_asks_first_and_takes_the_files(
    client: Client, decided: Batch, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    assert "不能恢复" in client.get(f"/batches/{decided.pk}/delete").content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        answer = client.post(f"/batches/{decided.pk}/delete", follow=True)
    assert "已删除" in answer.content.decode()
    assert client.get(f"/batches/{decided.pk}/").status_code == 404
    assert not BatchFiles(decided.pk).folder.exists()


def test_a_users_batch_is_theirs_on_every_device(hand_in: Callable[..., Batch]) -> None:
    user, other = User.objects.create(username="chen-lei"), User.objects.create(username="other")
    here, there, stranger = Client(), Client(), Client()
    for browser, whose in ((here, user), (there, user), (stranger, other)):
        browser.force_login(whose)
    batch = hand_in([claim(1)], by=here)
    assert there.get(f"/batches/{batch.pk}/").status_code == 200
    assert str(batch.pk) in there.get("/batches/").content.decode()
    assert stranger.get(f"/batches/{batch.pk}/").status_code == 404
    here.post("/accounts/logout/")
    assert here.get(f"/batches/{batch.pk}/").status_code == 404
    assert there.post(f"/batches/{batch.pk}/delete").status_code == 302


def test_what_was_handed_in_before_signing_in_becomes_the_users(
    client: Client, decided: Batch
) -> None:
    client.force_login(User.objects.create(username="chen-lei"))
    assert client.get(f"/batches/{decided.pk}/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get(f"/batches/{decided.pk}/").status_code == 404
    client.force_login(User.objects.get(username="chen-lei"))
    assert str(decided.pk) in client.get("/batches/").content.decode()
