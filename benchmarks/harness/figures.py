"""Figures across the cities of a network: one request, of ten, three hundred and ten thousand cities,
beside the same counted by the ORM in idiomatic DRF, and beside the limit, one after the other in one run.

A request of many cities takes a peer minutes: so these are counted requests, not seconds of load.
"""

import hashlib
import http.client
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from backend.embedded.addresses import with_database
from harness import cities
from harness.contenders import GUNICORN, Contender, Running, project_of, running
from harness.copies import copy
from harness.environment import BENCHMARKS, of_peers
from harness.house import FOLDER, House
from harness.load import database_of, origin_of
from harness.processes import cpu_seconds
from harness.rounds import Pace

PATH = f"/api/v1/networks/{cities.NETWORK}/reports/figures/"
TOKEN = "iap_bench-token-of-an-expert"
# At most so much of the CPU that DRF's ORM takes; and so many seconds, of the largest.
BARS = {10: 0.10, 300: 0.04, 10_000: 0.03}
SECONDS = 1.0
# Requests of the project and the limit, and of DRF, in each round.
REQUESTS = {10: (40, 20), 300: (20, 5), 1_000: (10, 2), 10_000: (4, 1)}
ONE_ROUND_FROM = 1_000
LONGEST = 600

# Table of the peers, of the project, columns.
TABLES = [
    ("network", "tenants_network", "id slug name"),
    ("period", "tenants_period", "id network_id code kind starts_on ends_on"),
    ("city", "tenants_city", "id network_id slug name country role"),
    ("guideline", "plans_guideline", "id network_id version number title"),
    (
        "commonindicator",
        "plans_commonindicator",
        "id network_id code name unit measure accumulation operator",
    ),
    ("user", "tenants_user", "id email password name is_active"),
    ("membership", "tenants_membership", "id user_id network_id role"),
    ("token", "tenants_token", "id user_id digest expires_at revoked_at"),
    ("plan", "plans_plan", "id city_id"),
    ("stakeholder", "plans_stakeholder", "id city_id profile"),
    ("action", "plans_action", "id city_id status ends_on condition_override updated_at"),
    ("milestone", "plans_milestone", "id city_id action_id due_on reached_on updated_at"),
    (
        "indicator",
        "plans_indicator",
        "id city_id code direction tolerance baseline_value baseline_on common_indicator_id",
    ),
    ("target", "plans_target", "id indicator_id due_on value"),
    (
        "measurement",
        "plans_measurement",
        "id indicator_id measured_on value numerator denominator not_measured_reason quality provenance",
    ),
    ("assessment", "plans_guidelineassessment", "id city_id guideline_id period_id assessor step"),
]

Inside = Callable[[House, int, str], Any]


class Answer(NamedTuple):
    status: int
    body: bytes
    seconds: float


def measured(house: House, sizes: tuple[int, ...], pace: Pace, inside: Inside) -> list[dict[str, Any]]:
    """One round is enough where a single request takes a peer many seconds."""
    return [
        of_size(house, size, pace.rounds if size <= ONE_ROUND_FROM else 1, inside(house, size, "kept"))
        for size in sizes
        if size <= pace.figures_up_to
    ]


def of_size(house: House, size: int, rounds: int, kept: dict[str, Any]) -> dict[str, Any]:
    copied(house, size)
    drf = peer(size, "drf", "idiomatic DRF, ORM aggregation", "peers.plain.wsgi:application")
    limit = peer(size, "limit", "the limit: a stored snapshot", "peers.figures.limit:application")
    with running(house, [project_of(size), drf, limit], FOLDER / "contenders") as contenders:
        verified(house, size, *contenders)
        visits: dict[str, list[dict[str, float]]] = {one.contender.key: [] for one in contenders}
        for one in contenders:
            # A statement is planned once for each connection.
            visit(one, house.postmaster(), REQUESTS[size][one.contender is drf])
        for _ in range(rounds):
            for one in random.sample(contenders, len(contenders)):
                n = REQUESTS[size][one.contender is drf]
                visits[one.contender.key].append(visit(one, house.postmaster(), n))
    rows = {key: medians(some) for key, some in visits.items()}
    return {
        "cities": size,
        "kept": kept,
        "bytes": int(rows[project_of(size).key]["bytes"]),
        "project": rows[project_of(size).key],
        "drf": rows[drf.key],
        "limit": rows[limit.key],
    }


def database(size: int) -> str:
    return f"figures_{size}"


def peer(size: int, key: str, name: str, application: str) -> Contender:
    def environment(house: House) -> dict[str, str]:
        address = with_database(house.addresses.app, database(size))
        return of_peers(address, "peers.figures.drf") | {"DJANGO_SETTINGS_MODULE": "peers.figures.settings"}

    return Contender(f"figures_{key}_{size}", name, (*GUNICORN, application), environment)


