"""What `allowed_actions` of the demo's rows name can be done to them, in the state in which they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import undone
from tests.api.expectations import BODIES, CITY
from tests.api.urlconf import Route, routes
from tests.api.world import change
from tests.client import Caller
from tests.plans.demo import Demo
from tests.test_demo_data import DOCUMENTS

NETWORK = "interactive-cities"
PLAN = f"{CITY}plan/"
# So many rows of each state are tried.
ALIKE = 2
OF_A_CITY = [
    route
    for route in routes()
    if (hasattr(route.view, "deeds") and (route.path.startswith(CITY) and route.path.endswith("{id}/")))
    or route.path == PLAN
]


def is_known_later(route: Route, name: str, code: str) -> bool:
    """What refers to a row, and whether a plan has changed since it was adopted. Of a plan it is known
    what refers to it."""
    return code == "nothing_changed" if route.path == PLAN else (name, code) == ("delete", "in_use")


def states(
    route: Route, caller: Caller, city: str
) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Rows of the city, a few of each state in which they may be, with all that are there."""
    if "id" not in route.keys:
        response = caller.get(route.url(network=NETWORK, city=city))
        yield route.url(network=NETWORK, city=city), response.json(), []
        return
    url = route.url(network=NETWORK, city=city, id="").removesuffix("/")
    rows = caller.rows(f"{url}?page_size=200")
    seen: dict[Any, int] = defaultdict(int)
    for row in rows:
        words = (row.get(name) for name in ("status", "state", "decision", "visibility", "measure"))
        state = (*row["allowed_actions"], *words)
        seen[state] += 1
        if seen[state] <= ALIKE:
            yield f"{url}{row['id']}/", row, rows


def body_of(route: Route, name: str, row: dict[str, Any], rows: list[dict[str, Any]]) -> Any:
    """One that fits this row."""
    known = BODIES.get(f"{route.path}{name}/")
    others = [other["id"] for other in rows if other["id"] != row["id"] and not other.get("replaced_by")]
    if name in ("merge", "supersede"):
        return {"into" if name == "merge" else "by": others[0], "reason": "Twice the same."}
    if name == "publish":
        return {"to": "public" if row["visibility"] == "network" else "network"}
    return known


def tried(caller: Caller, route: Route, url: str, name: str, body: Any) -> Any:
    with undone():
        if name == "change":
            return caller.request("PATCH", url, change(route.view.serializer_class), If_Match="*")
        if name == "delete":
            return caller.request("DELETE", url, If_Match="*")
        return caller.post(f"{url}{name}/", body)


@pytest.mark.parametrize("role", ["officer", "coordinator"])
@pytest.mark.parametrize("city", [city["slug"] for city in DOCUMENTS[NETWORK]["cities"]])
def test_what_is_named_is_not_refused_for_the_state_of_the_row(demo: Demo, city: str, role: str) -> None:
    caller = demo.caller(role, NETWORK, city)
    done, refused = set(), []
    for route in OF_A_CITY:
        if route.actions.get("GET") is None or caller.get(listing(route, city)).status_code != 200:
            continue
        for url, row, rows in states(route, caller, city):
            for name in row["allowed_actions"]:
                response = tried(caller, route, url, name, body_of(route, name, row, rows))
                code = response.json()["code"] if response.status_code >= 400 else ""
                done.add((route.path, name, response.status_code < 300))
                if response.status_code not in (200, 201, 204, 400) and not is_known_later(route, name, code):
                    refused.append((url, name, code))

    assert refused == []
    assert (f"{CITY}actions/{{id}}/", "change", True) in done


def listing(route: Route, city: str) -> str:
    return route.url(network=NETWORK, city=city, id="").replace("//", "/")
