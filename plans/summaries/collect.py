"""What a summary says of each city, written as canonical JSON by PostgreSQL, for a batch of cities.

Everything is as of one day: conditions and standings are computed for it, and only measurements
made until then count. Nothing personal is read: the reading role of staff could not.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from plans.actions.models import Action
from plans.figures.counting import INPUTS, Besides, assessed, counted, named, object_of, of_the_city
from plans.iap.models import Plan
from plans.stakeholders.models import Stakeholder
from plans.summaries.models import AssessmentState
from tenants.access.asking import fetch_all
from tenants.access.models import CityContent
from tenants.networks.models import Period

ILLUSTRATIVE = CityContent.Provenance.ILLUSTRATIVE
VALUE = (
    "denominator text, entries integer, measured_on text, measurement text, numerator text, "
    "provenance text, quality text, reason text, state text, value text"
)


class Input(NamedTuple):
    """What a city has of a common indicator: its value and parts, or None; and what is shown of it."""

    common: UUID
    value: Any
    numerator: Any
    denominator: Any
    shown: str


class Counted(NamedTuple):
    """A city: what is published of it, as canonical JSON, and what goes into the figures across cities."""

    city: str
    says_something: bool
    content: str
    by_status: list[int]
    by_condition: list[int]
    by_profile: list[int]
    steps: dict[str, int | None]
    inputs: list[Input]


def collect(cities: Sequence[UUID], period: Period) -> list[Counted]:
    """One for each city, in the order of their slugs.

    In a context that shows these cities and few others: the policies compare each row with all of them.
    """
    asked = {"cities": list(cities), "day": period.ends_on, "period": period.pk}
    return [counted_city(*row) for row in fetch_all(statement(), asked)]


def counted_city(*row: Any) -> Counted:
    facts, inputs = row[: -len(INPUTS)], row[-len(INPUTS) :]
    given = [Input(*one) for one in zip(*inputs, strict=True)]
    return Counted(*facts, given)  # type: ignore[call-arg]


@cache
def statement() -> str:
    inputs = ", ".join(INPUTS)
    return (
        "SELECT slug, says_something, content::text, by_status, by_condition, by_profile, all_steps, "
        f"{inputs} FROM ({counted(CITIES, besides())}) f ORDER BY slug"
    )


CITIES = """
    SELECT c.id, c.network_id, c.clock, %(day)s::date AS as_of, %(period)s::uuid AS period, '' AS numbering,
        c.slug, c.name, c.country, c.role, c.organisation
    FROM tenants_city c WHERE c.id = ANY(%(cities)s)"""

PLAN = """
    CROSS JOIN LATERAL (SELECT ({plan}) AS plan) AS its"""

STEPS = """
    CROSS JOIN LATERAL (
        SELECT coalesce(to_json(array_agg({step} ORDER BY number)), '[]') AS listed,
            count(*)::integer AS of, count(step)::integer AS n,
            (count(*) FILTER (WHERE provenance = '{illustrative}'))::integer AS illustrative
        FROM (SELECT DISTINCT number FROM plans_guideline WHERE network_id = c.network_id) AS known
        LEFT JOIN ({assessed}) AS assessed USING (number)
    ) AS assessments"""

INDICATORS = """,
        coalesce(to_json(array_agg({indicator} ORDER BY code, id)), '[]') AS listed,
        (count(value) FILTER (WHERE v ->> 'provenance' = '{illustrative}'))::integer AS illustrative"""


def besides() -> Besides:
    """Canonical JSON has its keys sorted; the objects here have them in that order."""
    plan = object_of({name: name for name in ("provenance", "status", "title", "version")})
    rows = of_the_city(Plan.objects.values_list("provenance", "status", "title", "version"))
    missing, there = (f"'{state}'" for state in (AssessmentState.MISSING, AssessmentState.ASSESSED))
    step = object_of(
        {
            "assessed_on": "assessed_on",
            "assessor": "assessor",
            "number": "number",
            "provenance": "provenance",
            "state": f"CASE WHEN step IS NULL THEN {missing} ELSE {there} END",
            "step": "step",
            "target_step": "target_step",
        }
    )
    return Besides(
        columns=f", c.slug, ({city()}) AS content, known.steps AS all_steps",
        joined=PLAN.format(plan=f"SELECT {plan} FROM ({rows}) AS p(provenance, status, title, version)")
        + STEPS.format(
            step=step,
            assessed=assessed("target_step", "assessed_on", "provenance"),
            illustrative=ILLUSTRATIVE,
        ),
        named=("name", "unit", "measure", "provenance", "common_indicator__code"),
        indicators=INDICATORS.format(indicator=indicator(), illustrative=ILLUSTRATIVE),
    )


def indicator() -> str:
    target = member("target", "due_on text, provenance text, value text")
    return object_of(
        {
            "code": "code",
            "common_indicator": "common_indicator_code",
            "measure": "measure",
            "name": "name",
            "progress": member("progress", "state text, value text"),
            "provenance": "provenance",
            "target": f"CASE jsonb_typeof(standing -> 'target') WHEN 'object' THEN {target} END",
            "track": member("track", "due_on text, due_value text, state text"),
            "unit": "unit",
            "value": member("value", VALUE),
        }
    )


def member(name: str, columns: str) -> str:
    """Of the standing, with its keys in this order."""
    return f"(SELECT row_to_json(m) FROM jsonb_to_record(standing -> '{name}') AS m({columns}))"


def city() -> str:
    illustrative = {"guidelines": "assessments.illustrative", "indicators": "indicators.illustrative"}
    return object_of(
        {
            "actions": object_of(
                {
                    "by_condition": tallied("actions.by_condition", Action.Condition),
                    "by_status": tallied("actions.by_status", Action.Status),
                    "total": "actions.total",
                }
            ),
            "city": "c.slug",
            "country": "c.country",
            "coverage": object_of(
                {
                    "guidelines": object_of({"n": "assessments.n", "of": "assessments.of"}),
                    "illustrative": object_of(illustrative),
                    "indicators": object_of({"n": "indicators.measured", "of": "indicators.total"}),
                }
            ),
            "guidelines": "assessments.listed",
            "indicators": "indicators.listed",
            "name": "c.name",
            "organisation": "c.organisation",
            "plan": "its.plan",
            "role": "c.role",
            "stakeholders": object_of(
                {
                    "by_profile": tallied("stakeholders.by_profile", Stakeholder.Profile),
                    "total": "stakeholders.total",
                }
            ),
        }
    )


def tallied(counts: str, values: Any) -> str:
    return named(counts, values, sorted(values.values))
