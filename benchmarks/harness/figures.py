"""Figures across the cities of a network: one request, of ten, three hundred and ten thousand cities,
beside the peers, who count them from the rows, and beside the limit, one after the other in one run.

A request of many cities takes a peer many seconds: so these are counted requests, not seconds of load.
"""

import hashlib
import http.client
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from backend.embedded.addresses import with_database
from harness import cities
from harness.contenders import GRANIAN, GUNICORN, UVICORN, Command, Contender, Running, project_of, running
from harness.copies import copy
from harness.environment import BENCHMARKS, of_peers
from harness.house import FOLDER, House
from harness.load import database_of, origin_of
from harness.processes import cpu_seconds
from harness.rounds import Pace

PATH = f"/api/v1/networks/{cities.NETWORK}/reports/figures/"
TOKEN = "iap_bench-token-of-an-expert"
NAMES = {
    "project": "this project",
    "drf": "idiomatic DRF, ORM aggregation",
    "ninja": "django-ninja, ORM aggregation",
    "fastapi": "FastAPI, SQLAlchemy async",
    "limit": "the limit: a stored snapshot",
}
PEERS = {"drf", "ninja", "fastapi"}
# At most so much of the CPU that DRF's ORM takes; and so many seconds.
BARS = {10: 0.10, 300: 0.04, 10_000: 0.03}
SECONDS = 1.0
KEEPING = "to keep all: seconds"
# Requests of the project and the limit, and of each peer, in each round.
REQUESTS = {10: (60, 20), 300: (40, 3), 10_000: (4, 1)}
# Where a single one takes a peer many seconds there is one round, and what warms is the request by which the
# answers are compared; the ORM is asked through DRF alone, which fewer cities show to cost the same.
LARGE = 10_000
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
Figures = dict[str, float]


class Answer(NamedTuple):
    status: int
    body: bytes
    seconds: float


def measured(house: House, sizes: tuple[int, ...], pace: Pace, inside: Inside) -> list[dict[str, Any]]:
    return [
        of_size(house, size, pace.rounds if size < LARGE else 1, inside(house, size, "kept"))
        for size in sizes
        if size <= pace.figures_up_to
    ]


def of_size(house: House, size: int, rounds: int, kept: dict[str, Any]) -> dict[str, Any]:
    copied(house, size)
    contenders = contenders_of(size)
    with running(house, list(contenders.values()), FOLDER / "contenders") as started:
        ones = dict(zip(contenders, started, strict=True))
        verified(house, size, ones)
        if size < LARGE:
            # A statement is planned once for each connection.
            visited(house, size, ones)
        visits = [visited(house, size, ones) for _ in range(rounds)]
    rows = {who: medians([visit[who] for visit in visits]) for who in ones}
    return {"cities": size, "kept": kept, "bytes": int(rows["project"]["bytes"]), **rows}


def visited(house: House, size: int, ones: dict[str, Running]) -> dict[str, Figures]:
    many, few = REQUESTS[size]
    in_turn = random.sample(list(ones), len(ones))
    return {who: visit(ones[who], house.postmaster(), few if who in PEERS else many) for who in in_turn}


def contenders_of(size: int) -> dict[str, Contender]:
    django, fast = (*GUNICORN, "peers.plain.wsgi:application"), (*UVICORN, "peers.figures.fast:app")
    ninja = {"ninja": peer(size, "ninja", django, "peers.figures.with_ninja")}
    return {
        "project": project_of(size),
        "drf": peer(size, "drf", django),
        **(ninja if size < LARGE else {}),
        "fastapi": peer(size, "fastapi", fast),
        "limit": peer(size, "limit", (*GRANIAN, "peers.figures.limit:application")),
    }


def database(size: int) -> str:
    return f"figures_{size}"


def peer(size: int, who: str, command: Command, urls: str = "peers.figures.drf") -> Contender:
    def environment(house: House) -> dict[str, str]:
        return of_figures(with_database(house.addresses.app, database(size)), urls)

    return Contender(f"figures_{who}_{size}", NAMES[who], command, environment)


