import uuid

import django.db.models.deletion
from django.db import migrations, models

STATES = [
    ("waiting", "排队中"),
    ("checking", "正在读取核对"),
    ("refused", "文件读不了"),
    ("faulty", "有错误待改正"),
    ("deciding", "正在核定"),
    ("decided", "核定完成"),
    ("failed", "处理未成功"),
    ("cancelled", "已取消"),
]
RUN_STATES = [
    ("waiting", "排队中"),
    ("working", "正在处理"),
    ("done", "已完成"),
    ("failed", "处理未成功"),
    ("cancelled", "已取消"),
]


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_batch_user")]

    operations = [
        migrations.RemoveConstraint(model_name="batch", name="batch_state_known"),
        migrations.AlterField(
            model_name="batch",
            name="state",
            field=models.CharField(choices=STATES, default="waiting", max_length=12),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [name for name, _ in STATES])),
                name="batch_state_known",
            ),
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("export", "导出"), ("whatif", "试算")], max_length=12
                    ),
                ),
                (
                    "asked",
                    models.JSONField(
                        default=dict, help_text="what is wanted; nothing personal in plain"
                    ),
                ),
                (
                    "state",
                    models.CharField(choices=RUN_STATES, default="waiting", max_length=12),
                ),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0, help_text="0 where it is not known")),
                (
                    "runs",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="how often a worker took it up"
                    ),
                ),
                (
                    "result",
                    models.JSONField(default=dict, help_text="what came of it, but for its file"),
                ),
                ("trouble", models.JSONField(default=dict, help_text="why it failed")),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made",
                        to="claims.batch",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["batch", "kind", "-created_at"], name="run_of_batch")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [name for name, _ in RUN_STATES])),
                        name="run_state_known",
                    )
                ],
            },
        ),
    ]
