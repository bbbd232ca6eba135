"""Bodies that nobody would send, to every address that takes one: an answer, a reason, and nothing kept."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from django.db import connection

from plans.models import Objective
from plans.objectives.serializers import ObjectiveSerializer
from tenants.api.uploads import TakesAFile
from tests.api.conftest import undone
from tests.api.urlconf import one_of_each_view, routes
from tests.api.world import World, writable

SUMMARIES = "networks/{network}/summaries/"
WITHOUT_A_BODY = {"networks/{network}/cities/{city}/peer-consent/"}
TAKES_A_BODY = one_of_each_view(
    [
        route
        for route in routes()
        if {"create", "post"} & set(route.actions.values())
        and not issubclass(route.view, TakesAFile)
        and route.path not in WITHOUT_A_BODY
    ]
)
MAKES_A_ROW = [
    route for route in TAKES_A_BODY if route.actions["POST"] == "create" and route.path != SUMMARIES
]
PROBLEM = "application/problem+json"

NOT_JSON = {
    "nothing": b"",
    "half": b'{"title": "Fewer',
    "trailing": b"{} {}",
    "comma": b'{"title": "Fewer cars",}',
    "not UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "Fewer cars"}'.encode("utf-16"),
    "BOM": b"\xef\xbb\xbf{}",
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": -Infinity}',
    "a key twice": b'{"title": "a", "title": "b"}',
    "a key twice, deep": b'{"x": [{"y": 1, "y": 1}]}',
    "1,000 arrays": b"[" * 1000 + b"]" * 1000,
    "1,000 objects": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "100,000 openings": b"[" * 100_000,
    "half a pair": rb'{"title": "\ud800"}',
    "half a pair as key": rb'{"\udfff": 1}',
    "NUL": rb'{"title": "a\u0000b"}',
    "NUL as key": rb'{"\u0000": 1}',
    "5,000 digits": b'{"title": ' + b"9" * 5000 + b"}",
    "an exponent beyond all": b'{"title": 1e9999999999999999999}',
    "single quotes": b"{'title': 'a'}",
}
NOT_AN_OBJECT = [b"null", b"[]", b"[1, 2]", b"1", b'"text"', b"true", b"1e999", b"[null]", b"[{}]"]


def answered(response: Any, *statuses: int) -> dict[str, Any]:
    assert response.status_code in statuses, response.content
    assert response.headers["Content-Type"] == PROBLEM
    return response.json()


def send(world: World, route: Any, body: bytes, content_type: str = "application/json") -> Any:
    """By one who may."""
    caller = world.people["c" if "city" in route.keys else "S"]
    with undone():
        url = world.url(route, world.genoa, caller)
        return caller.client.generic("POST", url, body, content_type)


each_taker = pytest.mark.parametrize("route", TAKES_A_BODY, ids=str)


@each_taker
def test_what_is_not_json_is_malformed(world, route):
    for name, body in NOT_JSON.items():
        problem = answered(send(world, route, body), 400)
        assert problem["code"] in ("malformed", "validation_failed"), name
        assert problem["code"] == "malformed" or name == "nothing"


@each_taker
def test_json_that_is_no_object_is_invalid(world, route):
    for body in NOT_AN_OBJECT:
        answered(send(world, route, body), 400)


@each_taker
def test_another_kind_of_body_is_415(world, route):
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
        "a/b/c",
    ):
        assert answered(send(world, route, b'{"title": "a"}', kind), 415)["code"] == "unsupported_media_type"


@each_taker
def test_a_body_of_more_than_a_mebibyte_is_413(world, route):
    assert answered(send(world, route, b'"' + b"a" * 1_048_576 + b'"'), 413)["code"] == "payload_too_large"


@pytest.mark.parametrize(
    "charset",
    ["zlib", "bz2", "hex", "base64", "rot13", "uu", "idna", "utf-16", "punycode", "no-such", "utf-7"],
)
def test_a_charset_other_than_utf8_is_not_obeyed(world, charset):
    """JSON is UTF-8 (RFC 8259, section 8.1); some of Python's codecs would unpack a bomb."""
    route = next(r for r in MAKES_A_ROW if r.path.endswith("{city}/objectives/"))
    bomb = zlib.compress(b'{"code": "O1", "title": "' + b"a" * 500_000 + b'"}')

    response = send(world, route, bomb, f"application/json; charset={charset}")
    answered(response, 400, 415)

    query = f"{world.genoa.url}objectives/?search=%C3%A9"
    asked = world.people["c"].client.generic(
        "GET", query, content_type=f"application/json; charset={charset}"
    )
    assert asked.status_code == 200


