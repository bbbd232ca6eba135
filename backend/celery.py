"""Celery is only the doorbell: what is to be done stands in rows, and a bell may ring twice or never."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

app = Celery("backend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "plans.exports",
        "plans.figures",
        "plans.imports",
        "plans.summaries",
        "tenants.networks",
        "tenants.personal",
    ]
)


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Without this Celery would put its own handlers over LOGGING."""


@beat_init.connect
def notice_at_once(**kwargs: Any) -> None:
    """What ended while beat was away does not wait for another interval."""
    app.send_task("plans.summaries.notice", expires=30)
