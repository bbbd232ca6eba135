import os

from django.core.wsgi import get_wsgi_application

# Shared tasks find their broker through it.
from backend.celery import app as celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
application = get_wsgi_application()

__all__ = ["application", "celery"]
