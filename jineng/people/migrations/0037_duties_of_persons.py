"""Nobody does two things with a case by two accounts."""

import django.db.models.deletion
from django.db import migrations, models

WHOSE = """
UPDATE people_caseduty duty SET person_id = account.person_id
FROM people_user account WHERE account.id = duty.user_id
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0036_taken_states")]

    operations = [
        migrations.AddField(
            model_name="caseduty",
            name="person",
            field=models.ForeignKey(
                help_text="whose account it was then; one person may come by another account later",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
            ),
        ),
        migrations.RunSQL(WHOSE, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="caseduty",
            constraint=models.UniqueConstraint(
                fields=("case", "person"), name="one_duty_of_a_person_in_a_case"
            ),
        ),
    ]
