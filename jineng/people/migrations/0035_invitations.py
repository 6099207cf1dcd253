"""Roles that are offered to accounts, which take them or leave them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from jineng.core.events import Tracked


class Migration(migrations.Migration):
    dependencies = [("people", "0034_drafts"), ("core", "0002_event_log")]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="last day; empty: until further", null=True
                    ),
                ),
                ("username", models.CharField(help_text="as it was typed", max_length=150)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("worker", "劳动者"),
                            ("enterprise_hr", "企业人事"),
                            ("institution_admin", "机构管理员"),
                            ("teacher", "教师"),
                            ("evaluation_manager", "评价机构管理员"),
                            ("examiner", "考评员"),
                            ("acceptor", "受理"),
                            ("first_reviewer", "初审"),
                            ("second_reviewer", "复审"),
                            ("approver", "审批"),
                            ("cashier", "出纳"),
                            ("supervisor", "监管"),
                            ("statistician", "统计"),
                            ("policy_admin", "政策管理员"),
                            ("auditor", "审计"),
                            ("platform_admin", "平台管理员"),
                        ],
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "已接受"),
                            ("declined", "已谢绝"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=9,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="people.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="invitation_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(
                                ("answer__in", ["accepted", "declined", "withdrawn"]),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_answered_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer__in", ["accepted", "declined"]), _negated=True),
                            ("user__isnull", False),
                            _connector="OR",
                        ),
                        name="invitation_answered_by_somebody",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"),
                        models.F("organisation"),
                        models.F("role"),
                        condition=models.Q(("answer", "")),
                        name="invitation_waits_once",
                    ),
                ],
            },
        ),
        Tracked("people_invitation"),
    ]
