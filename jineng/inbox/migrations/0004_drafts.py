"""Events of drafts of rules and standards are found at once too."""

from django.db import migrations

TOLD = """
    DROP INDEX event_told;
    CREATE INDEX event_told ON core_event (id) WHERE
        table_name IN ('people_person', 'people_user') AND kind <> 'insert'
        OR table_name IN (
            'people_personmerge', 'people_correctionrequest', 'people_membership',
            'people_delegation', 'people_invitation', 'mfa_authenticator', 'people_signup',
            'people_blacklistentry', 'people_importrun', 'claims_batch', 'core_root',
            'desk_regionalstandard', 'desk_enactment'
        )
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0003_languages")]

    operations = [migrations.RunSQL(TOLD, migrations.RunSQL.noop)]
