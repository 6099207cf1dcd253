"""The province in the database: brought by those who work there, whole, and once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from jineng.claims.models import Batch, State
from jineng.claims.permissions import owner_of_user
from jineng.core.models import Event
from jineng.demo import DAY, SEED
from jineng.demo.cast import CAST, GROUP, SEATS
from jineng.demo.loading import NotEmpty, is_empty, is_there, load
from jineng.people.models import (
    BlacklistEntry,
    CorrectionRequest,
    EntitlementUse,
    ImportRun,
    Membership,
    Organisation,
    Person,
    Qualification,
    SignUp,
    User,
    Verification,
)
from jineng.people.roles import RIGHTS
from jineng.people.signin.factors import factors_of
from tests.demo.test_province import SMALL

pytestmark = pytest.mark.xdist_group("province")


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any, uploads: Path) -> Iterator[list[str]]:
    """A small province, loaded once; what was told meanwhile."""
    from django.conf import settings

    lines: list[str] = []
    before = settings.UPLOADS_ROOT
    with django_db_blocker.unblock(), transaction.atomic():
        settings.UPLOADS_ROOT = uploads
        assert is_empty()
        load(SMALL, SEED, lines.append)
        settings.UPLOADS_ROOT = before
        yield lines
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def on_the_day(told: list[str], uploads: Path, settings: Any) -> None:
    settings.BUSINESS_DATE = DAY
    settings.UPLOADS_ROOT = uploads


def user(key: str) -> User:
    seat = next(one for one in SEATS if one.key == key)
    return User.objects.get(username=seat.username(seat.person.name))


def test_everybody_is_there(told: list[str]) -> None:
    assert len(told) > 10
    assert Person.objects.count() == SMALL
    assert Organisation.objects.filter(kinds__kind="enterprise").count() == 20
    assert Qualification.objects.count() > 100
    assert is_there()
    assert not is_empty()


def test_what_is_kept_of_persons_is_nobodys() -> None:
    numbers = [str(one.identity_number) for one in Person.objects.all()]
    assert {number[14:17] for number in numbers} == {"000"}


def test_it_is_not_loaded_upon_anything() -> None:
    with pytest.raises(NotEmpty):
        load(SMALL, SEED, lambda line: None)
    assert Person.objects.count() == SMALL


def test_files_were_imported_by_those_whose_work_it_is() -> None:
    runs = ImportRun.objects.all()
    assert {run.state for run in runs} == {ImportRun.State.DONE}
    assert {run.kind for run in runs} == set(ImportRun.Kind)
    assert not runs.filter(by=None).exists()
    assert all(run.at.date() < DAY for run in runs)


def test_the_log_says_who_and_why() -> None:
    events = Event.objects.filter(origin__in=["jineng demo", "worker"])
    assert events.count() > SMALL
    of_persons = events.filter(table_name="people_person", kind="insert")
    assert not of_persons.filter(actor_id=None).exists()
    assert not events.filter(table_name="people_membership", why="").exists()


def test_the_cast_can_be_entered_as_and_officials_have_a_second_factor() -> None:
    cast = User.objects.filter(groups__name=GROUP)
    assert cast.count() == len(CAST)
    for one in User.objects.all():
        assert one.person_id
        roles = set(Membership.objects.filter(user=one).values_list("role", flat=True))
        official = any(RIGHTS[role].official for role in roles)
        assert factors_of(one).exists() == official


def test_there_is_something_of_everything() -> None:
    assert SignUp.objects.filter(served_at=None, withdrawn_at=None).exists()
    assert SignUp.objects.exclude(served_at=None).exists()
    assert BlacklistEntry.objects.filter(appeal="overturned").exists()
    assert BlacklistEntry.objects.exclude(person=None).exists()
    assert set(CorrectionRequest.objects.values_list("outcome", flat=True)) == {
        "",
        "corrected",
        "declined",
    }
    assert {"confirmed", "mismatch"} <= set(Verification.objects.values_list("answer", flat=True))
    assert EntitlementUse.objects.filter(state="used").exists()


def test_batches_are_decided_in_every_way_and_stay() -> None:
    batches = list(Batch.objects.all())
    assert {batch.state for batch in batches} == {State.DECIDED, State.FAULTY}
    outcomes = {outcome for batch in batches for outcome in batch.decided.get("outcomes", ())}
    assert outcomes == {"eligible", "ineligible", "needs_evidence"}
    assert {batch.goes_at for batch in batches} == {None}
    owners = {batch.owner for batch in batches}
    assert owner_of_user(user("huang-li").pk) in owners
    assert len(owners) > 4


@pytest.mark.parametrize("key", [seat.key for seat in CAST])
def test_everybody_of_the_cast_has_a_home(key: str) -> None:
    client = Client()
    client.force_login(user(key))
    assert client.get("/", follow=True).status_code == 200


def test_a_batch_opens_for_its_owner() -> None:
    client = Client()
    owner = user("huang-li")
    client.force_login(owner)
    for batch in Batch.objects.filter(owner=owner_of_user(owner.pk)):
        answer = client.get(f"/batches/{batch.pk}/")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert batch.file_name in page
        # It stays, so no day is told on which it goes.
        assert "自动删除" not in page
