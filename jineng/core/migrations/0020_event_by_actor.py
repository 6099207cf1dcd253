"""What somebody did lately is found at once; who imports with the command line pays nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0011_no_made_up_changes")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("actor_id__isnull", False)),
                fields=["actor_id", "id"],
                name="event_by_actor",
            ),
        ),
    ]
