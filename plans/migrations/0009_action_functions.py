"""Functions behind the rules between actions: what was replaced is closed; dependencies have no circle."""

from django.db import migrations

# Restoring passes; what it changes besides is its own affair.
REPLACED_IS_CLOSED = """
CREATE FUNCTION plans_replaced_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.replaced_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
        MESSAGE = 'A replaced action is not changed.';
END $$;
"""

# The lock is the one that every writer of the city takes: a replacement at the same time is waited for.
# Deeper than one, the action itself or the other end of a dependency is being deleted.
OF_REPLACED_IS_CLOSED = """
CREATE FUNCTION plans_of_replaced_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    PERFORM FROM tenants_city WHERE id IN (OLD.city_id, NEW.city_id) FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM plans_action
        WHERE city_id IN (OLD.city_id, NEW.city_id) AND id IN (OLD.action_id, NEW.action_id)
        AND replaced_by_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'What belongs to a replaced action is not changed.';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
"""

REPLACED_BY_CURRENT = """
CREATE FUNCTION plans_replaced_by_current() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM tenants_city WHERE id = NEW.city_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM plans_action
        WHERE city_id = NEW.city_id AND id = NEW.replaced_by_id AND id <> NEW.id AND replaced_by_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The other action was itself replaced.';
    END IF;
    RETURN NEW;
END $$;
"""

# The lock comes first: whoever else closes the circle from its other end has then committed, and is seen.
NO_CIRCLE = """
CREATE FUNCTION plans_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM tenants_city WHERE id = NEW.city_id FOR NO KEY UPDATE;
    IF EXISTS (
        WITH RECURSIVE ahead(id) AS (
            SELECT NEW.depends_on_id
            UNION
            SELECT d.depends_on_id FROM plans_dependency d JOIN ahead ON d.action_id = ahead.id
            WHERE d.city_id = NEW.city_id AND d.id <> NEW.id
        )
        SELECT FROM ahead WHERE id = NEW.action_id
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The dependency closes a circle.';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0008_kept_figures")]
    operations = [
        migrations.RunSQL(REPLACED_IS_CLOSED, "DROP FUNCTION plans_replaced_is_closed()"),
        migrations.RunSQL(OF_REPLACED_IS_CLOSED, "DROP FUNCTION plans_of_replaced_is_closed()"),
        migrations.RunSQL(REPLACED_BY_CURRENT, "DROP FUNCTION plans_replaced_by_current()"),
        migrations.RunSQL(NO_CIRCLE, "DROP FUNCTION plans_no_circle()"),
    ]
