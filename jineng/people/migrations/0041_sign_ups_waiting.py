"""Enterprises that wait are counted by an index of those alone, and found twice by their code."""

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
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(fields=["credit_code"], name="sign_ups_of_one"),
        ),
    ]
