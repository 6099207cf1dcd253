"""The functions behind the event log, which run as its owner, and the rights on it."""

from django.db import migrations

from jineng.core.events import ReadOnly

# The user as which the site signed in, or the role that it took.
DB_USER = """
    CASE current_setting('role') WHEN 'none' THEN session_user::text
         ELSE current_setting('role') END
"""

WHO = f"""
    nullif(current_setting('jineng.actor', true), '')::bigint,
    coalesce(current_setting('jineng.why', true), ''),
    coalesce(current_setting('jineng.origin', true), ''),
    {DB_USER}
"""

# TG_ARGV: the key column; columns that are left out; columns that are veiled.
TRACK = f"""
CREATE FUNCTION core_track() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key text := TG_ARGV[0];
    left_out text[] := string_to_array(TG_ARGV[1], ',');
    veiled text[] := string_to_array(TG_ARGV[2], ',');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.core_event
            (kind, table_name, row_id, after, actor_id, why, origin, db_user)
        SELECT 'insert', TG_TABLE_NAME, made ->> key, public.core_veiled(made - left_out, veiled),
            {WHO}
        FROM (SELECT to_jsonb(n) AS made FROM new_rows n) AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.core_event
            (kind, table_name, row_id, before, actor_id, why, origin, db_user)
        SELECT 'delete', TG_TABLE_NAME, gone ->> key, public.core_veiled(gone - left_out, veiled),
            {WHO}
        FROM (SELECT to_jsonb(o) AS gone FROM old_rows o) AS o;
    ELSIF TG_OP = 'UPDATE' THEN
        -- A row whose key was changed is one that went and another that came.
        INSERT INTO public.core_event
            (kind, table_name, row_id, before, after, actor_id, why, origin, db_user)
        SELECT CASE WHEN was IS NULL THEN 'insert' WHEN is_now IS NULL THEN 'delete'
                    ELSE 'update' END,
            TG_TABLE_NAME, row_key,
            public.core_veiled(public.core_differing(was, is_now), veiled),
            public.core_veiled(public.core_differing(is_now, was), veiled),
            {WHO}
        FROM (
            SELECT coalesce(n.row_, o.row_) ->> key AS row_key,
                o.row_ - left_out AS was, n.row_ - left_out AS is_now
            FROM (SELECT to_jsonb(r) AS row_ FROM old_rows r) AS o
            FULL JOIN (SELECT to_jsonb(r) AS row_ FROM new_rows r) AS n
                ON o.row_ ->> key = n.row_ ->> key
        ) AS pairs
        WHERE was IS DISTINCT FROM is_now;
    ELSE
        INSERT INTO public.core_event (kind, table_name, row_id, actor_id, why, origin, db_user)
        SELECT 'truncate', TG_TABLE_NAME, '', {WHO};
    END IF;
    RETURN NULL;
END $$;
"""

DIFFERING = """
CREATE FUNCTION core_differing(mine jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN other IS NULL THEN mine ELSE (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(mine)
        WHERE value IS DISTINCT FROM other -> key
    ) END
$$;
"""

VEILED = """
CREATE FUNCTION core_veiled(row_ jsonb, veiled text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN row_ IS NULL OR NOT row_ ?| veiled THEN row_ ELSE (
        SELECT jsonb_object_agg(
            key, CASE WHEN key = ANY (veiled) THEN '"…"'::jsonb ELSE value END)
        FROM jsonb_each(row_)
    ) END
$$;
"""

NOTE = f"""
CREATE FUNCTION core_note(kind text, table_name text, row_id text, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF kind IN ('insert', 'update', 'delete', 'truncate') THEN
        RAISE EXCEPTION 'events of the kind % are written by triggers', kind
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- A transaction has its number before its first event has one: the sealer relies on it.
    PERFORM pg_current_xact_id();
    INSERT INTO public.core_event
        (kind, table_name, row_id, after, actor_id, why, origin, db_user)
    SELECT kind, table_name, row_id, details, {WHO};
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(DIFFERING, "DROP FUNCTION core_differing(jsonb, jsonb)"),
        migrations.RunSQL(VEILED, "DROP FUNCTION core_veiled(jsonb, text[])"),
        migrations.RunSQL(TRACK, "DROP FUNCTION core_track()"),
        migrations.RunSQL(NOTE, "DROP FUNCTION core_note(text, text, text, jsonb)"),
        ReadOnly("core_event"),
        # A data key that is gone is every value it sealed.
        ReadOnly("core_datakey", but=["INSERT", "UPDATE"]),
    ]
