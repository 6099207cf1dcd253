"""Statements that are planned once for a connection."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jineng.pages import planned
from jineng.pages.planned import Given, Planned

pytestmark = pytest.mark.django_db


def asked(statement: Planned, given: Any) -> tuple[list[Any], list[str]]:
    """What is answered, and what it took to ask."""
    with CaptureQueriesContext(connection) as queries:
        rows = statement.rows(given)
    return rows, [one["sql"].split()[0] for one in queries]


def test_who_asks_the_same_shares_a_statement() -> None:
    groups = [Group.objects.create(name=f"100% {n}") for n in range(3)]

    def of(keys: list[int], name: str) -> tuple[Planned, list[Any]]:
        sql = "SELECT name FROM auth_group WHERE id = ANY (%s) AND name <> %s AND name LIKE '100%%'"
        return Planned.of(sql + " AND 1 = %s ORDER BY id", [keys, name, 1])

    first, given = of([groups[0].pk, groups[1].pk], "admin")
    assert given == [[groups[0].pk, groups[1].pk]]
    assert asked(first, given) == ([("100% 0",), ("100% 1",)], ["PREPARE", "EXECUTE"])
    again, given = of([groups[2].pk], "admin")
    assert again == first
    assert asked(again, given) == ([("100% 2",)], ["EXECUTE"])
    # A text is part of the statement, unless it is said to be given.
    assert of([], "admin")[0] == first
    assert of([], "other")[0] != first
    assert of([], Given("a"))[0] == of([], Given("b"))[0]
    assert asked(*of([groups[0].pk], Given("100% 0")))[0] == []


def test_what_was_not_asked_for_longest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planned, "MOST_PREPARED", 2)
    # What is forgotten here is forgotten there too: the session outlives this test.
    with connection.cursor() as cursor:
        for name in planned._prepared.pop(connection.connection, {}):
            cursor.execute(f"DEALLOCATE {name}")
    days = [Planned.of(f"SELECT %s, {n}", [date(2020, 9, 15)]) for n in (71, 72, 73)]
    for one in (days[0], days[1], days[0], days[2]):
        assert asked(*one)[0][0][0] == date(2020, 9, 15)
    assert asked(*days[0])[1] == ["EXECUTE"]
    assert asked(*days[1])[1] == ["DEALLOCATE", "PREPARE", "EXECUTE"]
