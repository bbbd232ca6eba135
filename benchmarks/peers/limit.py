"""How little it can cost: one prepared statement does authentication, right, query and JSON.

No framework, no validation beyond what the columns' types say; the bytes go out as PostgreSQL made
them. Nobody should write a backend like this; it says what is left to gain.
"""

import atexit
import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from psycopg_pool import ConnectionPool

from peers.rules import STEPS

pool = ConnectionPool(
    os.environ["PEERS_CONNINFO"], min_size=6, max_size=6, kwargs={"autocommit": True}, open=False
)
PATH = re.compile(r"/api/v1/networks/([\w-]+)/cities/([\w-]+)/actions/(?:([0-9a-f-]{36})/)?\Z")

PLACE = """
    person AS MATERIALIZED (
        SELECT t.user_id FROM cities_token t JOIN cities_user u ON u.id = t.user_id
        WHERE t.digest = %(proof)s AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active
    ),
    place AS MATERIALIZED (
        SELECT c.id, c.slug, m.role FROM cities_membership m
        JOIN cities_city c ON c.id = m.city_id JOIN cities_network n ON n.id = c.network_id
        WHERE m.user_id = (SELECT user_id FROM person) AND c.slug = %(city)s AND n.slug = %(network)s
    )"""
INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def steps() -> str:
    besides = {"complete": " AND m.unreached IS NOT TRUE"}
    return ", ".join(
        f"CASE WHEN a.status IN ({', '.join(repr(s) for s in origins)}){besides.get(name, '')} THEN '{name}' END"
        for name, origins in STEPS.items()
    )


def shown(partners: str) -> str:
    """The JSON of the action `a`."""
    return f"""(SELECT row_to_json(r) FROM (SELECT a.id, place.slug AS city, a.code, a.title, a.description,
        a.objective_id AS objective, a.lead_actor_id AS lead_actor, {partners} AS key_partners, a.intended_outputs,
        a.starts_on, a.ends_on, a.status,
        json_build_object('state', coalesce(nullif(a.condition_override, ''), judged.computed),
            'computed', judged.computed, 'override_reason', a.condition_override_reason) AS condition,
        a.horizon, a.visibility, a.guidelines, a.primary_guideline,
        a.yearly_cost::text AS yearly_cost, a.yearly_cost_currency,
        coalesce(m.rows, '[]') AS milestones, a.provenance, a.source, a.illustrative_fields, a.row_version,
        {INSTANT.format("a.created_at")} AS created_at, {INSTANT.format("a.updated_at")} AS updated_at,
        array_remove(ARRAY['change', 'delete', {steps()}, 'override-condition',
            CASE WHEN a.condition_override <> '' THEN 'clear-condition' END,
            'merge', 'supersede'], NULL) AS allowed_actions) r)"""


JUDGED = """
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object('id', id, 'title', title, 'due_on', due_on, 'reached_on', reached_on,
                'provenance', provenance) ORDER BY id) AS rows,
            bool_or(due_on < current_date AND (reached_on IS NULL OR reached_on > current_date)) AS missed,
            bool_or(reached_on IS NULL) AS unreached,
            max(updated_at) AS touched
        FROM cities_milestone WHERE action_id = a.id
    ) m
    CROSS JOIN LATERAL (
        SELECT CASE WHEN a.status IN ('completed', 'cancelled') THEN 'closed'
            WHEN a.ends_on < current_date OR m.missed THEN 'late'
            WHEN greatest(a.updated_at, m.touched) < current_date - interval '180 days' THEN 'stale'
            WHEN greatest(a.updated_at, m.touched) < current_date - interval '60 days' THEN 'quiet'
            ELSE 'on_time' END AS computed
    ) judged"""
LINKS = "ARRAY(SELECT stakeholder_id FROM cities_action_key_partners WHERE action_id = a.id ORDER BY 1)"
FOUND = "EXISTS (SELECT FROM person), EXISTS (SELECT FROM place)"

LIST = f"""
WITH {PLACE},
page AS MATERIALIZED (
    SELECT * FROM cities_action WHERE city_id = (SELECT id FROM place) ORDER BY code, id LIMIT %(size)s + 1
),
rows AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY code, id) AS n FROM page)
SELECT {FOUND}, to_json(ARRAY(
    SELECT {shown(LINKS)} FROM place, rows a {JUDGED} WHERE n <= %(size)s ORDER BY n))::text,
    (SELECT ARRAY[code, id::text] FROM rows WHERE n = %(size)s AND EXISTS (SELECT FROM rows WHERE n > %(size)s))"""

DETAIL = f"""
WITH {PLACE}
SELECT {FOUND}, (SELECT {shown(LINKS)}::text FROM place, cities_action a {JUDGED}
    WHERE a.city_id = place.id AND a.id = %(id)s), NULL"""

