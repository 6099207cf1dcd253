"""A list of persons is narrowed to a group by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0039_keys_watched")]

    operations = [
        migrations.AddIndex(
            model_name="groupmembership",
            index=models.Index(fields=["group", "person"], name="group_members"),
        ),
    ]
