"""Every address, method and person: who may, who may not, and for whom it is not there."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tenants.api.entered import EnteredView
from tests.api.conftest import undone
from tests.api.expectations import (
    EXPECTED,
    IN_NETWORK,
    IN_THE_WAY,
    OPEN,
    PEOPLE,
    PUBLIC,
    TRIED_IN_VAIN,
)
from tests.api.urlconf import Route, endpoints, public_routes, routes, view_of
from tests.api.world import INVENTED, World, body_for, model_of, references
from tests.client import Caller
from tests.conftest import Place

ROUTES = routes()
METHODS = ("GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", "TRACE")

each_route = pytest.mark.parametrize("route", ROUTES, ids=str)


def call(world: World, route: Route, method: str, caller: Caller, place: Place | None = None) -> Any:
    """The request as it would succeed, and undone."""
    place = place or world.genoa
    with undone():
        world.prepare(route, place)
        return caller.request(
            method, world.url(route, place, caller), world.body(route, method, place), If_Match="*"
        )


def expected(route: Route, method: str, letter: str) -> set[int]:
    if letter in TRIED_IN_VAIN.get((method, route.path), ""):
        return {400}
    if letter in EXPECTED[route.path][method]:
        return (
            {IN_THE_WAY[method, route.path]} if (method, route.path) in IN_THE_WAY else {200, 201, 202, 204}
        )
    return {403} if letter in welcome(route) else {404}


def welcome(route: Route) -> str:
    """Those who have a role at the address."""
    if "city" in route.keys:
        return "vmocPEISA"
    return IN_NETWORK if "network" in route.keys else "".join(PEOPLE)


def test_every_address_and_method_is_listed_and_no_other():
    listed = {(method, path) for path, methods in EXPECTED.items() for method in methods}
    there = {(method, route.path) for route in ROUTES for method in route.actions}

    assert sorted(there - listed) == [], "add them to tests/api/expectations.py"
    assert sorted(listed - there) == [], "take them out of tests/api/expectations.py"


def test_the_public_addresses_are_the_listed_ones_and_only_read():
    assert {route.path for route in public_routes()} == OPEN
    assert {method for route in public_routes() for method in route.actions} == {"GET"}
    assert {route.path for route in ROUTES if route.path.startswith("public")} == set()


@pytest.mark.parametrize("route", public_routes(), ids=str)
def test_a_public_address_answers_everybody_alike(world, route):
    url = world.url(route, world.genoa, world.people["c"])

    answers = {name: caller.get(url) for name, caller in (*world.nobody.items(), *world.people.items())}

    # What is public of this world: nothing, but what cities share.
    shared = not getattr(model_of(route), "city_owned", False)
    there = shared or "{id}" not in route.path
    assert {answer.status_code for answer in answers.values()} == {200 if there else 404}
    assert len({answer.content for answer in answers.values()}) == 1 or not there


@pytest.mark.parametrize("route", public_routes(), ids=str)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT", "OPTIONS", "TRACE"])
def test_nobody_writes_at_a_public_address(world, route, method):
    response = world.people["S"].client.generic(method, world.url(route, world.genoa, world.people["S"]))

    assert response.status_code == 405


def test_whatever_is_not_public_has_an_entrance():
    open_doors = {path for path, callback in endpoints() if not issubclass_of(view_of(callback), EnteredView)}

    assert open_doors == PUBLIC


def issubclass_of(view: Any, base: type) -> bool:
    return isinstance(view, type) and issubclass(view, base)


@each_route
def test_who_may_and_who_may_not(world, route):
    answers = {
        (method, letter): call(world, route, method, caller).status_code
        for method in EXPECTED.get(route.path, {})
        for letter, caller in world.people.items()
    }

    wrong = {key: status for key, status in answers.items() if status not in expected(route, *key)}
    assert wrong == {}


@each_route
def test_without_a_valid_token_nobody_comes_in(world, route):
    answers = {
        (method, name): call(world, route, method, caller).status_code
        for method in route.actions
        for name, caller in world.nobody.items()
    }

    assert {key: status for key, status in answers.items() if status != 401} == {}


@each_route
def test_a_method_that_is_not_there_is_405(world, route):
    for method in set(METHODS) - set(route.actions):
        with undone():
            url = world.url(route, world.genoa, world.people["S"])
            response = world.people["S"].client.generic(method, url)

            assert response.status_code == 405, method
            assert response.json()["code"] == "method_not_allowed"


# --------------------------------------------------------------- what is not visible is not there


def told(response: Any, *names: Any) -> Any:
    """Body and headers, without what names the request and the row."""
    text = response.content.decode()
    for name in names:
        text = text.replace(str(name), "it")
    body = json.loads(text)
    body.pop("request_id", None)
    headers = {k: v for k, v in response.headers.items() if k not in ("X-Request-ID", "Content-Length")}
    return response.status_code, json.dumps(body), headers


# People belong to no city.
OF_NO_CITY = ("people/{id}/erase/",)
WITH_ROWS = [route for route in ROUTES if "id" in route.keys and route.path not in OF_NO_CITY]


@pytest.mark.parametrize("route", WITH_ROWS, ids=str)
def test_a_row_of_another_city_and_an_invented_one_get_the_same_404(world, route):
    tried = 0
    for method in route.actions:
        for caller, stranger in strangers(world, route):
            key = world.row(route, stranger, world.people["g"]).pk
            answers = [
                told(request(world, route, method, caller, key=some), some) for some in (key, INVENTED)
            ]
            assert answers[0] == answers[1]
            assert answers[0][0] == 404
            tried += 1
    assert tried


def strangers(world: World, route: Route) -> list[tuple[Caller, Place]]:
    """Who may do all of it here, and where the row is that is not theirs."""
    may = set.intersection(*(set(letters) for letters in EXPECTED[route.path].values()))
    caller = world.people[sorted(may & set("coSP"))[-1] if "c" not in may else "c"]
    elsewhere = [world.other_genoa]
    if "city" in route.keys:
        elsewhere.append(world.ghent)
    return [(caller, place) for place in elsewhere]


def request(world: World, route: Route, method: str, caller: Caller, **keys: Any) -> Any:
    at = {"network": "interactive-cities", "city": "genoa", "slug": "genoa", "id": INVENTED}
    with undone():
        url = route.url(
            **{**at, **{("id" if name == "key" else name): value for name, value in keys.items()}}
        )
        return caller.request(method, url, world.body(route, method, world.genoa), If_Match="*")


@pytest.mark.parametrize("route", [r for r in ROUTES if "city" in r.keys], ids=str)
def test_a_city_where_one_has_no_role_and_an_invented_one_get_the_same_404(world, route):
    coordinator = world.people["c"]
    for method in route.actions:
        answers = {
            told(request_to(world, route, method, coordinator, city), city)[:2]
            for city in ("ghent", "atlantis")
        }

        assert len(answers) == 1
        assert answers.pop()[0] == 404


def request_to(world: World, route: Route, method: str, caller: Caller, city: str) -> Any:
    key = world.row(route, world.ghent, caller).pk if "id" in route.keys else None
    return request(world, route, method, caller, city=city, key=key)


@pytest.mark.parametrize("route", [r for r in ROUTES if "network" in r.keys], ids=str)
def test_a_network_where_one_has_no_role_and_an_invented_one_get_the_same_404(world, route):
    coordinator = world.people["c"]
    for method in route.actions:
        answers = {
            told(request(world, route, method, coordinator, network=slug), slug)[:2]
            for slug in ("riverside-towns", "atlantis")
        }

        assert len(answers) == 1
        assert answers.pop()[0] == 404


REFERRING = [
    (route, name)
    for route in ROUTES
    if "POST" in route.actions
    and route.actions["POST"] == "create"
    and hasattr(route.view.serializer_class.Meta, "model")
    for name in references(route.view.serializer_class)
]


@pytest.mark.parametrize(("route", "name"), REFERRING, ids=lambda item: str(item))
def test_a_reference_to_a_row_of_another_place_and_to_an_invented_one_get_the_same_400(world, route, name):
    model, many = references(route.view.serializer_class)[name]
    place, caller = world.genoa, world.people["c" if "city" in route.keys else "S"]
    url = world.url(route, place, caller)
    theirs = {"other network": world.rows[world.other_genoa.url].get(model, world.other_genoa.row).pk}
    if getattr(model, "city_owned", False):
        theirs["other city"] = world.rows[world.ghent.url][model].pk

    def answer(key: Any) -> Any:
        with undone():
            body = body_for(route.view.serializer_class, place, **{name: [str(key)] if many else str(key)})
            return told(caller.request("POST", url, body), key)

    of_invented = answer(INVENTED)

    assert of_invented[0] == 400
    pointers = {error["pointer"].split("/")[1] for error in json.loads(of_invented[1])["errors"]}
    assert pointers == {name}
    assert {where: answer(key) for where, key in theirs.items()} == dict.fromkeys(theirs, of_invented)


FILTERS = [
    (route, name)
    for route in ROUTES
    if route.actions.get("GET") == "list" and route.view.filterset_class is not None
    for name, item in route.view.filterset_class.base_filters.items()
    if type(item).__name__ == "UUIDFilter"
]


@pytest.mark.parametrize(("route", "name"), FILTERS, ids=lambda item: str(item))
def test_a_filter_by_a_row_of_another_place_finds_as_little_as_by_an_invented_one(world, route, name):
    caller = world.people["c" if "city" in route.keys else "E"]
    url = world.url(route, world.genoa, caller)
    keys = [row.pk for row in world.rows[world.other_genoa.url].values() if isinstance(row.pk, uuid.UUID)]

    answers = {told(caller.get(f"{url}?{name}={key}"), key)[:2] for key in (INVENTED, *keys)}

    assert len(answers) == 1
    assert json.loads(answers.pop()[1])["results"] == []
