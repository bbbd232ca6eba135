"""Cities that are strong where another is weak: of those only who want to be found.

Two statements. The first reads the city's own rows, and then enters the role of its peers; the second
reads, as that role, what the others let it: the policies keep that it is no more. What is latest is
decided alike in both: the period that ends last, then the day.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from plans.guidelines.models import GuidelineAssessment
from tenants.access.asking import fetch
from tenants.access.context import BECOME_A_PEER, become_a_peer

Step = GuidelineAssessment.Step
WEAK, STRONG = Step.TOOLS_MAPPED, Step.EVALUATED

# What the last SELECT sets is set after `own` has been read.
OWN = f"""
WITH latest AS (
    SELECT DISTINCT ON (g.number) g.number, a.step
    FROM plans_guidelineassessment a
    JOIN plans_guideline g ON g.id = a.guideline_id
    JOIN tenants_period p ON p.id = a.period_id
    WHERE a.city_id = %(city)s::uuid AND a.assessor = 'self'
    ORDER BY g.number, p.ends_on DESC, a.assessed_on DESC, g.version DESC, a.id DESC
),
known AS (
    SELECT DISTINCT ON (number) number,
        coalesce(nullif(translations -> %(language)s::text ->> 'title', ''), title) AS title
    FROM plans_guideline WHERE network_id = %(network)s::uuid ORDER BY number, version DESC
),
own AS MATERIALIZED (
    SELECT
        (SELECT json_agg(json_build_array(number, title, step) ORDER BY number)
         FROM known LEFT JOIN latest USING (number) WHERE step IS NULL OR step <= {WEAK}) AS weak,
        ARRAY(SELECT id FROM tenants_period WHERE network_id = %(network)s::uuid ORDER BY id) AS periods,
        ARRAY(SELECT ends_on FROM tenants_period WHERE network_id = %(network)s::uuid ORDER BY id) AS ends,
        ARRAY(
            SELECT id FROM tenants_city
            WHERE network_id = %(network)s::uuid AND id <> %(city)s::uuid ORDER BY id
        ) AS others
)
SELECT weak, periods, ends, others,
    {BECOME_A_PEER.format("others")}
FROM own"""

OTHERS = f"""
WITH latest AS (
    SELECT DISTINCT ON (a.city_id, g.number) a.city_id, g.number, a.step, a.assessed_on
    FROM plans_guidelineassessment a
    JOIN plans_guideline g ON g.id = a.guideline_id
    JOIN unnest(%(periods)s::uuid[], %(ends)s::date[]) AS p(id, ends_on) ON p.id = a.period_id
    WHERE a.city_id = ANY(%(others)s::uuid[]) AND g.number = ANY(%(numbers)s::integer[])
    ORDER BY a.city_id, g.number, p.ends_on DESC, a.assessed_on DESC, g.version DESC, a.guideline_id DESC
)
SELECT json_agg(json_build_array(number, c.slug, c.name, step, assessed_on) ORDER BY number, c.slug)
FROM latest JOIN tenants_city c ON c.id = city_id WHERE step >= {STRONG}"""


def suggested(city: UUID, network: UUID, language: str) -> list[dict[str, Any]]:
    """Of each guideline where the city is weak, who is strong. What follows is read as a peer."""
    weak, periods, ends, others, *_ = fetch(OWN, {"city": city, "network": network, "language": language})
    with become_a_peer(others):
        numbers = [number for number, _, _ in weak or ()]
        asked = {"periods": periods, "ends": ends, "others": others, "numbers": numbers}
        (found,) = fetch(OTHERS, asked, last=True)
    peers = by_number(found or [])
    return [
        {
            "guideline_number": number,
            "guideline_title": title,
            "why": "not_assessed" if step is None else "weak",
            **named(step),
            "peers": peers[number],
        }
        for number, title, step in weak or ()
    ]


def by_number(found: list[Any]) -> dict[int, list[dict[str, Any]]]:
    peers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for number, slug, name, step, assessed_on in found:
        peers[number].append({"slug": slug, "name": name, **named(step), "assessed_on": assessed_on})
    return peers


def named(step: int | None) -> dict[str, Any]:
    return {"step": step, "step_name": None if step is None else Step(step).label}
