"""The figures across the cities of a network, written as JSON by one statement.

What is kept of a city is taken where it is fresh. The first asking also looks whether some are not;
then these are counted now, in a context of their cities alone, and the second asking takes them in.
More than a few at once are not counted while somebody waits: these are shown as they were kept, and
say so.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from plans.actions.models import Action
from plans.figures.counting import ALGORITHM, BASIS, FRESH, counted, named, object_of, tally
from plans.figures.keep import CITIES, column_names
from plans.guidelines.models import GuidelineAssessment
from plans.indicators.kinds import Measure
from plans.indicators.models import CommonIndicator
from plans.indicators.standing import TrackState
from plans.reports.serializers import Source
from plans.stakeholders.models import Stakeholder
from plans.summaries.models import AggregateState, LeftOut
from tenants.access.asking import fetch
from tenants.access.context import narrowed
from tenants.api.entrance import Entrance

# Counting one takes some milliseconds.
COUNTED_NOW = 20


class Report(NamedTuple):
    """`fresh`: the figures of all cities are what their rows say now."""

    body: bytes
    fresh: bool


def report(entrance: Entrance) -> Report:
    asked = {"network": entrance.network, "day": entrance.today, "at_once": COUNTED_NOW}
    fresh, stale, *pieces = fetch(statement(), {**asked, "now": None})
    if None in pieces:
        fresh, _stale, *pieces = fetch(statement(), {**asked, "now": counted_now(stale, entrance)})
    return Report("".join((*pieces, END)).encode(), fresh)


def counted_now(cities: list[UUID], entrance: Entrance) -> str:
    """Rows as they would be kept, as JSON."""
    with narrowed(cities):
        return fetch(counting(), {"cities": cities, "day": entrance.today})[0]


@cache
def counting() -> str:
    return f"SELECT to_json(ARRAY(SELECT row_to_json(f) FROM ({counted(CITIES)}) f))::text"


# The cities are those that the context shows. Joined by hash: the policy's list of cities is asked once
# for each table, not for each row. `kept` and `input` are long and read once: their rows are not copied.
BASE = """
    WITH visible AS MATERIALIZED (
        SELECT unnest(nullif(current_setting('app.city_ids', true), '')::uuid[]) AS id
    ),
    basis AS MATERIALIZED ({basis}),
    city AS MATERIALIZED (
        SELECT c.id, c.slug, c.name, c.country, c.role, c.clock, %(day)s::date AS as_of, b.period, b.numbering
        FROM tenants_city c CROSS JOIN basis b
        WHERE c.network_id = %(network)s AND c.id IN (SELECT id FROM visible)
    ),
    now AS MATERIALIZED (
        SELECT {columns} FROM json_populate_recordset(NULL::plans_keptfigures, %(now)s::json)
    ),
    kept AS NOT MATERIALIZED (SELECT {columns} FROM plans_keptfigures OFFSET 0),
    figures AS MATERIALIZED (
        SELECT c.slug, c.name, c.country, c.role, coalesce(k.as_of, c.as_of) AS as_of, k.source,
            k.city_id IS NOT NULL OR c.clock = 0 AS known, {fresh} AS fresh,
            coalesce(k.says_something, false) AS says_something, k.by_status, k.by_condition, k.by_track,
            k.by_profile, k.steps, k.input_of, k.input_values, k.input_numerators, k.input_denominators,
            k.input_shown, k.shown, to_json(c.slug)::text AS quoted, c.id
        FROM city c LEFT JOIN (
            SELECT *, '{live}' AS source FROM now
            UNION ALL
            SELECT *, '{kept}' FROM kept WHERE city_id NOT IN (SELECT city_id FROM now)
        ) AS k ON k.city_id = c.id
        ORDER BY c.slug
    ),
    stale AS MATERIALIZED (
        SELECT id FROM figures WHERE NOT fresh ORDER BY known, as_of, slug LIMIT %(at_once)s
    ),
    telling AS NOT MATERIALIZED (SELECT * FROM figures WHERE says_something),
    many AS MATERIALIZED (
        SELECT count(*)::integer AS cities, (count(*) FILTER (WHERE fresh))::integer AS fresh,
            (count(*) FILTER (WHERE says_something))::integer AS telling
        FROM figures
    ),
    tied AS MATERIALIZED (SELECT quoted, input_of FROM telling),
    input AS NOT MATERIALIZED (
        SELECT t.quoted, i.* FROM telling t CROSS JOIN LATERAL unnest(
            t.input_of, t.input_values, t.input_numerators, t.input_denominators, t.input_shown
        ) AS i(common, value, numerator, denominator, shown)
    ),
    sums AS MATERIALIZED (SELECT {sums} FROM telling)"""

REPORT = """{base}
    SELECT NOT EXISTS (SELECT FROM stale), ARRAY(SELECT id FROM stale), {pieces}
    FROM (SELECT %(now)s::json IS NULL AND EXISTS (SELECT FROM stale)) AS asked(again)"""
# None, where some cities are to be counted first.
PIECE = "CASE WHEN asked.again THEN NULL ELSE ({piece}) END"
END = "]}}"

CITY = """
    SELECT coalesce(string_agg(
        left(row_to_json(f)::text, -1) || ',"figures":' || shown || '}}', ','), '')
    FROM telling t CROSS JOIN LATERAL (
        SELECT t.slug AS city, t.name, t.country, t.role, t.as_of, t.source, t.fresh
    ) AS f"""

LEFT_OUT = """
    SELECT to_json(ARRAY(
        SELECT row_to_json(o) FROM (
            SELECT slug AS city, '' AS reason,
                CASE WHEN known THEN '{no_data}' ELSE '{not_counted}' END AS why
            FROM figures WHERE NOT says_something ORDER BY slug
        ) AS o
    ))"""

# Of each common indicator: what went in, what did not, and what became of it by the declared operator.
COMMON = """
    SELECT coalesce(string_agg(concat(
        left(row_to_json(f)::text, -1), ',"inputs":[', i.inputs, '],"left_out":[',
        concat_ws(',', i.left_out, missing.left_out), ']}}'), ',' ORDER BY common.code), '')
    FROM plans_commonindicator common
    LEFT JOIN (
        SELECT common, count(DISTINCT quoted) FILTER (WHERE value IS NOT NULL) AS cities,
            sum(value) AS sum, min(value) AS minimum, max(value) AS maximum, count(value) AS values,
            sum(numerator) FILTER (WHERE value IS NOT NULL) AS numerator,
            sum(denominator) FILTER (WHERE value IS NOT NULL) AS denominator,
            string_agg('{{"city":' || quoted || ',' || shown, ',') FILTER (WHERE value IS NOT NULL) AS inputs,
            string_agg('{{"city":' || quoted || ',' || shown, ',') FILTER (WHERE value IS NULL) AS left_out
        FROM input GROUP BY common
    ) AS i ON i.common = common.id
    CROSS JOIN LATERAL (
        SELECT string_agg('{{"city":' || quoted || ',"why":"{no_indicator}","reason":""}}', ',') AS left_out
        FROM tied WHERE common.id <> ALL (input_of)
    ) AS missing
    CROSS JOIN LATERAL (
        SELECT common.operator IN ('{sum}', '{mean}') AND common.measure = '{percentage}' AS by_parts
    ) AS how
    CROSS JOIN LATERAL (
        SELECT common.code, common.name, common.unit, common.measure, common.accumulation, common.operator,
            CASE WHEN common.operator = '{none}' THEN '{not_aggregated}'
                WHEN i.cities > 0 THEN '{computed}' ELSE '{no_inputs}' END AS state,
            trim_scale(round(CASE
                WHEN by_parts AND i.denominator > 0 THEN round(100 * i.numerator, 40) / i.denominator
                WHEN by_parts THEN NULL
                WHEN common.operator = '{sum}' THEN i.sum
                WHEN common.operator = '{mean}' THEN round(i.sum, 40) / nullif(i.values, 0)
                WHEN common.operator = '{minimum}' THEN i.minimum
                WHEN common.operator = '{maximum}' THEN i.maximum
            END, 4))::text AS value,
            CASE WHEN by_parts THEN trim_scale(i.numerator)::text END AS numerator,
            CASE WHEN by_parts THEN trim_scale(i.denominator)::text END AS denominator,
            (SELECT row_to_json(x) FROM (
                SELECT coalesce(i.cities, 0) AS n, (SELECT telling FROM many) AS of
            ) AS x) AS coverage
    ) AS f
    WHERE common.network_id = %(network)s"""

GUIDELINES = """
    SELECT to_json(ARRAY(
        SELECT {guideline} FROM (
            SELECT DISTINCT ON (number) number, title FROM plans_guideline
            WHERE network_id = %(network)s ORDER BY number, version DESC
        ) AS g LEFT JOIN (
            SELECT number, count(step)::integer AS assessed, {by_step} AS by_step
            FROM telling CROSS JOIN LATERAL unnest(steps) WITH ORDINALITY AS s(step, number)
            GROUP BY number
        ) AS s USING (number) ORDER BY number
    ))"""

PERIOD = """
    SELECT row_to_json(p) FROM (
        SELECT code, kind, starts_on, ends_on FROM tenants_period WHERE id = (SELECT period FROM basis)
    ) AS p"""
NETWORK = "SELECT row_to_json(n) FROM (SELECT slug, name FROM tenants_network WHERE id = %(network)s) AS n"
ALL_OF = "(SELECT row_to_json(x) FROM (SELECT {n} AS n, cities AS of FROM many) AS x)"


@cache
def statement() -> str:
    tallies = {
        "by_status": Action.Status,
        "by_condition": Action.Condition,
        "by_track": TrackState,
        "by_profile": Stakeholder.Profile,
    }
    base = BASE.format(
        basis=BASIS.format(network="%(network)s::uuid", day="%(day)s::date"),
        columns=", ".join(name for name in column_names() if name != "id"),
        fresh=FRESH,
        live=Source.LIVE,
        kept=Source.KEPT,
        sums=", ".join(f"{summed(column, values)} AS {column}" for column, values in tallies.items()),
    )
    return REPORT.format(base=base, pieces=", ".join(PIECE.format(piece=piece) for piece in pieces()))


def summed(column: str, values: Any) -> str:
    counts = ", ".join(f"coalesce(sum({column}[{n}]), 0)" for n, _ in enumerate(values.values, 1))
    return f"ARRAY[{counts}]::integer[]"


def pieces() -> list[str]:
    """The report in pieces that follow one another: what is kept as text goes through as it is, and the long
    lists are columns of their own, for a long text that is put into another is copied."""
    before = {
        "network": f"({NETWORK})",
        "period": f"({PERIOD})",
        "as_of": "to_json(%(day)s::date)",
        "algorithm": f"to_json('{ALGORITHM}'::text)",
        "summary": "NULL",
        "coverage": ALL_OF.format(n="telling"),
        "fresh": ALL_OF.format(n="fresh"),
    }
    left_out = f"({LEFT_OUT.format(no_data=LeftOut.NO_DATA, not_counted=LeftOut.NOT_COUNTED)})"
    return [
        f"""concat('{{', {members(before)}, ',"cities":[')""",
        CITY.format(),
        f"""concat('],', {members({"left_out": left_out})}, ',"across":{{', {members(across())},
            ',"common_indicators":[')""",
        common(),
    ]


def across() -> dict[str, str]:
    by_step = tally("step", GuidelineAssessment.Step)
    guideline = object_of(
        {
            "number": "number",
            "title": "title",
            "cities_by_step": named("by_step", GuidelineAssessment.Step),
            "coverage": object_of({"n": "coalesce(assessed, 0)", "of": "(SELECT telling FROM many)"}),
        }
    )
    return {
        "actions": counts("by_status", by_status=Action.Status, by_condition=Action.Condition),
        "indicators": counts("by_track", by_track=TrackState),
        "stakeholders": counts("by_profile", by_profile=Stakeholder.Profile),
        "guidelines": f"({GUIDELINES.format(guideline=guideline, by_step=by_step)})",
    }


def common() -> str:
    return COMMON.format(
        no_indicator=LeftOut.NO_INDICATOR,
        percentage=Measure.PERCENTAGE,
        **{operator.value: operator.value for operator in CommonIndicator.Operator},
        **{state.value: state.value for state in AggregateState},
    )


def counts(whole: str, **tallies: Any) -> str:
    total = f"(SELECT sum(n)::integer FROM sums, unnest({whole}) n)"
    members = {name: named(name, values, of="sums") for name, values in tallies.items()}
    return object_of({"total": total, **members})


def members(of: Mapping[str, str]) -> str:
    """Of an object of JSON that is text already."""
    parts = [f"'\"{name}\":', coalesce(({value})::text, 'null')" for name, value in of.items()]
    return ", ',', ".join(parts)
