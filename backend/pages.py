"""The contract as a file and as pages, and the two questions a load balancer asks."""

from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication

from tenants.api.problems import plain

DOCUMENT = Path(settings.BASE_DIR) / "openapi" / "openapi.yaml"
# Nothing comes from another host; the pages bring inline styles, and scripts as files.
PAGE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "worker-src": ["'self'", "blob:"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


class Document(View):
    """The committed contract; a test keeps it the same as the generated one."""

    def get(self, request: HttpRequest) -> FileResponse:
        return FileResponse(DOCUMENT.open("rb"), content_type="application/yaml")


@method_decorator(csp_override(PAGE_CSP), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """To read and to try; it says who is signed in."""

    authentication_classes = (SessionAuthentication,)
    url_name = "schema"
    template_name = "docs.html"


@method_decorator(csp_override(PAGE_CSP), name="dispatch")
class SignIn(LoginView):
    """With an address and a password; the session serves the documentation page."""

    template_name = "login.html"


def health(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:
    """It can work: the database is there and migrated, the broker is there."""
    missing = [name for name, check in (("database", migrated), ("broker", broker)) if not holds(check)]
    if missing:
        answer = plain(
            request, 503, "not_ready", _("Not available: %(names)s.") % {"names": ", ".join(missing)}
        )
        answer["Retry-After"] = "5"
        return answer
    return JsonResponse({"status": "ready"})


def holds(check: Any) -> bool:
    try:
        return bool(check())
    except (Error, redis.RedisError):
        return False


def migrated() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return all_applied()


@cache
def expected() -> list[Any]:
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


def all_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(expected())


def broker() -> bool:
    return bool(redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping())
