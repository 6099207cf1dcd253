"""A person's chances are locked by number: no row is written for it, and balances have one key."""

from django.db import migrations, models

# A person's lock is the number of its row below zero, where no other lock's number is. Whoever takes
# chances goes from a record to what it was merged into; so does who merges, by the trigger below.
ONE_PERSON = """
CREATE OR REPLACE FUNCTION people_one_person(who bigint) RETURNS bigint[] LANGUAGE plpgsql
AS $$
DECLARE
    up bigint;
    has_merged boolean;
BEGIN
    LOOP
        PERFORM pg_advisory_xact_lock(-who);
        SELECT merged_into_id,
            EXISTS (SELECT FROM public.people_person WHERE merged_into_id = person.id)
        INTO STRICT up, has_merged
        FROM public.people_person person WHERE id = who;
        EXIT WHEN up IS NULL;
        who := up;
    END LOOP;
    IF NOT has_merged THEN
        RETURN ARRAY[who];
    END IF;
    RETURN ARRAY(
        WITH RECURSIVE records AS (
            SELECT who AS id, 0 AS depth
            UNION ALL
            SELECT person.id, depth + 1 FROM public.people_person person
                JOIN records ON person.merged_into_id = records.id
        )
        SELECT id FROM records ORDER BY depth, id
    );
END $$
"""

# Who merges or parts records waits until nobody takes chances under either, and keeps them waiting.
MERGING = """
CREATE FUNCTION people_lock_merging() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(-OLD.id);
    IF OLD.merged_into_id IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(-OLD.merged_into_id);
    END IF;
    IF NEW.merged_into_id IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(-NEW.merged_into_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lock_merging BEFORE UPDATE OF merged_into_id ON people_person
    FOR EACH ROW WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
    EXECUTE FUNCTION people_lock_merging();
"""

ONE_KEY = """
ALTER TABLE people_entitlement DROP COLUMN id;
ALTER TABLE people_entitlement DROP CONSTRAINT entitlement_of_a_period;
ALTER TABLE people_entitlement ADD PRIMARY KEY (person_id, key, period);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0032_kept")]

    operations = [
        migrations.RunSQL(ONE_PERSON),
        migrations.RunSQL(MERGING),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONE_KEY)],
            state_operations=[
                migrations.RemoveConstraint("entitlement", "entitlement_of_a_period"),
                migrations.RemoveField("entitlement", "id"),
                migrations.AddField(
                    "entitlement",
                    "pk",
                    models.CompositePrimaryKey(
                        "person",
                        "key",
                        "period",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
    ]
