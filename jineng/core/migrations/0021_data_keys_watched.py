"""A data key that is wrapped anew leaves a trace, and nothing else of it changes.

The application has to wrap: master keys are rotated. What wrapped it before is not kept: whoever
got hold of the old master key would read it there.
"""

from django.db import migrations

from jineng.core.events import ReadOnly

WATCH = """
CREATE TRIGGER tracked_update AFTER UPDATE ON core_datakey
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_track('id', 'xact', 'wrapped');
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0020_event_by_actor")]

    operations = [
        ReadOnly("core_datakey", but=["INSERT", "UPDATE (wrapped, master, retired_at)"]),
        migrations.RunSQL(WATCH, "DROP TRIGGER tracked_update ON core_datakey"),
    ]
