"""What may stand in a column `translations`: the function behind its CHECK."""

from django.db import migrations

# `lengths` has a key for each field that is prose; null where its length has no limit.
FIT = """
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
    dependencies = [("tenants", "0004_published")]
    operations = [
        migrations.RunSQL(FIT, "DROP FUNCTION tenants_translations_fit(jsonb, text[], jsonb)"),
    ]
