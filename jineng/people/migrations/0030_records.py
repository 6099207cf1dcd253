"""Entitlements that functions of the database alone write, and what imports tell."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from jineng.core.events import ReadOnly

# The record that stands for a person, locked, and all that were merged into it: what was taken
# under any of them counts, and nothing has to be moved when records are merged or parted.
ONE_PERSON = """
CREATE FUNCTION people_one_person(who bigint) RETURNS bigint[] LANGUAGE plpgsql
AS $$
DECLARE
    up bigint;
    has_merged boolean;
BEGIN
    LOOP
        SELECT merged_into_id,
            EXISTS (SELECT FROM public.people_person WHERE merged_into_id = person.id)
        INTO STRICT up, has_merged
        FROM public.people_person person WHERE id = who FOR NO KEY UPDATE;
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

# The first of the places, counted from 1, that is not free for somebody with several records; null
# where all are.
FULL = """
CREATE FUNCTION people_full_place(
    records bigint[], keys text[], periods integer[], things text[], limits integer[],
    stoppers text[]
) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT min(place.n)
    FROM unnest(keys, periods, things, limits, stoppers) WITH ORDINALITY
        AS place (key, period, thing, most, stoppers, n)
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT thing), '{}') AS things
        FROM public.people_entitlement entitlement
            CROSS JOIN unnest(entitlement.things) AS thing
        WHERE entitlement.person_id = ANY (records)
            AND entitlement.key = place.key AND entitlement.period = place.period
    ) AS held
    WHERE held.things && string_to_array(place.stoppers, ',')
        OR (cardinality(held.things) >= place.most AND NOT place.thing = ANY (held.things))
$$
"""

# The same for one record, and in a tenth of the time.
FULL_OF_ONE = """
        SELECT min(place.n) INTO full_
        FROM unnest(keys, periods, things, limits, stoppers) WITH ORDINALITY
            AS place (key, period, thing, most, stoppers, n)
        JOIN public.people_entitlement held ON held.person_id = who
            AND held.key = place.key AND held.period = place.period
        WHERE held.things && string_to_array(place.stoppers, ',')
            OR (held.taken >= place.most AND NOT place.thing = ANY (held.things));
"""

# 0: taken, now or before; n: the n-th place is not free; -1: the reference holds other places.
# Lists come as texts of a line each, which are quicker to send and to plan than arrays.
TAKE = f"""
CREATE FUNCTION people_take(
    who bigint, what_for text, wanted text, key_lines text, period_lines text, thing_lines text,
    limit_lines text, stopper_lines text, at_ timestamptz, actor bigint
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    keys text[] := string_to_array(key_lines, chr(10));
    periods integer[] := string_to_array(period_lines, chr(10));
    things text[] := string_to_array(thing_lines, chr(10));
    limits integer[] := string_to_array(limit_lines, chr(10), '');
    stoppers text[] := string_to_array(stopper_lines, chr(10));
    records bigint[];
    last public.people_entitlementuse;
    full_ integer;
BEGIN
    -- Whom a place stops already, it stops without waiting for anybody, but for what is its own.
    {FULL_OF_ONE}
    IF full_ IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.people_entitlementuse WHERE reference = what_for
    ) THEN
        RETURN full_;
    END IF;
    records := public.people_one_person(who);
    who := records[1];
    SELECT * INTO last FROM public.people_entitlementuse
        WHERE reference = what_for ORDER BY id DESC LIMIT 1;
    IF last.state IN ('reserved', 'used') THEN
        RETURN CASE WHEN last.person_id = ANY (records)
            AND (last.keys, last.periods, last.things) = (keys, periods, things)
            THEN 0 ELSE -1 END;
    END IF;
    IF cardinality(records) = 1 THEN
        {FULL_OF_ONE}
    ELSE
        full_ := public.people_full_place(records, keys, periods, things, limits, stoppers);
    END IF;
    IF full_ IS NOT NULL THEN
        RETURN full_;
    END IF;
    INSERT INTO public.people_entitlement AS held (person_id, key, period, things, taken, allowed)
        SELECT who, place.key, place.period, ARRAY[place.thing], 1, place.most
        FROM unnest(keys, periods, things, limits) AS place (key, period, thing, most)
    ON CONFLICT (person_id, key, period) DO UPDATE SET
        things = held.things || EXCLUDED.things,
        taken = held.taken + (NOT EXCLUDED.things <@ held.things)::integer,
        -- What is taken untested may go beyond the limit.
        allowed = CASE WHEN coalesce(EXCLUDED.allowed, held.allowed) IS NOT NULL THEN
            greatest(EXCLUDED.allowed, held.taken + (NOT EXCLUDED.things <@ held.things)::integer)
        END;
    INSERT INTO public.people_entitlementuse
        (person_id, reference, state, keys, periods, things, at, by_id)
        VALUES (who, what_for, wanted, keys, periods, things, at_, actor);
    RETURN 0;
END $$
"""

# 0: it is so, now or before; -1: the reference holds nothing; -2: it has given back what it held.
USE = """
CREATE FUNCTION people_use(what_for text, at_ timestamptz, actor bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    last public.people_entitlementuse;
BEGIN
    last := public.people_last_use(what_for);
    IF last.id IS NULL THEN
        RETURN -1;
    ELSIF last.state = 'released' THEN
        RETURN -2;
    ELSIF last.state = 'reserved' THEN
        INSERT INTO public.people_entitlementuse
            (person_id, reference, state, keys, periods, things, at, by_id)
            VALUES (last.person_id, what_for, 'used', last.keys, last.periods, last.things,
                    at_, actor);
    END IF;
    RETURN 0;
END $$
"""

