"""A token says when it was last used, without a part of the entrance that changes rows."""

from django.db import migrations

MARK_USED = """
CREATE FUNCTION tenants_mark_used(which uuid) RETURNS void LANGUAGE sql AS $$
    UPDATE tenants_token SET last_used_at = now() WHERE id = which
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0009_erasures")]
    operations = [migrations.RunSQL(MARK_USED, "DROP FUNCTION tenants_mark_used(uuid)")]
