"""Drafts of the policy, their versions, and with whom they are shared."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from jineng.core.events import ReadOnly, Tracked


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0039_keys_watched"),
        ("core", "0002_event_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100)),
                ("text", models.TextField(help_text="YAML, see `jineng.policy.drafts`")),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="number of the version in `text`"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DraftShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("colleague", "指定的同事"),
                            ("department", "本部门"),
                            ("reach", "本部门和辖区内的下级部门"),
                        ],
                        max_length=10,
                    ),
                ),
                ("may_edit", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="desk.draft",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DraftVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=100)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "what",
                    models.CharField(help_text="what was done, in a few words", max_length=200),
                ),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="desk.draft",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["-changed_at"], name="draft_changed"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="draft_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="draft_version_counted"
            ),
        ),
        migrations.AddConstraint(
            model_name="draftshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("audience", "colleague"), ("department", None), ("user__isnull", False)
                    ),
                    models.Q(
                        ("audience__in", ["department", "reach"]),
                        ("department__isnull", False),
                        ("user", None),
                    ),
                    _connector="OR",
                ),
                name="draft_share_with_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="draftshare",
            constraint=models.UniqueConstraint(
                fields=("draft", "user", "department"),
                name="draft_shared_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="draftversion",
            constraint=models.UniqueConstraint(
                fields=("draft", "number"), name="draft_version_once"
            ),
        ),
        Tracked("desk_draft"),
        Tracked("desk_draftshare"),
        # A version is added or goes with its draft; it is never another.
        ReadOnly("desk_draftversion", but=["INSERT", "DELETE"]),
    ]