COLUMNS = [
    "code",
    "title",
    "description",
    "intended_outputs",
    "starts_on",
    "ends_on",
    "horizon",
    "visibility",
    "guidelines",
    "primary_guideline",
    "yearly_cost",
    "yearly_cost_currency",
]
SENT = """x(code text, title text, description text, intended_outputs text, starts_on date, ends_on date,
    horizon text, visibility text, guidelines smallint[], primary_guideline smallint, yearly_cost numeric,
    yearly_cost_currency text, objective uuid, lead_actor uuid, key_partners uuid[])"""
WRITERS = "role IN ('officer', 'coordinator')"

CREATE = f"""
WITH {PLACE},
sent AS MATERIALIZED (SELECT * FROM jsonb_to_record(%(body)s::jsonb) AS {SENT}),
a AS (
    INSERT INTO cities_action (id, city_id, objective_id, lead_actor_id, status, row_version, created_at, updated_at,
        provenance, source, illustrative_fields, condition_override, condition_override_reason, {", ".join(COLUMNS)})
    SELECT uuidv7(), place.id, (SELECT o.id FROM cities_objective o WHERE o.id = objective AND o.city_id = place.id),
        (SELECT s.id FROM cities_stakeholder s WHERE s.id = lead_actor AND s.city_id = place.id),
        'proposed', 1, now(), now(), 'reported', '', '{{}}', '', '', code, title, coalesce(description, ''),
        coalesce(intended_outputs, ''), starts_on, ends_on, coalesce(horizon, 'medium'),
        coalesce(visibility, 'network'), coalesce(guidelines, '{{}}'), primary_guideline, yearly_cost,
        coalesce(yearly_cost_currency, '')
    FROM sent, place WHERE {WRITERS}
    RETURNING *
),
links AS (
    INSERT INTO cities_action_key_partners (action_id, stakeholder_id)
    SELECT a.id, s.id FROM a, sent, cities_stakeholder s WHERE s.id = ANY (key_partners) AND s.city_id = a.city_id
    RETURNING stakeholder_id
)
SELECT {FOUND}, (SELECT {shown("ARRAY(SELECT stakeholder_id FROM links ORDER BY 1)")}::text
    FROM place, a {JUDGED}), NULL"""

CHANGED = ", ".join(f"{c} = CASE WHEN sent.body ? '{c}' THEN x.{c} ELSE t.{c} END" for c in COLUMNS)
CHANGE = f"""
WITH {PLACE},
sent AS MATERIALIZED (SELECT %(body)s::jsonb AS body),
a AS (
    UPDATE cities_action t SET row_version = row_version + 1, updated_at = now(), {CHANGED}
    FROM place, sent, jsonb_to_record(sent.body) AS {SENT}
    WHERE t.id = %(id)s AND t.city_id = place.id AND {WRITERS} AND t.row_version = %(version)s
    RETURNING t.*
)
SELECT {FOUND}, (SELECT {shown(LINKS)}::text FROM place, a {JUDGED}), NULL"""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    status, headers, body = answer(environ)
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers]
    )
    return [body]


def answer(environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    match = PATH.match(environ["PATH_INFO"])
    if match is None:
        return "404 Not Found", [], b"{}"
    network, city, key = match.groups()
    proof = hashlib.sha256(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ").encode()).hexdigest()
    values: dict[str, Any] = {"proof": proof, "network": network, "city": city, "id": key}
    statement, status = DETAIL, "200 OK"
    match environ["REQUEST_METHOD"]:
        case "GET" if key is None:
            statement, values["size"] = LIST, size(environ["QUERY_STRING"])
        case "POST":
            statement, status = CREATE, "201 Created"
            values["body"] = body_of(environ)
        case "PATCH":
            if "HTTP_IF_MATCH" not in environ:
                return "428 Precondition Required", [], b"{}"
            statement, values["body"] = CHANGE, body_of(environ)
            values["version"] = int(environ["HTTP_IF_MATCH"].strip('"'))
    with pool.connection() as connection:
        known, member, text, last = connection.execute(statement, values, prepare=True).fetchone()
    if not known:
        return "401 Unauthorized", [], b"{}"
    if text is None or not member:
        return ("412 Precondition Failed" if member and statement is CHANGE else "404 Not Found"), [], b"{}"
    if statement is not LIST:
        version = text[text.rindex('"row_version":') + 14 :].partition(",")[0]
        return status, [("ETag", f'"{version}"')], text.encode()
    return status, [], page(environ, text, last)


def size(query: str) -> int:
    found = re.search(r"page_size=(\d+)", query)
    return int(found[1]) if found else 50


def body_of(environ: dict[str, Any]) -> str:
    return environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()


def page(environ: dict[str, Any], rows: str, last: Any) -> bytes:
    following = None
    if last:
        cursor = base64.urlsafe_b64encode(json.dumps(last).encode()).decode()
        place = f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}"
        following = f"{place}?{environ['QUERY_STRING']}&cursor={cursor}"
    return f'{{"next":{json.dumps(following)},"previous":null,"results":{rows}}}'.encode()


# The server imports the application in each worker, after the fork.
pool.open()
atexit.register(pool.close)
