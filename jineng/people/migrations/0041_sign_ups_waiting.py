"""A home counts the enterprises that wait by an index of those alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0040_group_members")]

    operations = [
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(
                condition=models.Q(("served_at", None), ("withdrawn_at", None)),
                fields=["signed_up_at", "region"],
                name="sign_ups_waiting",
            ),
        ),
    ]
