"""The chain over the event log, its roots, and the rights on both."""

from django.db import migrations, models

from jineng.core.events import ReadOnly


class Migration(migrations.Migration):
    dependencies = [("core", "0002_event_log")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                (
                    "digest",
                    models.BinaryField(
                        help_text="SHA-256 of the event but its number", max_length=32
                    ),
                ),
                (
                    "hash",
                    models.BinaryField(
                        help_text="SHA-256 of the hash before, the event's number and the digest",
                        max_length=32,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Root",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "line",
                    models.TextField(
                        help_text="what is signed, and the signature (see `core.seal`)"
                    ),
                ),
            ],
        ),
        ReadOnly("core_seal", but=["INSERT"]),
        ReadOnly("core_root", but=["INSERT"]),
    ]
