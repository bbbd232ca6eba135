"""Functions behind the rules between rows: what was replaced is closed, dependencies have no circle, and a practice is adopted as it was consented to."""

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

# Each of the two cities writes its own row and may not lock that of the other: both take one lock by the key
# of the adoption, and the statement that follows it sees what the other has committed.
ADOPTED_AS_CONSENTED = """
CREATE FUNCTION plans_adopted_as_consented() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.id::text, 0));
    IF TG_OP = 'UPDATE' AND OLD.adopted_on IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF NOT NEW.is_open AND NOT EXISTS (
        SELECT FROM plans_adoptionanswer WHERE adoption_id = NEW.id AND decision = 'consented'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The city that offers the practice has not consented.';
    END IF;
    RETURN NEW;
END $$;
"""

ANSWERED_BEFORE_ADOPTED = """
CREATE FUNCTION plans_answered_before_adopted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.adoption_id::text, 0));
    IF EXISTS (SELECT FROM plans_adoption WHERE id = NEW.adoption_id AND adopted_on IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The practice was adopted meanwhile.';
    END IF;
    RETURN NEW;
END $$;
"""

ADOPTED_WITH_ACTION = """
CREATE FUNCTION plans_adopted_with_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.adopted_on := NULL;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_functions")]
    operations = [
        migrations.RunSQL(REPLACED_IS_CLOSED, "DROP FUNCTION plans_replaced_is_closed()"),
        migrations.RunSQL(OF_REPLACED_IS_CLOSED, "DROP FUNCTION plans_of_replaced_is_closed()"),
        migrations.RunSQL(REPLACED_BY_CURRENT, "DROP FUNCTION plans_replaced_by_current()"),
        migrations.RunSQL(NO_CIRCLE, "DROP FUNCTION plans_no_circle()"),
        migrations.RunSQL(ADOPTED_AS_CONSENTED, "DROP FUNCTION plans_adopted_as_consented()"),
        migrations.RunSQL(ANSWERED_BEFORE_ADOPTED, "DROP FUNCTION plans_answered_before_adopted()"),
        migrations.RunSQL(ADOPTED_WITH_ACTION, "DROP FUNCTION plans_adopted_with_action()"),
    ]
