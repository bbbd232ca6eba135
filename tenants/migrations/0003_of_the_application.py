"""What the application may do beside what the walls grant: with Django's own tables, and by functions."""

from django.db import migrations

GRANT = """
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO iap_app;
GRANT SELECT ON django_migrations TO iap_app;
"""
REVOKE = "REVOKE ALL ON django_session, django_migrations FROM iap_app"

# SECURITY DEFINER: the application may not write history. What it can do by this: take the values of
# personal rows out, in the city of its context (FORCE: the owner sees no other), and nothing else.
FORGET = """
CREATE FUNCTION tenants_forget(whose uuid[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH forgotten AS (
        UPDATE tenants_change SET before = NULL, after = NULL, reason = '', erased_at = clock_timestamp()
        WHERE city_id = nullif(current_setting('app.city_id', true), '')::uuid
          AND personal AND erased_at IS NULL AND "row" = ANY(whose)
        RETURNING 1
    ) SELECT count(*) FROM forgotten
$$;
REVOKE ALL ON FUNCTION tenants_forget(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_forget(uuid[]) TO iap_app;
"""

# City by city, each under its own policy: there is no context that sees personal changes of several.
DEEDS = """
CREATE FUNCTION tenants_deeds(person uuid) RETURNS TABLE (
    city uuid, thing text, kind text, n bigint, first_at timestamptz, last_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('app.city_id', true), '');
    place uuid;
BEGIN
    FOR place IN SELECT id FROM tenants_city ORDER BY id LOOP
        PERFORM set_config('app.city_id', place::text, true);
        RETURN QUERY SELECT c.city_id, c.thing::text, c.kind::text, count(*), min(c.at), max(c.at)
            FROM tenants_change c WHERE c.city_id = place AND c.actor = person
            GROUP BY c.city_id, c.thing, c.kind ORDER BY 2, 3;
    END LOOP;
    PERFORM set_config('app.city_id', before, true);
END $$;
REVOKE ALL ON FUNCTION tenants_deeds(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_deeds(uuid) TO iap_app;
"""

# A token says when it was last used, without a part of the entrance that changes rows.
MARK_USED = """
CREATE FUNCTION tenants_mark_used(which uuid) RETURNS void LANGUAGE sql AS $$
    UPDATE tenants_token SET last_used_at = now() WHERE id = which
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_initial"), ("sessions", "0001_initial")]
    operations = [
        migrations.RunSQL(GRANT, REVOKE),
        migrations.RunSQL(FORGET, "DROP FUNCTION tenants_forget(uuid[])"),
        migrations.RunSQL(DEEDS, "DROP FUNCTION tenants_deeds(uuid)"),
        migrations.RunSQL(MARK_USED, "DROP FUNCTION tenants_mark_used(uuid)"),
    ]
