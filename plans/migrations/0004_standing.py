"""The one progress function. The file is never edited once released; a new rule is a new file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "indicators" / "sql" / "standing_v1.sql").read_text()
# Each before those that it calls.
DROP = """
DROP FUNCTION iap_standing_v1(uuid, date);
DROP FUNCTION iap_standings_v1(uuid, date);
DROP FUNCTION iap_reading_v1;
DROP FUNCTION iap_trust_v1;
DROP FUNCTION iap_percentage_v1;
DROP FUNCTION iap_entries_v1;
DROP FUNCTION iap_track_v1;
DROP FUNCTION iap_gain_v1;
DROP FUNCTION iap_due_v1;
DROP FUNCTION iap_progress_v1;
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_initial")]
    operations = [migrations.RunSQL(SQL, DROP)]
