"""All contenders give the same JSON, and refuse the same requests."""

import json
import random
from typing import Any

from harness import cities
from harness.contenders import LIMIT, Running
from harness.scenarios import CREATED_IN, MEMBERS, PATCHED_IN, Request, action_path, changes, new_action, path
from harness.visit import answer, tagged

# The text of a cursor is everybody's own; only whether there is a further page is compared.
OPAQUE = ("next", "previous")
# Of a row that each made for itself.
OWN = ("id", "code", "created_at", "updated_at")

Answer = tuple[int, Any]


def verify(contenders: list[Running]) -> None:
    first, *others = contenders
    salt = f"V{random.randrange(10**9)}"
    # Several peers write to the same tables, where a code stands once in a city.
    expected = asked(first, f"{salt}a")
    for mark, other in zip("bcdefg", others, strict=False):
        for name, said in asked(other, salt + mark).items():
            excused = other.contender is LIMIT and name in BEYOND_THE_LIMIT
            if said != expected[name] and not excused:
                raise SystemExit(difference(name, first, expected[name], other, said))


def asked(one: Running, salt: str) -> dict[str, Answer]:
    return {name: said(one, request) for name, request in requests(one, salt).items()}


def requests(one: Running, salt: str) -> dict[str, Request]:
    made, patched, other = CREATED_IN[0], PATCHED_IN[0], CREATED_IN[1]
    token = cities.token(patched)
    where = action_path(patched, 7)
    change = json.dumps({**changes(), "key_partners": []})
    lists = {
        f"list of city {n}": Request("GET", path(n, "actions/?page_size=50"), cities.token(n))
        for n in (0, 7, 199)
    }
    details = {f"action {n}": Request("GET", action_path(3, n), cities.token(3)) for n in (0, 7, 19, 33, 59)}
    wrong = {**new_action(made, salt + "x"), "ends_on": "2016-01-01"}
    foreign = {
        **new_action(made, salt + "y"),
        "objective": cities.key(cities.OBJECTIVE, 2, place=cities.place(other)),
    }
    [current] = tagged(one, iter([Request("PATCH", where, token, change)]))
    return {
        **lists,
        "small page": Request("GET", path(0, "actions/?page_size=3"), cities.token(0)),
        "filtered": Request("GET", path(0, "actions/?page_size=50&status=planned"), cities.token(0)),
        **details,
        "create": Request(
            "POST", path(made, "actions/"), cities.token(made), json.dumps(new_action(made, salt))
        ),
        "patch": current,
        "without a token": Request("GET", where, ""),
        "with a false token": Request("GET", where, "iap_" + 30 * "x"),
        "by a stranger": Request("GET", where, cities.token(other)),
        "stranger's list": Request("GET", path(patched, "actions/"), cities.token(other)),
        "row of another city": Request(
            "GET", where.replace(cities.slug(patched), cities.slug(other)), cities.token(other)
        ),
        "with a stale tag": Request("PATCH", where, token, change, '"999999"'),
        "without a tag": Request("PATCH", where, token, change),
        "wrong dates": Request("POST", path(made, "actions/"), cities.token(made), json.dumps(wrong)),
        "another city's objective": Request(
            "POST", path(made, "actions/"), cities.token(made), json.dumps(foreign)
        ),
    }


# The limit does not validate, and knows no filter: it is a floor, not a backend.
BEYOND_THE_LIMIT = ("wrong dates", "another city's objective", "filtered")


def said(one: Running, request: Request) -> Answer:
    status, _, body = answer(one, request)
    return status, comparable(json.loads(body), request.method) if 200 <= status < 300 else None


def comparable(body: dict[str, Any], method: str) -> Any:
    if "results" in body:
        rows = [compared(row) for row in body["results"]]
        return {**body, "results": rows, **{name: body[name] is not None for name in OPAQUE}}
    return compared(body, {"GET": (), "POST": OWN, "PATCH": ("updated_at", "row_version")}[method])


def compared(row: dict[str, Any], own: tuple[str, ...] = ()) -> dict[str, Any]:
    """Without what only the project shows."""
    return {name: row[name] for name in MEMBERS if name not in own}


def difference(name: str, first: Running, expected: Answer, other: Running, said: Answer) -> str:
    parts = [
        f"{name}: {first.contender.name} and {other.contender.name} differ.",
        f"status {expected[0]} and {said[0]}",
    ]
    rows = [rows_of(body) for body in (expected[1], said[1])]
    for mine, theirs in zip(*rows, strict=False):
        parts += [
            f"  {key}: {mine.get(key)!r} and {theirs.get(key)!r}"
            for key in sorted({*mine, *theirs})
            if mine.get(key) != theirs.get(key)
        ]
    return "\n".join(parts[:20])


def rows_of(body: Any) -> list[dict[str, Any]]:
    return body["results"] if body and "results" in body else [body or {}]
