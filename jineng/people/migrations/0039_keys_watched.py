"""Keys by which persons are found are not pointed elsewhere, or dropped, without a trace.

The application has to: records are merged, numbers corrected, look-up keys rotated. What is added
comes with its person, whose own event says so. What the hash was is not kept: it would outlive the
key that made it.
"""

from django.db import migrations

GIVEN = "'id', '', 'hash'"

WATCH = f"""
CREATE TRIGGER tracked_update AFTER UPDATE ON people_personkey
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_track({GIVEN});
CREATE TRIGGER tracked_delete AFTER DELETE ON people_personkey
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_track({GIVEN});
CREATE TRIGGER tracked_truncate AFTER TRUNCATE ON people_personkey
    FOR EACH STATEMENT EXECUTE FUNCTION core_track({GIVEN});
"""
UNWATCH = """
DROP TRIGGER tracked_update ON people_personkey;
DROP TRIGGER tracked_delete ON people_personkey;
DROP TRIGGER tracked_truncate ON people_personkey;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0038_imported_for"), ("core", "0002_event_log")]

    operations = [migrations.RunSQL(WATCH, UNWATCH)]
