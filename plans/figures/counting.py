"""Counts the figures of some cities from their rows, by one statement, in the columns of `KeptFigures`.

Kept or counted just now, as of today or of the last day of a period: it is always this statement. The
rules are not here: conditions and standings are the expressions that lists and details show.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.db.models import DateField, QuerySet, UUIDField
from django.db.models.expressions import RawSQL

from plans.actions.condition import counting_condition
from plans.actions.models import Action
from plans.guidelines.models import GuidelineAssessment
from plans.iap.models import Plan
from plans.indicators.models import Indicator
from plans.indicators.standing import TrackState, standing
from plans.stakeholders.models import Stakeholder
from tenants.api.readpath import compiled, literal

ALGORITHM = "figures-1"

# Whose word counts when several have assessed the same guideline: the city's own, then the expert's.
ASSESSORS = tuple(
    str(assessor)
    for assessor in (
        GuidelineAssessment.Assessor.SELF,
        GuidelineAssessment.Assessor.EXPERT,
        GuidelineAssessment.Assessor.PEER,
    )
)

# What of the network goes into the figures of its cities on a `{day}`: the period that has begun last,
# and which number each guideline has.
BASIS = """
    SELECT
        (SELECT p.id FROM tenants_period p WHERE p.network_id = {network} AND p.starts_on <= {day}
         ORDER BY p.starts_on DESC, p.ends_on DESC, p.id DESC LIMIT 1) AS period,
        (SELECT encode(sha256(convert_to(coalesce(string_agg(
            format('%%s %%s %%s', g.id, g.number, g.version), ',' ORDER BY g.id), ''), 'UTF8')), 'hex')
         FROM tenants_network n LEFT JOIN plans_guideline g ON g.network_id = n.id
         WHERE n.id = {network}) AS numbering"""

# Whether the kept row `k` says what the rows of the city `c` say now; a city that never wrote says nothing.
FRESH = f"""coalesce(c.clock = 0 OR (
        k.clock = c.clock AND k.as_of = c.as_of AND k.period IS NOT DISTINCT FROM c.period
        AND k.numbering = c.numbering AND k.algorithm = '{ALGORITHM}'), false)"""

# OFFSET 0, here and below: each condition, each standing is looked for once.
ACTIONS = """
    SELECT {by_status} AS by_status, {by_condition} AS by_condition, count(*)::integer AS total
    FROM ({rows} OFFSET 0) AS a(status, condition)"""

STAKEHOLDERS = """
    SELECT {by_profile} AS by_profile, count(*)::integer AS total FROM ({rows}) AS s(profile)"""

INDICATORS = """
    SELECT {by_track} AS by_track, count(*)::integer AS total, count(value)::integer AS measured,
        {inputs}{besides}
    FROM (
        SELECT i.*, standing -> 'track' ->> 'state' AS track, standing -> 'value' AS v,
            (standing -> 'value' ->> 'value')::numeric AS value
        FROM ({rows} OFFSET 0) AS i({names})
    ) AS i"""
NAMES = ("id", "code", "common_indicator", "standing")

# What is shown of an input follows the city's name, and so lacks its opening brace; its keys are sorted,
# as canonical JSON has them.
INPUTS = {
    "input_of": "common_indicator",
    "input_values": "value",
    "input_numerators": "(v ->> 'numerator')::numeric",
    "input_denominators": "(v ->> 'denominator')::numeric",
    "input_shown": """substr(CASE WHEN value IS NULL
        THEN (SELECT row_to_json(x) FROM (SELECT v ->> 'reason' AS reason, v ->> 'state' AS why) x)
        ELSE (SELECT row_to_json(x) FROM (SELECT v ->> 'denominator' AS denominator, code AS indicator,
            v ->> 'measured_on' AS measured_on, v ->> 'numerator' AS numerator,
            v ->> 'provenance' AS provenance, v ->> 'quality' AS quality, v ->> 'value' AS value) x)
        END::text, 2)""",
}

# The assessment that counts of each number, of the very period: an older one is not carried on.
ASSESSED = """
    SELECT DISTINCT ON (number) * FROM ({rows}) AS g(number, version, assessor, {names})
    ORDER BY number, array_position(ARRAY[{assessors}], assessor), version DESC"""

GUIDELINES = """
    SELECT array_agg(assessed.step ORDER BY numbered.number) AS steps,
        count(assessed.step)::integer AS assessed
    FROM generate_series(1, 12) AS numbered(number) LEFT JOIN ({assessed}) AS assessed USING (number)"""

COUNTED = """
    SELECT c.id AS city_id, c.clock, c.as_of, c.period, c.numbering, '{algorithm}' AS algorithm,
        plan.there OR actions.total + indicators.total + stakeholders.total > 0 AS says_something,
        actions.by_status, actions.by_condition, indicators.by_track, stakeholders.by_profile,
        guidelines.steps, {inputs}, ({shown})::text AS shown{besides}
    FROM ({cities}) AS c
    CROSS JOIN LATERAL (SELECT EXISTS ({plan}) AS there) AS plan
    CROSS JOIN LATERAL ({actions}) AS actions
    CROSS JOIN LATERAL ({indicators}) AS indicators
    CROSS JOIN LATERAL ({guidelines}) AS guidelines
    CROSS JOIN LATERAL ({stakeholders}) AS stakeholders
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT g.number)::integer AS of,
            coalesce(json_object_agg(g.number, guidelines.steps[g.number]), '{{}}') AS steps
        FROM (SELECT DISTINCT number FROM plans_guideline WHERE network_id = c.network_id ORDER BY number) g
    ) AS known{joined}"""


class Besides(NamedTuple):
    """What a reader wants to know beside the figures.

    `columns` of the whole, from the tables that are `joined`; of each indicator the columns `named`, and
    what is made of them over the `indicators` of a city.
    """

    columns: str = ""
    joined: str = ""
    named: tuple[str, ...] = ()
    indicators: str = ""


def counted(cities: str, besides: Besides = Besides()) -> str:
    """SQL of the figures of these cities, in the columns of `KeptFigures`.

    `cities` selects id, network_id, clock, as_of, period and numbering. Constants are written in, so
    that what is a parameter in `cities` stays one.
    """
    return COUNTED.format(
        cities=cities,
        besides=besides.columns,
        joined=besides.joined,
        indicators=indicators(besides.named, besides.indicators),
        **parts(),
    )


@cache
def parts() -> dict[str, str]:
    return {
        "algorithm": ALGORITHM,
        "inputs": ", ".join(f"indicators.{name}" for name in INPUTS),
        "shown": shown(),
        "plan": of_the_city(Plan.objects.values_list("pk")),
        "actions": ACTIONS.format(
            by_status=tally("status", Action.Status),
            by_condition=tally("condition", Action.Condition),
            rows=of_the_city(
                Action.objects.current()
                .annotate(condition=counting_condition(DAY))
                .values_list("status", "condition")
            ),
        ),
        "guidelines": GUIDELINES.format(assessed=assessed()),
        "stakeholders": STAKEHOLDERS.format(
            by_profile=tally("profile", Stakeholder.Profile),
            rows=of_the_city(Stakeholder.objects.values_list("profile")),
        ),
    }


DAY = RawSQL("c.as_of", [], DateField())


def of_the_city(rows: QuerySet[Any, Any]) -> str:
    """The rows of the city `c`, whose constants are written in."""
    return literal(*compiled(rows.filter(city=RawSQL("c.id", [], UUIDField())).order_by()))


def indicators(named: tuple[str, ...], besides: str) -> str:
    rows = Indicator.objects.annotate(standing=standing(DAY))
    inputs = ", ".join(
        f"coalesce(array_agg({value} ORDER BY code, id) FILTER (WHERE common_indicator IS NOT NULL), '{{}}')"
        f" AS {name}"
        for name, value in INPUTS.items()
    )
    return INDICATORS.format(
        by_track=tally("track", TrackState),
        inputs=inputs,
        besides=besides,
        names=", ".join((*NAMES, *(name.replace("__", "_") for name in named))),
        rows=of_the_city(rows.values_list("pk", *NAMES[1:], *named)),
    )


def assessed(*names: str) -> str:
    of_period = GuidelineAssessment.objects.filter(period=RawSQL("c.period", [], UUIDField()))
    columns = ("step", *names)
    return ASSESSED.format(
        rows=of_the_city(
            of_period.values_list("guideline__number", "guideline__version", "assessor", *columns)
        ),
        names=", ".join(columns),
        assessors=", ".join(f"'{assessor}'" for assessor in ASSESSORS),
    )


def tally(column: str, values: Any) -> str:
    """How many there are of each value, in the order in which the enum declares them."""
    counts = ", ".join(f"count(*) FILTER (WHERE {column} = '{value}')" for value in values.values)
    return f"ARRAY[{counts}]::integer[]"


def named(counts: str, values: Any, order: list[Any] | None = None, of: str = "") -> str:
    """A tally with its names; every value is there, so that a zero is seen."""
    places = {value: n for n, value in enumerate(values.values, 1)}
    return object_of({str(value): f"({counts})[{places[value]}]" for value in order or places}, of)


def object_of(members: dict[str, str], of: str = "") -> str:
    """A JSON object without white space, its members in this order; they may be columns `of` a row."""
    columns = ", ".join(f'{value} AS "{name}"' for name, value in members.items())
    return f"(SELECT row_to_json(o) FROM (SELECT {columns}{of and f' FROM {of}'}) o)"


def shown() -> str:
    return object_of(
        {
            "actions": object_of(
                {
                    "total": "actions.total",
                    "by_status": named("actions.by_status", Action.Status),
                    "by_condition": named("actions.by_condition", Action.Condition),
                }
            ),
            "indicators": object_of(
                {
                    "total": "indicators.total",
                    "by_track": named("indicators.by_track", TrackState),
                    "coverage": object_of({"n": "indicators.measured", "of": "indicators.total"}),
                }
            ),
            "guidelines": object_of(
                {
                    "steps": "known.steps",
                    "coverage": object_of({"n": "guidelines.assessed", "of": "known.of"}),
                }
            ),
            "stakeholders": object_of(
                {
                    "total": "stakeholders.total",
                    "by_profile": named("stakeholders.by_profile", Stakeholder.Profile),
                }
            ),
        }
    )


def columns(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