def of_figures(address: str, urls: str) -> dict[str, str]:
    return of_peers(address, urls) | {"DJANGO_SETTINGS_MODULE": "peers.figures.settings"}


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
    environment = of_figures(owner, "peers.figures.drf")
    make = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"]
    subprocess.run(make, env=environment, check=True)
    with house.superuser(database_of(size)) as source, house.superuser(database(size)) as target:
        target.execute("SET session_replication_role = replica")
        for table, of_project, columns in TABLES:
            copy(source, of_project, target, f"figures_{table}", columns.split())
        target.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO iap_app")
        target.execute("VACUUM (ANALYZE, FREEZE)")
    house.sign(database(size), origin)


def verified(house: House, size: int, ones: dict[str, Running]) -> None:
    """All say the same, where the figures come from is everybody's own; and refuse the same.

    The limit says what it is given.
    """
    mine, refused = answered(ones["project"]).body, refusals(ones["project"])
    for who in PEERS & ones.keys():
        theirs = answered(ones[who]).body
        if comparable(theirs) != comparable(mine):
            raise SystemExit(f"Figures of {size} cities, {NAMES[who]}: {difference(mine, theirs)}")
        if refusals(ones[who]) != refused:
            raise SystemExit(f"{NAMES[who]} refuses with {refusals(ones[who])}, the project with {refused}.")
    with house.superuser(database(size)) as target:
        snapshot(target, mine.decode())
    if answered(ones["limit"]).body != mine:
        raise SystemExit("The limit does not answer what it was given.")


def refusals(one: Running) -> list[int]:
    """Of somebody without a token, with a false one, and of an officer, who reads one city."""
    return [asked(one, token).status for token in ("", f"{TOKEN}-no-more", cities.token(0))]


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


def visit(one: Running, postmaster: int, requests: int) -> Figures:
    before = cpu_seconds(one.child.pid), cpu_seconds(postmaster)
    answers = [answered(one) for _ in range(requests)]
    after = cpu_seconds(one.child.pid), cpu_seconds(postmaster)
    application, in_database = (1000 * (b - a) / requests for a, b in zip(before, after, strict=True))
    return {
        "application": application,
        "database": in_database,
        "cpu": application + in_database,
        "seconds": statistics.median(answer.seconds for answer in answers),
        "bytes": len(answers[0].body),
    }


def answered(one: Running) -> Answer:
    answer = asked(one)
    if answer.status != 200:
        raise SystemExit(f"{one.contender.name}: {answer.status} {answer.body[:500]!r}")
    return answer


def asked(one: Running, token: str = TOKEN) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=LONGEST)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    began = time.monotonic()
    try:
        connection.request("GET", PATH, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.read(), time.monotonic() - began)
    finally:
        connection.close()


def medians(visits: list[Figures]) -> Figures:
    return {name: statistics.median(visit[name] for visit in visits) for name in visits[0]}


def of_best_peer(row: dict[str, Any]) -> float:
    return row["project"]["cpu"] / min(row[who]["cpu"] for who in PEERS & row.keys())


def of_drf(row: dict[str, Any]) -> float:
    return row["project"]["cpu"] / row["drf"]["cpu"]


def judged(rows: Any) -> Iterator[tuple[str, float, float]]:
    """What, measured, the bar."""
    for row in rows or []:
        what = f"figures of {row['cities']:,} cities"
        if row["cities"] in BARS:
            yield f"{what}, of idiomatic DRF", of_drf(row), BARS[row["cities"]]
        yield f"{what}, of the best peer", of_best_peer(row), 1.0
        yield f"{what}, in seconds", row["project"]["seconds"], SECONDS


def told(rows: Any) -> list[str]:
    if not rows:
        return []
    heads = ["cities", "answer in KiB", *NAMES.values(), "of DRF", "of the best peer", "seconds", KEEPING]
    head = f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
    return ["## Figures across cities, one request: CPU in ms\n", "\n".join([head, *map(line, rows)]) + "\n"]


def line(row: dict[str, Any]) -> str:
    cells = [
        f"{row['cities']:,}",
        f"{row['bytes'] / 1024:,.0f}",
        *("{application:.1f} + {database:.1f}".format_map(row[who]) if who in row else "" for who in NAMES),
        f"{of_drf(row):.3f}",
        f"{of_best_peer(row):.3f}",
        f"{row['project']['seconds']:.2f}",
        f"{row['kept']['seconds']:.1f}",
    ]
    return f"| {' | '.join(cells)} |"
