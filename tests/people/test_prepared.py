"""A function of the database answers alike alone and as part of a transaction, and fails alike."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from django.db import DatabaseError, DataError, transaction

from jineng.people.prepared import asked

pytestmark = pytest.mark.django_db(transaction=True)

within = pytest.mark.parametrize("within", [nullcontext, transaction.atomic])


@within
def test_it_gives_the_functions_number(within: type[AbstractContextManager[Any]]) -> None:
    with within():
        assert [asked("ascii", [letter]) for letter in "a中a"] == [97, 0x4E2D, 97]


@within
def test_what_fails_is_djangos_error_and_the_connection_goes_on(
    within: type[AbstractContextManager[Any]],
) -> None:
    for wrong, error in (("sqrt", DataError), ("there_is_none", DatabaseError)):
        with pytest.raises(error), within():
            asked(wrong, [-1])
    with within():
        assert asked("length", ["还在"]) == 2


@within
def test_no_text_is_cut_off_at_a_nul(within: type[AbstractContextManager[Any]]) -> None:
    with pytest.raises(DataError, match="NUL"), within():
        asked("length", ["ab\0cd"])


def test_it_is_part_of_the_transaction_that_it_is_asked_in() -> None:
    with transaction.atomic():
        assert asked("txid_current", []) == asked("txid_current", [])
    assert asked("txid_current", []) != asked("txid_current", [])
