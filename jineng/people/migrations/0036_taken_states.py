"""Chances are taken as reserved or used, and in no other state.

What was taken as released would hold its place for good: no reference could give it back. The
function keeps its owner, its rights and its settings.
"""

from django.db import migrations

TAKE = "people_take(bigint, text, text, text, text, text, text, text, timestamptz, bigint)"

CHECKED = f"""
DO $do$
DECLARE
    before text := pg_get_functiondef('{TAKE}'::regprocedure);
    checked text := regexp_replace(before, '\\nBEGIN\\n', $new$
BEGIN
    IF (wanted IN ('reserved', 'used')) IS NOT TRUE THEN
        RAISE EXCEPTION 'chances are reserved or used, not %', wanted
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
$new$);
BEGIN
    ASSERT checked <> before, 'people_take has no body to check in';
    EXECUTE checked;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0035_invitations")]

    operations = [migrations.RunSQL(CHECKED, migrations.RunSQL.noop)]
