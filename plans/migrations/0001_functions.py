"""Functions behind the rules of the plan that a CHECK cannot say."""

from django.db import migrations

FITS_MEASURE = """
CREATE FUNCTION plans_fits_measure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted text;
BEGIN
    SELECT measure INTO wanted FROM plans_indicator WHERE city_id = NEW.city_id AND id = NEW.indicator_id;
    IF (wanted = 'number' AND NEW.numerator IS NOT NULL) OR (wanted = 'percentage' AND NEW.value IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The value does not fit the measure of the indicator.';
    END IF;
    RETURN NEW;
END $$;
"""

FROZEN = """
CREATE FUNCTION plans_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
        MESSAGE = 'A published summary is not changed.';
END $$;
"""

# The words are those of the day of entry, whoever writes the row.
PART_WORDS = """
CREATE FUNCTION plans_part_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    retired boolean;
BEGIN
    SELECT d.name, c.name, c.retired OR d.retired INTO NEW.dimension_name, NEW.category_name, retired
    FROM plans_category c JOIN plans_dimension d ON d.id = c.dimension_id WHERE c.id = NEW.category_id;
    IF retired THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'measurementpart_fits',
            MESSAGE = 'The category takes no new values.';
    END IF;
    RETURN NEW;
END $$;
"""

# Counts and shares add up over categories; a level, such as an average, need not.
PARTS_FIT = """
CREATE FUNCTION plans_parts_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fits boolean;
BEGIN
    SELECT CASE
        WHEN NEW.value IS NOT NULL THEN
            m.value IS NOT NULL AND (i.accumulation = 'level' OR abs(parts.value) <= abs(m.value))
        ELSE
            m.numerator IS NOT NULL AND abs(parts.numerator) <= abs(m.numerator) AND parts.denominator <= m.denominator
        END INTO fits
    FROM plans_measurement m
    JOIN plans_indicator i ON i.city_id = m.city_id AND i.id = m.indicator_id
    CROSS JOIN LATERAL (
        SELECT sum(p.value) AS value, sum(p.numerator) AS numerator, sum(p.denominator) AS denominator
        FROM plans_measurementpart p JOIN plans_category c ON c.id = p.category_id
        WHERE p.city_id = m.city_id AND p.measurement_id = m.id
          AND c.dimension_id = (SELECT dimension_id FROM plans_category WHERE id = NEW.category_id)
    ) parts
    WHERE m.city_id = NEW.city_id AND m.id = NEW.measurement_id;
    IF NOT fits THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The parts do not fit the whole.';
    END IF;
    RETURN NULL;
END $$;
"""

MEMBER_OF_CITY = """
CREATE FUNCTION plans_member_of_city() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM tenants_membership
        WHERE city_id = NEW.city_id AND user_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The person has no role in the city.';
    END IF;
    RETURN NEW;
END $$;
"""

# A score keeps the words in which its dimension was put, whatever becomes of them. Where the dimension is
# not to be seen the reference says so, with its own error.
KEEP_WORDING = """
CREATE FUNCTION plans_keep_wording() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    known record;
BEGIN
    SELECT name, description, retired_on INTO known FROM plans_groupdimension
    WHERE city_id = NEW.city_id AND id = NEW.dimension_id;
    IF NEW.assessed_on > known.retired_on THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
            MESSAGE = 'The dimension was retired before this day.';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.dimension_id = OLD.dimension_id THEN
        NEW.dimension_name := OLD.dimension_name;
        NEW.dimension_description := OLD.dimension_description;
    ELSE
        NEW.dimension_name := coalesce(known.name, '');
        NEW.dimension_description := coalesce(known.description, '');
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tenants", "0001_functions")]
    operations = [
        migrations.RunSQL(FITS_MEASURE, "DROP FUNCTION plans_fits_measure()"),
        migrations.RunSQL(FROZEN, "DROP FUNCTION plans_frozen()"),
        migrations.RunSQL(PART_WORDS, "DROP FUNCTION plans_part_words()"),
        migrations.RunSQL(PARTS_FIT, "DROP FUNCTION plans_parts_fit()"),
        migrations.RunSQL(MEMBER_OF_CITY, "DROP FUNCTION plans_member_of_city()"),
        migrations.RunSQL(KEEP_WORDING, "DROP FUNCTION plans_keep_wording()"),
    ]
