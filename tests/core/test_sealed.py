"""Sealed fields: nothing readable in the database, nothing moved or changed unnoticed."""

import pickle
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.utils import timezone

from jineng.core import sealed
from jineng.core.crypto import Unreadable
from jineng.core.models import DataKey
from jineng.core.sealed import SealedText, lookup_hash, lookup_hashes, seal_many, unseal
from jineng.people.models import Organisation

PLACE = "people_organisation.bank_account"

pytestmark = pytest.mark.django_db


def organisation(account: str | None = "6222 0000 1111") -> Organisation:
    return Organisation.objects.create(
        credit_code="91420100000000000B", name="明德纺织", bank_account=account
    )


def stored(column: str = "bank_account") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_organisation")
        return bytes(cursor.fetchone()[0])


def test_what_is_written_is_read_and_not_in_the_database() -> None:
    organisation()
    assert b"6222" not in stored()
    assert Organisation.objects.get().bank_account == "6222 0000 1111"
    assert Organisation.objects.values_list("bank_account", flat=True)[0] == "6222 0000 1111"


def test_nothing_is_nothing() -> None:
    organisation(None)
    assert Organisation.objects.get(bank_account=None).bank_account is None
    assert not Organisation.objects.filter(bank_account__isnull=False).exists()


def test_what_did_not_change_keeps_its_bytes() -> None:
    made = organisation()
    before = stored()
    made.save()
    read = Organisation.objects.get()
    read.size = "small"
    read.save()
    assert stored() == before
    read.bank_account = "6222 0000 1112"
    read.save()
    assert stored() != before
    Organisation.objects.update(bank_account="6222 0000 1113")
    assert Organisation.objects.get().bank_account == "6222 0000 1113"


def test_two_seals_of_one_value_differ_and_can_t_be_looked_up() -> None:
    one, other = seal_many(["a", "a"], PLACE)
    assert one != other
    assert unseal(one, PLACE) == unseal(other, PLACE) == "a"
    for lookup in ("", "__in", "__contains", "__gt"):
        with pytest.raises(FieldError, match="sealed"):
            Organisation.objects.filter(**{f"bank_account{lookup}": "a"})


def test_a_value_can_t_be_moved_changed_or_cut() -> None:
    one = seal_many(["a"], PLACE)[0]
    with pytest.raises(Unreadable, match="changed or moved"):
        unseal(one, "people_person.bank_account")
    for at in (8, 25, len(one) - 1):
        with pytest.raises(Unreadable):
            unseal(one[:at] + bytes([one[at] ^ 1]) + one[at + 1 :], PLACE)
    with pytest.raises(Unreadable):
        unseal(one[:-1], PLACE)
    with pytest.raises(Unreadable, match="gone"):
        unseal((10**9).to_bytes(8, "big") + one[8:], PLACE)


def test_a_new_master_key_opens_what_was_sealed_before(settings: Any) -> None:
    organisation()
    settings.DATA_KEYS = {"new": secrets.token_bytes(32)} | settings.DATA_KEYS
    sealed.forget_keys()
    assert Organisation.objects.get().bank_account == "6222 0000 1111"
    assert sealed.new_data_key().master == "new"


def test_without_the_master_key_nothing_opens(settings: Any) -> None:
    organisation()
    sealed.forget_keys()
    name = next(iter(settings.DATA_KEYS))
    settings.DATA_KEYS = {name: secrets.token_bytes(32)}
    with pytest.raises(Unreadable, match="not the one"):
        Organisation.objects.get()
    settings.DATA_KEYS = {"other": secrets.token_bytes(32)}
    with pytest.raises(Unreadable, match="no master key"):
        Organisation.objects.get()


def test_a_key_seals_for_a_month() -> None:
    seal_many(["a"], PLACE)
    seal_many(["b"], PLACE)
    first = DataKey.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE owner")
        DataKey.objects.update(made_at=timezone.now() - timedelta(days=31))
        cursor.execute("SET ROLE app")
    sealed.forget_keys()
    old = seal_many(["c"], PLACE)[0]
    assert int.from_bytes(old[:8], "big") != first.pk
    assert DataKey.objects.count() == 2
    DataKey.objects.exclude(pk=first.pk).update(retired_at=timezone.now())
    sealed.forget_keys()
    seal_many(["d"], PLACE)
    assert DataKey.objects.count() == 3
    assert unseal(old, PLACE) == "c"


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_rolled_back_seals_nothing() -> None:
    with transaction.atomic():
        lost = seal_many(["a"], PLACE)[0]
        seal_many(["a"], PLACE)
        transaction.set_rollback(True)
    kept = seal_many(["b"], PLACE)[0]
    assert kept[:8] != lost[:8]
    sealed.forget_keys()
    assert unseal(kept, PLACE) == "b"
    assert DataKey.objects.count() == 1


def test_it_travels_between_processes_and_not_into_dumps() -> None:
    organisation()
    read = Organisation.objects.get()
    copy = pickle.loads(pickle.dumps(read)).bank_account
    assert isinstance(copy, SealedText)
    assert (copy, copy.sealed) == ("6222 0000 1111", stored())
    with pytest.raises(FieldError):
        serializers.serialize("json", [read])


def test_look_up_hashes(settings: Any) -> None:
    settings.LOOKUP_KEYS = {"a": b"a" * 32}
    before = lookup_hash("phone", "13800000000")
    assert len(before) == 32
    assert lookup_hash("identity", "13800000000") != before
    assert sealed.lookup_hash_many("phone", ["13800000000"]) == [before]
    settings.LOOKUP_KEYS = {"b": b"b" * 32} | settings.LOOKUP_KEYS
    assert lookup_hash("phone", "13800000000") != before
    assert lookup_hashes("phone", "13800000000")[1] == before
    assert sealed.lookup_key_id() == "b"
