"""Who is tied to the government's single sign-on is kept, when and by whom."""

from django.db import migrations

from jineng.core.events import Tracked


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0021_apart"),
        ("core", "0002_event_log"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        Tracked("socialaccount_socialaccount", leave_out=["last_login"], veil=["uid", "extra_data"])
    ]
