"""Standards of regions, tables of cases, and what is laid over the pack for good."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import jineng.core.sealed
from jineng.core.events import ReadOnly, Tracked

# What was seconded has decided; what was withdrawn is over.
KEPT = """
CREATE FUNCTION desk_keep_standard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'standard % is settled and never changed', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_kept';
END $$;
CREATE TRIGGER keep_standard BEFORE UPDATE ON desk_regionalstandard
    FOR EACH ROW WHEN (OLD.state IN ('seconded', 'withdrawn'))
    EXECUTE FUNCTION desk_keep_standard();
"""
NOT_KEPT = """
DROP TRIGGER keep_standard ON desk_regionalstandard;
DROP FUNCTION desk_keep_standard();
"""

# Whoever it says wrote it did, so that the other of the two is another.
TRUE = """
CREATE FUNCTION desk_enact_truly() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.standard_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.desk_regionalstandard
        WHERE id = NEW.standard_id AND state = 'seconded' AND entered_by_id = NEW.author_id
            AND entered_person_id IS NOT DISTINCT FROM NEW.author_person_id
    ) OR NEW.draft_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.desk_draft WHERE id = NEW.draft_id AND author_id = NEW.author_id
    ) THEN
        RAISE EXCEPTION 'not seconded, or somebody else wrote it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'enactment_of_its_author';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enact_truly BEFORE INSERT ON desk_enactment
    FOR EACH ROW EXECUTE FUNCTION desk_enact_truly();
"""
UNTRUE = """
DROP TRIGGER enact_truly ON desk_enactment;
DROP FUNCTION desk_enact_truly();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_drafts"),
        ("people", "0039_keys_watched"),
        ("core", "0002_event_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseTable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("file", jineng.core.sealed.SealedField(help_text="the file, in base64")),
                ("rows", models.PositiveIntegerField(help_text="how many expect something")),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_tables",
                        to="desk.draft",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegionalStandard",
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
                ("scheme", models.CharField(help_text="code", max_length=12)),
                ("parameter", models.CharField(help_text="key", max_length=60)),
                (
                    "amounts",
                    models.JSONField(
                        help_text="whole hundredths of yuan by code; by '' where there is one amount"
                    ),
                ),
                ("number", models.CharField(help_text="of the region's document", max_length=60)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("clause", models.CharField(blank=True, max_length=40)),
                (
                    "replaces",
                    models.CharField(
                        blank=True,
                        help_text="number of the standard that this one corrects",
                        max_length=60,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草拟中"),
                            ("submitted", "待复核"),
                            ("returned", "已退回"),
                            ("withdrawn", "已撤回"),
                            ("seconded", "已复核"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_person",
                    models.ForeignKey(
                        help_text="whose account it was then",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.region",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Enactment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "content",
                    models.JSONField(help_text="as a file of standards or of a draft writes it"),
                ),
                ("digest", models.CharField(help_text="SHA-256 of the content", max_length=64)),
                (
                    "number",
                    models.CharField(
                        help_text="of the document by which it is in force", max_length=200
                    ),
                ),
                (
                    "effective_on",
                    models.DateField(help_text="first business day on which it decides"),
                ),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="who seconded",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "cases",
                    models.ForeignKey(
                        help_text="which passed",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.casetable",
                    ),
                ),
                (
                    "draft",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enactment",
                        to="desk.draft",
                    ),
                ),
                (
                    "standard",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enactment",
                        to="desk.regionalstandard",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="casetable",
            index=models.Index(fields=["draft", "-at"], name="case_tables_of_draft"),
        ),
        migrations.AddIndex(
            model_name="casetable",
            index=models.Index(fields=["by", "-at"], name="case_tables_of_user"),
        ),
        migrations.AddConstraint(
            model_name="casetable",
            constraint=models.CheckConstraint(
                condition=models.Q(("file_name", ""), _negated=True), name="case_table_has_a_name"
            ),
        ),
        migrations.AddIndex(
            model_name="regionalstandard",
            index=models.Index(fields=["region", "scheme", "parameter"], name="standard_of_region"),
        ),
        migrations.AddIndex(
            model_name="regionalstandard",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["submitted_at"],
                name="standards_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="regionalstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="regionalstandard_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="regionalstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", ""), _negated=True),
                    models.Q(("scheme", ""), _negated=True),
                    models.Q(("parameter", ""), _negated=True),
                ),
                name="standard_names_its_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="regionalstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "submitted", "returned", "withdrawn", "seconded"])
                ),
                name="standard_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="regionalstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["submitted", "seconded"]), _negated=True),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="standard_submitted_some_day",
            ),
        ),
        migrations.AddIndex(
            model_name="enactment",
            index=models.Index(fields=["effective_on", "id"], name="enactments_in_order"),
        ),
        migrations.AddConstraint(
            model_name="enactment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cases", None), ("draft", None), ("standard__isnull", False)),
                    models.Q(
                        ("cases__isnull", False), ("draft__isnull", False), ("standard", None)
                    ),
                    _connector="OR",
                ),
                name="enactment_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="enactment",
            constraint=models.CheckConstraint(
                condition=models.Q(("author", models.F("by")), _negated=True),
                name="enactment_by_two_users",
            ),
        ),
        migrations.AddConstraint(
            model_name="enactment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("author_person", None),
                    ("by_person", None),
                    models.Q(("author_person", models.F("by_person")), _negated=True),
                    _connector="OR",
                ),
                name="enactment_by_two_persons",
            ),
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(TRUE, UNTRUE),
        Tracked("desk_regionalstandard"),
        Tracked("desk_enactment"),
        Tracked("desk_casetable", veil=["file"]),
        # What is in force is added to, and never changed or taken away.
        ReadOnly("desk_enactment", but=["INSERT"]),
        ReadOnly("desk_regionalstandard", but=["INSERT", "UPDATE"]),
        ReadOnly("desk_casetable", but=["INSERT", "DELETE"]),
    ]