def copied(house: House, size: int) -> None:
    """The rows once more, in plain tables, as Django makes them."""
    here = [BENCHMARKS / "peers" / "figures" / "models.py", Path(__file__)]
    made = hashlib.sha256(b"".join(path.read_bytes() for path in here)).hexdigest()[:16]
    # What was written there since, by other visits, is copied anew.
    with house.superuser(database_of(size)) as source:
        clocks = source.execute("SELECT sum(clock) FROM tenants_city").fetchone()[0]
    origin = f"{origin_of(size)} {made} {clocks}"
    if house.made_from(database(size)) == origin:
        return
    house.empty(database(size))
    owner = with_database(house.addresses.owner, database(size))
    environment = of_peers(owner, "peers.figures.drf") | {"DJANGO_SETTINGS_MODULE": "peers.figures.settings"}
    make = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"]
    subprocess.run(make, env=environment, check=True)
    with house.superuser(database_of(size)) as source, house.superuser(database(size)) as target:
        target.execute("SET session_replication_role = replica")
        for table, of_project, columns in TABLES:
            copy(source, of_project, target, f"figures_{table}", columns.split())
        target.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO iap_app")
        target.execute("VACUUM (ANALYZE, FREEZE)")
    house.sign(database(size), origin)


def verified(house: House, size: int, project: Running, drf: Running, limit: Running) -> None:
    """All say the same; where the figures come from is everybody's own. The limit says what it is given."""
    mine, theirs = asked(project), asked(drf)
    for one, answer in ((project, mine), (drf, theirs)):
        if answer.status != 200:
            raise SystemExit(f"{one.contender.name}: {answer.status} {answer.body[:500]!r}")
    if comparable(mine.body) != comparable(theirs.body):
        raise SystemExit(f"Figures of {size} cities differ: {difference(mine.body, theirs.body)}")
    with house.superuser(database(size)) as target:
        snapshot(target, mine.body.decode())
    if asked(limit).body != mine.body:
        raise SystemExit("The limit does not answer what it was given.")


def snapshot(target: psycopg.Connection, body: str) -> None:
    target.execute("DELETE FROM figures_snapshot")
    target.execute(
        "INSERT INTO figures_snapshot SELECT id, %s FROM figures_network WHERE slug = %s",
        [body, cities.NETWORK],
    )


def comparable(body: bytes) -> Any:
    report = json.loads(body)
    for city in report["cities"]:
        city.pop("source")
    return report


def difference(mine: bytes, theirs: bytes) -> str:
    one, other = comparable(mine), comparable(theirs)
    return next(
        f"{name}: {one[name]!r:.700}\n{other[name]!r:.700}" for name in one if one[name] != other[name]
    )


def visit(one: Running, postmaster: int, requests: int) -> dict[str, float]:
    before = cpu_seconds(one.child.pid), cpu_seconds(postmaster)
    answers = [asked(one) for _ in range(requests)]
    after = cpu_seconds(one.child.pid), cpu_seconds(postmaster)
    application, in_database = (1000 * (b - a) / requests for a, b in zip(before, after, strict=True))
    return {
        "application": application,
        "database": in_database,
        "cpu": application + in_database,
        "seconds": statistics.median(answer.seconds for answer in answers),
        "bytes": len(answers[0].body),
    }


def asked(one: Running) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=LONGEST)
    began = time.monotonic()
    try:
        connection.request("GET", PATH, headers={"Authorization": f"Bearer {TOKEN}"})
        response = connection.getresponse()
        return Answer(response.status, response.read(), time.monotonic() - began)
    finally:
        connection.close()


def medians(visits: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(visit[name] for visit in visits) for name in visits[0]}


def told(rows: Any) -> list[str]:
    if not rows:
        return []
    head = (
        "| cities | answer in KiB | this project | idiomatic DRF, ORM aggregation | the limit: a stored snapshot |"
        " of DRF | bar | | seconds | to keep all: seconds |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    return ["## Figures across cities, one request: CPU in ms\n", "\n".join([head, *map(line, rows)]) + "\n"]


def line(row: dict[str, Any]) -> str:
    cpu = partial("{application:.1f} + {database:.1f}".format_map)
    ratio, bar = row["project"]["cpu"] / row["drf"]["cpu"], BARS.get(row["cities"])
    met = bar is None or (ratio <= bar and row["project"]["seconds"] < SECONDS)
    return (
        f"| {row['cities']:,} | {row['bytes'] / 1024:,.0f} | {cpu(row['project'])} | {cpu(row['drf'])} | "
        f"{cpu(row['limit'])} | {ratio:.3f} | {bar or ''} | {'met' if met else '**missed**'} | "
        f"{row['project']['seconds']:.2f} | {row['kept']['seconds']:.1f} |"
    )
