"""Run in the project's environment, on one database: how PostgreSQL answers the hot requests.

Asks the real views, in process, catches their statements, and has each explained in the same
transaction, in the same role and under the same policies. Says as JSON what it saw.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import django

django.setup()

from django.db import connection
from django.test import Client

from harness import cities
from harness.scenarios import action_path, path
from tenants.api import readpath
from tenants.members import entrance
from tenants.models import City

# A page or two are read whole, whatever indexes there are. Of a table that holds no row the same would be said:
# hence it does not count as small, and `cities` gives it some.
SMALL_ROWS = range(1, 1_000)
CITY = City.objects.count() // 2
ACTION = cities.action_key(30, CITY)
INDICATOR = cities.key(cities.INDICATOR, 3, 3, cities.place(CITY))


class Hot(NamedTuple):
    """A request, and the indexes of which its statements use at least one each."""

    what: str
    path: str
    expected: tuple[str, ...]


HOT = [
    Hot(
        "page of a list",
        path(CITY, "actions/?page_size=50"),
        ("action_code", "milestone_of_action", "risk_of_action"),
    ),
    Hot(
        "page of a list, filtered",
        path(CITY, "actions/?status=planned&ordering=-ends_on"),
        ("milestone_of_action",),
    ),
    Hot("detail", action_path(CITY, 30), ("action_city_key|plans_action_pkey", "milestone_of_action")),
    Hot("latest measurement, one indicator", path(CITY, f"indicators/{INDICATOR}/"), ("measurement_latest",)),
    Hot(
        "latest measurement, list of indicators",
        path(CITY, "indicators/?page_size=50"),
        ("measurement_latest",),
    ),
    Hot(
        "measurements of an indicator",
        path(CITY, f"measurements/?indicator={INDICATOR}"),
        ("measurement_", "part_once"),
    ),
    Hot("history of a row", path(CITY, f"history/?row={ACTION}"), ("change_",)),
    Hot("token, person and right", path(CITY, "actions/?page_size=1"), ("tenants_token_digest",)),
]


def main() -> None:
    print(json.dumps([seen for hot in HOT for seen in explained(hot)]))


def explained(hot: Hot) -> Iterator[dict[str, Any]]:
    plans = plans_of(hot.path)
    chosen = plans[:1] if hot.what.startswith("token") else plans[1:]
    nodes = [node for plan in chosen for node in nodes_of(plan["Plan"])]
    indexes = sorted({node["Index Name"] for node in nodes if "Index Name" in node})
    scanned = [
        f"all of {node['Relation Name']} is read"
        for node in nodes
        if node["Node Type"] == "Seq Scan" and rows_of(node["Relation Name"]) not in SMALL_ROWS
    ]
    missing = [
        f"{wanted} is not used"
        for wanted in hot.expected
        if not any(w in i for w in wanted.split("|") for i in indexes)
    ]
    took = sum(plan["Planning Time"] + plan["Execution Time"] for plan in chosen)
    yield {"what": hot.what, "indexes": indexes, "ms": took, "wrong": missing + scanned}


@cache
def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


def plans_of(address: str) -> list[dict[str, Any]]:
    """Of all statements by which the read path answers the request."""
    found: list[dict[str, Any]] = []
    fetch = readpath.fetch

    def explaining(sql: str, params: Any, *how: Any, **named: Any) -> Any:
        with connection.connection.cursor() as cursor:
            # Entering sets the context: it is run, and explained without running it a second time.
            analyze = "ANALYZE, BUFFERS, " if "set_config" not in sql else ""
            cursor.execute(f"EXPLAIN ({analyze}SUMMARY, FORMAT JSON) {sql}", params)
            found.append(cursor.fetchone()[0][0])
            found[-1].setdefault("Execution Time", 0.0)
        return fetch(sql, params, *how, **named)

    readpath.fetch = entrance.fetch = explaining
    try:
        headers = {"Authorization": f"Bearer {cities.token(CITY)}"}
        response = Client(headers=headers, SERVER_NAME="localhost").get(address)
    finally:
        readpath.fetch = entrance.fetch = fetch
    assert response.status_code == 200, response.content
    return found


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes_of(part)


main()
