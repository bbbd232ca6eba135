"""`Idempotency-Key`: a POST that is sent twice has its effect once, and the same answer twice.

The answer is kept in the transaction of the effect: either both are there or neither is.
(After draft-ietf-httpapi-idempotency-key-header.)
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tenants.access.context import current
from tenants.api.models import CityReply, Reply
from tenants.api.refusals import bad_header
from tenants.api.renderers import Forwarded
from tenants.api.writepath import insert

HEADER = "Idempotency-Key"
MAX_KEY = 200
KEPT_HEADERS = ("Location", "ETag")


def once(request: Any, handler: Callable[[], Any]) -> Any:
    """What the handler answers, or what it answered the first time."""
    if not is_kept(request):
        return handler()
    key = readable(request.headers[HEADER])
    if model() is Reply:
        lock(f"{request.user.pk}:{key}")
    fingerprint = fingerprint_of(request)
    kept = model().objects.filter(user=request.user.pk, key=key).first()
    if kept is not None:
        return again(kept, fingerprint)
    response = handler()
    keep(request, key, fingerprint, response)
    return response


def is_kept(request: Any) -> bool:
    """Will the answer be kept, in its transaction?"""
    return request.method == "POST" and HEADER in request.headers


def fingerprint_of(request: Any) -> str:
    found = hashlib.sha256(f"{request.get_full_path()}\n".encode())
    for part in request.parser_context["view"].brought(request):
        found.update(part)
    return found.hexdigest()


def readable(key: str) -> str:
    key = key.strip().strip('"')
    if not key or len(key) > MAX_KEY or not key.isprintable() or not key.isascii():
        raise bad_header(400, HEADER, "invalid_idempotency_key", _("1 to 200 printable ASCII characters."))
    return key


def lock(name: str) -> None:
    """Until the end of the transaction; a second request with the key is told that one is running.

    In a city it has waited already: the entrance lets one writer in at a time.
    """
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise bad_header(
                409, HEADER, "request_in_progress", _("A request with this key is still running.")
            )


def model() -> Any:
    """In the context of a city its own replies; elsewhere those of the person."""
    context = current()
    return CityReply if context and context.city else Reply


def again(kept: Any, fingerprint: str) -> Forwarded:
    if kept.fingerprint != fingerprint:
        raise bad_header(422, HEADER, "idempotency_key_reused", _("This key was used for another request."))
    return Forwarded(bytes(kept.body), kept.status, headers={**kept.headers, "Idempotency-Replayed": "true"})


def keep(request: Any, key: str, fingerprint: str, response: HttpResponse) -> None:
    body = getattr(response, "data", None)
    if not isinstance(body, bytes) or not 200 <= response.status_code < 300:
        return
    reply = model()(
        user=request.user.pk,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        body=body,
    )
    insert(reply)
