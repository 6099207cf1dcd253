"""An import is a department's, whatever becomes of whoever made it."""

import django.db.models.deletion
from django.db import migrations, models

# Of those who imported: where they were acceptors on the day.
OF_WHOM = """
ALTER TABLE people_importrun DISABLE TRIGGER stays;
UPDATE people_importrun run SET organisation_id = (
    SELECT member.organisation_id FROM people_membership member
    WHERE member.user_id = run.by_id AND member.role = 'acceptor'
        AND daterange(member.starts_on, member.ends_on, '[]')
            @> (run.at AT TIME ZONE 'Asia/Shanghai')::date
    ORDER BY member.id LIMIT 1
) WHERE run.by_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE people_importrun ENABLE TRIGGER stays;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0037_duties_of_persons")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="organisation",
            field=models.ForeignKey(
                help_text="for which it was imported; empty: the command line's",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organisation",
            ),
        ),
        migrations.RunSQL(OF_WHOM, migrations.RunSQL.noop),
    ]
