"""Persons of a place, and of a group on a day, are found by indexes alone."""

from django.db import migrations, models
from django.db.models import PROTECT, ForeignKey, Index


def home() -> ForeignKey:
    return ForeignKey(
        "people.region", PROTECT, blank=True, null=True, db_index=False, related_name="+"
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0041_sign_ups_waiting")]

    operations = [
        migrations.RemoveIndex("groupmembership", "group_members"),
        migrations.AddIndex(
            "groupmembership",
            models.Index(
                fields=["group", "person"],
                include=("starts_on", "ends_on"),
                name="members_on_a_day",
            ),
        ),
        migrations.AddIndex(
            "person", Index(fields=["household_region", "id"], name="person_by_household")
        ),
        migrations.AddIndex(
            "person", Index(fields=["living_region", "id"], name="person_by_living")
        ),
        migrations.AddIndex(
            "person", Index(fields=["working_region", "id"], name="person_by_working")
        ),
        migrations.AlterField("person", "household_region", home()),
        migrations.AlterField("person", "living_region", home()),
        migrations.AlterField("person", "working_region", home()),
    ]
