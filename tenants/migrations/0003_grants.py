"""What the application may do with Django's own tables."""

from django.db import migrations

GRANT = """
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO iap_app;
GRANT SELECT ON django_migrations TO iap_app;
"""
REVOKE = "REVOKE ALL ON django_session, django_migrations FROM iap_app"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_initial"), ("sessions", "0001_initial")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
