"""The transaction that wrote a row, as PostgreSQL numbers them."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TransactionIdField(models.BigIntegerField):
    """`xid8`: the number of the outermost transaction, filled by the database."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type."""
        return "xid8"

    def from_db_value(self, value: object, *rest: object) -> int | None:
        """psycopg gives types that it does not know as text."""
        return None if value is None else int(str(value))


def current_transaction() -> models.Func:
    """For `db_default`: whoever writes the row."""
    return models.Func(function="pg_current_xact_id", output_field=TransactionIdField())
