"""Servers, schema, demo data, API, worker and beat as child processes: one command, nothing installed by hand.

Knows no Django: it starts `manage.py`, gunicorn and celery, and talks to them as any client would.
"""