RELEASE = """
CREATE FUNCTION people_release(what_for text, at_ timestamptz, actor bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    last public.people_entitlementuse;
BEGIN
    last := public.people_last_use(what_for);
    IF last.id IS NULL THEN
        RETURN -1;
    ELSIF last.state <> 'released' THEN
        UPDATE public.people_entitlement AS held
            SET things = held.things[:array_position(held.things, place.thing) - 1]
                    || held.things[array_position(held.things, place.thing) + 1:],
                taken = held.taken
                    - (cardinality(array_positions(held.things, place.thing)) = 1)::integer
            FROM unnest(last.keys, last.periods, last.things) AS place (key, period, thing)
            WHERE held.person_id = last.person_id
                AND held.key = place.key AND held.period = place.period;
        INSERT INTO public.people_entitlementuse
            (person_id, reference, state, keys, periods, things, at, by_id)
            VALUES (last.person_id, what_for, 'released', last.keys, last.periods, last.things,
                    at_, actor);
    END IF;
    RETURN 0;
END $$
"""

# How a reference stands, with its person locked.
LAST_USE = """
CREATE FUNCTION people_last_use(what_for text) RETURNS public.people_entitlementuse
LANGUAGE plpgsql
AS $$
DECLARE
    last public.people_entitlementuse;
BEGIN
    SELECT * INTO last FROM public.people_entitlementuse
        WHERE reference = what_for ORDER BY id DESC LIMIT 1;
    IF last.id IS NOT NULL THEN
        PERFORM public.people_one_person(last.person_id);
        SELECT * INTO last FROM public.people_entitlementuse
            WHERE reference = what_for ORDER BY id DESC LIMIT 1;
    END IF;
    RETURN last;
END $$
"""

FUNCTIONS = {
    ONE_PERSON: "people_one_person(bigint)",
    FULL: "people_full_place(bigint[], text[], integer[], text[], integer[], text[])",
    LAST_USE: "people_last_use(text)",
    TAKE: "people_take(bigint, text, text, text, text, text, text, text, timestamptz, bigint)",
    USE: "people_use(text, timestamptz, bigint)",
    RELEASE: "people_release(text, timestamptz, bigint)",
}


class Migration(migrations.Migration):
    dependencies = [("people", "0022_single_sign_on")]

    operations = [
        migrations.AddField(
            "importrun",
            "problems_found",
            models.BigIntegerField(
                default=0, help_text="cells that are wrong; `problems` keeps the first of them"
            ),
        ),
        migrations.AddField(
            "importrun",
            "told",
            models.JSONField(default=dict, help_text="what else there is to say, in numbers"),
        ),
        *(
            migrations.AlterField(
                "insurancespell",
                name,
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name=related_name,
                    to=to,
                    db_index=False,
                ),
            )
            for name, related_name, to in (
                ("person", "insurance_spells", "people.person"),
                ("employer", "insurance_spells", "people.organisation"),
                ("run", "+", "people.importrun"),
            )
        ),
        migrations.AddIndex(
            "insurancespell",
            models.Index(
                fields=["employer", "last_month"],
                condition=Q(superseded_by=None),
                name="insurance_spells_of_employer",
            ),
        ),
        migrations.AddIndex(
            "insurancespell",
            models.Index(
                fields=["person"],
                condition=Q(superseded_by__isnull=False),
                name="insurance_spells_superseded",
            ),
        ),
        migrations.DeleteModel("EntitlementUse"),
        migrations.DeleteModel("Entitlement"),
        migrations.CreateModel(
            "Entitlement",
            [
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField(help_text="`policy.entitlement.Place.text`")),
                ("period", models.SmallIntegerField(help_text="year; 0: once and for all")),
                (
                    "things",
                    django.contrib.postgres.fields.ArrayField(
                        models.TextField(),
                        default=list,
                        size=None,
                        help_text="what was put here, once for each reference",
                    ),
                ),
                (
                    "taken",
                    models.SmallIntegerField(default=0, help_text="how many different things"),
                ),
                (
                    "allowed",
                    models.SmallIntegerField(
                        null=True,
                        help_text="how many of them the policy allows; empty where it counts none",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entitlements",
                        to="people.person",
                        db_index=False,
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["person", "key", "period"], name="entitlement_of_a_period"
                    ),
                    models.CheckConstraint(
                        condition=Q(taken__gte=0) & (Q(allowed=None) | Q(taken__lte=F("allowed"))),
                        name="entitlement_within_limit",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            "EntitlementUse",
            [
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.TextField(help_text="what they are for, such as a claim's number"),
                ),
                (
                    "state",
                    models.CharField(
                        max_length=8,
                        choices=[
                            ("reserved", "已预留"),
                            ("used", "已使用"),
                            ("released", "已退回"),
                        ],
                    ),
                ),
                ("keys", django.contrib.postgres.fields.ArrayField(models.TextField(), size=None)),
                (
                    "periods",
                    django.contrib.postgres.fields.ArrayField(models.IntegerField(), size=None),
                ),
                (
                    "things",
                    django.contrib.postgres.fields.ArrayField(models.TextField(), size=None),
                ),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entitlement_uses",
                        to="people.person",
                        db_constraint=False,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        db_index=False,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["reference", "-id"], name="entitlement_use_latest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["reserved", "used", "released"]),
                        name="entitlement_use_state_known",
                    )
                ],
            },
        ),
        *(migrations.RunSQL(made, f"DROP FUNCTION {name}") for made, name in FUNCTIONS.items()),
        ReadOnly("people_entitlement"),
        ReadOnly("people_entitlementuse"),
    ]
