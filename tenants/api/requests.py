"""Every request has an id: in the answer, in problems, in the history, in one line of the log."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, override

import psycopg
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from tenants.access.keys import uuid7

HEADER = "X-Request-ID"
WITHOUT_BODY = (204, 304)  # nor a length of one: RFC 9110, section 8.6
SENSIBLE = re.compile(r"[\w.-]{8,64}\Z", re.ASCII)
logger = logging.getLogger("requests")


class Requests:
    """Takes the client's id when it is sensible, else makes one; logs the route, never the query,
    which may hold words of a person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request.request_id = given if SENSIBLE.match(given) else str(uuid7())  # type: ignore[attr-defined]
        # A charset that the client names would be obeyed for the query too, even one that is no text.
        if request.encoding:
            request.encoding = "utf-8"
        response = self.get_response(request)
        response[HEADER] = request.request_id  # type: ignore[attr-defined]
        bodiless = response.streaming or response.status_code in WITHOUT_BODY
        if not bodiless and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        if logger.isEnabledFor(logging.INFO):
            logger.handle(record(**self.told(request, response, time.monotonic() - started)))
        return response

    def told(self, request: HttpRequest, response: HttpResponse, seconds: float) -> dict[str, Any]:
        match = request.resolver_match
        return {
            "request_id": request.request_id,  # type: ignore[attr-defined]
            "method": request.method,
            "route": match.route if match else None,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        }


def record(**fields: Any) -> logging.LogRecord:
    """Without a walk up the stack for the line that it was written in: that is always the same."""
    made = logging.LogRecord(logger.name, logging.INFO, __file__, 0, "request", None, None)
    made.fields = fields
    return made


class JSONLines(logging.Formatter):
    """One object a line. Django names a request by its path, which may hold a secret: here by its route."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_path(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return written(line)

    @override
    def formatException(self, ei: Any) -> str:
        """PostgreSQL repeats the values of a row that it refuses, which may be about a person."""
        text = super().formatException(ei)
        for error in chain(ei[1]):
            if isinstance(error, psycopg.Error | DatabaseError):
                text = text.replace(str(error).strip(), impersonal(error))
        return text


written = json.JSONEncoder(ensure_ascii=False).encode


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def impersonal(error: BaseException) -> str:
    """The state and the rule; the sentence as well, unless it is about values (classes 22 and 23)."""
    diag = getattr(error if isinstance(error, psycopg.Error) else error.__cause__, "diag", None)
    if diag is None or not diag.sqlstate:
        return str(error)
    sentence = "" if diag.sqlstate[:2] in ("22", "23") else diag.message_primary
    return " ".join(filter(None, (diag.sqlstate, diag.constraint_name, sentence)))


def without_path(record: logging.LogRecord) -> str:
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    message = record.getMessage()
    return message.replace(record.request.path, f"/{match.route}") if match else message  # type: ignore[attr-defined]
