"""Two doors: pages come with a cookie, clients with a token.

What makes a cookie safe (sessions, CSRF, the person of a session) and finds out how a page may speak is of
no use to a client, and costs as much as what it asks for.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.utils.csp import build_policy
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from tenants.api.languages import negotiated, speak

CLIENTS = "/api/v1/"
BEARER = "bearer "
Handler = Callable[[HttpRequest], Any]


class Doors:
    """Takes a client straight to its view, and all others past `PAGE_MIDDLEWARE`."""

    def __init__(self, get_response: Handler) -> None:
        self.straight = self.through = get_response
        self.of_pages: list[Any] = []
        for path in reversed(settings.PAGE_MIDDLEWARE):
            middleware = import_string(path)(self.through)
            self.of_pages.insert(0, middleware)
            self.through = convert_exception_to_response(middleware)
        # What an answer to a client must not become in a browser: a page, or a part of one.
        self.answers_with = {
            "X-Frame-Options": "DENY",
            "Content-Security-Policy": build_policy(settings.SECURE_CSP),
        }

    def __call__(self, request: HttpRequest) -> Any:
        if not is_of_a_client(request):
            return self.through(request)
        speak(negotiated(request.META.get("HTTP_ACCEPT_LANGUAGE", ""), settings.LANGUAGE_CODE))
        response = self.straight(request)
        for name, value in self.answers_with.items():
            response.headers[name] = value
        if "Content-Language" not in response.headers:
            response.headers["Content-Language"] = get_language() or settings.LANGUAGE_CODE
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> Any:
        """Django asks only the outermost middleware."""
        if is_of_a_client(request):
            return None
        asked = (each.process_view for each in self.of_pages if hasattr(each, "process_view"))
        return next(filter(None, (process(request, *view) for process in asked)), None)


def is_of_a_client(request: HttpRequest) -> bool:
    proof = request.META.get("HTTP_AUTHORIZATION", "")
    return proof[: len(BEARER)].lower() == BEARER and request.path_info.startswith(CLIENTS)
