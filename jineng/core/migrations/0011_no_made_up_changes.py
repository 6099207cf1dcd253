"""Only the owner attaches tables to the log.

Whoever may run the trigger's function may put it on a temporary table of any name, and so write
changes that nobody made.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0010_seal")]

    operations = [
        migrations.RunSQL(
            "REVOKE EXECUTE ON FUNCTION core_track() FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION core_track() TO PUBLIC",
        )
    ]
