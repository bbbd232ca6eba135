"""Functions behind the walls: versions, history, references within a network, prose in several languages."""

from django.db import migrations

TOUCH = """
CREATE FUNCTION tenants_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.row_version := OLD.row_version + 1;
    NEW.created_at := OLD.created_at;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
"""

# SECURITY DEFINER: the application role may read the history, never write it. The policies hold for
# the owner too (FORCE), so a change outside its city's context cannot be recorded, hence not be made.
# The third argument of the trigger, where there is one, names the column that is set when a draft is given.
KEEP_HISTORY = """
CREATE FUNCTION tenants_keep_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    becomes jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    whole jsonb := coalesce(becomes, was);
    which uuid := whole ->> 'city_id';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NULL;
        END IF;
        SELECT coalesce(jsonb_object_agg(key, value), '{}'), coalesce(jsonb_object_agg(key, becomes -> key), '{}')
        INTO was, becomes FROM jsonb_each(was)
        WHERE value IS DISTINCT FROM becomes -> key AND key NOT IN ('row_version', 'updated_at');
    END IF;
    -- Once in a transaction: a row that is changed again and again in one is found ever more slowly. From here on
    -- nobody else counts in this city, and the last number is that of its last change.
    IF current_setting('app.counted', true) IS DISTINCT FROM which::text THEN
        UPDATE tenants_city SET clock = clock + 1 WHERE id = which;
        PERFORM set_config('app.counted', which::text, true);
    END IF;
    INSERT INTO tenants_change (city_id, number, thing, row, kind, at, actor, actor_role, reason,
                                request_id, personal, before, after)
    VALUES (
        which, 1 + coalesce((SELECT max(number) FROM tenants_change WHERE city_id = which), 0),
        TG_ARGV[0], (whole ->> 'id')::uuid,
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        clock_timestamp(),
        nullif(current_setting('app.actor_id', true), '')::uuid,
        coalesce(current_setting('app.actor_role', true), ''),
        coalesce(current_setting('app.reason', true), ''),
        coalesce(current_setting('app.request_id', true), ''),
        TG_ARGV[1]::boolean OR (TG_ARGV[2] IS NOT NULL AND whole ->> TG_ARGV[2] IS NULL),
        was, becomes
    );
    RETURN NULL;
END $$;
"""

COUNT_SHARED = """
CREATE FUNCTION tenants_count_shared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenants_network SET clock = clock + 1
    WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.network_id ELSE NEW.network_id END;
    RETURN NULL;
END $$;
"""

# The error carries the trigger's name as a constraint's, so that the API can point at the field.
SAME_NETWORK = """
CREATE FUNCTION tenants_same_network() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine jsonb := to_jsonb(NEW);
    known boolean;
BEGIN
    EXECUTE format(
        'SELECT true FROM %I WHERE id = $1 AND network_id = coalesce($2, (SELECT network_id FROM tenants_city WHERE id = $3))',
        TG_ARGV[0]
    ) INTO known USING (mine ->> TG_ARGV[1])::uuid, (mine ->> 'network_id')::uuid, (mine ->> 'city_id')::uuid;
    IF known IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The reference leads out of the network.';
    END IF;
    RETURN NEW;
END $$;
"""

# `lengths` has a key for each field that is prose; null where its length has no limit.
TRANSLATIONS_FIT = """
CREATE FUNCTION tenants_translations_fit(translations jsonb, languages text[], lengths jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(translations) <> 'object' THEN false ELSE NOT EXISTS (
        SELECT FROM jsonb_each(translations) AS l(language, texts)
        WHERE NOT language = ANY(languages) OR texts = '{}' OR CASE
            WHEN jsonb_typeof(texts) <> 'object' THEN true
            ELSE EXISTS (
                SELECT FROM jsonb_each(texts) AS t(field, text)
                WHERE NOT lengths ? field OR jsonb_typeof(text) <> 'string' OR text = '""'
                   OR length(text #>> '{}') > (lengths ->> field)::integer
            )
        END
    ) END
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(TOUCH, "DROP FUNCTION tenants_touch()"),
        migrations.RunSQL(KEEP_HISTORY, "DROP FUNCTION tenants_keep_history()"),
        migrations.RunSQL(COUNT_SHARED, "DROP FUNCTION tenants_count_shared()"),
        migrations.RunSQL(SAME_NETWORK, "DROP FUNCTION tenants_same_network()"),
        migrations.RunSQL(TRANSLATIONS_FIT, "DROP FUNCTION tenants_translations_fit(jsonb, text[], jsonb)"),
    ]
