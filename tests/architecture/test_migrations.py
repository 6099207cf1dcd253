"""Tables are as the migrations make them, and only `owner` may change them."""

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_site_works_as_app() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("app",)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE made_by_app (id int)",
        "ALTER TABLE people_user ADD COLUMN made_by_app int",
        "DROP TABLE people_user CASCADE",
        "TRUNCATE people_user CASCADE",
    ],
)
def test_app_may_not_change_tables(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=r"permission|owner"):
        cursor.execute(statement)