AWKWARD: list[Any] = [
    None,
    True,
    0.5,
    -(2**63) - 1,
    10**30,
    "",
    "x" * 5000,
    "2026-02-30",
    "0000-01-01",
    "99999-01-01",
    "1e5",
    "\u202e\U0001d54f\u0301 \\ ' \" % {} ;",
    [],
    [None],
    ["x"] * 300,
    {"id": 1},
]
ASKED_ONCE = {"provenance", "source", "illustrative_fields"}


@pytest.mark.parametrize("route", MAKES_A_ROW, ids=str)
def test_an_awkward_value_in_any_field_is_taken_or_named(world, route):
    """Taken: what it is and no more. Named: a problem that points at the field, or at a rule."""
    caller = world.people["c" if "city" in route.keys else "S"]
    url, fields = world.url(route, world.genoa, caller), set(writable(route.view.serializer_class))
    with undone():
        body = world.new(route, world.genoa)
        for name in fields - (ASKED_ONCE if "actions" not in route.path else set()):
            for awkward in AWKWARD:
                with undone():
                    response = caller.post(url, body | {name: awkward})
                assert response.status_code in (201, 202, 400, 403, 409), (name, awkward, response.content)
                for error in response.json().get("errors", []):
                    assert error["code"]
                    assert error["detail"]


@each_taker
def test_a_field_that_is_not_there_is_named(world, route):
    caller = world.people["c" if "city" in route.keys else "S"]
    with undone():
        body = world.new(route, world.genoa) | {"citty": "ghent", "a/b~c": 1}
        problem = answered(caller.post(world.url(route, world.genoa, caller), body), 400)

    assert {(e["pointer"], e["code"]) for e in problem["errors"]} == {
        ("/citty", "unknown_field"),
        ("/a~1b~0c", "unknown_field"),
    }


def test_half_of_a_surrogate_pair_is_refused_by_a_field_too(db):
    """Not every text comes as JSON, which is refused before: some from a file."""
    said = ObjectiveSerializer(data={"code": "O1", "title": "half \ud83d"})

    assert not said.is_valid()
    assert [error.code for error in said.errors["title"]] == ["surrogate_characters_not_allowed"]
    assert ObjectiveSerializer(data={"code": "O1", "title": "whole \U0001f600"}).is_valid()


def test_the_city_in_a_body_moves_nothing(world):
    caller = world.people["c"]
    with undone():
        made = caller.post(f"{world.genoa.url}objectives/", {"code": "O77", "title": "T", "city": "ghent"})
        moved = caller.patch(
            f"{world.genoa.url}objectives/{made.json()['id']}/", {"city": "ghent", "id": str(world.ghent.pk)}
        )

        assert (made.json()["city"], moved.json()["city"], moved.json()["id"]) == (
            "genoa",
            "genoa",
            made.json()["id"],
        )
        with world.ghent.inside():
            assert not Objective.objects.filter(code="O77").exists()


@pytest.mark.parametrize(
    "key", ["0.5", "1", "x" * 4000, "%00", "..", "%2e%2e", "%F0%9F%98%80", "{id}", "null", "-1", "a b", "%ff"]
)
def test_an_id_that_is_none_is_404(world, key):
    for method in ("GET", "PATCH", "DELETE"):
        response = world.people["c"].client.generic(
            method, f"{world.genoa.url}objectives/{key}/", headers={"If-Match": "*"}
        )

        assert answered(response, 404)["code"] == "not_found"


@pytest.mark.parametrize(
    "place",
    ["networks/x%00y/", "networks/interactive-cities/cities/%00/actions/", "networks/" + "a" * 3000 + "/"],
)
def test_a_place_that_is_none_is_404(world, place):
    answered(world.people["c"].client.get(f"/api/v1/{place}"), 404)


def test_nothing_of_all_this_was_kept(world):
    """The connection is as sound as before, and its transaction too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
