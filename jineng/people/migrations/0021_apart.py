"""What the database refuses whoever asks: roles that don't go together, and duties undone."""

from django.db import migrations

from jineng.core.events import ReadOnly, Tracked

# Every role as it is held: by members, and by who stands in for them.
HOLDING = """
CREATE VIEW people_holding AS
    SELECT user_id, organisation_id, role, daterange(starts_on, ends_on, '[]') AS days
    FROM people_membership
    UNION ALL
    SELECT delegation.to_user_id, member.organisation_id, member.role,
        daterange(delegation.starts_on, delegation.ends_on, '[]')
            * daterange(member.starts_on, member.ends_on, '[]')
    FROM people_delegation delegation JOIN people_membership member
        ON member.id = delegation.membership_id
    WHERE delegation.revoked_at IS NULL
"""

# Locked by user, so that two grants at once see each other.
APART = """
CREATE FUNCTION people_keep_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    holder bigint;
BEGIN
    FOR holder IN
        SELECT CASE TG_TABLE_NAME WHEN 'people_membership'
            THEN (to_jsonb(NEW) ->> 'user_id')::bigint
            ELSE (to_jsonb(NEW) ->> 'to_user_id')::bigint END
        UNION
        SELECT to_user_id FROM people_delegation
        WHERE TG_TABLE_NAME = 'people_membership' AND membership_id = NEW.id
        ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(hashtext('people_holding'), holder::int);
        IF EXISTS (
            SELECT FROM people_holding one JOIN people_holding other
                ON other.user_id = one.user_id AND other.days && one.days
            WHERE one.user_id = holder AND (
                one.role = 'approver' AND other.role = 'cashier'
                    AND other.organisation_id = one.organisation_id
                OR one.role = 'platform_admin' AND other.role NOT IN ('platform_admin', 'worker')
            )
        ) THEN
            RAISE EXCEPTION 'user % would hold roles that do not go together', holder
                USING ERRCODE = 'check_violation', CONSTRAINT = 'holdings_compatible';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_apart AFTER INSERT OR UPDATE ON people_membership
    FOR EACH ROW EXECUTE FUNCTION people_keep_apart();
CREATE TRIGGER keep_apart AFTER INSERT OR UPDATE ON people_delegation
    FOR EACH ROW EXECUTE FUNCTION people_keep_apart();
"""
TOGETHER = """
DROP TRIGGER keep_apart ON people_delegation;
DROP TRIGGER keep_apart ON people_membership;
DROP FUNCTION people_keep_apart();
"""

# For Django's cache in the database: counts of requests, codes that were used.
CACHE = """
CREATE TABLE people_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX people_cache_expires ON people_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0020_access"),
        ("core", "0002_event_log"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(HOLDING, "DROP VIEW people_holding"),
        migrations.RunSQL(APART, TOGETHER),
        migrations.RunSQL(CACHE, "DROP TABLE people_cache"),
        ReadOnly("people_caseduty", but=["INSERT"]),
        Tracked("people_correctionrequest"),
        Tracked("mfa_authenticator", leave_out=["last_used_at"], veil=["data"]),
    ]
