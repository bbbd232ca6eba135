import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

# Shared tasks find their broker through it.
from backend.celery import app as celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
application = get_wsgi_application()

# All views come with the addresses: else the first caller of each worker would wait for them.
import_module(settings.ROOT_URLCONF)

# Granian shows every request the environment, among its headers. The settings have read what is secret.
for secret in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
    os.environ.pop(secret, None)

__all__ = ["application", "celery"]
