"""Addresses: `/networks/{network}/cities/{city}/things/`, and across cities `/networks/{network}/things/`."""

from typing import Any, ClassVar

from django.urls import URLPattern, include, path
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
