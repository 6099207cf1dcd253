"""Trials of drafts, and what they come to."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from jineng.core.events import Tracked


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0002_event_log"),
        ("claims", "0003_cancelled_run"),
        ("desk", "0002_standards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Trial",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("batch_key", models.UUIDField(help_text="of the batch, which may be gone")),
                ("file_name", models.CharField(help_text="of the batch", max_length=200)),
                ("title", models.CharField(help_text="of the draft", max_length=100)),
                ("version", models.PositiveIntegerField(help_text="of the draft")),
                ("text", models.TextField(help_text="the draft as it was tried")),
                ("budgets", models.JSONField(default=dict, help_text="fen by fund, or total")),
                ("sums", models.JSONField(default=dict, help_text="what it comes to, see `sums`")),
                ("lines", models.BigIntegerField(default=0, help_text="claims looked at")),
                (
                    "changed",
                    models.BigIntegerField(default=0, help_text="claims that come out otherwise"),
                ),
                ("difference_fen", models.BigIntegerField(default=0)),
                (
                    "release",
                    models.CharField(blank=True, help_text="of the pack in force", max_length=80),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="trials",
                        to="desk.draft",
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="trial",
                        to="claims.run",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["by", "-at"], name="trial_of_user"),
                    models.Index(fields=["draft", "-at"], name="trial_of_draft"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("release", "")),
                            models.Q(
                                ("finished_at__isnull", False),
                                models.Q(("release", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="trial_finished_whole",
                    )
                ],
            },
        ),
        # What a trial comes to is kept with it alone.
        Tracked("whatif_trial", leave_out=["sums", "text"]),
    ]
