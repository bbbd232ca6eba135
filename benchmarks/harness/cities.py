"""Rows of as many cities as wanted, as COPY takes them.

The text of one city is written once and only its number replaced, so that the making costs nothing
beside the loading. Keys are UUIDs of version 7 in the order of writing: a city's rows come in five
bursts, with those of all other cities between them, as if all cities wrote five times a year.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

NETWORK = "bench"
PERIOD = "2017-S2"
BURSTS = 5
ACTIONS, MILESTONES, PARTNERS = 60, 3, 2
INDICATORS, MEASUREMENTS = 10, 8
STAKEHOLDERS, OBJECTIVES = 12, 6
PER_BURST = ACTIONS // BURSTS
CATEGORIES = ("under 30", "30 and older")

START = date(2015, 9, 15)
PLACE = "@@-@@@@"
NUMBER = "%%%%%"
STATUSES = (
    "proposed",
    "planned",
    "funded",
    "in_progress",
    "in_progress",
    "on_hold",
    "completed",
    "cancelled",
)
TEXT = (
    "Open the vacant ground floors around the market square for makers and neighbours, "
    "keep the rent at cost for two years, and learn with them what has to change in the rules. "
)


class Kind(NamedTuple):
    """A table, and a number for its keys."""

    table: str
    code: int


CITY, USER, MEMBERSHIP, TOKEN = (
    Kind(f"tenants_{name}", i) for i, name in enumerate(("city", "user", "membership", "token"))
)
(
    PLAN,
    OBJECTIVE,
    STAKEHOLDER,
    ACTION,
    PARTNER,
    MILESTONE,
    INDICATOR,
    TARGET,
    MEASUREMENT,
    FUNDING,
    DEPENDENCY,
    TEST,
    RISK,
    PART,
) = (
    Kind(f"plans_{name}", 16 + i)
    for i, name in enumerate(
        [
            "plan",
            "objective",
            "stakeholder",
            "action",
            "actionpartner",
            "milestone",
            "indicator",
            "target",
            "measurement",
            "funding",
            "dependency",
            "smallscaleaction",
            "risk",
            "measurementpart",
        ]
    )
)
CHANGE = Kind("tenants_change", 64)
SHARED = Kind("shared", 128)

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]


def key(kind: Kind, n: int = 0, burst: int = 0, place: str = PLACE) -> str:
    return f"0190{burst:02x}{place}-7{kind.code:03x}-8000-{n:012x}"


def place(city: int) -> str:
    digits = f"{city:06x}"
    return f"{digits[:2]}-{digits[2:]}"


def city_key(city: int) -> str:
    return key(CITY, place=place(city))


def slug(city: int) -> str:
    return f"city-{city:05d}"


def token(city: int) -> str:
    return f"iap_bench-token-of-an-officer-{city:05d}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def action_key(n: int, city: int) -> str:
    return key(ACTION, n, n // PER_BURST, place(city))


def day(offset: int) -> str:
    return (START + timedelta(days=offset)).isoformat()


def written(burst: int, n: int) -> Row:
    at = f"{day(170 * burst + n % 160)}T10:{n % 60:02d}:{(7 * n) % 60:02d}.{123456 + n:06d}Z"
    return {"row_version": 1, "created_at": at, "updated_at": at}


# ------------------------------------------------------------------------- one city


def of_one_city(burst: int) -> Rows:
    if burst == 0:
        yield from beginnings()
    for n in range(burst * PER_BURST, (burst + 1) * PER_BURST):
        yield from action(n, burst)
    for n in range(INDICATORS):
        if n % BURSTS == burst:
            yield from indicator(n, burst)


def beginnings() -> Rows:
    owned = {"city_id": key(CITY)}
    plan = {
        "title": f"Plan of city {NUMBER}",
        "challenge": TEXT,
        "vision": TEXT,
        "status": "adopted",
        "adopted_on": day(0),
        "version": 1,
        "visibility": "network",
    }
    yield PLAN.table, {"id": key(PLAN), **owned, **plan, **written(0, 0)}
    for n in range(OBJECTIVES):
        said = {"code": f"O{n}", "title": f"Objective {n}", "expected_result": TEXT, "level": "strategic"}
        yield OBJECTIVE.table, {"id": key(OBJECTIVE, n), **owned, **said, **written(0, n)}
    blank = dict.fromkeys(("interests", "how_affected", "capacity", "possible_actions"), TEXT)
    for n in range(STAKEHOLDERS):
        profile = ("public", "private", "civic", "knowledge")[n % 4]
        named = {"name": f"Stakeholder {n}", "profile": profile, "order": "primary"}
        yield STAKEHOLDER.table, {"id": key(STAKEHOLDER, n), **owned, **named, **blank, **written(0, n)}


def action(n: int, burst: int) -> Rows:
    owned = {"city_id": key(CITY)}
    guidelines = sorted({n % 12 + 1, n // 2 % 12 + 1, n // 5 % 12 + 1})
    columns = {
        "code": f"A{n:03d}",
        "title": f"Action {n}: courtyards «ouverts» à tous",
        "description": TEXT * 2,
        "intended_outputs": TEXT,
        "objective_id": key(OBJECTIVE, n % OBJECTIVES),
        "lead_actor_id": key(STAKEHOLDER, n % STAKEHOLDERS) if n % 7 else None,
        "starts_on": day(3 * n),
        "ends_on": day(3 * n + 200 + 53 * (n % 80)),
        "status": STATUSES[n % len(STATUSES)],
        "horizon": ("short", "medium", "long")[n % 3],
        "visibility": ("network", "internal", "public")[n % 3],
        "guidelines": "{" + ",".join(map(str, guidelines)) + "}",
        "primary_guideline": guidelines[0],
        "yearly_cost": f"{n * 1250}.50" if n % 3 else None,
        "yearly_cost_currency": "EUR" if n % 3 else "",
        "condition_override": "on_time" if n % 20 == 19 else "",
        "condition_override_reason": "The contract was prolonged." if n % 20 == 19 else "",
        "provenance": "reported",
    }
    mine = key(ACTION, n, burst)
    yield ACTION.table, {"id": mine, **owned, **columns, **written(burst, n)}
    for m in range(PARTNERS):
        link = {"action_id": mine, "stakeholder_id": key(STAKEHOLDER, (n + 5 * m) % STAKEHOLDERS)}
        yield (
            PARTNER.table,
            {"id": key(PARTNER, n * PARTNERS + m, burst), **owned, **link, **written(burst, n)},
        )
    for m in range(MILESTONES):
        number = n * MILESTONES + m
        reached = day(3 * n + 60 * m) if m < n % 4 else None
        point = {
            "action_id": mine,
            "title": f"Milestone {m}",
            "due_on": day(3 * n + 400 * m),
            "reached_on": reached,
        }
        yield (
            MILESTONE.table,
            {"id": key(MILESTONE, number, burst), **owned, **point, **written(burst, number)},
        )
    yield from beside_an_action(n, burst)
    change = {"number": n + 1, "thing": "action", "row": mine, "kind": "created", "actor_role": "officer"}
    after = json.dumps({"title": columns["title"], "status": columns["status"]}, ensure_ascii=False)
    told = {
        "at": written(burst, n)["created_at"],
        "reason": "",
        "request_id": "",
        "personal": "f",
        "after": after,
    }
    yield CHANGE.table, {**owned, **change, **told}


def beside_an_action(n: int, burst: int) -> Rows:
    """What the peers do not know of."""
    owned = {"city_id": key(CITY), **written(burst, n)}
    mine = key(ACTION, n, burst)
    if n % 2:
        amount = {"amount": f"{n * 900}.00", "currency": "EUR", "source_type": "erdf", "state": "needed"}
        yield FUNDING.table, {"id": key(FUNDING, n, burst), "action_id": mine, **amount, **owned}
    if n % 3 == 0:
        doubt = {"title": f"Risk {n}", "category": "political", "likelihood": 2, "impact": n % 5 + 1}
        held = {"owner_id": key(STAKEHOLDER, n % STAKEHOLDERS), "mitigation": TEXT, "status": "open"}
        yield RISK.table, {"id": key(RISK, n, burst), "action_id": mine, **doubt, **held, **owned}
    if n % PER_BURST > 9:
        before = {"action_id": mine, "depends_on_id": key(ACTION, n - 1, burst)}
        yield DEPENDENCY.table, {"id": key(DEPENDENCY, n, burst), **before, **owned}
    if n % PER_BURST == 1:
        said = {"title": f"Test {n}", "hypothesis": TEXT, "outcome": TEXT, "decision": "adopt"}
        grown = {"guidelines": "{1}", "cost_currency": "", "became_action_id": mine}
        yield TEST.table, {"id": key(TEST, n, burst), **said, **grown, **owned}


def indicator(n: int, burst: int) -> Rows:
    owned = {"city_id": key(CITY)}
    mine = key(INDICATOR, n, burst)
    columns = {
        "code": f"I{n:02d}",
        "name": f"Indicator {n}",
        "unit": "places",
        "type": "result" if n % 2 else "output",
        "direction": ("increase", "decrease", "maintain")[n % 3],
        "accumulation": "level",
        "measure": "number",
        "action_id": key(ACTION, n, 0),
        "common_indicator_id": shared_key(n) if n < 5 else None,
        "baseline_value": 10 * n + 1,
        "baseline_on": day(0),
        "baseline_absent_reason": "",
        "tolerance": "0.1",
        "source_of_verification": "Register of the city",
        "visibility": "network",
    }
    yield INDICATOR.table, {"id": mine, **owned, **columns, **written(burst, n)}
    for m, value in enumerate((15 * n + 9, 20 * n + 20)):
        target = {"indicator_id": mine, "due_on": day(420 * (m + 1)), "value": value}
        yield TARGET.table, {"id": key(TARGET, 2 * n + m, burst), **owned, **target, **written(burst, n)}
    for m in range(MEASUREMENTS):
        number = n * MEASUREMENTS + m
        said = {"not_measured_reason": "", "quality": "measured", "comment": "", "evidence_links": "{}"}
        value = {"indicator_id": mine, "measured_on": day(90 * (m + 1)), "value": f"{10 * n + 2 * m}.25"}
        yield (
            MEASUREMENT.table,
            {"id": key(MEASUREMENT, number, burst), **owned, **value, **said, **written(burst, m)},
        )
        if n % BURSTS == 3:
            yield from parts(number, burst)


def parts(measurement: int, burst: int) -> Rows:
    """What the peers do not know of: together not more than the whole."""
    owned = {"city_id": key(CITY), "measurement_id": key(MEASUREMENT, measurement, burst)}
    for n, words in enumerate(CATEGORIES):
        mine = key(PART, measurement * len(CATEGORIES) + n, burst)
        part = {"category_id": shared_key(1003 + n), "dimension_name": "Age", "category_name": words}
        yield PART.table, {"id": mine, **owned, **part, "value": 10 * (n + 1), **written(burst, n)}


# --------------------------------------------------------------- the network and its people


def shared_key(n: int) -> str:
    return key(SHARED, n, place=place(0))


def of_the_network() -> Rows:
    network = {
        "slug": NETWORK,
        "name": "Bench",
        "type": "action_planning",
        "programme": "",
        "working_language": "en",
    }
    yield "tenants_network", {"id": shared_key(1000), **network, "starts_on": day(0), **written(0, 0)}
    inside = {"network_id": shared_key(1000), **written(0, 0)}
    dates = {"starts_on": "2017-07-01", "ends_on": "2017-12-31", "due_on": "2018-01-15", "grace_days": 14}
    yield "tenants_period", {"id": shared_key(1001), "code": PERIOD, "kind": "semester", **dates, **inside}
    dimension = {"id": shared_key(1002), "code": "age", "name": "Age", "retired": "f"}
    yield "plans_dimension", {**dimension, **inside}
    for n, name in enumerate(CATEGORIES):
        category = {"dimension_id": shared_key(1002), "code": f"age-{n}", "name": name, "position": n}
        yield "plans_category", {"id": shared_key(1003 + n), "retired": "f", **category, **inside}
    for n in range(5):
        said = {
            "code": f"C{n}",
            "name": f"Common {n}",
            "unit": "places",
            "type": "output",
            "direction": "increase",
        }
        how = {
            "accumulation": "level",
            "measure": "number",
            "operator": ("sum", "mean", "minimum", "maximum", "none")[n],
        }
        yield "plans_commonindicator", {"id": shared_key(n), **said, **how, **inside}


def of_a_city(n: int) -> Rows:
    """The city and its officer, who has a token."""
    where = {
        "slug": slug(n),
        "name": f"City {n}",
        "country": ("IT", "BE", "ES", "FR")[n % 4],
        "place_code": slug(n),
    }
    acts = {"role": "project_partner", "organisation": f"City of {n}", "organisation_type": "municipality"}
    rest = {"languages": "{en}", "timezone": "UTC", "clock": ACTIONS, "network_id": shared_key(1000)}
    here = place(n)
    yield CITY.table, {"id": city_key(n), **where, **acts, **rest, **written(0, 0)}
    officer = {"email": f"{slug(n)}@example.org", "password": "!", "name": "An officer", "is_active": "t"}
    yield USER.table, {"id": key(USER, place=here), **officer}
    role = {"role": "officer", "city_id": city_key(n), "user_id": key(USER, place=here), "country": ""}
    yield MEMBERSHIP.table, {"id": key(MEMBERSHIP, place=here), **role, **written(0, 0)}
    proof = {"name": "bench", "digest": digest(token(n)), "expires_at": "2099-01-01T00:00:00Z"}
    created = {"created_at": "2015-09-15T00:00:00Z", "user_id": key(USER, place=here)}
    yield TOKEN.table, {"id": key(TOKEN, place=here), **proof, **created}
