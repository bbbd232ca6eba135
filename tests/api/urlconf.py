"""Every address of the API, as the URLconf says, whatever the tests know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"


class Route(NamedTuple):
    """An address such as `networks/{network}/actions/`, its view and the action of each method."""

    path: str
    view: Any
    actions: dict[str, str]

    @property
    def keys(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    def url(self, **keys: Any) -> str:
        return f"/{API}{self.path}".format(**keys)

    def __str__(self) -> str:
        return self.path


def endpoints(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the project with what answers there."""
    for entry in patterns or get_resolver().url_patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from endpoints(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def view_of(callback: Any) -> Any:
    return getattr(callback, "cls", None) or getattr(callback, "view_class", callback)


def actions_of(callback: Any) -> dict[str, str]:
    view = view_of(callback)
    declared = getattr(callback, "actions", None) or {
        m: m for m in view.http_method_names if hasattr(view, m)
    }
    known = view.http_method_names
    return {
        method.upper(): action for method, action in declared.items() if method in known and method != "head"
    }


def routes() -> list[Route]:
    """One for each address of the API behind the entrance; addresses that stand in two patterns are one."""
    return [route for route in all_routes() if not route.view.is_public]


def public_routes() -> list[Route]:
    return [route for route in all_routes() if route.view.is_public]


def all_routes() -> list[Route]:
    found: dict[str, Route] = {}
    for path, callback in endpoints():
        if path.startswith(API) and hasattr(view_of(callback), "needs"):
            route = found.setdefault(path, Route(path.removeprefix(API), view_of(callback), {}))
            route.actions.update(actions_of(callback))
    return list(found.values())


def one_of_each_view(some: list[Route]) -> list[Route]:
    """What holds for a view need not be asked at each of its addresses."""
    return list({route.view: route for route in reversed(some)}.values())[::-1]
