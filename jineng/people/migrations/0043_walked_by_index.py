"""A list of persons is walked by an index alone, who is in reach told by it too."""

from django.db import migrations, models

REACHED_BY = ("household_region", "living_region", "working_region", "merged_into")
ORDERS = {"person_in_order": "name_key", "person_by_birth": "birth_date"}


class Migration(migrations.Migration):
    dependencies = [("people", "0042_found_where_they_live")]

    operations = [
        step
        for name, column in ORDERS.items()
        for step in (
            migrations.RemoveIndex("person", name),
            migrations.AddIndex(
                "person", models.Index(fields=[column, "id"], include=REACHED_BY, name=name)
            ),
        )
    ]
