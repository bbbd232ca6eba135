"""What a list may be asked: one value for a parameter that is known, or a 400 that names it."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import django_filters
import pytest

from plans.models import Objective
from tests.api.urlconf import one_of_each_view, routes
from tests.api.world import World

LISTS = one_of_each_view([route for route in routes() if route.actions.get("GET") == "list"])
# What is no list, nor paged like one.
ELSEWHERE = [
    route
    for route in routes()
    if route.actions.get("GET", "list") != "list" and "page_size" not in getattr(route.view, "accepts", ())
]

each_list = pytest.mark.parametrize("route", LISTS, ids=str)


def ask(world: World, route: Any, query: str) -> Any:
    caller = world.people["c" if "city" in route.keys else "S"]
    response = caller.client.get(f"{world.url(route, world.genoa, caller)}?{query}")
    assert response.status_code in (200, 400), (query, response.content)
    return response


def refused(world: World, route: Any, query: str, name: str) -> str:
    """The code of the refusal, which names the parameter."""
    response = ask(world, route, query)
    assert response.status_code == 400, (query, response.content)
    problem = response.json()
    assert problem["code"] == "invalid_parameter"
    assert [error["parameter"] for error in problem["errors"]] == [name]
    return problem["errors"][0]["code"]


def filters(route: Any) -> dict[str, Any]:
    return route.view.filterset_class.base_filters if route.view.filterset_class else {}


def known(route: Any) -> list[str]:
    return [*filters(route), "cursor", "page_size", "count", "ordering", "search"]


@each_list
def test_an_unknown_parameter_is_refused(world, route):
    for name in (
        "unknown",
        "city",
        "city_id",
        "network",
        "format",
        "PAGE_SIZE",
        "page-size",
        "id__in",
        "page_size[]",
    ):
        if name not in filters(route):
            assert refused(world, route, f"{name}=1", name) == "unknown_parameter"


@each_list
def test_an_empty_parameter_is_refused(world, route):
    for name in known(route):
        for nothing in ("", "%20", "%09%0A"):
            refused(world, route, f"{name}={nothing}", name)


@each_list
def test_a_repeated_parameter_is_refused(world, route):
    for name in ("page_size=5", "count=true", f"created_since={quote('2020-01-01T00:00:00Z')}"):
        if name.split("=")[0] in known(route):
            assert refused(world, route, f"{name}&{name}", name.split("=")[0]) == "repeated"


@each_list
def test_a_page_has_1_to_200_rows(world, route):
    for size in [
        "0",
        "-1",
        "201",
        "1000",
        "٣",
        "1e1",
        "0x10",
        "1.0",
        "null",
        "+5",
        "1_0",
        "\uff19",
        "9" * 99,
    ]:
        refused(world, route, f"page_size={quote(size)}", "page_size")


@each_list
def test_a_count_is_asked_for_by_true(world, route):
    for flag in ["True", "1", "yes", "on"]:
        refused(world, route, f"count={flag}", "count")


@each_list
def test_a_list_is_ordered_by_what_it_offers(world, route):
    for order in ["nothing", "--id", "-", "password", "user__password", "city__clock", "?"]:
        refused(world, route, f"ordering={quote(order)}", "ordering")


def coded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


KEY = "01890000-0000-7000-8000-000000000000"
BAD_CURSORS = [
    "x",
    "%F0%9F%98%80",
    "====",
    "W10",
    coded({}),
    coded([]),
    coded([False, None]),
    coded([False, None, "x"]),
    coded([False, None, None]),
    coded([False, "a", KEY, 1]),
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
]
STRANGE_CURSORS = [
    coded([False, "\x00", KEY]),
    coded([False, "\ud800", KEY]),
    coded([True, 1e400, KEY]),
    coded([True, "NaN", KEY]),
    coded([False, "infinity", KEY]),
    coded([False, {"a": 1}, KEY]),
    coded([False, "x" * 100_000, KEY]),
    coded([False, "0001-01-01", KEY]),
    coded([False, "9" * 400, KEY]),
    coded([False, "1e999999", KEY]),
    coded([False, None, "9" * 400]),
    coded([[], "0001-01-01T00:00:00+14:00", KEY]),
]


@each_list
def test_a_cursor_is_taken_from_a_page(world, route):
    for cursor in BAD_CURSORS:
        refused(world, route, f"cursor={cursor}", "cursor")


@each_list
def test_a_strange_cursor_is_no_accident(world, route):
    for order in ("", *(f"&ordering={name}" for name in route.view.ordering_fields)):
        for cursor in STRANGE_CURSORS:
            ask(world, route, f"cursor={cursor}{order}")


ASKED_ONCE = {"cursor", "page_size", "count", "created_since", "updated_since", "provenance"}
STRANGE = [
    "x",
    "-1",
    "99999",
    "9223372036854775808",
    "9" * 60,
    "1e999",
    "0.5",
    "Infinity",
    "maybe",
    ",,a",
    "2026-02-30",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "%F0%9F%98%80",
    "%ED%A0%80",
    "%00",
    "'%3B--",
    "%25%5F%5C",
    KEY,
    "x" * 3000,
]


@each_list
def test_a_strange_value_of_any_parameter_is_no_accident(world, route):
    for name in set(known(route)) - (ASKED_ONCE if "actions" not in route.path else set()):
        for value in STRANGE:
            ask(world, route, f"{name}={value}")


@each_list
def test_what_a_filter_does_not_understand_is_refused_and_not_ignored(world, route):
    for name, item in filters(route).items():
        if not isinstance(item, django_filters.CharFilter):
            refused(world, route, f"{name}=what%3F", name)


@each_list
def test_a_day_is_written_as_in_iso_8601_whatever_the_language(world, route):
    caller = world.people["c" if "city" in route.keys else "S"]
    for name, item in filters(route).items():
        if type(item).__name__ == "DateFilter":
            for day in ("01/02/2030", "1 Jan 2030", "02.01.2030"):
                for language in ("en", "it", "nl"):
                    url = f"{world.url(route, world.genoa, caller)}?{name}={quote(day)}"
                    answer = caller.get(url, Accept_Language=language)
                    assert answer.status_code == 400, (name, day, language)


@pytest.mark.parametrize("route", ELSEWHERE, ids=str)
def test_an_address_of_one_thing_takes_no_parameters(world, route):
    for name in ("page_size", "search", "city_id", "unknown"):
        caller = world.people["c" if "city" in route.keys else "S"]
        response = caller.get(f"{world.url(route, world.genoa, caller)}?{name}=1")

        assert response.status_code == 400, name
        assert response.json()["errors"][0]["code"] == "unknown_parameter"


def test_search_finds_rows_with_every_word_and_takes_signs_as_signs(genoa, officer):
    with genoa.inside():
        for number, title in enumerate(["Fewer cars", "Fewer 100% cars", "More trees_", "back\\slash"]):
            Objective.objects.create(code=f"O{number}", title=title)

    def found(words: str) -> list[str]:
        return [row["title"] for row in officer.rows(f"{genoa.url}objectives/?search={quote(words)}")]

    assert found("CARS fewer") == ["Fewer cars", "Fewer 100% cars"]
    assert found("%") == ["Fewer 100% cars"]
    assert found("_") == ["More trees_"]
    assert found("\\") == ["back\\slash"]
    assert found("fewer trees") == []
    assert officer.get(f"{genoa.url}objectives/?search={'x' * 201}").status_code == 400
