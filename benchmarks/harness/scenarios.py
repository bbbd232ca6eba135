"""What is asked. A new one is a function that makes the requests, and a line in SCENARIOS."""

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from harness import cities

COMPARED_CITIES = 300
# Those that are written to are not those that are listed: a list stays as long as it was.
READ, CREATED_IN, PATCHED_IN = range(200), range(200, 285), range(285, 300)
FEW = range(10)
DIFFERENT = 2000


# What every contender shows of an action. The project knows more of one, so it is asked for these; a write
# answers with all that there is, which only the project has to find out.
MEMBERS = [
    "id",
    "city",
    "code",
    "title",
    "description",
    "objective",
    "lead_actor",
    "key_partners",
    "intended_outputs",
    "starts_on",
    "ends_on",
    "status",
    "condition",
    "horizon",
    "visibility",
    "guidelines",
    "primary_guideline",
    "yearly_cost",
    "yearly_cost_currency",
    "milestones",
    "provenance",
    "source",
    "illustrative_fields",
    "row_version",
    "created_at",
    "updated_at",
    "allowed_actions",
]
FIELDS = f"fields={','.join(MEMBERS)}"


class Request(NamedTuple):
    """`body` may hold `@`, which becomes a number never used before."""

    method: str
    path: str
    token: str
    body: str = ""
    etag: str = ""


class Bar(NamedTuple):
    """How much CPU a request may cost, beside idiomatic DRF and beside the limit."""

    of_drf: float
    of_limit: float | None = None


class Scenario(NamedTuple):
    name: str
    title: str
    bar: Bar
    requests: Callable[[random.Random], Iterator[Request]]


def path(city: int, rest: str) -> str:
    return f"/api/v1/networks/{cities.NETWORK}/cities/{cities.slug(city)}/{rest}"


def action_path(city: int, n: int) -> str:
    return path(city, f"actions/{cities.action_key(n, city)}/")


def of_list(chance: random.Random, among: range = READ) -> Iterator[Request]:
    for city in chance.sample(among, len(among)):
        yield Request("GET", path(city, f"actions/?page_size=50&{FIELDS}"), cities.token(city))


def of_detail(chance: random.Random, among: range = READ) -> Iterator[Request]:
    for _ in range(DIFFERENT):
        city, n = chance.choice(among), chance.randrange(cities.ACTIONS)
        yield Request("GET", f"{action_path(city, n)}?{FIELDS}", cities.token(city))


def of_create(chance: random.Random) -> Iterator[Request]:
    for city in chance.sample(CREATED_IN, len(CREATED_IN)):
        yield Request("POST", path(city, "actions/"), cities.token(city), json.dumps(new_action(city)))


def new_action(city: int, code: str = "N@") -> dict[str, Any]:
    here = cities.place(city)
    return {
        "code": code,
        "title": "Open the courtyards «après l'école»",
        "description": (2 * cities.TEXT).strip(),
        "objective": cities.key(cities.OBJECTIVE, 2, place=here),
        "lead_actor": cities.key(cities.STAKEHOLDER, 3, place=here),
        "key_partners": [cities.key(cities.STAKEHOLDER, n, place=here) for n in (1, 5)],
        "intended_outputs": cities.TEXT.strip(),
        "starts_on": "2017-01-01",
        "ends_on": "2018-06-30",
        "horizon": "short",
        "visibility": "network",
        "guidelines": [1, 4, 9],
        "primary_guideline": 4,
        "yearly_cost": "12500.50",
        "yearly_cost_currency": "EUR",
    }


def of_patch(chance: random.Random) -> Iterator[Request]:
    """The tag is read from the server when the load begins."""
    for city in chance.sample(PATCHED_IN, len(PATCHED_IN)):
        for n in chance.sample(range(cities.ACTIONS), 50):
            yield Request("PATCH", action_path(city, n), cities.token(city), json.dumps(changes()), '"1"')


def changes() -> dict[str, Any]:
    return {"title": "Change number @", "intended_outputs": cities.TEXT.strip(), "ends_on": "2030-12-31"}


SCENARIOS = [
    Scenario("list", "list of 50, nested", Bar(0.14, 2.2), of_list),
    Scenario("detail", "detail", Bar(0.10, 3.5), of_detail),
    Scenario("create", "create", Bar(0.25), of_create),
    Scenario("patch", "patch", Bar(0.30), of_patch),
]

# The same ten cities, whether they are all there are or ten among many.
OF_ONE_CITY = [
    scenario._replace(requests=partial(scenario.requests, among=FEW))
    for scenario in SCENARIOS
    if scenario.name in ("list", "detail")
]
