"""Tables of the shared ground: the event log, and the keys that seal fields."""

from django.db import models

from jineng.core.xact import TransactionIdField, current_transaction


class Event(models.Model):
    """One change of one row, or one look at something veiled; written by the database alone.

    The application may read this table and nothing else (see `core.events`).
    """

    xact = TransactionIdField(db_default=current_transaction())
    at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    kind = models.TextField(help_text="insert, update, delete, truncate; else what was noted")
    table_name = models.TextField()
    row_id = models.TextField(blank=True, help_text="the row's key; empty for a whole table")
    before = models.JSONField(null=True, help_text="update: the columns that changed")
    after = models.JSONField(null=True)
    actor_id = models.BigIntegerField(null=True, help_text="of people.User")
    why = models.TextField(blank=True)
    origin = models.TextField(blank=True, help_text="address or command that it came from")
    db_user = models.TextField()

    class Meta:
        """A thing's history is asked for by table and key."""

        indexes = [models.Index(fields=["table_name", "row_id", "id"], name="event_of_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.table_name} {self.row_id}"


class DataKey(models.Model):
    """A key that seals fields, itself wrapped by a master key that is not in the database."""

    wrapped = models.BinaryField(help_text="nonce, then the key under the master key")
    master = models.TextField(help_text="id of the master key in JINENG_DATA_KEYS")
    xact = TransactionIdField(db_default=current_transaction())
    made_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    retired_at = models.DateTimeField(null=True, help_text="seals nothing new since then")

    def __str__(self) -> str:
        return f"data key {self.pk}"
