"""The event log: every change of a tracked table, by whatever way, and nobody can change it."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import F

from jineng.core.events import acting, coming_from, events_of, noted
from jineng.core.models import Event
from jineng.people.models import Organisation, User

CODES = ["91420100000000000B", "91420100000000001B", "91420100000000002B"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("clerk")


def organisation(code: str = CODES[0], **fields: Any) -> Organisation:
    return Organisation.objects.create(credit_code=code, **({"name": "明德纺织"} | fields))


def test_who_why_and_from_where(clerk: User) -> None:
    with coming_from("192.0.2.7"), acting(by=clerk, why="按营业执照"):
        made = organisation(size="small")
    with acting(by=None, origin="jineng people import"):
        made.size = "medium"
        made.save()
        made.delete()
    gone, changed, added = Event.objects.filter(table_name="people_organisation").order_by("-id")
    assert (added.kind, changed.kind, gone.kind) == ("insert", "update", "delete")
    assert (added.actor_id, added.why, added.origin) == (clerk.pk, "按营业执照", "192.0.2.7")
    assert (changed.actor_id, changed.origin) == (None, "jineng people import")
    assert added.after is not None
    assert gone.before is not None
    assert added.after["name"] == gone.before["name"] == "明德纺织"
    assert (changed.before, changed.after) == ({"size": "small"}, {"size": "medium"})
    assert added.db_user == "app"
    assert added.row_id == changed.row_id == gone.row_id
    assert added.at <= changed.at <= gone.at


def test_what_acts_ends_with_the_command(clerk: User) -> None:
    with acting(by=clerk, why="outer", origin="o"):
        with acting(by=None, why="inner"):
            inner = organisation(CODES[0])
        with pytest.raises(ZeroDivisionError), acting(by=None, why="broken off"):
            raise ZeroDivisionError
        outer = organisation(CODES[1])
    after = organisation(CODES[2])
    told = [events_of(one).get() for one in (inner, outer, after)]
    assert [(one.actor_id, one.why) for one in told] == [
        (None, "inner"),
        (clerk.pk, "outer"),
        (None, ""),
    ]


def test_bulk_and_raw_sql_are_in_it_row_by_row(clerk: User) -> None:
    with acting(by=clerk):
        Organisation.objects.bulk_create(
            Organisation(credit_code=code, name=f"单位{at}") for at, code in enumerate(CODES)
        )
        Organisation.objects.update(size="micro")
        keys = list(Organisation.objects.values_list("pk", flat=True))
        copied = "COPY people_pillarstatus (organisation_id, year, kind, source) FROM STDIN"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE people_organisation SET size = '' WHERE name = '单位1'")
            with cursor.copy(copied) as copy:
                for pk in keys:
                    copy.write_row((pk, 2020, "key", "名单"))
            cursor.execute("DELETE FROM people_pillarstatus")
    ours = Event.objects.filter(table_name__in=["people_organisation", "people_pillarstatus"])
    kinds = [(one.table_name, one.kind) for one in ours]
    assert sorted(kinds) == sorted(
        [("people_organisation", "insert")] * 3
        + [("people_organisation", "update")] * 4
        + [("people_pillarstatus", "insert")] * 3
        + [("people_pillarstatus", "delete")] * 3
    )
    assert ours.filter(actor_id=clerk.pk).count() == 13


def test_a_changed_key_is_one_gone_and_one_come() -> None:
    made = organisation()
    Organisation.objects.update(id=F("id") + 1_000_000)
    told = Event.objects.filter(table_name="people_organisation").order_by("id")[1:]
    assert {(one.kind, one.row_id) for one in told} == {
        ("delete", str(made.pk)),
        ("insert", str(made.pk + 1_000_000)),
    }


def test_what_changes_nothing_or_derived_columns_alone_is_no_event() -> None:
    made = organisation()
    before = Event.objects.count()
    Organisation.objects.update(name=F("name"), name_key="mingde", name_tokens="明德")
    assert Event.objects.count() == before
    assert "name_tokens" not in (events_of(made).get().after or ["name_tokens"])


def test_a_password_shows_that_it_changed_and_not_to_what(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(password="argon2$of-something")
    changed = events_of(clerk)[0]
    assert (changed.before, changed.after) == ({"password": "…"}, {"password": "…"})
    assert (events_of(clerk)[1].after or {})["password"] == "…"


def test_a_look_is_noted(clerk: User) -> None:
    made = organisation()
    with acting(by=clerk, why="核对银行账户"):
        noted("looked", made, field="bank_account")
    event = events_of(made)[0]
    assert (event.kind, event.actor_id, event.why) == ("looked", clerk.pk, "核对银行账户")
    assert event.after == {"field": "bank_account"}


@pytest.mark.parametrize("kind", ["insert", "update", "delete", "truncate"])
def test_a_change_can_t_be_made_up(kind: str) -> None:
    made = organisation()
    with pytest.raises(ProgrammingError, match="triggers"), acting(by=None):
        noted(kind, made)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO core_event (kind, table_name) VALUES ('update', 'people_person')",
        "UPDATE core_event SET actor_id = 1",
        "DELETE FROM core_event",
        "TRUNCATE core_event",
        "SELECT nextval('core_event_id_seq')",
        "ALTER TABLE people_organisation DISABLE TRIGGER tracked_update",
        "DROP TRIGGER tracked_update ON people_organisation",
        "SET session_replication_role = replica",
        "DROP FUNCTION core_track() CASCADE",
        "DELETE FROM core_datakey",
    ],
)
def test_app_can_only_read_the_log(statement: str) -> None:
    organisation()
    with (
        pytest.raises(ProgrammingError, match=r"permission|owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.exists()


@pytest.mark.parametrize("operation", ["INSERT", "TRUNCATE"])
def test_a_table_of_ones_own_is_not_taken_for_the_register(operation: str) -> None:
    seen = "REFERENCING NEW TABLE AS new_rows" if operation == "INSERT" else ""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people_person (id bigint, name text) ON COMMIT DROP")
        with pytest.raises(ProgrammingError, match="permission"), transaction.atomic():
            cursor.execute(
                f"CREATE TRIGGER made_up AFTER {operation} ON pg_temp.people_person {seen}"
                " FOR EACH STATEMENT EXECUTE FUNCTION core_track('id', '', '')"
            )
        cursor.execute("DROP TABLE pg_temp.people_person")
    assert not Event.objects.filter(table_name="people_person").exists()


def test_emptying_a_table_is_in_the_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE owner")
        cursor.execute("TRUNCATE people_pillarstatus")
        cursor.execute("SET ROLE app")
    event = Event.objects.get(table_name="people_pillarstatus")
    assert (event.kind, event.row_id, event.db_user) == ("truncate", "", "owner")


def test_a_function_of_the_same_name_is_not_taken_for_ours() -> None:
    """Functions that run as the owner look at nothing that a role may put in their way."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE core_event (LIKE core_event)")
        organisation()
        cursor.execute("SELECT count(*) FROM pg_temp.core_event")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM public.core_event WHERE table_name = 'people_organisation'"
        )
        assert cursor.fetchone() == (1,)
        cursor.execute("DROP TABLE pg_temp.core_event")
