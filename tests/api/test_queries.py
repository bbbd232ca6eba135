"""How many statements a request takes: the same for 1 and for 3 rows, and few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Plan
from tenants.models import Change
from tenants.networks.models import NetworkOwned
from tests.api.conftest import undone
from tests.api.expectations import CITY, IN_THE_WAY, NETWORK
from tests.api.urlconf import Route, routes
from tests.api.world import World, model_of
from tests.rows import make

# The last of them is needed inside an outer transaction only, such as that of a test.
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SELECT SET_CONFIG")
# A city has one plan; changes come by themselves.
ONE_ONLY = (Plan, Change)
MOST_TO_READ, MOST_TO_WRITE = 2, 4

# More than that, and why.
READS: dict[str, int] = {
    # The row is looked for by something else than its id, then shown.
    f"{NETWORK}cities/{{slug}}/": 3,
    f"{CITY}plan/": 3,
    # Cities whose kept figures are stale are counted, and the report is asked for once more with these.
    f"{NETWORK}reports/figures/": 4,
    # The account, its roles, its tokens, the cities and what was done there.
    "me/data/": 6,
    # The own rows as the city, those of others as their peer.
    f"{CITY}suggested-peers/": 3,
    # The version, and the plan as it is now.
    f"{CITY}plan/versions/{{id}}/changes/": 3,
    # The job tells whether there is a file, and its tag; then the pieces are read.
    f"{CITY}exports/{{id}}/file/": 3,
}
WRITES: dict[tuple[str, str], int] = {
    # The person is looked for, or made.
    ("POST", f"{NETWORK}members/"): 5,
    ("POST", f"{NETWORK}members/bulk/"): 5,
    ("POST", f"{CITY}members/"): 5,
    ("POST", f"{CITY}members/bulk/"): 5,
    # Rows of people, what the history keeps of them, their roles; and what is taken out of all three.
    ("POST", f"{CITY}personal-data/erase/"): 7,
    # An account, its roles, tokens and kept replies.
    ("POST", "me/erase/"): 6,
    ("POST", "people/{id}/erase/"): 6,
    # The milestones are asked.
    ("POST", f"{CITY}actions/{{id}}/complete/"): 5,
    # The other action is asked.
    ("POST", f"{CITY}actions/{{id}}/merge/"): 5,
    ("POST", f"{CITY}actions/{{id}}/supersede/"): 5,
    # The action is made.
    ("POST", f"{CITY}tests/{{id}}/turn-into-action/"): 5,
    # The database is asked whether this row, in its state, may be changed.
    ("PATCH", f"{CITY}measurements/{{id}}/"): 5,
    ("PATCH", f"{CITY}guideline-assessments/{{id}}/"): 5,
    ("PATCH", f"{CITY}plan/"): 5,
    # The last version and the whole of the plan are read, and the next version is kept.
    ("POST", f"{CITY}plan/adopt/"): 7,
    # The cities of the network are looked for, and as one of them the practice; then what was asked before.
    ("POST", f"{CITY}adoptions/"): 8,
    # The action is made.
    ("POST", f"{CITY}adoptions/{{id}}/adopt/"): 5,
    # What was answered so far is looked for.
    **{("POST", f"{CITY}adoption-requests/{{id}}/{name}/"): 5 for name in ("consent", "decline")},
    # The reviewer is looked for, and what was asked of it before; the plan is read, its status first.
    ("POST", f"{CITY}reviews/"): 7,
    # What the reviewer has written so far is looked for.
    **{
        ("POST", f"{CITY}reviews-to-give/{{id}}/{name}/"): 5
        for name in ("accept", "decline", "score", "submit")
    },
    # The period is locked; then the summary that is being made, and the last revision.
    ("POST", f"{NETWORK}summaries/"): 6,
}

READING = [route for route in routes() if "GET" in route.actions]
WRITING = [
    (route, method)
    for route in routes()
    for method in route.actions
    if method != "GET" and (method, route.path) not in IN_THE_WAY
]


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    statements += [
        q["sql"] for q in captured.captured_queries if not q["sql"].lstrip().upper().startswith(NOT_COUNTED)
    ]


def person(world: World, route: Route) -> Any:
    return world.people["c" if "city" in route.keys else "S"]


def more_rows(world: World, route: Route) -> None:
    """Two more of the kind, each with rows of its own behind it."""
    model = model_of(route)
    if (getattr(model, "city_owned", False) and model not in ONE_ONLY) or issubclass(model, NetworkOwned):
        with world.genoa.inside():
            for _ in range(2):
                make(model, world.genoa.row)


def statements(caller: Any, url: str) -> list[str]:
    with counted() as found:
        assert caller.get(url).status_code == 200
    return found


@pytest.mark.parametrize("route", READING, ids=str)
def test_reading_takes_as_many_statements_for_three_rows_as_for_one_and_few(world, route):
    caller = person(world, route)
    url = world.url(route, world.genoa, caller)
    caller.get(url)  # the projection is compiled once
    with undone():
        one = statements(caller, url)
        more_rows(world, route)
        three = statements(caller, url)

    assert len(three) == len(one), three
    assert len(one) <= READS.get(route.path, MOST_TO_READ), one


@pytest.mark.parametrize(("route", "method"), WRITING, ids=str)
def test_writing_takes_few_statements(world, route, method):
    caller = person(world, route)
    with undone():
        world.prepare(route, world.genoa)
        body, url = world.body(route, method, world.genoa), world.url(route, world.genoa, caller)
        with undone():
            caller.request(method, url, body, If_Match="*")
        with counted() as found:
            response = caller.request(method, url, body, If_Match="*")

    assert response.status_code < 300, response.content
    assert len(found) <= WRITES.get((method, route.path), MOST_TO_WRITE), found
