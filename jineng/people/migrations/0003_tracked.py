"""Every change of a register is kept. Bulk records have their import run as their history."""

from django.db import migrations

from jineng.core.events import Tracked

NAMES = ["name_key", "name_tokens"]


class Migration(migrations.Migration):
    dependencies = [("people", "0002_registers"), ("core", "0002_event_log")]

    operations = [
        Tracked("people_region"),
        Tracked("people_person", leave_out=NAMES),
        Tracked("people_groupmembership"),
        Tracked("people_personmerge"),
        Tracked("people_organisation", leave_out=NAMES),
        Tracked("people_organisationkind"),
        Tracked("people_pillarstatus"),
        Tracked("people_suspension"),
        Tracked("people_qualification"),
        Tracked("people_signup"),
        Tracked("people_blacklistentry"),
        Tracked("people_verification"),
        Tracked("people_user", leave_out=["last_login"], veil=["password"]),
        Tracked("people_membership"),
        Tracked("people_delegation"),
    ]
