"""Everything that differs between a laptop, CI and production comes from the environment."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab

from backend.enums import NAMES as ENUM_NAMES

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_TLS = env.bool("BEHIND_TLS", False)
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_filters",
    "django_linear_migrations",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "tenants",
    "plans",
]
MIDDLEWARE = [
    "tenants.api.requests.Requests",
    "django.middleware.security.SecurityMiddleware",
    "tenants.api.doors.Doors",
]
# Clients with a token go past these.
PAGE_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
]
# `check --deploy` looks for the guards of pages in the first list; the tests of both doors ask for them.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W003"]
ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "backend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
SECURE_CSP: dict[str, list[str]] = {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}

# The engine is the guard: see tenants/access/postgresql.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.db("DATABASE_URL"),
        "ENGINE": "tenants.access.postgresql",
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
# The statements of the API are prepared once per connection and differ only in their values, all led
# by the city: planning them anew each time would cost more than running them.
DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
    # Django turns preparing off; without a number here `prepare=True` would mean nothing.
    "prepare_threshold": 5,
    # A report across many cities sorts what is kept of them: in memory, not in files. And nothing here turns
    # a disk: at the default of 4 a table of some hundred rows, such as people, is read whole for one of them.
    "options": "-c plan_cache_mode=force_generic_plan -c jit=off -c work_mem=32MB -c random_page_cost=1.1",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tenants.User"
LOGIN_REDIRECT_URL = "docs"
LOGOUT_REDIRECT_URL = "docs"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "backend" / "locale"]
LANGUAGES = [
    ("en", "English"),
    ("bg", "Български"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("fr", "Français"),
    ("hu", "Magyar"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pt", "Português"),
    ("ro", "Română"),
]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tenants.members.entrance.TokenEntrance",
        "tenants.members.entrance.SessionEntrance",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["tenants.api.renderers.ForwardedJSON"],
    "DEFAULT_PARSER_CLASSES": ["tenants.api.limits.StrictJSON"],
    "DEFAULT_SCHEMA_CLASS": "tenants.api.schema.Contract",
    "EXCEPTION_HANDLER": "tenants.api.problems.handler",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Integrated Action Plans",
    "DESCRIPTION": (BASE_DIR / "openapi" / "introduction.md").read_text(),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "docExpansion": "none", "filter": True},
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tenants.api.schema.refuse_empty",
        "tenants.api.schema.blank_or_written",
        "tenants.api.schema.say_once",
        "tenants.api.schema.drop_unused",
        "tenants.api.schema.sort_components",
    ],
    "SERVERS": [{"url": "/", "description": "This installation"}],
}

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")


def broker_url(redis: str) -> str:
    """kombu has a scheme of its own for unix sockets."""
    parts = urlsplit(redis)
    return (
        f"redis+socket://{parts.path}?virtual_host={env.int('CELERY_DB', 0)}"
        if parts.scheme == "unix"
        else redis
    )


CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", broker_url(REDIS_URL))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 3,
    "socket_timeout": 10,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
JOB_INTERVAL = env.float("JOB_INTERVAL", 10.0)
CELERY_BEAT_SCHEDULE = {
    # A message that nobody took before the next one comes is of no use.
    "summaries": {
        "task": "plans.summaries.notice",
        "schedule": env.float("SUMMARY_INTERVAL", 10.0),
        "options": {"expires": 30},
    },
    "figures": {
        "task": "plans.figures.refresh",
        "schedule": env.float("FIGURES_INTERVAL", 10.0),
        "options": {"expires": 30},
    },
    "personal data": {"task": "tenants.personal.erase_due", "schedule": crontab(hour="3", minute="0")},
    "imports": {"task": "plans.imports.notice", "schedule": JOB_INTERVAL, "options": {"expires": 30}},
    "exports": {"task": "plans.exports.notice", "schedule": JOB_INTERVAL, "options": {"expires": 30}},
    "imported files": {"task": "plans.imports.forget", "schedule": 3600.0, "options": {"expires": 1800}},
    "exported files": {"task": "plans.exports.forget", "schedule": 3600.0, "options": {"expires": 1800}},
    "replies": {"task": "tenants.networks.forget_replies", "schedule": 3600.0, "options": {"expires": 1800}},
}

# Nothing that a line does not hold is looked up for it (Python's Logging HOWTO, "Optimization").
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging.logAsyncioTasks = False  # type: ignore[attr-defined]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tenants.api.requests.JSONLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # Every request has its own line with its id; Django's would repeat the 4xx.
    "loggers": {"django.request": {"level": "ERROR"}},
}

# A worker that was not heard of for so long has lost its summary, or its job, to the next one.
SUMMARY_LEASE_SECONDS = env.int("SUMMARY_LEASE_SECONDS", 60)
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", 60)
