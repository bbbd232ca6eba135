"""Addresses: `/networks/{network}/cities/{city}/things/`, and across cities `/networks/{network}/things/`."""

from collections import defaultdict
from functools import cached_property
from typing import Any, ClassVar

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, include, path
from rest_framework.routers import DynamicRoute, Route, SimpleRouter

READ: list[Route | DynamicRoute] = [
    Route("{prefix}/", {"get": "list"}, "{basename}-list", False, {}),
    Route("{prefix}/{lookup}/", {"get": "retrieve"}, "{basename}-detail", True, {}),
]
ONLY_LIST: list[Route | DynamicRoute] = READ[:1]
WRITE: list[Route | DynamicRoute] = [
    Route("{prefix}/", {"get": "list", "post": "create"}, "{basename}-list", False, {}),
    DynamicRoute("{prefix}/{url_path}/", "{basename}-{url_name}", False, {}),
    Route(
        "{prefix}/{lookup}/",
        {"get": "retrieve", "patch": "partial_update", "delete": "destroy"},
        "{basename}-detail",
        True,
        {},
    ),
    DynamicRoute("{prefix}/{lookup}/{url_path}/", "{basename}-{url_name}", True, {}),
]
JOBS: list[Route | DynamicRoute] = [
    *WRITE[:2],
    Route("{prefix}/{lookup}/", {"get": "retrieve"}, "{basename}-detail", True, {}),
    WRITE[3],
]
SINGLE: list[Route | DynamicRoute] = [
    Route(
        "{prefix}/",
        {"get": "retrieve", "post": "create", "patch": "partial_update", "delete": "destroy"},
        "{basename}-detail",
        True,
        {},
    ),
    DynamicRoute("{prefix}/{url_path}/", "{basename}-{url_name}", True, {}),
]


class Addresses(SimpleRouter):
    """A router for collections of one shape."""

    routes: ClassVar[list[Route | DynamicRoute]]

    def __init__(self, routes: list[Route | DynamicRoute]) -> None:
        self.routes = routes  # type: ignore[misc]
        super().__init__(use_regex_path=False)


def collection(
    prefix: str, viewset: Any, name: str, routes: list[Route | DynamicRoute] = WRITE
) -> list[URLPattern]:
    router = Addresses(routes)
    router.register(prefix, viewset, basename=name)
    return router.urls


def of_a_city(
    prefix: str, viewset: Any, *, routes: list[Route | DynamicRoute] = WRITE, across: str | None = ""
) -> list[Any]:
    """In a city, and the same collection read across the cities of the network (`across` names it there)."""
    mine = collection(prefix, viewset, f"city-{prefix}", routes)
    addresses: list[Any] = [path("networks/<slug:network>/cities/<slug:city>/", include(mine))]
    if across is not None:
        name, reading = across or prefix, ONLY_LIST if routes is ONLY_LIST else READ
        addresses.append(
            path("networks/<slug:network>/", include(collection(name, viewset, f"network-{name}", reading)))
        )
    return addresses


def of_the_public(prefix: str, viewset: Any) -> list[Any]:
    """What anybody may read of a network, without a token."""
    shown = collection(prefix, viewset, f"public-{prefix}", READ)
    return [path("public/networks/<slug:network>/", include(shown))]


def of_a_network(prefix: str, viewset: Any, *, routes: list[Route | DynamicRoute] = WRITE) -> list[Any]:
    shared = collection(prefix, viewset, f"network-{prefix}", routes)
    return [path("networks/<slug:network>/", include(shared))]


class Place(URLResolver):
    """Addresses that begin alike, found by their next word instead of one after the other."""

    @cached_property
    def shelves(self) -> dict[str, list[URLPattern | URLResolver]]:
        shelves: dict[str, list[URLPattern | URLResolver]] = defaultdict(list)
        for entry in self.url_patterns:
            shelves[str(entry.pattern).partition("/")[0]].append(entry)
        return shelves

    def resolve(self, path: str) -> ResolverMatch:
        here = self.pattern.match(str(path))
        if here:
            rest, _, named = here
            for entry in self.shelves.get(rest.partition("/")[0], ()):
                if found := entry.resolve(rest):
                    found.kwargs = {**named, **found.kwargs}
                    return found
        raise Resolver404({"path": path})


def by_place(addresses: list[Any]) -> list[Any]:
    """The same addresses, those of a city and those of a network each in one place."""
    places: dict[str, Place] = {}
    alone = [entry for entry in addresses if isinstance(entry, URLPattern)]
    for entry in addresses:
        if isinstance(entry, URLResolver):
            place = places.setdefault(str(entry.pattern), Place(entry.pattern, []))
            place.url_patterns.extend(entry.url_patterns)
    return [*places.values(), *alone]
