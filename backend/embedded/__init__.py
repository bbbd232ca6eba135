"""One command from nothing to a running house: servers, schema, demo data, API, worker, beat.

Knows no Django: it starts `manage.py`, granian and celery, and talks to them as any client.
"""
