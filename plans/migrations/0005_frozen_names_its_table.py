from django.db import migrations

# In the log of the database; a person reads the sentence of the rule.
FROZEN = """
CREATE OR REPLACE FUNCTION plans_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
        MESSAGE = {message};
END $$;
"""
NAMED = FROZEN.format(message="format('A row of %s is kept as it was and not changed.', TG_TABLE_NAME)")
BEFORE = FROZEN.format(message="'A published summary is not changed.'")


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_standing")]
    operations = [migrations.RunSQL(NAMED, BEFORE)]
