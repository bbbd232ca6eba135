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


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(FITS_MEASURE, "DROP FUNCTION plans_fits_measure()"),
        migrations.RunSQL(FROZEN, "DROP FUNCTION plans_frozen()"),
    ]
