"""Tables of the shared ground: the event log with its seals, and the keys that seal fields."""

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
        """A thing's history is asked for by table and key; what was done lately, by who did it."""

        indexes = [
            models.Index(fields=["table_name", "row_id", "id"], name="event_of_row"),
            models.Index(
                fields=["actor_id", "id"],
                condition=models.Q(actor_id__isnull=False),
                name="event_by_actor",
            ),
        ]

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


class Seal(models.Model):
    """One link of the chain over the event log (see `core.seal`). Links are added, nothing else.

    No foreign key: what is sealed must tell of an event that is gone.
    """

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the event but its number")
    hash = models.BinaryField(
        max_length=32, help_text="SHA-256 of the hash before, the event's number and the digest"
    )

    def __str__(self) -> str:
        return f"{self.position}: event {self.event_id}"


class Root(models.Model):
    """A signed root of the chain, as it stands in the file of roots."""

    number = models.BigIntegerField(primary_key=True)
    line = models.TextField(help_text="what is signed, and the signature (see `core.seal`)")

    def __str__(self) -> str:
        return f"root {self.number}"
