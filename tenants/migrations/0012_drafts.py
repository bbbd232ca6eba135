"""A draft is its city's own, and so are the changes of it: they are marked as personal data is."""

from django.db import migrations

KEEP_HISTORY = """
CREATE OR REPLACE FUNCTION tenants_keep_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    becomes jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    change_number bigint;
    which uuid := (coalesce(becomes, was) ->> 'city_id')::uuid;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    UPDATE tenants_city SET clock = clock + 1 WHERE id = which RETURNING clock INTO change_number;
    INSERT INTO tenants_change (city_id, number, thing, row, kind, at, actor, actor_role, reason,
                                request_id, personal, before, after)
    VALUES (
        which, change_number, TG_ARGV[0], (coalesce(becomes, was) ->> 'id')::uuid,
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        clock_timestamp(),
        nullif(current_setting('app.actor_id', true), '')::uuid,
        coalesce(current_setting('app.actor_role', true), ''),
        coalesce(current_setting('app.reason', true), ''),
        coalesce(current_setting('app.request_id', true), ''),
        %s,
        CASE TG_OP WHEN 'UPDATE' THEN tenants_changed(was, becomes) ELSE was END,
        CASE TG_OP WHEN 'UPDATE' THEN tenants_changed(becomes, was) ELSE becomes END
    );
    RETURN NULL;
END $$;
"""
PERSONAL = "TG_ARGV[1]::boolean"
# The third argument, where there is one, names the column that is set when a draft is given.
OR_A_DRAFT = f"{PERSONAL} OR (TG_ARGV[2] IS NOT NULL AND coalesce(becomes, was) ->> TG_ARGV[2] IS NULL)"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0011_meetings_in_languages")]
    operations = [migrations.RunSQL(KEEP_HISTORY % OR_A_DRAFT, KEEP_HISTORY % PERSONAL)]
