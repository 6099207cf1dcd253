"""Messages in their reader's language; events of roles that are offered are found at once too."""

from django.db import migrations, models

TOLD = """
    DROP INDEX event_told;
    CREATE INDEX event_told ON core_event (id) WHERE
        table_name IN ('people_person', 'people_user') AND kind <> 'insert'
        OR table_name IN (
            'people_personmerge', 'people_correctionrequest', 'people_membership',
            'people_delegation', 'people_invitation', 'mfa_authenticator', 'people_signup',
            'people_blacklistentry', 'people_importrun', 'claims_batch', 'core_root'
        )
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_events"), ("people", "0035_invitations")]

    operations = [
        migrations.AddField(
            "contact",
            "language",
            models.CharField(
                blank=True,
                default="",
                help_text="in which e-mails and texts are; empty: the site's own",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
    ]
